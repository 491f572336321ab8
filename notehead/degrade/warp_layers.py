# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917
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
from notehead.degrade.warp_kernels import cell_of, first_of_cells, start_row

RIDGE = 0.12
"""Less of a pixel than this is never a line's."""
BELOW = 0.17
"""Of a pixel that another symbol has, from which on a symbol stands below it: a stem is two thirds wide."""
_SHRINKS = 65700
"""In 2**-16 source pixels: where pixels are larger, areas count, as lines may fall between the middles."""
_1 = np.uint64(1)
_SHARE = 255
"""Of a pixel that is inked all over, in the array of shares."""


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
            _note_busy(grid, i, squares, busy)
            of = i
        start_row(grid, step, row, first, starts)
        count = _runs_of_row(near, height, seen_by[i], first, starts, busy, line)
        thin = _with_room(thin, thins, columns)
        _middles(ids, under, line, count, row, found, image, dark)
        if most > _SHRINKS:
            thins = _areas(
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


@njit(cache=True)
def _runs_of_row(near, height, seen_by, first, starts, busy, line):
    """Find the runs of a row that may see ink, or are a pixel from it; returns how many.

    Written to `line`, int64 (runs, 8): x, how many pixels, source x of the first one's middle, its step,
    source y, its step, and how wide and tall a pixel is there; these in 2**-16 source pixels.
    """
    blocks = near.shape[1]
    used = 0
    for j in range(len(busy)):
        if not busy[j]:
            continue
        begin, end = first[j], first[j + 1]
        x, dx, y, dy = starts[0, j], starts[1, j], starts[2, j], starts[3, j]
        wide, tall = seen_by[j, 0], seen_by[j, 1]
        extra = (wide >> 1) + 65536
        for at in range(begin, end, BLOCK):
            count = min(BLOCK, end - at)
            x_end = x + (count - 1) * dx
            left = max((min(x, x_end) - extra) >> 16, 0) // BLOCK
            right = min(max((max(x, x_end) + extra) >> 16, 0) // BLOCK, blocks - 1)
            row = min(max((y + (count >> 1) * dy) >> 16, 0), height - 1)
            inked = False
            for block in range(left, right + 1):
                inked |= near[row, block]
            if inked:
                line[used, 0], line[used, 1], line[used, 2], line[used, 3] = at, count, x, dx
                line[used, 4], line[used, 5], line[used, 6], line[used, 7] = y, dy, wide, tall
                used += 1
            x, y = x + BLOCK * dx, y + BLOCK * dy
    return used


@njit(cache=True)
def _note_busy(grid, i, squares, busy):
    """Note which cells of a row of them may see ink: those whose box, and a square around, has any."""
    height, width = squares.shape
    for j in range(len(busy)):
        low_x = min(grid[i, j, 0], grid[i, j + 1, 0], grid[i + 1, j, 0], grid[i + 1, j + 1, 0])
        high_x = max(grid[i, j, 0], grid[i, j + 1, 0], grid[i + 1, j, 0], grid[i + 1, j + 1, 0])
        low_y = min(grid[i, j, 1], grid[i, j + 1, 1], grid[i + 1, j, 1], grid[i + 1, j + 1, 1])
        high_y = max(grid[i, j, 1], grid[i, j + 1, 1], grid[i + 1, j, 1], grid[i + 1, j + 1, 1])
        left, right = max(int(low_x) // BLOCK - 1, 0), min(int(high_x) // BLOCK + 2, width)
        # lines beyond the page count as its first and last
        top = min(max(int(low_y) // BLOCK - 1, 0), height - 1)
        bottom = max(min(int(high_y) // BLOCK + 2, height), top + 1)
        busy[j] = False
        for y in range(top, bottom):
            for x in range(left, right):
                busy[j] |= squares[y, x]


@njit(cache=True)
def _middles(ids, under, line, runs, y, found, image, dark):
    """Label runs of a row with what their pixels' middles show, where pixels see no more than that.

    `line` and `runs` are what `_runs_of_row` has found, of which those are made empty that see nothing; the
    other arguments are those of `label_runs`.
    """
    height, width = ids.shape
    for n in range(runs):
        begin, count, px, dx, py, dy = line[n, 0], line[n, 1], line[n, 2], line[n, 3], line[n, 4], line[n, 5]
        if max(line[n, 6], line[n, 7]) > _SHRINKS:
            continue
        row, to = py >> 16, np.uint64(begin)
        x_end, y_end = px + (count - 1) * dx, py + (count - 1) * dy
        inside = min(px, x_end) >= 0 and max(px, x_end) >> 16 < width and 0 <= row < height
        bare = False
        if inside and row == y_end >> 16:
            # most runs: one row of the source
            low, high = min(px, x_end) >> 16, max(px, x_end) >> 16
            if count == BLOCK and low + BLOCK <= width and high < low + BLOCK:
                seen, at, darkest = np.uint16(0), np.uint64(low), np.uint8(255)
                for k in range(np.uint64(BLOCK)):
                    seen |= ids[row, at + k]
                    darkest = min(darkest, image[y, to + k])
                if seen == 0 and darkest >= dark:
                    line[n, 1] = 0
                    continue
            if count == BLOCK and 0 <= (px & 65535) + (BLOCK - 1) * (dx - 65536) < 65536:
                # neighbours in order, and of known length, so that they are copied at once
                at = np.uint64(px >> 16)
                for k in range(np.uint64(BLOCK)):
                    label = ids[row, at + k]
                    found[0, y, to + k], found[1, y, to + k] = label, under[row, at + k]
                    bare |= (label == 0) & (image[y, to + k] < dark)
            else:
                for k in range(np.uint64(count)):
                    at = np.uint64((px + np.int64(k) * dx) >> 16)
                    label = ids[row, at]
                    found[0, y, to + k], found[1, y, to + k] = label, under[row, at]
                    bare |= (label == 0) & (image[y, to + k] < dark)
        else:
            bare = True
            for k in range(count):
                column, row = (px + k * dx) >> 16, (py + k * dy) >> 16
                if 0 <= column < width and 0 <= row < height and ids[row, column]:
                    found[0, y, begin + k], found[1, y, begin + k] = ids[row, column], under[row, column]
        if bare:
            for k in range(count):
                if image[y, begin + k] < dark and not found[0, y, begin + k]:
                    found[0, y, begin + k] = _mixed_label(ids, px + k * dx, py + k * dy)


@njit(cache=True)
def _areas(
    ids, under, line, runs, y, found, image, dark, share, size, box, best, place, thin, thins, tally, sums
):
    """Label runs of a row with what has most of their pixels, where these see more than their middles.

    Most runs see paper alone, or one symbol, as a staff line's do. `line` and `runs` are what `_runs_of_row`
    has found, of which those are made empty that see nothing; `tally` is int64 (3, labels) and `sums` int64
    (rows, columns) to work in; the other arguments are those of `label_runs`.

    Returns:
        How many there are of `thin`, of which there were `thins`.
    """
    height, width = ids.shape
    for n in range(runs):
        begin, count, px, dx, py, dy = line[n, 0], line[n, 1], line[n, 2], line[n, 3], line[n, 4], line[n, 5]
        if max(line[n, 6], line[n, 7]) <= _SHRINKS:
            continue
        x_end, y_end = px + (count - 1) * dx, py + (count - 1) * dy
        # from here on in 2**-8 pixels, the area of a pixel in 2**-16
        half_x, half_y = line[n, 6] >> 9, line[n, 7] >> 9
        full = 4 * half_x * half_y
        reach_x, reach_y = max(half_x, 129), max(half_y, 129)
        low_x, high_x = (min(px, x_end) >> 8) - reach_x, (max(px, x_end) >> 8) + reach_x
        low_y, high_y = (min(py, y_end) >> 8) - reach_y, (max(py, y_end) >> 8) + reach_y
        first, last = max(low_y, 0) >> 8, min((high_y + 255) >> 8, height)
        label, only, level = _seen(
            ids, under, max(low_x, 0) >> 8, min((high_x + 255) >> 8, width), first, last
        )
        level &= low_x >= 0 and high_x <= width << 8
        if not label:
            line[n, 1] = 0
            continue
        if only and not level:
            _sum_up(ids, max(low_x, 0) >> 8, min((high_x + 255) >> 8, width), first, last, sums)
        within = (
            box[label, 0] < begin and begin + count <= box[label, 2] and box[label, 1] < y < box[label, 3]
        )
        for x in range(begin, begin + count):
            left, right, top, bottom = (
                (px >> 8) - half_x,
                (px >> 8) + half_x,
                (py >> 8) - half_y,
                (py >> 8) + half_y,
            )
            if level:
                inked = 0
                for row in range(first, last):
                    high = max(min((row + 1) << 8, bottom) - max(row << 8, top), 0)
                    inked += high * np.int64(ids[row, low_x >> 8] != 0)
                inked *= 2 * half_x
            elif only:
                inked = 0
                low = max(left, 0) - (max(low_x, 0) >> 8 << 8)
                high = max(min(right, width << 8), 0) - (max(low_x, 0) >> 8 << 8)
                i, j, u, v = np.uint64(low >> 8), np.uint64(max(high, 0) >> 8), low & 255, high & 255
                for k in range(np.uint64(max(last - first, 0))):
                    row = first + np.int64(k)
                    until = (sums[k, j] << 8) + (sums[k, j + _1] - sums[k, j]) * v
                    before = (sums[k, i] << 8) + (sums[k, i + _1] - sums[k, i]) * u
                    tall = max(min((row + 1) << 8, bottom) - max(row << 8, top), 0)
                    inked += max(until - before, 0) * tall
            else:
                used, inked = _tallied(ids, under, left, right, top, bottom, tally)
                if used:
                    top_one, second = 0, -1
                    if used > 1:
                        top_one, second = _first_and_second(tally, used, full, size)
                    found[0, y, x] = tally[0, top_one]
                    if second >= 0:
                        found[1, y, x] = tally[0, second]
                    for k in range(used):
                        _note_edge(tally[0, k], tally[2, k], x, y, box, best, place)
            if inked:
                if only:
                    found[0, y, x] = label
                    if not within:
                        _note_edge(label, inked, x, y, box, best, place)
                part = np.uint64(_SHARE * inked) // np.uint64(full)
                share[y, x] = max(min(np.int64(part), _SHARE), 1)
                if 2 * inked < full and image[y, x] >= dark:
                    thin[thins, 0], thin[thins, 1] = y, x
                    thins += 1
            elif image[y, x] < dark:
                found[0, y, x] = _mixed_label(ids, px, py)
            px, py = px + dx, py + dy
    return thins


@njit(cache=True)
def _seen(ids, under, left, right, top, bottom):
    """What is in a window.

    Returns:
        One of its labels, 0 for none; whether it is the only one in either layer; and whether it is so, and
        each row has it from side to side or not at all.
    """
    most, least, low, level = np.uint16(0), np.uint16(65535), np.uint16(0), True
    for row in range(top, bottom):
        high, deep = np.uint16(0), np.uint16(65535)
        if right - left < BLOCK:
            for column in range(left, right):
                high, deep = max(high, ids[row, column]), min(deep, ids[row, column])
                least = min(least, np.uint16(ids[row, column] - np.uint16(1)))  # paper counts as most
                low |= under[row, column]
        begin = left
        while begin < right and right - left >= BLOCK:
            # so many at once, the last ones once more
            at = np.uint64(min(begin, right - BLOCK))
            for k in range(np.uint64(BLOCK)):
                label = ids[row, at + k]
                high, deep = max(high, label), min(deep, label)
                least = min(least, np.uint16(label - np.uint16(1)))
                low |= under[row, at + k]
            begin += BLOCK
        most = max(most, high)
        level &= high == deep
    only = np.int64(least) + 1 == np.int64(most) and low == 0
    return np.int64(most), only, only and level


@njit(cache=True)
def _sum_up(ids, left, right, top, bottom, sums):
    """For each row of a window, how many pixels are inked before each of its columns, to `sums`."""
    for row in range(top, bottom):
        inked = 0
        for column in range(left, right):
            sums[row - top, column - left] = inked
            inked += ids[row, column] != 0
        sums[row - top, right - left] = inked
        sums[row - top, right - left + 1] = inked


@njit(cache=True)
def _tallied(ids, under, left, right, top, bottom, tally):
    """Fill `tally` with labels, areas that show and areas in both layers; how many labels, and all areas."""
    height, width = ids.shape
    begin, end = max(left >> 8, 0), min((right + 255) >> 8, width)
    used, inked = np.int64(0), np.int64(0)
    for row in range(max(top >> 8, 0), min((bottom + 255) >> 8, height)):
        high = min((row + 1) << 8, bottom) - max(row << 8, top)
        for column in range(begin, end):
            label = np.int64(ids[row, column])
            if not label:
                continue
            area = high * (min((column + 1) << 8, right) - max(column << 8, left))
            inked += area
            used = _count(label, area, area, tally, used)
            low = np.int64(under[row, column])
            if low and low != label:
                used = _count(low, np.int64(0), area, tally, used)
    return used, inked


@njit(cache=True)
def _count(label, area, cover, tally, used):
    """Count a label that has an area; returns how many labels there are."""
    for k in range(used):
        if tally[0, k] == label:
            tally[1, k] += area
            tally[2, k] += cover
            return used
    tally[0, used], tally[1, used], tally[2, used] = label, area, cover
    return used + 1


@njit(cache=True)
def _first_and_second(tally, used, full, size):
    """Which labels a pixel gets, as places in the tally; -1 for no second one."""
    labels, shown, covered = tally[0], tally[1], tally[2]
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


@njit(cache=True)
def _note_edge(label, covered, x, y, box, best, place):
    """Note a pixel of a symbol's outermost rows and columns, if it covers most of it so far."""
    if box[label, 0] < x < box[label, 2] and box[label, 1] < y < box[label, 3]:
        return
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


@njit(cache=True)
def _is_ridge(here, before, after, back, ahead):
    """Whether a pixel is a thin line's, whose neighbours are `before` and `after` across, and along it.

    Where a thick line or a blob ends, the pixel that it just touches is none.
    """
    # without branches: they would be guessed wrong half of the time
    across = (here > before) & (here >= after)
    end = ((2 * back >= _SHARE) & (ahead == 0)) | ((2 * ahead >= _SHARE) & (back == 0))
    return across & ~end


@njit(cache=True)
def _own(top, low, share, at, label):
    """How much of a pixel is inked, if it is the label's."""
    own = (top[at] == label) | (low[at] == label)
    inked = np.int64(share[at])
    return (inked or _SHARE) * np.int64(own)  # where middles count, no share is noted


@njit(cache=True)
def drop_blurs(top, low, share, columns, thin):
    """Take ids from pixels that are inked less than half, not dark, and not their symbol's darkest across.

    Other symbols do not count: a stem of half a pixel, that a flag runs beside or covers, is a line
    nevertheless.

    Args:
        top: uint16 (h * columns,), the top layer, changed.
        low: the second layer, changed.
        share: uint8, of the same length: of `label_runs`.
        columns: of the layers.
        thin: of `label_runs`.
    """
    kept = np.zeros((len(thin), 2), np.bool_)
    last = len(top) - columns
    for n in range(len(thin)):
        x = thin[n, 1]
        at = thin[n, 0] * columns + x
        here = np.int64(share[at])
        if here < RIDGE * _SHARE:
            continue
        for layer in range(2):
            label = low[at] if layer else top[at]
            if not label:
                continue
            above = _own(top, low, share, np.uint64(at - columns), label) if at >= columns else 0
            below = _own(top, low, share, np.uint64(at + columns), label) if at < last else 0
            left = _own(top, low, share, np.uint64(at - 1), label) if x else 0
            right = _own(top, low, share, np.uint64(at + 1), label) if x + 1 < columns else 0
            kept[n, layer] = _is_ridge(here, above, below, left, right) | _is_ridge(
                here, left, right, above, below
            )
    for n in range(len(thin)):
        at = thin[n, 0] * columns + thin[n, 1]
        if not kept[n, 1]:
            low[at] = 0
        if not kept[n, 0]:
            top[at], low[at] = low[at], 0


@njit(cache=True)
def counted_layers(ids, under, runs):
    """Visible pixels int32 (65536,) and boxes int32 (65536, 4) of both layers' ids; x1 is 0 without any.

    Pixels outside of `runs` have no ids.
    """
    area = np.zeros(65536, np.int32)
    box = np.zeros((65536, 4), np.int32)
    for label in range(len(box)):
        box[label, 0] = box[label, 1] = 2**30
    for n in range(len(runs)):
        y, begin, end = np.int64(runs[n, 0]), np.int64(runs[n, 1]), np.int64(runs[n, 1] + runs[n, 2])
        x = begin
        while x < end:
            label, low, first = ids[y, x], under[y, x], x
            x += 1
            while x < end and ids[y, x] == label and under[y, x] == low:
                x += 1
            if label:
                area[label] += x - first
                widen(box, label, first, x, y)
                if low:
                    widen(box, low, first, x, y)
    return area, box


@njit(cache=True)
def widen(box, label, begin, end, y):
    """Make a label's box hold pixels of a row, from the first to before the end."""
    box[label, 0] = min(box[label, 0], begin)
    box[label, 1] = min(box[label, 1], y)
    box[label, 2] = max(box[label, 2], end)
    box[label, 3] = max(box[label, 3], y + 1)


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
