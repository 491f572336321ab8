"""`Warp`: a smooth map between the pixels of a page and those of another image of it.

The map is kept backwards, from the destination to the source, as the source points of a coarse grid, and is
bilinear between the grid's nodes. That IS the map: pixels, masks and points all follow the same one, so that
labels cannot part from the ink, however coarse the grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notehead.degrade.warp_kernels import backward_points, forward_points, jacobians
from notehead.errors import NoteheadError

Floats: TypeAlias = NDArray[np.float64]
PointMap: TypeAlias = Callable[[Floats], Floats]
"""From points float64 (n, 2) to points (n, 2)."""

STEP = 32
"""Pixels between the nodes of a grid: a page that bends by 30 pixels in 2,000 is followed to 0.04."""
_LONGEST = 32766
"""Pixels that OpenCV's `remap` takes along a side."""


@dataclass(frozen=True, eq=False)
class Warp:
    """A smooth, invertible map between a source image and a destination.

    Points are (x, y) in pixels, x to the right and y downwards; pixel (0, 0) covers [0, 1) x [0, 1), its
    middle is (0.5, 0.5). Beyond the grid the map goes on as in the nearest cell.

    Attributes:
        grid: float64 (rows, columns, 2): source point of each node; node (i, j) lies at destination point
            ((j - 1/2) step, (i - 1/2) step).
        size: (width, height) of the destination.
        source: (width, height) of the source.
        step: destination pixels between nodes.

    Raises:
        NoteheadError: a side of the source or the destination is longer than OpenCV can map.

    Example:
        >>> half = Warp.of(lambda points: 2 * points, size=(100, 80), source=(200, 160))
        >>> half.backward([[10.0, 10.0]]).tolist(), half.forward([[20.0, 20.0]]).round(6).tolist()
        ([[20.0, 20.0]], [[10.0, 10.0]])
    """

    grid: Floats
    size: tuple[int, int]
    source: tuple[int, int]
    step: int = STEP

    def __post_init__(self) -> None:
        """Refuse what OpenCV cannot map."""
        for what, sides in (("destination", self.size), ("source", self.source)):
            if not all(1 <= side <= _LONGEST for side in sides):
                message = f"a {what} of {sides[0]} x {sides[1]} pixels; sides have 1 to {_LONGEST}"
                raise NoteheadError(message, "Use a lower resolution.")

    @classmethod
    def of(cls, backward: PointMap, size: tuple[int, int], source: tuple[int, int], step: int = STEP) -> Warp:
        """The warp of a function from destination points to source points."""
        columns, rows = (side // step + 3 for side in size)
        y, x = np.mgrid[:rows, :columns]
        nodes = (np.stack([x, y], axis=2).reshape(-1, 2) - 0.5) * step
        grid = np.ascontiguousarray(backward(nodes), np.float64).reshape(rows, columns, 2)
        return cls(grid, size, source, step)

    def backward(self, points: ArrayLike) -> Floats:
        """Source points (n, 2) of destination points (n, 2)."""
        found: Floats = backward_points(self.grid, self.step, _points(points))
        return found

    def forward(self, points: ArrayLike) -> Floats:
        """Destination points (n, 2) of source points (n, 2), to a thousandth of a pixel."""
        found: Floats = forward_points(self.grid, self.step, self._start, _points(points))
        return found

    def jacobian(self, points: ArrayLike) -> Floats:
        """Derivatives (n, 2, 2) of the source point by the destination point, at destination points (n, 2).

        [k, a, b] says how source coordinate a changes with destination coordinate b.
        """
        found: Floats = jacobians(self.grid, self.step, _points(points))
        return found

    @cached_property
    def scale(self) -> float:
        """Destination pixels for a source pixel, the median over the grid."""
        node = self.grid[:-1, :-1]
        across = (self.grid[:-1, 1:] - node) / self.step
        down = (self.grid[1:, :-1] - node) / self.step
        size = np.abs(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0])
        return float(1 / np.sqrt(np.median(size)))

    @cached_property
    def _start(self) -> Floats:
        """An affine map (2, 3) from source to destination that is about right: where to begin."""
        rows, columns = self.grid.shape[:2]
        y, x = np.mgrid[:rows, :columns]
        nodes = (np.stack([x, y], axis=2).reshape(-1, 2) - 0.5) * self.step
        known = np.column_stack([self.grid.reshape(-1, 2), np.ones(len(nodes))])
        found: Floats = np.ascontiguousarray(np.linalg.lstsq(known, nodes, rcond=None)[0].T)
        return found


def _points(points: ArrayLike) -> Floats:
    return np.ascontiguousarray(points, np.float64).reshape(-1, 2)
