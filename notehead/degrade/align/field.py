"""`Field`: where each point of a page lies on a scan, a similarity and a smooth displacement before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.degrade.align.kernels import spline_grid, spline_points

_ROUNDS = 12
"""Fixed-point rounds of the inverse; displacements bend so little that each gains a decimal or more."""


@dataclass(frozen=True, eq=False)
class Field:
    """A map from a page to a scan: a point p goes to matrix @ (p + displacement(p), 1).

    All coordinates are pixels; pixel (0, 0) covers [0, 1) x [0, 1). Beyond the page the displacement is
    that of the nearest edge.

    Attributes:
        matrix: (2, 3), page to scan.
        nodes: coefficients (rows, columns, 2) of cubic B-splines: the displacement, in pixels of the page.
        step: pixels of the page between two nodes.

    Example:
        >>> field = Field.similar(np.array([[2.0, 0, 5], [0, 2, 7]]), (100, 60), 30)
        >>> field.forward(np.array([[10.0, 20]])).tolist(), field.backward(np.array([[25.0, 47]])).tolist()
        ([[25.0, 47.0]], [[10.0, 20.0]])
    """

    matrix: NDArray[np.float64]
    nodes: NDArray[np.float64]
    step: float

    @classmethod
    def similar(cls, matrix: NDArray[np.float64], shape: tuple[int, int], step: float) -> Field:
        """A field without displacement, for a page of (height, width)."""
        rows, columns = (int(np.ceil(length / step)) + 3 for length in shape)
        return cls(matrix, np.zeros((rows, columns, 2)), step)

    @property
    def scale(self) -> float:
        """Pixels of the scan for one of the page."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def displacement(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The displacement (n, 2) at points (n, 2) of the page."""
        moved: NDArray[np.float64] = spline_points(self.nodes, self.step, np.ascontiguousarray(points))
        return moved

    def grid(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
        """Points float32 (len(y), len(x), 2) of the scan for all points (x, y) of a grid on the page."""
        points = np.empty((len(y), len(x), 2), np.float32)
        spline_grid(self.nodes, self.step, x, y, self.matrix, points)
        return points

    def forward(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) of the page as points of the scan."""
        moved: NDArray[np.float64] = (points + self.displacement(points)) @ self.matrix[:, :2].T
        return moved + self.matrix[:, 2]

    def backward(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) of the scan as points of the page."""
        straight = (points - self.matrix[:, 2]) @ np.linalg.inv(self.matrix[:, :2]).T
        found = straight
        for _ in range(_ROUNDS):
            found = straight - self.displacement(found)
        return found
