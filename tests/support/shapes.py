"""Drawings of a few polygons, one unit a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from notehead.engrave.drawing import Drawing, ShapeCollector
from notehead.page import Symbols

if TYPE_CHECKING:
    from notehead.engrave.outlines import Outline

Polygon = Sequence[tuple[float, float]]


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """Corners of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def drawing_of(
    *symbols: Sequence[Polygon | Outline],
    size: tuple[int, int] = (40, 30),
    names: Sequence[str] = (),
    links: Sequence[tuple[int, int]] = (),
) -> Drawing:
    """A drawing in which each symbol consists of polygons and outlines."""
    collector = ShapeCollector()
    for row, parts in enumerate(symbols):
        for part in parts:
            if isinstance(part, Sequence):
                collector.polygon(row, np.array(part, np.float64))
            else:
                collector.glyph(row, part, 0, 0, 1)
    return Drawing(
        width=size[0],
        height=size[1],
        symbols=Symbols.build(
            names or ["otherGlyph"] * len(symbols),
            np.zeros((len(symbols), 4)),
            links=np.array(links, np.int32).reshape(-1, 2),
        ),
        shapes=collector.finish(np.arange(len(symbols))),
        staff_lines=np.empty((0, 5)),
        staff_space=8.0,
    )


def convex_polygons(low: float, high: float, radius: float = 12.0) -> st.SearchStrategy[Polygon]:
    """Convex polygons, wound clockwise on the screen, their middles between low and high."""
    middles = st.floats(low, high)
    turns = st.lists(st.floats(0, 6.28), min_size=3, max_size=7, unique=True).map(sorted)
    return st.builds(_ring, middles, middles, st.floats(0.3, radius), turns)


def _ring(x: float, y: float, radius: float, turns: list[float]) -> Polygon:
    angles = np.array(turns)
    ring = np.stack((x + radius * np.cos(angles), y + radius * np.sin(angles)), axis=1)
    return [(px, py) for px, py in ring.tolist()]
