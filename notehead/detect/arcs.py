"""Curves that follow one another closely are one part of their map; each of them is one arc."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.curves import long_axis, middles_along

_DEEP = 1.5
"""Cells that the place between two arcs lies below the tops of both, at least."""
_STEEP = 0.5
"""The same, as a share of the height of the lower arc above its own ends."""
_SHORTEST, _LOWEST = 5, 1.0
"""Length and height of an arc at least, in cells."""


def arcs(pixels: NDArray[np.int32], *, hangs: bool) -> list[NDArray[np.int32]]:
    """The arcs of a connected part, x and y (n, 2) in cells, from left to right.

    One curve rises from its one end and falls to the other. Where what is between two tops is much lower
    than either, two curves meet.

    Args:
        pixels: of the part.
        hangs: whether its curves are bowed downwards.

    Example:
        >>> hill = [[x, -(x * (20 - x)) // 12] for x in range(21)]
        >>> both = np.array(hill + [[x + 20, y] for x, y in hill], np.int32)
        >>> [len(arc) for arc in arcs(both, hangs=False)], len(arcs(both[:21], hangs=False))
        ([20, 22], 1)
    """
    axis = long_axis(pixels)
    along = np.floor(pixels @ axis).astype(np.int64)
    along -= along.min()
    here = _between(middles_along(along, _above(pixels, axis, hangs=hangs)))
    if here is None:
        return [pixels]
    left = along < here
    return [*arcs(pixels[left], hangs=hangs), *arcs(pixels[~left], hangs=hangs)]


def _above(pixels: NDArray[np.int32], axis: NDArray[np.float64], *, hangs: bool) -> NDArray[np.float64]:
    """How far each pixel lies towards the side to which a curve is bowed."""
    across = np.array([-axis[1], axis[0]]) * (1 if hangs else -1)
    return np.asarray(pixels @ across, np.float64)


def _between(height: NDArray[np.float64]) -> int | None:
    """The lowest place between two arcs; None where there is one alone."""
    if len(height) < 2 * _SHORTEST:
        return None
    tops = np.minimum(np.maximum.accumulate(height), np.maximum.accumulate(height[::-1])[::-1])
    depth = (tops - height)[_SHORTEST:-_SHORTEST]
    if not len(depth) or depth.max() < _DEEP:
        return None
    here = int(depth.argmax()) + _SHORTEST
    lower = min(_height(height[: here + 1]), _height(height[here:]))
    return here if lower >= _LOWEST and depth.max() >= _STEEP * lower else None


def _height(part: NDArray[np.float64]) -> float:
    """How far an arc rises above the straight way between its ends."""
    return float((part - np.linspace(part[0], part[-1], len(part))).max())
