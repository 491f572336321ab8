# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917
"""Labels of destination pixels by the area that symbols have of what they see, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.outlines import BLOCK
from notehead.degrade.warp_extremes import note_edge
from notehead.degrade.warp_middles import SHRINKS, mixed_label
from notehead.degrade.warp_tally import first_and_second, tallied

SHARE = 255
"""Of a pixel that is inked all over, in the array of shares."""
_1 = np.uint64(1)


@njit(cache=True)
def label_areas(
    ids, under, line, runs, y, found, image, dark, share, size, box, best, place, thin, thins, tally, sums
):
    """Label runs of a row with what has most of their pixels, where these see more than their middles.

    Most runs see paper alone, or one symbol, as a staff line's do. `line` and `runs` are what `runs_of_row`
    has found, of which those are made empty that see nothing; `tally` is int64 (3, labels) and `sums` int64
    (rows, columns) to work in; the other arguments are those of `label_runs`.

    Returns:
        How many there are of `thin`, of which there were `thins`.
    """
    height, width = ids.shape
    for n in range(runs):
        begin, count, px, dx, py, dy = line[n, 0], line[n, 1], line[n, 2], line[n, 3], line[n, 4], line[n, 5]
        if max(line[n, 6], line[n, 7]) <= SHRINKS:
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
                used, inked = tallied(ids, under, left, right, top, bottom, tally)
                if used:
                    top_one, second = 0, -1
                    if used > 1:
                        top_one, second = first_and_second(tally, used, full, size)
                    found[0, y, x] = tally[0, top_one]
                    if second >= 0:
                        found[1, y, x] = tally[0, second]
                    for k in range(used):
                        note_edge(tally[0, k], tally[2, k], x, y, box, best, place)
            if inked:
                if only:
                    found[0, y, x] = label
                    if not within:
                        note_edge(label, inked, x, y, box, best, place)
                part = np.uint64(SHARE * inked) // np.uint64(full)
                share[y, x] = max(min(np.int64(part), SHARE), 1)
                if 2 * inked < full and image[y, x] >= dark:
                    thin[thins, 0], thin[thins, 1] = y, x
                    thins += 1
            elif image[y, x] < dark:
                found[0, y, x] = mixed_label(ids, px, py)
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
