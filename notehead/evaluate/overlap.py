"""How well a found symbol covers a true one: four measures, compiled by numba.

- `UPRIGHT`: intersection over union (IoU) of upright boxes, in continuous coordinates, as COCO has it. A
  box without width or height overlaps nothing, not even itself.
- `ORIENTED`: IoU of oriented boxes, by the exact intersection of the two polygons. (Not OpenCV's
  `intersectConvexConvex`: where two sides lie on one line, its areas can be too large.) Rectangles without
  area, such as DeepScoresV2 has around lines of one pixel, count as the line segments that they are: two on
  one line overlap by their shared length over their whole length.
- `ENCLOSING`: intersection over the area of the smallest upright box around both: what DeepScoresV2's
  toolkit computes. It is never more than the IoU.
- `DISTANCE`: minus the distance between two thin symbols, see `side_middles`.

`pairs` lists the pairs of symbols that a measure brings together; nothing is kept of the others, so that
memory grows with the symbols of a page and not with their square.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UPRIGHT, ENCLOSING, ORIENTED, DISTANCE = range(4)

NO_AREA = 1e-6
"""Square pixels; what has no more is a line. In pixels, how far off a line what lies on it may be."""
_ROUNDING = 1e-9


class Pairs(NamedTuple):
    """Pairs of a found and a true symbol; those of found symbol i are the rows `start[i]` to `start[i + 1]`.

    Attributes:
        start: int64 (n + 1,) of n found symbols.
        truth: int64 (m,), the true symbol of each pair, ascending for each found one.
        value: float64 (m,), the measure of each pair.
    """

    start: Ints
    truth: Ints
    value: Floats


class Shapes(NamedTuple):
    """Symbols as a measure needs them, and for each the range of the others that it may be paired with."""

    rows: Floats
    first: Ints
    last: Ints


def find_pairs(measure: int, found: Shapes, truth: Floats, least: float) -> Pairs:
    """All pairs of a found symbol and a true one of its range whose measure is at least `least`.

    Example:
        >>> found = Shapes(np.array([[0.0, 0, 10, 10]]), np.array([0]), np.array([2]))
        >>> truth = np.array([[50.0, 50, 60, 60], [0, 0, 10, 20]])
        >>> find_pairs(UPRIGHT, found, truth, 0.5).truth.tolist()
        [1]
    """
    return Pairs(*_pairs(measure, found.rows, found.first, found.last, truth, least))


def convex_hulls(corners: Floats) -> Floats:
    """Four corners in any order (n, 4, 2) as `ORIENTED` needs them: float64 (n, 13).

    The upright box around them, the number of corners of their convex hull, and these corners.
    """
    return np.asarray(_hulls(np.ascontiguousarray(corners, np.float64)))


def side_middles(corners: Floats, staff_space: float) -> Floats:
    """Oriented boxes (n, 4, 2) as `DISTANCE` needs them: float64 (n, 12), in staff spaces.

    The upright box around the middles of the four sides, and these middles.

    The middles of the short sides are the ends of a thin symbol's centre line. The distance of two symbols
    is the farthest that a middle of the one lies from the corresponding middle of the other, where sides
    correspond in the way that makes it least. So it is 0 for the same box, the same from either side, and
    obeys the triangle's inequality. For thin boxes of one thickness it is the Fréchet distance of their
    centre lines: no point of the one is farther than this from the point at the same share of the other,
    for such distances are largest at the ends. (Thin means longer than thick by more than twice the
    distance. Else a long side may correspond to a short one, so that nearly square boxes are near each
    other whichever of their sides is longer.) Thickness counts by the half of its difference, in staff
    spaces: a stem of 0.12 staff spaces that is found twice as thick is 0.06 off, while its IoU is a half.
    """
    middles = (corners + np.roll(corners, -1, axis=1)) / 2 / staff_space
    return np.hstack((middles.min(axis=1), middles.max(axis=1), middles.reshape(len(corners), 8)))


@njit(cache=True)
def _pairs(
    measure: int, found: Floats, first: Ints, last: Ints, truth: Floats, least: float
) -> tuple[Ints, Ints, Floats]:
    start = np.zeros(len(found) + 1, np.int64)
    partner, values = np.empty(256, np.int64), np.empty(256, np.float64)
    used = 0
    margin = -least * (1 + _ROUNDING) if measure == DISTANCE else 0.0
    for i in range(len(found)):
        left, top = found[i, 0] - margin, found[i, 1] - margin
        right, bottom = found[i, 2] + margin, found[i, 3] + margin
        for j in range(first[i], last[i]):
            if truth[j, 0] > right or truth[j, 2] < left or truth[j, 1] > bottom or truth[j, 3] < top:
                continue
            value = _measure(measure, found[i], truth[j])
            if value < least:
                continue
            if used == len(partner):
                partner = np.concatenate((partner, np.empty_like(partner)))
                values = np.concatenate((values, np.empty_like(values)))
            partner[used], values[used] = j, value
            used += 1
        start[i + 1] = used
    return start, partner[:used], values[:used]


@njit(cache=True)
def _measure(measure: int, a: Floats, b: Floats) -> float:
    if measure == DISTANCE:
        return -_distance(a, b)
    if measure == ORIENTED:
        return float(_polygon_iou(a, b))
    return float(_box_overlap(a, b, measure == ENCLOSING))


@njit(cache=True)
def _box_overlap(a: Floats, b: Floats, enclosing: bool) -> float:  # noqa: FBT001  # known at each call
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    if enclosing:
        return float(shared / ((max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))))
    # in this order the sum is rounded as in COCO's evaluation
    return float(shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared))


@njit(cache=True)
def _distance(a: Floats, b: Floats) -> float:
    """The distance of two boxes given by the middles of their sides."""
    best = np.inf
    for turn in range(4):
        for way in (1, 3):
            farthest = 0.0
            for side in range(4):
                here, there = 4 + 2 * side, 4 + 2 * ((turn + way * side) % 4)
                x, y = a[here] - b[there], a[here + 1] - b[there + 1]
                farthest = max(farthest, x * x + y * y)
            best = min(best, farthest)
    return float(np.sqrt(best))


@njit(cache=True)
def _hulls(corners: Floats) -> Floats:
    rows = np.zeros((len(corners), 13))
    for i in range(len(corners)):
        points = corners[i]
        rows[i, 0], rows[i, 1] = points[:, 0].min(), points[:, 1].min()
        rows[i, 2], rows[i, 3] = points[:, 0].max(), points[:, 1].max()
        hull = _hull(points)
        rows[i, 4] = len(hull)
        for k in range(len(hull)):
            rows[i, 5 + 2 * k], rows[i, 6 + 2 * k] = hull[k, 0], hull[k, 1]
    return rows


@njit(cache=True)
def _hull(points: Floats) -> Floats:
    """The convex hull of four points (Andrew's monotone chain); 1 or 2 points for what has no area."""
    order = np.argsort(points[:, 1], kind="mergesort")
    order = order[np.argsort(points[order, 0], kind="mergesort")]
    hull = np.empty((9, 2))
    used = 0
    for chain in range(2):
        begin = used
        for k in range(4):
            x, y = points[order[k if chain == 0 else 3 - k]]
            while used >= begin + 2:
                ax, ay = hull[used - 1, 0] - hull[used - 2, 0], hull[used - 1, 1] - hull[used - 2, 1]
                if ax * (y - hull[used - 1, 1]) - ay * (x - hull[used - 1, 0]) > 0:
                    break
                used -= 1
            if used == begin or x != hull[used - 1, 0] or y != hull[used - 1, 1]:
                hull[used, 0], hull[used, 1] = x, y
                used += 1
        used -= 1  # the other chain begins with this one's end
    return hull[: max(used, 1)]


@njit(cache=True)
def _polygon_iou(a: Floats, b: Floats) -> float:
    """IoU of two convex polygons, as `convex_hulls` gives them."""
    first = a[5 : 5 + 2 * int(a[4])].copy().reshape(-1, 2)
    second = b[5 : 5 + 2 * int(b[4])].copy().reshape(-1, 2)
    area, other = _area(first, len(first)), _area(second, len(second))
    if area <= NO_AREA or other <= NO_AREA:
        return _line_iou(first, second) if area <= NO_AREA and other <= NO_AREA else 0.0
    shared = min(_shared_area(first, second), area, other)
    return float(shared / (area + other - shared))


@njit(cache=True)
def _area(points: Floats, count: int) -> float:
    """The area of a polygon by the sum of its triangles from the first corner."""
    area = 0.0
    for k in range(1, count - 1):
        ax, ay = points[k, 0] - points[0, 0], points[k, 1] - points[0, 1]
        bx, by = points[k + 1, 0] - points[0, 0], points[k + 1, 1] - points[0, 1]
        area += ax * by - ay * bx
    return area / 2


@njit(cache=True)
def _shared_area(subject: Floats, clip: Floats) -> float:
    """The area of the intersection: one polygon is cut along each side of the other (Sutherland-Hodgman)."""
    now, after = np.empty((16, 2)), np.empty((16, 2))
    now[: len(subject)] = subject
    count = len(subject)
    for k in range(len(clip)):
        x, y = clip[k]
        ux, uy = clip[(k + 1) % len(clip), 0] - x, clip[(k + 1) % len(clip), 1] - y
        used = 0
        for i in range(count):
            j = (i + 1) % count
            here = ux * (now[i, 1] - y) - uy * (now[i, 0] - x)
            there = ux * (now[j, 1] - y) - uy * (now[j, 0] - x)
            if here >= 0:
                after[used] = now[i]
                used += 1
            if (here > 0 and there < 0) or (here < 0 and there > 0):
                after[used] = now[i] + (now[j] - now[i]) * (here / (here - there))
                used += 1
        now, after, count = after, now, used
    return float(_area(now, count))


@njit(cache=True)
def _line_iou(first: Floats, second: Floats) -> float:
    """Shared length over whole length of two segments on one line; 1 for the same point twice."""
    a, b, c, d = first[0], first[-1], second[0], second[-1]
    ux, uy = b[0] - a[0], b[1] - a[1]
    length = np.sqrt(ux * ux + uy * uy)
    if length <= NO_AREA:
        ux, uy = d[0] - c[0], d[1] - c[1]
        length = np.sqrt(ux * ux + uy * uy)
        if length <= NO_AREA:
            return 1.0 if abs(a[0] - c[0]) <= NO_AREA and abs(a[1] - c[1]) <= NO_AREA else 0.0
    ux, uy = ux / length, uy / length
    for point in (b, c, d):
        if abs(ux * (point[1] - a[1]) - uy * (point[0] - a[0])) > NO_AREA:
            return 0.0
    begin, end = 0.0, ux * (b[0] - a[0]) + uy * (b[1] - a[1])
    low, high = ux * (c[0] - a[0]) + uy * (c[1] - a[1]), ux * (d[0] - a[0]) + uy * (d[1] - a[1])
    low, high, begin, end = min(low, high), max(low, high), min(begin, end), max(begin, end)
    shared = min(end, high) - max(begin, low)
    return float(max(shared, 0.0) / (max(end, high) - min(begin, low)))
