# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0917
"""The id layers of a page through a `Warp`, compiled by numba.

Most of a page is paper: only rows of pixels that can see ink are looked at. A pixel gets labels by the area
that symbols have of what it sees, as `draw` would have labelled it at that resolution:

- a symbol that covers half of it has it; of several, the one that shows most is on top;
- a pixel that is dark or half inked by several goes to the one that shows most;
- below it is, of all that cover `BELOW` of it, the smallest: stems must not end where they meet heads and
  beams, and a staff can do without a pixel;
- lines thinner than half a pixel would have gaps or be gone, so that a pixel less inked than half, but at
  least by `RIDGE`, is kept where it is its symbol's darkest across a line: above and below, or left and
  right. Other symbols do not count, or a stem would end where it runs beside a flag;
- two layers hold two symbols; where three meet that each would end there, or where a tip is too thin to be
  kept, the mask would fall short of its box. So the pixel that a symbol covers most of its outermost row,
  and of its outermost column, is its own in the end.

Where the page neither shrinks nor grows thinner, a pixel has what its middle shows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.outlines import BLOCK
from notehead.degrade.warp_kernels import cell_of, first_of_cell, fixed_start, nodes_of_row

RIDGE = 0.12
"""Less of a pixel than this is never a line's."""
BELOW = 0.2
"""Of a pixel that another symbol has, from which on a symbol stands below it: a stem is two thirds wide."""
_SHRINKS = 65700
"""In 2**-16 source pixels: where pixels are larger, areas count, as lines may fall between the middles."""
_SHARE = 255
"""Of a pixel that is inked all over, in the array of shares."""


@njit(cache=True)
def inked_runs(blocks, width, grid, step, shape, spans):
    """Runs of destination pixels that may see ink, or a pixel beyond.

    Args:
        blocks: of `inked_blocks`, spread up and down by what a run reaches from its middle (`reach`).
        width: of the source.
        grid: the `Warp`'s.
        step: the `Warp`'s.
        shape: of the destination.
        spans: of `spans`.

    Returns:
        int64 (n, 9): y, x, how many pixels, source x of the first one's middle, its step, source y, its step,
        and how wide and tall a pixel is there; these in 2**-16 source pixels.
    """
    height, last = blocks.shape[0], width - 1
    runs, used = np.empty((1 << 16, 9), np.int64), 0
    nodes = np.empty((grid.shape[1], 2))
    for row in range(shape[0]):
        nodes_of_row(grid, step, row, nodes)
        i = cell_of(row, step)
        if used + shape[1] > len(runs):
            runs = np.concatenate((runs, np.empty((len(runs) + shape[1], 9), np.int64)))
        for j in range(grid.shape[1] - 1):
            begin, end = max(first_of_cell(j, step), 0), min(first_of_cell(j + 1, step), shape[1])
            x, dx = fixed_start(nodes, step, 0, j, begin)
            y, dy = fixed_start(nodes, step, 1, j, begin)
            wide, tall = spans[i, j, 0], spans[i, j, 1]
            reach = (wide >> 1) + 65536
            for at in range(begin, end, BLOCK):
                count = min(BLOCK, end - at)
                x_end = x + (count - 1) * dx
                left = max((min(x, x_end) - reach) >> 16, 0) // BLOCK
                right = min((max(x, x_end) + reach) >> 16, last) // BLOCK
                line = min(max((y + (count >> 1) * dy) >> 16, 0), height - 1)
                inked = False
                for block in range(left, right + 1):
                    inked |= blocks[line, block]
                if inked:
                    runs[used, 0], runs[used, 1], runs[used, 2] = row, at, count
                    runs[used, 3], runs[used, 4], runs[used, 5], runs[used, 6] = x, dx, y, dy
                    runs[used, 7], runs[used, 8] = wide, tall
                    used += 1
                x, y = x + BLOCK * dx, y + BLOCK * dy
    return runs[:used]


@njit(cache=True)
def reach(grid, step, spans):
    """Source rows between the middle of a run and the last that a pixel of it sees, or the one beyond."""
    most = 0.0
    for i in range(grid.shape[0]):
        for j in range(grid.shape[1] - 1):
            most = max(most, abs(grid[i, j + 1, 1] - grid[i, j, 1]) / step)
    return int(np.ceil(most * (BLOCK / 2 + 1) + spans[..., 1].max() / 131072)) + 2


@njit(cache=True)
def spans(grid, step):
    """How wide and tall a destination pixel is in 2**-16 source pixels: int64 (rows, columns, 2), by cell."""
    found = np.empty((grid.shape[0] - 1, grid.shape[1] - 1, 2), np.int64)
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            for axis in range(2):
                a, b, c, d = (
                    grid[i, j, axis],
                    grid[i, j + 1, axis],
                    grid[i + 1, j, axis],
                    grid[i + 1, j + 1, axis],
                )
                across, down = (b - a + d - c) / 2 / step, (c - a + d - b) / 2 / step
                found[i, j, axis] = int(np.rint(np.sqrt(across * across + down * down) * 65536))
    return found


@njit(cache=True)
def middles(ids, under, runs, found, image, dark):
    """Label runs of pixels with what their middles show, where pixels see no more than that.

    The arguments are those of `areas`.
    """
    height, width = ids.shape
    for n in range(len(runs)):
        y, begin, count, px, dx, py, dy, wide, tall = runs[n]
        if max(wide, tall) > _SHRINKS:
            continue
        for x in range(begin, begin + count):
            column, row = px >> 16, py >> 16
            if 0 <= column < width and 0 <= row < height and ids[row, column]:
                found[0, y, x], found[1, y, x] = ids[row, column], under[row, column]
            elif image[y, x] < dark:
                found[0, y, x] = _mixed_label(ids, px, py)
            px, py = px + dx, py + dy


@njit(cache=True)
def areas(ids, under, runs, found, share, image, dark, size, box):
    """Label runs of pixels with what has most of them, where pixels see more than their middles.

    Args:
        ids: the source's top layer.
        under: its second layer; nothing where `ids` is nothing.
        runs: of `inked_runs`.
        found: uint16 (2, h, w), the destination's layers, changed.
        share: uint8 (h, w), how much of a pixel is inked, changed.
        image: uint8 (h, w), the destination's.
        dark: grey value below which every pixel that sees ink is labelled.
        size: int64 (ids,), pixels of each id.
        box: int64 (ids, 4), by id, the destination's pixels from the first to the last: x, y, x, y.

    Returns:
        thin int32 (n, 2): pixels (y, x) that are inked less than half and not dark.
        best int64 (ids, 4): for each side of a symbol, the most that it covers of a pixel there.
        place int32 (ids, 4, 2): which pixel that is, (y, x).
    """
    height, width = ids.shape
    thin, thins = np.empty((1 << 14, 2), np.int32), 0
    best, place = np.zeros((len(size), 4), np.int64), np.zeros((len(size), 4, 2), np.int32)
    most = 2 * ((runs[:, 7].max() >> 16) + 3) * ((runs[:, 8].max() >> 16) + 3) if len(runs) else 0
    labels, shown, covered = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most, np.int64)
    for n in range(len(runs)):
        y, begin, count, px, dx, py, dy, wide, tall = runs[n]
        if max(wide, tall) <= _SHRINKS:
            continue
        if thins + count > len(thin):
            thin = np.concatenate((thin, np.empty_like(thin)))
        # from here on in 2**-8 pixels, the area of a pixel in 2**-16
        half_x, half_y = wide >> 9, tall >> 9
        full = 4 * half_x * half_y
        for x in range(begin, begin + count):
            middle_x, middle_y = px >> 8, py >> 8
            left, right, top, bottom = (
                middle_x - half_x,
                middle_x + half_x,
                middle_y - half_y,
                middle_y + half_y,
            )
            columns = max(left >> 8, 0), min((right + 255) >> 8, width)
            used = inked = 0
            for row in range(max(top >> 8, 0), min((bottom + 255) >> 8, height)):
                high = min((row + 1) << 8, bottom) - max(row << 8, top)
                for column in range(columns[0], columns[1]):
                    label = np.int64(ids[row, column])
                    if not label:
                        continue
                    area = high * (min((column + 1) << 8, right) - max(column << 8, left))
                    inked += area
                    if used and labels[0] == label:
                        shown[0] += area
                        covered[0] += area
                    else:
                        used = _count(label, area, area, labels, shown, covered, used)
                    low = np.int64(under[row, column])
                    if low and low != label:
                        used = _count(low, 0, area, labels, shown, covered, used)
            px, py = px + dx, py + dy
            if not used:
                if image[y, x] < dark:
                    found[0, y, x] = _mixed_label(ids, px - dx, py - dy)
                continue
            first, second = 0, -1
            if used > 1:
                first, second = _first_and_second(labels, shown, covered, used, full, size)
            found[0, y, x] = labels[first]
            found[1, y, x] = labels[second] if second >= 0 else 0
            share[y, x] = max(min(_SHARE * inked // full, _SHARE), 1)
            for k in range(used):
                _note_edge(labels[k], covered[k], x, y, box, best, place)
            if 2 * inked < full and image[y, x] >= dark:
                thin[thins, 0], thin[thins, 1] = y, x
                thins += 1
    return thin[:thins], best, place


@njit(cache=True, inline="always")
def _count(label, area, cover, labels, shown, covered, used):
    """Count a label that has an area; returns how many labels there are."""
    for k in range(used):
        if labels[k] == label:
            covered[k] += cover
            shown[k] += area
            return used
    labels[used], covered[used], shown[used] = label, cover, area
    return used + 1


@njit(cache=True, inline="always")
def _first_and_second(labels, shown, covered, used, full, size):
    """Which labels a pixel gets, as places in the lists; -1 for no second one."""
    first = second = -1
    for k in range(used):
        if 2 * covered[k] >= full and (first < 0 or shown[k] > shown[first]):
            first = k
    if first < 0:
        for k in range(used):
            if first < 0 or shown[k] > shown[first]:
                first = k
    for k in range(used):
        if k == first or covered[k] < BELOW * full:
            continue
        if second < 0 or size[labels[k]] < size[labels[second]]:
            second = k
    return first, second


@njit(cache=True, inline="always")
def _note_edge(label, covered, x, y, box, best, place):
    """Note a pixel of a symbol's outermost rows and columns, if it covers most of it so far."""
    for side in range(4):
        at = y if side % 2 else x
        outside = at <= box[label, side] if side < 2 else at >= box[label, side]
        if outside and covered > best[label, side]:
            best[label, side], place[label, side, 0], place[label, side, 1] = covered, y, x


@njit(cache=True)
def _mixed_label(ids, px, py):
    """Of the four source pixels that a dark pixel was mixed from, the label that counts most; 0 without any.

    Where a line's grey is shared by two rows of pixels, its middle is in one of them, but both may be dark.
    """
    height, width = ids.shape
    px, py = px - 32768, py - 32768
    left, top, u, v = px >> 16, py >> 16, px & 65535, py & 65535
    most, label = 0, np.int64(0)
    for k in range(4):
        column, row = left + k % 2, top + k // 2
        if 0 <= column < width and 0 <= row < height and ids[row, column]:
            weight = (v if k // 2 else 65536 - v) * (u if k % 2 else 65536 - u)
            if weight > most:
                most, label = weight, np.int64(ids[row, column])
    return label


@njit(cache=True, inline="always")
def _is_ridge(here, before, after, back, ahead):
    """Whether a pixel is a thin line's, whose neighbours are `before` and `after` across, and along it.

    Where a thick line or a blob ends, the pixel that it just touches is none.
    """
    across = here > before and here >= after
    end = (2 * back >= _SHARE and ahead == 0) or (2 * ahead >= _SHARE and back == 0)
    return across and not end


@njit(cache=True, inline="always")
def _own(found, share, y, x, label):
    """How much of a pixel is inked, if it is the label's; 0 beyond the page."""
    _, height, width = found.shape
    if 0 <= x < width and 0 <= y < height and (found[0, y, x] == label or found[1, y, x] == label):
        return share[y, x] or _SHARE  # `middles` notes no share
    return 0


@njit(cache=True)
def drop_blurs(found, share, thin):
    """Take ids from pixels that are inked less than half, not dark, and not their symbol's darkest across.

    Other symbols do not count: a stem of half a pixel, that a flag runs beside or covers, is a line
    nevertheless.
    """
    kept = np.zeros((len(thin), 2), np.bool_)
    for n in range(len(thin)):
        y, x = thin[n]
        here = share[y, x]
        for layer in range(2):
            label = found[layer, y, x]
            if not label or here < RIDGE * _SHARE:
                continue
            above, below = _own(found, share, y - 1, x, label), _own(found, share, y + 1, x, label)
            left, right = _own(found, share, y, x - 1, label), _own(found, share, y, x + 1, label)
            line = _is_ridge(here, above, below, left, right) or _is_ridge(here, left, right, above, below)
            kept[n, layer] = line
    for n in range(len(thin)):
        y, x = thin[n]
        if not kept[n, 1]:
            found[1, y, x] = 0
        if not kept[n, 0]:
            found[0, y, x], found[1, y, x] = found[1, y, x], 0


@njit(cache=True)
def counted_layers(ids, under, runs):
    """Visible pixels int32 (65536,) and boxes int32 (65536, 4) of both layers' ids; x1 is 0 without any.

    Pixels outside of `runs` have no ids.
    """
    area = np.zeros(65536, np.int32)
    box = np.zeros((65536, 4), np.int32)
    box[:, :2] = 2**30
    for n in range(len(runs)):
        y, begin, count = runs[n, 0], runs[n, 1], runs[n, 2]
        for x in range(begin, begin + count):
            label = ids[y, x]
            if label:
                area[label] += 1
                widen(box, label, x, y)
                if under[y, x]:
                    widen(box, under[y, x], x, y)
    return area, box


@njit(cache=True, inline="always")
def widen(box, label, x, y):
    """Make a label's box hold a pixel."""
    box[label, 0] = min(box[label, 0], x)
    box[label, 1] = min(box[label, 1], y)
    box[label, 2] = max(box[label, 2], x + 1)
    box[label, 3] = max(box[label, 3], y + 1)


@njit(cache=True)
def keep_edges(found, area, seen, box, best, place, numbers):
    """Give symbols pixels of their outermost rows and columns where their masks fall short of them, in place.

    Args:
        found: uint16 (2, h, w), the layers.
        area: of `counted_layers`, for `found`.
        seen: of `counted_layers`, for `found`.
        box: as for `areas`.
        best: of `areas`: how much of a pixel is covered.
        place: of `areas`: which pixel, (y, x).
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
            widen(seen, number, x, y)
