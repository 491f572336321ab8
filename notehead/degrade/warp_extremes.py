# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
"""The outermost pixels of symbols, compiled by numba.

Two layers hold two symbols; where three meet that each would end there, or where a tip is too thin to be
kept, the mask would fall short of its box. So the pixel that a symbol covers most of its outermost row,
and of its outermost column, is its own in the end.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.warp_extents import widen


@njit(cache=True)
def note_edge(label, covered, x, y, box, best, place):
    """Note a pixel of a symbol's outermost rows and columns, if it covers most of it so far."""
    if box[label, 0] < x < box[label, 2] and box[label, 1] < y < box[label, 3]:
        return
    for side in range(4):
        at = y if side % 2 else x
        outside = at <= box[label, side] if side < 2 else at >= box[label, side]
        if outside and covered > best[label, side]:
            best[label, side], place[label, side, 0], place[label, side, 1] = covered, y, x


@njit(cache=True)
def keep_edges(found, area, seen, box, best, place, numbers):
    """Give symbols pixels of their outermost rows and columns where their masks fall short of them, in place.

    Args:
        found: uint16 (2, h, w), the layers.
        area: of `counted_layers`, for `found`.
        seen: of `counted_layers`, for `found`.
        box: as for `label_runs`.
        best: of `label_runs`: how much of a pixel is covered.
        place: of `label_runs`: which pixel, (y, x).
        numbers: int32, ids from the largest symbol to the smallest: the last one to come keeps a pixel.
    """
    for number in numbers:
        for side in range(4):
            edge = seen[number, side] - (1 if side > 1 else 0)
            short = edge > box[number, side] if side < 2 else edge < box[number, side]
            if not best[number, side] or (seen[number, 2] and not short):
                continue
            y, x = place[number, side]
            if found[0, y, x] == number or found[1, y, x] == number:
                continue
            layer = 1 if found[0, y, x] else 0
            found[layer, y, x] = number
            area[number] += 1 - layer
            widen(seen, number, np.int64(x), np.int64(x + 1), np.int64(y))
