# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN202, ANN201, PLR0913, PLR0917
"""The id layers of a page through a `Warp`, compiled by numba.

Most of a page is paper: only rows of pixels that can see ink are looked at (`warp_runs`). A pixel gets labels
by the area that symbols have of what it sees (`warp_areas`), as `draw` would have labelled it at that
resolution:

- a symbol that covers half of it has it; of several, the one that shows most is on top;
- a pixel that is dark or half inked by several goes to the one that shows most;
- below it is another that covers enough of it (`warp_tally`);
- lines thinner than half a pixel would have gaps or be gone, so that their darkest pixels are kept
  (`warp_ridges`);
- no mask falls short of its box where pixels are too few for all symbols (`warp_extremes`).

Where the page neither shrinks nor grows thinner, a pixel has what its middle shows (`warp_middles`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.outlines import BLOCK
from notehead.degrade.warp_areas import label_areas
from notehead.degrade.warp_kernels import cell_of, first_of_cells, start_row
from notehead.degrade.warp_middles import SHRINKS, label_middles
from notehead.degrade.warp_runs import note_busy, runs_of_row


@njit(cache=True)
def label_runs(ids, under, near, squares, grid, step, seen_by, widest, image, dark, size, box, found, share):
    """Label the destination's pixels, run by run, where they may see ink.

    Args:
        ids: the source's top layer.
        under: its second layer; nothing where `ids` is nothing.
        near: of `inked_blocks`, spread up and down by what a run reaches from its middle (`reach`).
        squares: of `inked_squares`.
        grid: the `Warp`'s.
        step: the `Warp`'s.
        seen_by: of `spans`.
        widest: int64 (2,), the most of them.
        image: uint8 (h, w), the destination's.
        dark: grey value below which every pixel that sees ink is labelled.
        size: int64 (ids,), pixels of each id.
        box: int64 (ids, 4), by id, the destination's pixels from the first to the last: x, y, x, y.
        found: uint16 (2, h, w), the destination's layers, filled; nothing before.
        share: uint8 (h, w), how much of a pixel is inked, filled where areas count; nothing before.

    Returns:
        runs int32 (n, 3): y, x and number of pixels; others have no labels.
        thin int32 (n, 2): pixels (y, x) that are inked less than half and not dark.
        best int64 (ids, 4): for each side of a symbol, the most that it covers of a pixel there.
        place int32 (ids, 4, 2): which pixel that is, (y, x).
    """
    height = ids.shape[0]
    rows, columns = image.shape
    runs, used = np.empty((1 << 16, 3), np.int32), 0
    thin, thins = np.empty((1 << 16, 2), np.int32), np.int64(0)
    best, place = np.zeros((len(size), 4), np.int64), np.zeros((len(size), 4, 2), np.int32)
    most = max(widest[0], widest[1])
    tally = np.zeros((3, 2 * ((widest[0] >> 16) + 3) * ((widest[1] >> 16) + 3)), np.int64)
    side = ((most * (BLOCK + 2)) >> 16) + 2 * BLOCK
    sums = np.zeros((side, side), np.int64)
    first = first_of_cells(grid.shape[1], step, columns)
    starts = np.empty((4, grid.shape[1] - 1), np.int64)
    busy, of = np.zeros(grid.shape[1] - 1, np.bool_), -1
    line = np.empty((columns, 8), np.int64)
    for row in range(rows):
        i = cell_of(row, step)
        if i != of:
            note_busy(grid, i, squares, busy)
            of = i
        start_row(grid, step, row, first, starts)
        count = runs_of_row(near, height, seen_by[i], first, starts, busy, line)
        thin = _with_room(thin, thins, columns)
        label_middles(ids, under, line, count, row, found, image, dark)
        if most > SHRINKS:
            thins = label_areas(
                ids, under, line, count, row, found, image, dark, share, size, box, best, place, thin, thins,
                tally, sums,
            )  # fmt: skip
        runs = _with_room(runs, used, count)
        for n in range(count):
            if line[n, 1]:
                runs[used, 0], runs[used, 1], runs[used, 2] = row, line[n, 0], line[n, 1]
                used += 1
    return runs[:used], thin[:thins], best, place


@njit(cache=True)
def _with_room(table, used, more):
    """A table with room for some more rows than are in use."""
    if used + more <= len(table):
        return table
    larger = np.empty((2 * len(table) + more, table.shape[1]), np.int32)
    for n in range(used):
        for k in range(table.shape[1]):
            larger[n, k] = table[n, k]
    return larger
