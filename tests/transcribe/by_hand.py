"""Staves and symbols by hand: lines ten pixels apart, so that five pixels are a half staff space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from notehead.page import Page, Symbols
from notehead.transcribe.placing import Places, places_of
from notehead.transcribe.staves import Floats, Staff

SPACE = 10.0
BLACK_LINE, BLACK_SPACE = "noteheadBlackOnLine", "noteheadBlackInSpace"
Mark = tuple[str, float, float, float, float]
"""Class, and x0, y0, x1, y1."""


def staff(middle: float = 120, left: float = 0, right: float = 400, number: int = 0) -> Staff:
    """A staff by the height of its middle line."""
    return Staff(number, lines(middle, left, right), SPACE)


def lines(middle: float, left: float = 0, right: float = 400) -> Floats:
    """Its five lines, (5, 4)."""
    return np.array([[left, middle + by, right, middle + by] for by in (-20, -10, 0, 10, 20)], float)


def symbols(*marks: Mark) -> Symbols:
    """Symbols by class and box."""
    return Symbols.build([mark[0] for mark in marks], np.array([mark[1:] for mark in marks]).reshape(-1, 4))


def head(x: float, position: int, middle: float = 120, name: str = "") -> Mark:
    """A notehead by its left edge and its half staff spaces above the middle line."""
    y = middle - 5 * position
    usual = BLACK_SPACE if position % 2 else BLACK_LINE
    return (name or usual, x, y - 5, x + 12, y + 5)


def mark(
    name: str, x: float, position: float, size: tuple[float, float] = (8, 20), middle: float = 120
) -> Mark:
    """Any glyph by its left edge, the height of its middle, and its width and height."""
    y = middle - 5 * position
    return (name, x, y - size[1] / 2, x + size[0], y + size[1] / 2)


def placed(staves: Sequence[Staff], marks: Symbols) -> Places:
    """Where they stand."""
    return places_of(staves, marks)


def page(staves: Sequence[Staff], *marks: Mark) -> Page:
    """A blank page with staves and symbols."""
    rows = [np.hstack((np.full((len(one.lines), 1), one.number), one.lines)) for one in staves]
    image = np.full((400, 420), 255, np.uint8)
    table = np.concatenate(rows) if rows else np.empty((0, 5))
    return Page("page", image, symbols(*marks), staff_lines=table, staff_space=SPACE)
