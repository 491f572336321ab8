"""Oriented boxes of straight lines from their pixels, which a few stray pixels do not spoil."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def straight_boxes(pixels: NDArray[np.int32], bounds: NDArray[np.int64], grown: float) -> NDArray[np.float64]:
    """Corners (n, 4, 2) around lines, in cells of their map, clockwise from the upper left.

    A line that lies is cut into columns, one that stands into rows. The straight line through the middles of
    these cuts, by least squares, is its axis, moved to where half of them lie on either side; the median of
    their lengths is its thickness. It ends with the first and the last cut that is at least half as long.

    Args:
        pixels: x and y of the lines' pixels, (m, 2), those of a line together.
        bounds: where in `pixels` each line begins, and where the last one ends: (n + 1,).
        grown: pixels reach beyond the ink by so much at every side.

    Example:
        >>> row = np.array([[x, 3] for x in range(2, 12)], np.int32)
        >>> straight_boxes(row, np.array([0, 10]), 0.0)[0].tolist()
        [[2.0, 3.0], [12.0, 3.0], [12.0, 4.0], [2.0, 4.0]]
    """
    boxes: NDArray[np.float64] = _boxes(pixels, bounds, grown)
    return boxes


@njit(cache=True)
def _boxes(pixels, bounds, grown):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    boxes = np.empty((len(bounds) - 1, 4, 2))
    for k in range(len(boxes)):
        part = pixels[bounds[k] : bounds[k + 1]]
        left, right = part[:, 0].min(), part[:, 0].max()
        top, bottom = part[:, 1].min(), part[:, 1].max()
        stands = bottom - top > right - left
        first, last = (top, bottom) if stands else (left, right)
        middle, length = _cuts(part, stands, first, last - first + 1)
        _corners(boxes[k], stands, first, middle, length, grown)
    return boxes


@njit(cache=True)
def _cuts(part, stands, first, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """For each cut across the line its middle and its length; 0 where there is nothing."""
    low, high = np.full(count, 1 << 30), np.full(count, -1)
    for x, y in part:
        along, across = (y, x) if stands else (x, y)
        low[along - first] = min(low[along - first], across)
        high[along - first] = max(high[along - first], across)
    length = np.maximum(high - low + 1, 0).astype(np.float64)
    return (low + high + 1) / 2, length


@njit(cache=True)
def _corners(box, stands, first, middle, length, grown):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    there = np.flatnonzero(length > 0)
    thickness = np.median(length[there])
    whole = there[length[there] * 2 >= thickness]
    begin, end = float(whole[0]), float(whole[-1] + 1)
    along = whole + 0.5
    centre, mean = along.mean(), middle[whole].mean()
    spread = ((along - centre) ** 2).sum()
    slope = ((along - centre) * (middle[whole] - mean)).sum() / spread if spread > 0 else 0.0
    mean += np.median(middle[whole] - mean - slope * (along - centre))
    half = max(thickness / 2 - grown, 0.15)
    if end - begin > 2 * grown + 0.3:
        begin, end = begin + grown, end - grown
    scale = np.sqrt(1 + slope * slope)
    # half the thickness, along the line and across it
    ahead, aside = -slope * half / scale, half / scale
    for corner, (at, side) in enumerate(((begin, -1.0), (end, -1.0), (end, 1.0), (begin, 1.0))):
        u = at + first + side * ahead
        v = mean + slope * (at - centre) + side * aside
        box[corner, 0], box[corner, 1] = (v, u) if stands else (u, v)
    if stands:  # so that they are clockwise all the same
        for axis in range(2):
            box[1, axis], box[3, axis] = box[3, axis], box[1, axis]
