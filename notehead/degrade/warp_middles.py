# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917
"""Labels of destination pixels by what their middles show, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.outlines import BLOCK

SHRINKS = 65700
"""In 2**-16 source pixels: where pixels are larger, areas count, as lines may fall between the middles."""


@njit(cache=True)
def label_middles(ids, under, line, runs, y, found, image, dark):
    """Label runs of a row with what their pixels' middles show, where pixels see no more than that.

    `line` and `runs` are what `runs_of_row` has found, of which those are made empty that see nothing; the
    other arguments are those of `label_runs`.
    """
    height, width = ids.shape
    for n in range(runs):
        begin, count, px, dx, py, dy = line[n, 0], line[n, 1], line[n, 2], line[n, 3], line[n, 4], line[n, 5]
        if max(line[n, 6], line[n, 7]) > SHRINKS:
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
                    found[0, y, begin + k] = mixed_label(ids, px + k * dx, py + k * dy)


@njit(cache=True)
def mixed_label(ids, px, py):
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
