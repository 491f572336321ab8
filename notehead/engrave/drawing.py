"""`Drawing`: an engraver-neutral display list of one page, each shape tagged with its symbol.

Every shape is an outline (a glyph of a font, or a polygon of this page) placed at a point with a scale.
Strokes, curves and ellipses become polygons here, so that the rasteriser knows one thing only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.outlines import Outline, flatten_cubics
from notehead.page import Symbols

CURVE_CHORDS = 24
"""Chords of one long curve (slur, tie, brace): flat to 0.05 px over half a page's width."""
ELLIPSE_CHORDS = 24


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """All shapes of a page: outlines in one table, and where each is placed.

    Attributes:
        points: float64 (n, 2), the points of all outlines.
        contours: int64 (c + 1,), where each contour starts in `points`.
        outlines: int64 (o + 1,), where each outline starts in `contours`.
        symbol: int64 (p,), row of the symbol that each placement belongs to.
        outline: int64 (p,), which outline is placed.
        place: float64 (p, 3): x, y and scale of each placement.
    """

    points: NDArray[np.float64]
    contours: NDArray[np.int64]
    outlines: NDArray[np.int64]
    symbol: NDArray[np.int64]
    outline: NDArray[np.int64]
    place: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawing:
    """One engraved page before it has pixels, in the engraver's own unit, y downwards.

    Attributes:
        width, height: size of the page.
        symbols: all columns but boxes, corners and areas, which drawing finds; in drawing order, the
            first at the bottom.
        shapes: what to draw; every shape belongs to a symbol.
        staff_lines: float64 (n, 5): staff, x0, y0, x1, y1.
        staff_space: distance between staff lines.
        number: page number in the score, from 1.
    """

    width: float
    height: float
    symbols: Symbols
    shapes: Shapes
    staff_lines: NDArray[np.float64]
    staff_space: float
    number: int = 1


@dataclass(slots=True)
class ShapeCollector:
    """Collects the shapes of one page; `finish` makes them one table.

    `symbol` is any number that the caller gives to a symbol; `finish` maps it to its row.
    """

    _glyphs: list[tuple[int, int, float, float, float]] = field(default_factory=list)
    _outlines: dict[int, Outline] = field(default_factory=dict)
    _strokes: list[tuple[int, float, float, float, float, float, float]] = field(default_factory=list)
    _lenses: list[tuple[int, float, list[float]]] = field(default_factory=list)
    _polygons: list[tuple[int, list[float]]] = field(default_factory=list)
    _ellipses: list[tuple[int, float, float, float, float]] = field(default_factory=list)

    def glyph(self, symbol: int, outline: Outline, x: float, y: float, scale: float) -> None:
        """An outline at (x, y)."""
        if len(outline.points):
            key = id(outline)
            self._outlines[key] = outline
            self._glyphs.append((symbol, key, x, y, scale))

    def stroke(
        self, symbol: int, line: tuple[float, float, float, float], width: float, cap: float = 0
    ) -> None:
        """A straight stroke from (x0, y0) to (x1, y1), each end longer by `cap`."""
        self._strokes.append((symbol, *line, width, cap))

    def polyline(self, symbol: int, points: NDArray[np.float64], width: float, cap: float = 0) -> None:
        """Strokes through all points (n, 2), corners rounded."""
        for (x0, y0), (x1, y1) in zip(points[:-1].tolist(), points[1:].tolist(), strict=True):
            self.stroke(symbol, (x0, y0, x1, y1), width, cap)
        for x, y in points[1:-1].tolist():
            self._ellipses.append((symbol, x, y, width / 2, width / 2))

    def dashes(
        self, symbol: int, line: tuple[float, float, float, float], width: float, dash: Sequence[float]
    ) -> None:
        """A straight dashed stroke; `dash` is the length of a dash and of a gap."""
        start, end = np.array(line[:2]), np.array(line[2:])
        length = float(np.hypot(*(end - start)))
        on, off = dash[0], dash[-1]
        if length == 0 or on + off <= 0:
            return
        unit = (end - start) / length
        for near in np.arange(0.0, length, on + off).tolist():
            far = min(near + on, length)
            (x0, y0), (x1, y1) = (start + unit * near).tolist(), (start + unit * far).tolist()
            self.stroke(symbol, (x0, y0, x1, y1), width)

    def lens(self, symbol: int, curve: list[float], width: float) -> None:
        """The area between two cubic curves that meet at both ends (slurs, ties, braces).

        `curve` holds 14 numbers: start, then three points there and three points back; `width` is
        that of the stroke along its edge.
        """
        self._lenses.append((symbol, width, curve))

    def polygon(self, symbol: int, points: list[float] | NDArray[np.float64]) -> None:
        """A filled simple polygon (n, 2), or x and y of its corners in turn, wound either way."""
        self._polygons.append((symbol, points if isinstance(points, list) else points.ravel().tolist()))

    def ellipse(self, symbol: int, center: tuple[float, float], radii: tuple[float, float]) -> None:
        """A filled ellipse."""
        self._ellipses.append((symbol, *center, *radii))

    def finish(self, row_of_symbol: NDArray[np.int64]) -> Shapes:
        """All shapes, placements sorted by the row of their symbol; rows below 0 are left out."""
        polygons = [
            *_quads(self._strokes),
            *_lens_polygons(self._lenses),
            *_ellipse_polygons(self._ellipses),
            *((symbol, _clockwise(points)) for symbol, points in self._polygons),
        ]
        glyph_outlines = list(self._outlines.values())
        index = {key: number for number, key in enumerate(self._outlines)}
        count = len(glyph_outlines)
        symbol = [glyph[0] for glyph in self._glyphs] + [polygon[0] for polygon in polygons]
        outline = [index[glyph[1]] for glyph in self._glyphs] + list(range(count, count + len(polygons)))
        place = [glyph[2:] for glyph in self._glyphs] + [(0.0, 0.0, 1.0)] * len(polygons)
        rows = row_of_symbol[np.array(symbol, np.int64)]
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        points, contours, outlines = _table(glyph_outlines, [points for _, points in polygons])
        return Shapes(
            points=points,
            contours=contours,
            outlines=outlines,
            symbol=rows[order],
            outline=np.array(outline, np.int64)[order],
            place=np.array(place, np.float64).reshape(-1, 3)[order],
        )


def _table(
    glyphs: list[Outline], polygons: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points, contour starts and outline starts of glyph outlines followed by polygons."""
    points = [outline.points for outline in glyphs] + polygons
    lengths = [np.diff(outline.starts) for outline in glyphs]
    per_outline = [len(length) for length in lengths] + [1] * len(polygons)
    all_lengths = np.concatenate([*lengths, [len(polygon) for polygon in polygons]]).astype(np.int64)
    return (
        np.concatenate(points) if points else np.empty((0, 2)),
        np.concatenate(([0], np.cumsum(all_lengths))).astype(np.int64),
        np.concatenate(([0], np.cumsum(per_outline))).astype(np.int64),
    )


def _clockwise(flat: list[float]) -> NDArray[np.float64]:
    """Points (n, 2) of a polygon, wound as all outlines are; plain numbers are faster for so few."""
    xs, ys = flat[0::2], flat[1::2]
    area = sum(xs[i - 1] * y - xs[i] * ys[i - 1] for i, y in enumerate(ys))
    points = np.array(flat).reshape(-1, 2)
    return points[::-1] if area < 0 else points


def _quads(
    strokes: list[tuple[int, float, float, float, float, float, float]],
) -> list[tuple[int, NDArray[np.float64]]]:
    if not strokes:
        return []
    data = np.array(strokes, np.float64)
    start, end = data[:, 1:3], data[:, 3:5]
    width, cap = data[:, 5:6], data[:, 6:7]
    length = np.hypot(*(end - start).T)[:, None]
    along = np.divide(end - start, length, out=np.tile((1.0, 0.0), (len(data), 1)), where=length > 0)
    across = along[:, ::-1] * (-1.0, 1.0) * width / 2
    start, end = start - along * cap, end + along * cap
    corners = np.stack((start - across, end - across, end + across, start + across), axis=1)
    return list(zip(data[:, 0].astype(int).tolist(), corners, strict=True))


def _lens_polygons(lenses: list[tuple[int, float, list[float]]]) -> list[tuple[int, NDArray[np.float64]]]:
    """Lenses grown by half their stroke's width, wound as all outlines are."""
    if not lenses:
        return []
    numbers = np.array([curve for _, _, curve in lenses], np.float64).reshape(-1, 7, 2)
    there = flatten_cubics(numbers[:, :4], CURVE_CHORDS)
    back = flatten_cubics(numbers[:, 3:], CURVE_CHORDS)
    ring = np.concatenate((there[:, :-1], back[:, :-1]), axis=1)
    following, before = np.roll(ring, -1, axis=1), np.roll(ring, 1, axis=1)
    area = (ring[..., 0] * following[..., 1] - ring[..., 1] * following[..., 0]).sum(axis=1)
    ring = np.where(area[:, None, None] < 0, ring[:, ::-1], ring)
    following, before = np.roll(ring, -1, axis=1), np.roll(ring, 1, axis=1)
    tangent = following - before
    length = np.hypot(tangent[..., 0], tangent[..., 1])[..., None]
    outward = np.divide(tangent[..., ::-1] * (1.0, -1.0), length, out=np.zeros_like(ring), where=length > 0)
    half = np.array([width for _, width, _ in lenses])[:, None, None] / 2
    return [(symbol, polygon) for (symbol, _, _), polygon in zip(lenses, ring + outward * half, strict=True)]


def _ellipse_polygons(
    ellipses: list[tuple[int, float, float, float, float]],
) -> list[tuple[int, NDArray[np.float64]]]:
    if not ellipses:
        return []
    data = np.array(ellipses, np.float64)
    angle = np.linspace(0, 2 * np.pi, ELLIPSE_CHORDS, endpoint=False)
    circle = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    # A polygon inside the circle loses area; this radius gives it back.
    grow = np.sqrt(2 * np.pi / ELLIPSE_CHORDS / np.sin(2 * np.pi / ELLIPSE_CHORDS))
    polygons = data[:, None, 1:3] + circle * data[:, None, 3:5] * grow
    return list(zip(data[:, 0].astype(int).tolist(), polygons, strict=True))
