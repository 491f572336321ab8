"""`Staff`: where its lines are, and how high a point lies on it."""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, eq=False)
class StaffPath:
    """Where the middle of a staff runs, which may be bent: between its first and its last line.

    Attributes:
        x: float64 (n,), rising, in pixels.
        y: float64 (n,), at these places.
        space: pixels from line to line.
    """

    x: Floats
    y: Floats
    space: float

    def at(self, x: Floats) -> Floats:
        """Its height at x; beyond its ends as at its outermost pieces."""
        slope = np.diff(self.y) / np.diff(self.x)
        before, after = np.minimum(x - self.x[0], 0), np.maximum(x - self.x[-1], 0)
        return np.asarray(np.interp(x, self.x, self.y) + before * slope[0] + after * slope[-1])

    @property
    def level(self) -> float:
        """The mean of its height from end to end."""
        width = np.diff(self.x)
        return float(((self.y[1:] + self.y[:-1]) / 2 * width).sum() / width.sum())


def staves_of(page: Page) -> list[Staff]:
    """The staves of a page, from the top; those beside each other from the left.

    Each is straight from end to end.
    """
    found = []
    for number, pieces, space in _tables(page):
        lines = np.hstack((pieces[0][:, :2], pieces[-1][:, 2:]))
        found.append(Staff(number, lines, space))
    return sorted(found, key=lambda staff: (staff.top, staff.left))


def staff_paths(page: Page) -> list[StaffPath]:
    """Where the staves of a page run, in the order of their numbers."""
    found = []
    for _, pieces, space in _tables(page):
        ends = np.concatenate([piece.mean(axis=0).reshape(2, 2) for piece in pieces])
        ends = ends[np.append(np.diff(ends[:, 0]) > 0, [True])]
        found.append(StaffPath(ends[:, 0], ends[:, 1], space))
    return [path for path in found if len(path.x) > 1 and (np.diff(path.x) > 0).all()]


def _tables(page: Page) -> Iterator[tuple[int, list[Floats], float]]:
    """For each staff its number, its pieces from the left, lines (k, 4) from the top, and its space."""
    for number in np.unique(page.staff_lines[:, 0]):
        lines = page.staff_lines[page.staff_lines[:, 0] == number][:, 1:]
        if (lines[:, 2] <= lines[:, 0]).any() or not np.isfinite(lines).all():
            continue
        pieces = _pieces(lines)
        gaps = np.diff(pieces[0][:, [1, 3]].mean(axis=1))
        space = float(np.median(gaps)) if len(gaps) else page.staff_space
        if space >= _LEAST_SPACE:
            yield int(number), pieces, space


def _pieces(lines: Floats) -> list[Floats]:
    """The lines (n, 4) of a staff by the pieces that they come in, from the left; of each from the top.

    Pieces begin behind one another, the lines of one piece side by side.
    """
    lines = lines[np.argsort(lines[:, 0], kind="stable")]
    apart = np.diff(lines[:, 0]) > (lines[:, 2] - lines[:, 0]).min() / 2
    pieces = np.split(lines, np.flatnonzero(apart) + 1)
    most = max(len(piece) for piece in pieces)
    return [piece[np.argsort(piece[:, [1, 3]].mean(axis=1))] for piece in pieces if len(piece) == most]
