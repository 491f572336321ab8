"""A flat curve that crosses a staff line is lost on it; what goes on beyond is followed in the ink."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.curves import middles_along
from notehead.detect.maps import DOT

Pixels = NDArray[np.int32]
Image = NDArray[np.uint8]

_STEEP = 0.4
"""Slope of a curve at an end that is followed, at most."""
_MOST = 0.6
"""Share of a curve's length by which it may go on."""
_LEAST = 12
"""Columns of a curve at least, in cells."""
_NEAR_END = 0.5
"""Share of a curve, from an end, that says where it goes on from there."""
_DARK = 150
"""What is darker than this is ink."""
_BESIDE = 16
"""Pixels to both sides over which a staff line is dark."""
_THICK = 5
"""Pixels that a tapering end is thick at most."""
_TALL = 4 * _THICK
"""The same, of what is no barline or stem: there it ends."""
_NEXT = 1
"""Pixels beside the way at which ink is still on it."""
_WHITE = 2
"""Columns without ink at which a curve has ended."""
_SURE = 11
"""Columns of thin ink, one after the other, that are the curve's: the edge of a notehead has fewer."""
_SHARED, _TOGETHER = 0.5, 1.0
"""Share of its columns in which an arc that is a part of another lies on that, and cells that it is off."""
_TRUST = 0.25
"""By how much of what the ink is off the way, the way is moved."""


def followed(arc: Pixels, image: Image) -> Pixels:
    """The pixels of an arc and of what goes on beyond its ends.

    From each end the curve is followed column by column, as bent as it is, for as long as there is ink. That
    of a staff line says nothing; where only that is found the curve has ended before.

    Args:
        arc: x and y of its pixels, (n, 2), in cells.
        image: uint8 (height, width), 0 black, of two by two pixels a cell.

    Example:
        >>> image = np.full((80, 200), 255, np.uint8)
        >>> x = np.arange(10, 190)
        >>> image[(60 - x * (199 - x) / 400).astype(int), x] = 0
        >>> seen = x[30:150:2] // 2
        >>> arc = np.stack((seen, (60 - 2 * seen * (199 - 2 * seen) / 400) // 2), axis=1).astype(np.int32)
        >>> [row[0] for row in np.sort(followed(arc, image), axis=0)[[0, -1]].tolist()]
        [5, 94]
    """
    column, first = _middles(arc)
    if len(column) < _LEAST:
        return arc
    bend = 2 * np.polyfit(np.arange(len(column)), column, 2)[0]
    more = []
    for side in (-1, 1):
        way = _way(column, side, float(bend))
        if way is None:
            continue
        x = (first if side < 0 else first + len(column) - 1) * DOT + (0 if side < 0 else DOT - 1)
        more += _beyond(image, (x, *way), side, round(_MOST * len(column) * DOT))
    if not more:
        return arc
    return np.concatenate((arc, np.unique(np.array(more, np.int32) // DOT, axis=0)))


def all_followed(arcs: Sequence[Pixels], image: Image) -> list[Pixels]:
    """Each of several arcs, as `followed` gives it; those that have become one are one."""
    found: list[Pixels] = []
    boxes = np.empty((0, 4))
    for arc in sorted((followed(arc, image) for arc in arcs), key=lambda one: -int(np.ptp(one[:, 0]))):
        box = np.concatenate((arc.min(axis=0), arc.max(axis=0)))
        near = ((boxes[:, :2] <= box[2:] + _TOGETHER) & (boxes[:, 2:] >= box[:2] - _TOGETHER)).all(axis=1)
        same = next((k for k in np.flatnonzero(near).tolist() if _is_part(arc, found[k])), None)
        if same is None:
            found.append(arc)
            boxes = np.concatenate((boxes, box[None]))
        else:
            found[same] = np.unique(np.concatenate((found[same], arc)), axis=0)
            boxes[same] = np.concatenate((found[same].min(axis=0), found[same].max(axis=0)))
    return found


def _is_part(arc: Pixels, other: Pixels) -> bool:
    """Whether an arc lies on another, longer one."""
    (short, first), (long, begin) = _middles(arc), _middles(other)
    start, stop = max(first, begin), min(first + len(short), begin + len(long))
    if stop - start < _SHARED * len(short):
        return False
    off = np.abs(short[start - first : stop - first] - long[start - begin : stop - begin])
    return bool(off.mean() <= _TOGETHER)


def _middles(arc: Pixels) -> tuple[NDArray[np.float64], int]:
    """The middle of an arc in each of its columns, in cells, and the first column."""
    first = int(arc[:, 0].min())
    return middles_along(arc[:, 0].astype(np.int64) - first, arc[:, 1]), first


def _way(column: NDArray[np.float64], side: int, bend: float) -> tuple[float, float, float] | None:
    """Height at an end in pixels, slope outwards and its change by pixel; None where it is too steep."""
    count = max(round(_NEAR_END * len(column)), _LEAST // 2)
    part = column[:count][::-1] if side < 0 else column[-count:]
    x = np.arange(1 - len(part), 1)  # 0 at the end
    straight = part - bend / 2 * x**2  # what is left of it when the bend is taken away
    slope, height = np.polyfit(x, straight, 1)
    if abs(slope) > _STEEP:
        return None
    return (float(height) + 0.5) * DOT, float(slope), bend / DOT


def _beyond(image: Image, way: tuple[int, float, float, float], side: int, most: int) -> list[list[int]]:
    """The pixels, x and y, of a curve beyond its end, up to the last that is surely its own."""
    x, y, slope, bend = way
    found: list[list[int]] = []
    sure = white = thin = 0
    for _ in range(most):
        x, y, slope = x + side, y + slope, slope + bend
        ink = _ink_at(image, x, y)
        if ink is None:
            white, thin = white + 1, 0
            if white > _WHITE:
                break
            continue
        white = 0
        top, bottom = ink
        found.append([x, int(y)])
        if _THICK < bottom - top < _TALL:
            break
        if bottom - top > _THICK or _is_line(image, x, (top, bottom)):
            thin = 0
            continue
        thin += 1
        if thin >= _SURE:
            sure = len(found)
        off = (top + bottom) / 2 - y
        y += _TRUST * off
        slope += _TRUST**2 / 4 * off  # a filter that neither lags nor swings
    return found[:sure]


def _ink_at(image: Image, x: int, y: float) -> tuple[int, int] | None:
    """The rows of ink in a column at a height or beside it: the first, and the one after the last."""
    row = int(y)
    if not (0 <= x < image.shape[1] and 2 * _THICK <= row < image.shape[0] - 2 * _THICK):
        return None
    dark = image[row - 2 * _THICK : row + 2 * _THICK + 1, x] < _DARK
    rows = np.flatnonzero(dark[2 * _THICK - _NEXT : 2 * _THICK + _NEXT + 1])
    if not len(rows):
        return None
    here = 2 * _THICK - _NEXT + int(rows[np.abs(rows - _NEXT).argmin()])
    above = np.flatnonzero(~dark[:here])
    below = np.flatnonzero(~dark[here:])
    top = int(above[-1]) + 1 if len(above) else 0
    bottom = here + int(below[0]) if len(below) else len(dark)
    return row - 2 * _THICK + top, row - 2 * _THICK + bottom


def _is_line(image: Image, x: int, rows: tuple[int, int]) -> bool:
    """Whether one of these rows is dark far to both sides, as a staff line is."""
    low, high = max(x - _BESIDE, 0), min(x + _BESIDE + 1, image.shape[1])
    return bool((image[slice(*rows), low:high] < _DARK).all(axis=1).any())
