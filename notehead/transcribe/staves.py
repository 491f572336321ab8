"""`Staff`: where its lines are, and how high a point lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page

Floats = NDArray[np.float64]
_LEAST_SPACE = 0.5
"""Pixels between lines, below which they are no staff."""


@dataclass(frozen=True, eq=False)
class Staff:
    """One staff of a page.

    Attributes:
        number: of the staff on its page, as `Page.staff_lines` has it.
        lines: float64 (n, 4), x0, y0, x1, y1 of each line's middle, from the top.
        space: pixels from line to line.
    """

    number: int
    lines: Floats
    space: float

    @property
    def left(self) -> float:
        """Where it begins, in pixels."""
        return float(self.lines[:, 0].min())

    @property
    def right(self) -> float:
        """Where it ends."""
        return float(self.lines[:, 2].max())

    @property
    def top(self) -> float:
        """Height of its first line, in the middle of the staff."""
        return float(self.lines[0, [1, 3]].mean())

    @property
    def bottom(self) -> float:
        """Height of its last line."""
        return float(self.lines[-1, [1, 3]].mean())

    def middle(self, x: Floats) -> Floats:
        """Height of the middle between the first and the last line at x, in pixels."""
        x0, y0, x1, y1 = self.lines.mean(axis=0)
        slope = (y1 - y0) / max(x1 - x0, 1.0)
        return np.asarray(y0 + (x - x0) * slope)

    def above(self, points: Floats) -> Floats:
        """How far points (n, 2) lie above the middle, in half staff spaces: (n,).

        Example:
            >>> lines = np.array([[0, y, 100, y] for y in (10, 20, 30, 40, 50)], float)
            >>> Staff(0, lines, 10.0).above(np.array([[5.0, 30.0], [50.0, 20.0], [50.0, 55.0]])).tolist()
            [0.0, 2.0, -5.0]
        """
        return np.asarray((self.middle(points[:, 0]) - points[:, 1]) / (self.space / 2))

    def beyond(self, points: Floats) -> Floats:
        """How far points lie beyond the ends of the staff, in pixels; 0 between them."""
        x = points[:, 0]
        return np.maximum(0, np.maximum(self.left - x, x - self.right))


def staves_of(page: Page) -> list[Staff]:
    """The staves of a page, from the top; those beside each other from the left."""
    found = []
    for number in np.unique(page.staff_lines[:, 0]):
        lines = page.staff_lines[page.staff_lines[:, 0] == number][:, 1:]
        lines = lines[np.argsort(lines[:, [1, 3]].mean(axis=1))]
        if (lines[:, 2] <= lines[:, 0]).any() or not np.isfinite(lines).all():
            continue
        heights = lines[:, [1, 3]].mean(axis=1)
        gaps = np.diff(heights)
        space = float(np.median(gaps)) if len(gaps) else page.staff_space
        if space >= _LEAST_SPACE:
            found.append(Staff(int(number), lines, space))
    return sorted(found, key=lambda staff: (staff.top, staff.left))
