"""Outlines: filled shapes as flattened contours, kept once and placed many times.

A glyph's outline is parsed and flattened on first use; a page then names it by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from fontTools.pens.basePen import BasePen
from numpy.typing import NDArray

FLATNESS = 0.5
"""How far a chord may leave its curve, in thousandths of an em: under 0.04 px on a usual page."""


@dataclass(frozen=True, eq=False, slots=True)
class Outline:
    """A filled shape: closed contours, holes wound against the outer contours.

    Attributes:
        points: float64 (n, 2), all contours one after the other, y downwards.
        starts: int64 (contours + 1,), where each contour starts in `points`.
        advance: width to the next letter, in the unit of the points; 0 where it has no meaning.
    """

    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    advance: float = 0.0

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(x0, y0, x1, y1) of all points; zeros for an empty outline."""
        if not len(self.points):
            return 0.0, 0.0, 0.0, 0.0
        (x0, y0), (x1, y1) = self.points.min(axis=0), self.points.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def signed_area(points: NDArray[np.float64]) -> float:
    """Area of a closed polygon (n, 2), positive where it is wound clockwise on the screen (y down)."""
    x, y = points.T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


class FlatteningPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """A fontTools pen that collects contours as points, curves cut into chords.

    Fonts have y upwards, pages downwards: y is turned over. The outline's total area is made
    positive, so that outlines from any font can be summed.
    """

    def __init__(self, glyph_set: Any = None, flatness: float = FLATNESS) -> None:
        super().__init__(glyph_set)
        self._flatness = flatness
        # Points; a curve is six numbers, its two handles and its end. All are cut at once at the end.
        self._contours: list[list[tuple[float, ...]]] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self._contours.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self._contours[-1].append(pt)

    def _curveToOne(
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._contours[-1].append((*pt1, *pt2, *pt3))

    def outline(self, advance: float = 0.0) -> Outline:
        """What was drawn so far."""
        drawn = (contour for contour in self._cut() if len(contour) > 2)
        contours = [np.array(contour) * (1.0, -1.0) for contour in drawn]
        if not contours:
            return Outline(np.empty((0, 2)), np.zeros(1, np.int64), advance)
        if sum(map(signed_area, contours)) < 0:
            contours = [contour[::-1] for contour in contours]
        starts = np.cumsum([0, *map(len, contours)]).astype(np.int64)
        return Outline(np.concatenate(contours), starts, advance)

    def _cut(self) -> list[list[tuple[float, ...]]]:
        """The contours with their curves cut into chords."""
        curves = [
            (*before[-2:], *curve)
            for contour in self._contours
            for before, curve in pairwise(contour)
            if len(curve) == 6
        ]
        cut = iter(_chords(np.array(curves, np.float64).reshape(-1, 4, 2), self._flatness))
        return [
            [point for part in contour for point in (next(cut) if len(part) == 6 else (part,))]
            for contour in self._contours
        ]


def _chords(controls: NDArray[np.float64], flatness: float) -> list[list[tuple[float, ...]]]:
    """Points along each of the cubic curves (n, 4, 2) but its start; those of as many chords at once."""
    counts = _counts(controls, flatness)
    points: list[list[tuple[float, ...]]] = [[]] * len(controls)
    for count in np.unique(counts).tolist():
        rows = np.flatnonzero(counts == count)
        flat = flatten_cubics(controls[rows], count)[:, 1:].tolist()
        for row, curve in zip(rows.tolist(), flat, strict=True):
            points[row] = [(x, y) for x, y in curve]
    return points


def chords_needed(controls: NDArray[np.float64], flatness: float) -> int:
    """Chords for cubic curves (n, 4, 2) so that none leaves its curve by more (Wang's formula)."""
    return int(_counts(controls, flatness).max(initial=1))


def _counts(controls: NDArray[np.float64], flatness: float) -> NDArray[np.int64]:
    """Chords that each of the curves (n, 4, 2) needs, int64 (n,)."""
    bends = controls[:, :2] - 2 * controls[:, 1:3] + controls[:, 2:]
    bend = np.sqrt((bends**2).sum(axis=2)).max(axis=1, initial=0.0)
    counts: NDArray[np.int64] = np.clip(np.ceil(np.sqrt(0.75 * bend / flatness)), 1, 64).astype(np.int64)
    return counts


def flatten_cubics(controls: NDArray[np.float64], chords: int) -> NDArray[np.float64]:
    """Points (n, chords + 1, 2) along cubic curves (n, 4, 2)."""
    points: NDArray[np.float64] = _weights(chords) @ controls
    return points


@lru_cache(maxsize=128)
def _weights(chords: int) -> NDArray[np.float64]:
    """How much of each of its four points goes into every point of a curve."""
    t = np.linspace(0.0, 1.0, chords + 1)[:, None]
    return np.concatenate(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3), axis=1)
