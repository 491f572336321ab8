"""A curve whose flat middle lies on a staff line is seen as two halves; they are one arc again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.curves import long_axis, tips_along
from notehead.detect.maps import DOT
from notehead.detect.tips import Points

Pixels = NDArray[np.int32]

_GAP = 0.5
"""Share of a curve's length that may be missing between its halves."""
_OVERLAP = 0.2
"""Share of the shorter half's length by which the halves may lie above each other."""
_RISE, _STEEP = 1.0, 0.35
"""How far the inner ends lie above the outer ones at least: in cells, and in heights of the whole arc."""
_OFF, _OFF_SHARE = 0.6, 0.04
"""Root of the mean square, in cells and in heights of the arc, by which pixels may be off it."""
_LONGEST = 0.3
"""Height of an arc, in its lengths, at most: only flat ones are lost on a line."""
_INKED, _DARK, _ASIDE = 0.9, 160, 1
"""Share of the way between the halves on which there must be ink, darker than this, so many pixels aside."""


def joined_halves(arcs: Sequence[Pixels], image: NDArray[np.uint8], *, hangs: bool) -> list[Pixels]:
    """The arcs, of which two that are halves of one are one.

    The left half rises to its inner end, the right one falls from it, both lie on one flat arc, and there is
    ink between them. Arcs that follow each other rise and fall each for itself.

    Args:
        arcs: x and y of the pixels of each, (n, 2), in cells.
        image: uint8 (height, width), 0 black, of two by two pixels a cell.
        hangs: whether curves are bowed downwards.

    Example:
        >>> x = np.arange(60)
        >>> hill = np.stack((x, 20 - x * (59 - x) // 90), axis=1).astype(np.int32)
        >>> black = np.zeros((80, 120), np.uint8)
        >>> [len(arc) for arc in joined_halves([hill[:25], hill[38:]], black, hangs=False)]
        [47]
        >>> len(joined_halves([hill[:25], hill[38:]], black + 255, hangs=False))
        2
    """
    ends = [_ends(arc) for arc in arcs]
    order = sorted(range(len(arcs)), key=lambda k: float(ends[k][0, 0]))
    result: dict[int, Pixels] = {k: arcs[k] for k in order}
    taken: set[int] = set()
    for left in order:
        if left in taken:
            continue
        for right in order:
            if right == left or right in taken or not _follow(ends[left], ends[right]):
                continue
            if _one_arc(arcs[left], arcs[right], (ends[left], ends[right]), image, hangs=hangs):
                result[left] = np.concatenate((arcs[left], result.pop(right)))
                taken |= {left, right}
                break
    return list(result.values())


def _ends(arc: Pixels) -> Points:
    """The left and the right tip, (2, 2)."""
    ends = np.array(tips_along(arc, long_axis(arc)))
    return ends[ends[:, 0].argsort()]


def _follow(left: Points, right: Points) -> bool:
    """Whether one may be the left half of what the other is the right half of, by their tips alone."""
    long = right[1, 0] - left[0, 0]
    gap = right[0, 0] - left[1, 0]
    shorter = min(left[1, 0] - left[0, 0], right[1, 0] - right[0, 0])
    return bool(long > 0 and shorter > 0 and -_OVERLAP * shorter <= gap <= _GAP * long)


def _one_arc(
    left: Pixels, right: Pixels, ends: tuple[Points, Points], image: NDArray[np.uint8], *, hangs: bool
) -> bool:
    start, stop = ends[0][0], ends[1][1]
    long = float(np.linalg.norm(stop - start))
    axis = (stop - start) / long
    across = np.array([-axis[1], axis[0]]) * (1 if hangs else -1)
    inner = (np.array([ends[0][1], ends[1][0]]) - start) @ across
    if inner.min() < _RISE or inner.max() > _LONGEST * long:
        return False
    pixels = np.concatenate((left, right))
    along, above = (pixels - start) @ axis, (pixels - start) @ across
    curve, off = _fitted(along, above, long)
    top = float(_height(curve, np.linspace(0, long, 21), long).max())
    if inner.min() < _STEEP * top or top > _LONGEST * long:
        return False
    if off > _OFF + _OFF_SHARE * top or inner.max() > top + 1:
        return False
    between = np.array([(ends[0][1] - start) @ axis, (ends[1][0] - start) @ axis])
    way = np.arange(between.min(), between.max() + 0.25, 0.5)
    places = start + way[:, None] * axis + _height(curve, way, long)[:, None] * across
    return _ink(image, places) >= _INKED


def _fitted(
    along: NDArray[np.float64], above: NDArray[np.float64], long: float
) -> tuple[NDArray[np.float64], float]:
    """The arc through points: 1, u, u^2, u^4 with u from -1 to 1; and how far they are off it."""
    base = _base(along, long)
    curve = np.asarray(np.linalg.lstsq(base, above, rcond=None)[0], np.float64)
    return curve, float(np.sqrt(np.square(base @ curve - above).mean()))


def _base(along: NDArray[np.float64], long: float) -> NDArray[np.float64]:
    u = 2 * along / long - 1
    return np.stack((np.ones_like(u), u, u**2, u**4), axis=1)


def _height(curve: NDArray[np.float64], along: NDArray[np.float64], long: float) -> NDArray[np.float64]:
    return np.asarray(_base(along, long) @ curve)


def _ink(image: NDArray[np.uint8], places: Points) -> float:
    """The share of places, x and y in cells (n, 2), at which there is ink."""
    x, y = ((places + 0.5) * DOT).astype(int).T
    inside = (x >= 0) & (x < image.shape[1]) & (y >= _ASIDE) & (y < image.shape[0] - _ASIDE)
    if not len(x):
        return 1.0
    rows = y[inside] + np.arange(-_ASIDE, _ASIDE + 1)[:, None]
    dark = (image[rows, x[inside]] < _DARK).any(axis=0)
    return float(dark.sum() / len(x))
