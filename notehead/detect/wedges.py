"""Hairpins from the pixels between their arms: apart where they touch, each with a box along its axis."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT

_UNEVEN = 1.0
"""Mean squared deviation of heights, in cells, up to which a part is one wedge."""
_BETTER = 0.2
"""Of what deviates from one wedge, what may still deviate from two, for there to be two."""
_SHORTEST = 6
"""Columns of a wedge at least."""
_ROUNDED = 6
"""Columns beside the place where two wedges meet that say little: the trace is round there."""
_CLOSED = 0.4
"""Height of the closed end, in heights of the open one, at most."""
_BEYOND, _FARTHEST = 3.0, 24.0
"""Cells beyond the place where the arms meet, and in all, that a line is followed."""
_ASIDE = 2
"""Pixels above and below the axis in which the line is looked for."""
_DARK = 0.75
"""A line is at least so much darker than what is around."""
_LIGHT = 0.3
"""Of the ink of a column, what a column between two wedges may have."""
_GAP = 0.5
"""Cells of a line that may be missing."""
_OFF = 3.0
"""Cells by which its edges may be off the arms where a wedge begins and ends."""


def wedges(pixels: NDArray[np.int32], image: NDArray[np.uint8]) -> list[NDArray[np.int32]]:
    """The wedges of a connected part, x and y (n, 2) in cells, from left to right.

    The height of a wedge grows or falls evenly from column to column. A crescendo that meets a diminuendo
    does both; two of a kind that meet fall back between.

    Args:
        pixels: of the part.
        image: uint8 (height, width), 0 black, of two by two pixels a cell.

    Example:
        >>> half = [min(x, 39 - x) // 2 for x in range(40)]
        >>> diamond = [[x, y] for x in range(40) for y in range(-half[x], half[x] + 1)]
        >>> blank = np.full((99, 99), 255, np.uint8)
        >>> [int(part[:, 0].max()) for part in wedges(np.array(diamond, np.int32), blank)]
        [19, 39]
    """
    if np.ptp(pixels[:, 0]) + 1 < 2 * _SHORTEST:
        return [pixels]
    first, low, high = _outline(pixels)
    column, height = pixels[:, 0] - first, high - low
    here = _division(height)
    if here is None:
        return [pixels]
    here = _gap(image, (first, low, high), here)
    left = column < here
    return [*wedges(pixels[left], image), *wedges(pixels[~left], image)]


def _gap(
    image: NDArray[np.uint8], outline: tuple[int, NDArray[np.float64], NDArray[np.float64]], here: int
) -> int:
    """The column near `here` in which there is no ink; `here`, where there is none such."""
    first, low, high = outline
    begin = max(here - _ROUNDED, 1)
    x = np.array([begin, min(here + _ROUNDED, len(low) - 1)]) + first
    rows = slice(max(int(low.min()) * DOT, 0), int(high.max() + 2) * DOT)
    ink = 255.0 - image[rows, slice(*(x * DOT).tolist())]
    if not ink.size:
        return here
    dark = (ink - np.median(ink)).clip(min=0).sum(axis=0)
    light = np.flatnonzero(dark <= _LIGHT * np.median(dark))
    return begin + round(light.mean() / DOT) if len(light) else here


def _division(height: NDArray[np.float64]) -> int | None:
    """The column from which on there is another wedge; None for one wedge alone."""
    forward, backward = _deviations(height), _deviations(height[::-1])[::-1]
    whole = forward[-1]
    if whole <= _UNEVEN * len(height):
        return None
    places = np.arange(_SHORTEST, len(height) - _SHORTEST + 1)
    two = forward[places - 1] + backward[places]
    best = int(two.argmin())
    here = int(places[best])
    good = two[best] <= _BETTER * whole and _closes(height[:here]) and _closes(height[here:])
    return _meeting(height, here) if good else None


def _meeting(height: NDArray[np.float64], here: int) -> int:
    """Where a wedge that grows meets one that falls: near `here`, the straight lines of both cross."""
    column = np.arange(len(height), dtype=np.float64)
    before, after = slice(0, here - _ROUNDED), slice(here + _ROUNDED, len(height))
    if min(here, len(height) - here) <= 2 * _ROUNDED:
        return here
    first, second = (_line(column[part], height[part]) for part in (before, after))
    if first[0] * second[0] >= 0:
        return here
    crossing = round((second[1] - first[1]) / (first[0] - second[0]))
    return int(np.clip(crossing, here - _ROUNDED, here + _ROUNDED))


def _closes(height: NDArray[np.float64]) -> bool:
    """Whether a part is a wedge: one end is much lower than the other."""
    column = np.arange(len(height), dtype=np.float64)
    ends = _straight(column, height)[[0, -1]]
    return bool(ends.min() <= _CLOSED * ends.max())


def _deviations(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squares of what the first k + 1 values deviate by from their straight line, in sum: (n,)."""
    x = np.arange(len(values), dtype=np.float64)
    n = x + 1
    sum_x, sum_y = np.cumsum(x), np.cumsum(values)
    xx = np.cumsum(x * x) - sum_x**2 / n
    xy = np.cumsum(x * values) - sum_x * sum_y / n
    yy = np.cumsum(values**2) - sum_y**2 / n
    return np.maximum(yy - np.divide(xy**2, xx, out=np.zeros_like(xx), where=xx > 0), 0)


def wedge_boxes(
    each: Sequence[NDArray[np.int32]], image: NDArray[np.uint8], grown: float
) -> NDArray[np.float64]:
    """The corners (n, 4, 2) of boxes around wedges whose sides run along their axes, in cells.

    The least rectangle around a triangle would run along any one of its sides, by chance. The arms are
    straight lines, which what else touches the wedge does not bend; the box is as high as they are apart at
    the open end. Where they have nearly met, one line is left, which may be taken for another's: it is
    followed in the ink.

    Args:
        each: x and y of the pixels of each wedge, (m, 2).
        image: uint8 (height, width), 0 black, of two by two pixels a cell.
        grown: pixels reach beyond the ink by so much at every side.

    Example:
        >>> wedge = np.array([[x, y] for x in range(30) for y in range(-(x // 6), x // 6 + 1)], np.int32)
        >>> wedge_boxes([wedge], np.full((9, 99), 255, np.uint8), 0.0)[0].round(1).tolist()
        [[0.0, -4.3], [30.0, -4.3], [30.0, 5.3], [0.0, 5.3]]
    """
    return np.array([_box(one, image, grown) for one in each])


def _box(pixels: NDArray[np.int32], image: NDArray[np.uint8], grown: float) -> NDArray[np.float64]:
    first, low, high = _outline(pixels)
    column = np.arange(len(low), dtype=np.float64)
    upper, lower = _straight(column, low), _straight(column, high)
    even = np.flatnonzero(np.abs(low - upper) + np.abs(high - lower) <= _OFF)
    left, right = (even[0], even[-1]) if len(even) else (0, len(low) - 1)
    middle, half = (upper + lower) / 2 + 0.5, (lower - upper) / 2
    ends = np.array([[first + left, middle[left]], [first + right + 1, middle[right]]])
    axis = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    across = np.array([-axis[1], axis[0]]) * max(half[left] - grown, half[right] - grown, 0.15)
    inset = axis * min(grown, (right + 1 - left) / 2 - 0.15)
    ends = np.stack((ends[0] + inset, ends[1] - inset))
    closed = int(half[right] < half[left])
    slope = abs(half[right] - half[left]) / max(right - left, 1)
    if slope > 0:
        outward, most = axis * (2 * closed - 1), half[(left, right)[closed]] / slope + _BEYOND
        ends[closed] += outward * _followed(image, ends[closed], outward, min(most, _FARTHEST))
    start, stop = ends
    return np.array([start - across, stop - across, stop + across, start + across])


def _followed(
    image: NDArray[np.uint8], end: NDArray[np.float64], outward: NDArray[np.float64], most: float
) -> float:
    """How many cells a line goes on beyond an end, at most."""
    far = 0.0
    for step in np.arange(0.5, most, 0.5):
        x, y = ((end + outward * step) * DOT).astype(int)
        if not (1 <= x < image.shape[1] - 1 and _ASIDE <= y < image.shape[0] - _ASIDE):
            break
        column = image[y - _ASIDE : y + _ASIDE + 1, x]
        around = image[max(y - 4 * _ASIDE, 0) : y + 4 * _ASIDE + 1, x]
        if column.min() < _DARK * np.median(around):
            far = step
        elif step - far > _GAP:
            break
    return far


def _outline(pixels: NDArray[np.int32]) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """The first column, and the upper and the lower edge of each; evenly filled where one is missing."""
    first = int(pixels[:, 0].min())
    column = pixels[:, 0] - first
    count = int(column.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, column, pixels[:, 1])
    np.maximum.at(high, column, pixels[:, 1])
    filled = np.flatnonzero(low <= high)
    upper, lower = (np.interp(np.arange(count), filled, edge[filled]) for edge in (low - 0.5, high + 0.5))
    return first, upper, lower


def _straight(column: NDArray[np.float64], edge: NDArray[np.float64]) -> NDArray[np.float64]:
    """The straight line along an edge, at each column."""
    slope, start = _line(column, edge)
    return start + slope * column


def _line(column: NDArray[np.float64], edge: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and height at 0 of the straight line along an edge, whatever a few columns say."""
    points = np.stack((column, edge), axis=1).astype(np.float32)
    along, up, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    slope = up / (along or 1e-6)
    return slope, y - slope * x
