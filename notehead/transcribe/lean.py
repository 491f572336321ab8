"""How much what stands upright in print leans in an image, from the page's barlines.

A photograph shows a page from aside: its barlines lean, at the left otherwise than at the right. Each alone
says little, being short, but it goes on in the next staff.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FEW = 4
"""Barlines from which on they are asked."""
_STEEPEST = 0.12
"""Pixels that a barline may lean to the right for each pixel downwards."""
_NEAR = 0.8
"""Staff spaces from where a barline should go on in the next staff to where it does, at most."""
_FARTHEST = 16.0
"""Staff spaces to that next staff, at most."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Lean:
    """How much barlines lean to the right for each pixel downwards: upright + across x + down y.

    Attributes:
        at: (x, y) of the page's middle.
        terms: `upright`, `across`, `down`.
    """

    at: tuple[float, float]
    terms: tuple[float, float, float]

    def of(self, x: Floats, y: Floats) -> Floats:
        """The lean at some places."""
        upright, across, down = self.terms
        return upright + across * (x - self.at[0]) + down * (y - self.at[1])

    def over(self, x: Floats, y: Floats) -> Floats:
        """How far places are to the right of where they were if barlines stood upright."""
        upright, across, down = self.terms
        below = y - self.at[1]
        return (upright + across * (x - self.at[0])) * below + down * below**2 / 2


def upright_ends(corners: Floats) -> Floats:
    """Upper and lower ends of what stands upright or leans, from its corners (n, 4, 2): (n, 2, 2)."""
    order = np.argsort(corners[:, :, 1], axis=1)[:, :, None]
    corners = np.take_along_axis(corners, order, axis=1)
    return np.stack([corners[:, :2].mean(axis=1), corners[:, 2:].mean(axis=1)], axis=1)


def lean_of(bars: Floats, space: float) -> Lean:
    """What most barlines, and those of one staff and the next, agree on; upright where there are few.

    Args:
        bars: their upper and lower ends, (n, 2, 2), in pixels.
        space: staff space in pixels.

    Example:
        >>> bars = np.array([[[x, y], [x + 2.0, y + 40]] for x in (50, 150, 250) for y in (10.0, 310)])
        >>> round(float(lean_of(bars, 10.0).of(np.array([100.0]), np.array([50.0]))[0]), 3)
        0.05
    """
    middle = bars.mean(axis=1)
    at = (float(np.median(middle[:, 0])), float(np.median(middle[:, 1]))) if len(bars) else (0.0, 0.0)
    lean = Lean(at, (0.0, 0.0, 0.0))
    across, down = (bars[:, 1] - bars[:, 0]).T
    good = (down > 2 * space) & (np.abs(across) < _STEEPEST * down)
    bars, middle, across, down = bars[good], middle[good], across[good], down[good]
    if len(bars) < _FEW:
        return lean
    lean = _fitted(lean, middle, across, down)
    for _ in range(_ROUNDS):
        upper, lower = _pairs(middle, lean, space)
        if len(upper) < _FEW:
            break
        apart = middle[lower] - middle[upper]
        lean = _fitted(lean, (middle[lower] + middle[upper]) / 2, *apart.T)
    return lean


def _pairs(middle: Floats, lean: Lean, space: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Barlines, and for each the next one below that it leads to: rows of both."""
    x, y = middle.T
    apart = y[None, :] - y[:, None]
    expected = x[:, None] + lean.of(x, y)[:, None] * apart
    off = np.abs(x[None, :] - expected)
    good = (apart > 2 * space) & (apart < _FARTHEST * space) & (off < _NEAR * space)
    nearest = np.where(good, apart, np.inf).argmin(axis=1)
    upper = np.flatnonzero(good.any(axis=1))
    return upper, nearest[upper]


def _fitted(lean: Lean, places: Floats, across: Floats, down: Floats) -> Lean:
    """The lean that fits barlines best, those left out that are far from it."""
    x, y = (places - np.array(lean.at)).T
    scale = max(float(np.abs(places - np.array(lean.at)).max()), 1.0)
    known = np.stack([np.ones_like(x), x / scale, y / scale], axis=1)
    terms = np.zeros(3)
    value = across / down
    kept = np.abs(value - np.median(value)) <= _STEEPEST / 2
    for _ in range(_ROUNDS):
        # a little of a weight holds back what so few barlines cannot tell
        rows = np.vstack([known[kept] * down[kept, None], np.diag([0.0, 1.0, 1.0]) * down.mean()])
        terms = np.linalg.lstsq(rows, np.append(across[kept], np.zeros(3)), rcond=None)[0]
        off = np.abs(value - known @ terms) * down
        kept = off <= max(3 * float(np.median(off)), 1.0)
    return Lean(lean.at, (float(terms[0]), float(terms[1]) / scale, float(terms[2]) / scale))
