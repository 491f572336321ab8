# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917
"""Which symbols a destination pixel sees and how much of each, and which two it gets, compiled by numba.

The one that shows most is on top. Below it is, of all that cover `BELOW` of the pixel, the smallest: stems
must not end where they meet heads and beams, and a staff can do without a pixel.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BELOW = 0.17
"""Of a pixel that another symbol has, from which on a symbol stands below it: a stem is two thirds wide."""


@njit(cache=True)
def tallied(ids, under, left, right, top, bottom, tally):
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
def first_and_second(tally, used, full, size):
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
