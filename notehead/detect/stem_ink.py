"""Stems as far as their ink goes: those that something crosses are whole again, and two side by side are two.

The network sees a page at one scale, in cells of several pixels. There a long stem breaks where hairpins or
slurs cross it, and the stems of two voices that stand a few pixels apart are one line. The page itself tells.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.snap import ink_level

_AROUND, _REACH = 0.5, 8.0
"""Staff spaces beside a stem, and beyond its ends, that are looked at."""
_GAP = 2
"""Pixels without ink that do not end a stem."""
_WHOLE = 0.85
"""Share of a stem that one column of pixels shows, where it is one stem; two show so much together."""
_LONGER = 0.5
"""Staff spaces by which ink goes on where a stem is longer than it was seen."""
_NARROW, _MOSTLY = 0.3, 0.6
"""Staff spaces that a stem is wide at most, in that share of the rows by which it is longer."""
_NEAR, _LEAST = 0.12, 1.2
"""Staff spaces between two stems at least, and length of each."""
_PAPER = 0.3
"""What some column between two stems shows, in parts of the shorter one, at most."""
_BESIDE, _END, _BOTH = 0.35, 0.7, 1.8
"""Staff spaces from the side of a head to its stem, and from a stem's end to a head beyond it, at most; and
from heads to either end of what is two stems."""
_SAME = 0.5
"""Share of the shorter of two stems that is the other one's, too, where they are one."""

Boxes = NDArray[np.float64]


def stems_on_ink(
    image: NDArray[np.uint8], boxes: Boxes, score: NDArray[np.floating], staff_space: float
) -> tuple[Boxes, NDArray[np.int64]]:
    """The stems of a page, and for each the row of the one that it was.

    Args:
        image: uint8 (height, width), 0 black.
        boxes: of upright stems, (n, 4), in its pixels.
        score: of each; of two that are one, the surer is kept.
        staff_space: in its pixels.

    Example:
        >>> page = np.full((200, 60), 255, np.uint8)
        >>> page[20:180, 30:32] = 0
        >>> page[90:93] = 0  # something crosses it
        >>> broken = np.array([[30.0, 20, 32, 85], [30, 98, 32, 180]])
        >>> stems_on_ink(page, broken, np.array([0.9, 0.8]), 20.0)[0].tolist()
        [[30.0, 20.0, 32.0, 180.0]]
    """
    found = np.empty((2 * len(boxes), 4))
    source = np.empty(2 * len(boxes), np.int64)
    count = _stems(
        np.ascontiguousarray(image), np.ascontiguousarray(boxes, np.float64), staff_space, found, source
    )
    found, source = found[:count], source[:count]
    kept = _different(found, score[source], _NEAR * staff_space)
    return found[kept], source[kept]


def parted(boxes: Boxes, heads: Boxes, staff_space: float) -> tuple[Boxes, NDArray[np.int64]]:
    """Stems that go on both ways from heads in their middle are two, of two voices; and the row of each.

    One goes up from the heads at its left, one down from those at its right.

    Args:
        boxes: of upright stems, (n, 4).
        heads: boxes of the noteheads, (m, 4).
        staff_space: in the same pixels.

    Example:
        >>> heads = np.array([[10.0, 90, 30, 110], [32, 100, 52, 120]])
        >>> parted(np.array([[30.0, 40, 32, 170]]), heads, 20.0)[0].tolist()
        [[30.0, 40.0, 32.0, 100.0], [30.0, 110.0, 32.0, 170.0]]
    """
    x = ((boxes[:, 0] + boxes[:, 2]) / 2)[:, None]
    level = (heads[:, 1] + heads[:, 3]) / 2
    beyond = _END * staff_space  # the last head of a chord may have its middle there
    along = (level >= boxes[:, 1, None] - beyond) & (level <= boxes[:, 3, None] + beyond)
    left, right = (along & (np.abs(heads[:, side] - x) <= _BESIDE * staff_space) for side in (2, 0))
    first = np.where(left | right, level, np.inf).min(axis=1, initial=np.inf)
    last = np.where(left | right, level, -np.inf).max(axis=1, initial=-np.inf)
    free = np.minimum(first - boxes[:, 1], boxes[:, 3] - last)
    two = left.any(axis=1) & right.any(axis=1) & (free >= _BOTH * staff_space)
    upper, lower = boxes[two].copy(), boxes[two].copy()
    upper[:, 3] = np.where(left[two], level, -np.inf).max(axis=1, initial=-np.inf)
    lower[:, 1] = np.where(right[two], level, np.inf).min(axis=1, initial=np.inf)
    rows = np.arange(len(boxes))
    return np.concatenate([boxes[~two], upper, lower]), np.concatenate([rows[~two], rows[two], rows[two]])


def _different(boxes: Boxes, score: NDArray[np.floating], near: float) -> NDArray[np.int64]:
    """Rows of the stems that are not another, surer one."""
    kept: list[int] = []
    middle, length = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3] - boxes[:, 1]
    for k in np.argsort(-score, kind="stable").tolist():
        own = np.array(kept, np.int64)
        shared = np.minimum(boxes[own, 3], boxes[k, 3]) - np.maximum(boxes[own, 1], boxes[k, 1])
        same = (np.abs(middle[own] - middle[k]) < near) & (
            shared > _SAME * np.minimum(length[own], length[k])
        )
        if not same.any():
            kept.append(k)
    return np.array(sorted(kept), np.int64)


@njit(cache=True)
def _stems(image, boxes, space, found, source):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    height, width = image.shape
    around, reach = int(np.ceil(_AROUND * space)), int(_REACH * space)
    count = 0
    for k in range(len(boxes)):
        found[count], source[count] = boxes[k], k
        count += 1
        middle = int((boxes[k, 0] + boxes[k, 2]) / 2)
        first, last = int(np.round(boxes[k, 1])), int(np.round(boxes[k, 3]))
        left, right = max(middle - around, 0), min(middle + around + 1, width)
        top, bottom = max(first - reach, 0), min(last + reach, height)
        if last - first < 3 or right - left < 3 or first < top or last > bottom:
            continue
        window = image[top:bottom, left:right]
        level = ink_level(window)
        if level < 0:
            continue
        dark = window < level
        runs = _runs(dark, first - top, last - top)
        shown = np.minimum(runs[:, 1], last - top) - np.maximum(runs[:, 0], first - top)
        best = int(np.argmax(shown))
        if shown[best] >= _WHOLE * (last - first):
            up, down = runs[best]
            if _goes_on(dark, best, up, first - top, space):
                found[count - 1, 1] = up + top
            if _goes_on(dark, best, last - top, down, space):
                found[count - 1, 3] = down + top
            continue
        one, other = _pair(runs, shown, space, last - first)
        if one >= 0:
            source[count] = k
            for place, column in ((count - 1, one), (count, other)):
                wide = _alike(runs, column)
                found[place, 0], found[place, 2] = wide[0] + left, wide[1] + left
                found[place, 1], found[place, 3] = runs[column, 0] + top, runs[column, 1] + top
            count += 1
    return count


@njit(cache=True)
def _runs(dark, first, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """For each column the run of ink that shows most of the rows from first to last: its begin and end."""
    height, width = dark.shape
    runs = np.zeros((width, 2), np.int64)
    for x in range(width):
        most, begin, end = 0, -1, -1
        for y in range(height + 1):
            if y < height and dark[y, x]:
                begin, end = (y if begin < 0 else begin), y + 1
            elif begin >= 0 and (y == height or y - end >= _GAP):
                shown = min(end, last) - max(begin, first)
                if shown > most:
                    most, runs[x, 0], runs[x, 1] = shown, begin, end
                begin = -1
        if not most:
            runs[x] = first, first
    return runs


@njit(cache=True)
def _goes_on(dark, column, begin, end, space):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether the ink of a column between two rows is a stem's: long, and narrow most of the way."""
    if end - begin < _LONGER * space:
        return False
    narrow = 0
    for y in range(begin, end):
        left = right = column
        while left > 0 and dark[y, left - 1]:
            left -= 1
        while right + 1 < dark.shape[1] and dark[y, right + 1]:
            right += 1
        narrow += right + 1 - left <= _NARROW * space
    return narrow >= _MOSTLY * (end - begin)


@njit(cache=True)
def _pair(runs, shown, space, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Two columns that show a stem together, one its upper and one its lower part; -1 without any."""
    best, one, other = _WHOLE * length, -1, -1
    for a in range(len(runs)):
        for b in range(a + 1, len(runs)):
            if b - a < _NEAR * space or min(shown[a], shown[b]) < _LEAST * space:
                continue
            both = (runs[a, 0] < runs[b, 0]) == (runs[a, 1] < runs[b, 1])
            together = shown[a] + shown[b] - max(min(runs[a, 1], runs[b, 1]) - max(runs[a, 0], runs[b, 0]), 0)
            between = shown[a + 1 : b].min() if b > a + 1 else min(shown[a], shown[b])
            apart = between <= _PAPER * min(shown[a], shown[b])  # one that leans has its middle there
            if both and apart and together > best:
                best, one, other = together, a, b
    return one, other


@njit(cache=True)
def _alike(runs, column):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """First and last (exclusive) of the columns around one that show about as much as it does."""
    length = runs[column, 1] - runs[column, 0]
    left = right = column
    while left > 0 and 2 * (runs[left - 1, 1] - runs[left - 1, 0]) > length:
        left -= 1
    while right + 1 < len(runs) and 2 * (runs[right + 1, 1] - runs[right + 1, 0]) > length:
        right += 1
    return left, right + 1
