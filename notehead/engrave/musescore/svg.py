"""MuseScore's SVG page -> what is drawn: paths and polylines, each with the class of its element.

The grammar is small: `path` (M, L, C; filled, slurs with a stroke too), `polyline` (a stroke), both with a
`class`, and a `transform` where a glyph is scaled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from notehead.engrave.outlines import flatten_cubics

_SVG = "{http://www.w3.org/2000/svg}"
_STEP = re.compile(r"([MLC])([^MLC]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WHITE = frozenset({"#ffffff", "#fff", "white"})
LETTER_CHORDS, GLYPH_CHORDS, CURVE_CHORDS = 4, 8, 24
_CURVES = frozenset({"SlurSegment", "TieSegment", "Bracket", "ChordLine"})
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Matrix = tuple[float, float, float, float, float, float]


@dataclass(eq=False, slots=True)
class Drawn:
    """One drawable.

    Attributes:
        element: MuseScore's name of what it shows: `Note`, `Stem`, `Beam` ...
        contours: of a path, closed, each float64 (n, 2), before `matrix`.
        points: of a polyline, float64 (n, 2); empty for a path.
        matrix: a, b, c, d, e, f of the path's transform; `placed` says whether it has one.
        width: of the stroke, 0 for none.
        dashes: lengths of dash and gap, empty for an unbroken stroke.
        cap: how far a stroke reaches beyond its ends.
        filled: whether a path is filled; else its stroke alone is drawn.
    """

    element: str
    contours: tuple[NDArray[np.float64], ...]
    points: NDArray[np.float64]
    matrix: Matrix = _IDENTITY
    placed: bool = False
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    cap: float = 0.0
    filled: bool = True

    def on_page(self) -> list[NDArray[np.float64]]:
        """The contours where they stand on the page."""
        if not self.placed:
            return list(self.contours)
        a, b, c, d, e, f = self.matrix
        turn = np.array(((a, b), (c, d)))
        return [contour @ turn + (e, f) for contour in self.contours]

    def every_point(self) -> NDArray[np.float64]:
        """All points on the page, float64 (n, 2)."""
        return self.points if len(self.points) else np.concatenate(self.on_page())


@dataclass(frozen=True, eq=False, slots=True)
class SvgPage:
    """All that is drawn on a page of a size, in drawing order."""

    width: float
    height: float
    drawn: list[Drawn]


def read_svg(data: bytes) -> SvgPage:
    """A page as MuseScore exports it."""
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))
    _, _, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    return SvgPage(width, height, list(_drawables(root)))


def _drawables(root: etree._Element) -> Iterator[Drawn]:
    ties: set[str] = set()
    for node in root.iter(_SVG + "path", _SVG + "polyline"):
        if node.get("fill") in _WHITE or node.get("visibility") == "hidden":
            continue
        element = node.get("class") or ""
        if element == "TieSegment":  # MuseScore draws each tie twice
            data = node.get("d") or node.get("points") or ""
            if data in ties:
                continue
            ties.add(data)
        drawn = _path(node, element) if node.tag == _SVG + "path" else _polyline(node, element)
        if drawn is not None:
            yield drawn


def _path(node: etree._Element, element: str) -> Drawn | None:
    chords = CURVE_CHORDS if element in _CURVES else GLYPH_CHORDS
    transform = node.get("transform")
    data = node.get("d") or ""
    # A glyph's own coordinates come again and again, those of a page never do.
    filled = node.get("fill") != "none"
    contours = _glyph_contours(data, chords, filled) if transform else _contours(data, chords, filled)
    if not contours:
        return None
    matrix = _matrix(node)
    drawn = Drawn(element, contours, np.empty((0, 2)), matrix or _IDENTITY, matrix is not None, filled=filled)
    if node.get("stroke", "none") != "none":
        a, b = drawn.matrix[:2]
        drawn.width = float(node.get("stroke-width") or 1) * float(np.hypot(a, b))
    return drawn


def _matrix(node: etree._Element) -> Matrix | None:
    """The numbers of a `matrix(a,b,c,d,e,f)`, None where there is none."""
    found = _NUMBER.findall(node.get("transform") or "")
    if len(found) != 6:
        return None
    a, b, c, d, e, f = map(float, found)
    return a, b, c, d, e, f


def _polyline(node: etree._Element, element: str) -> Drawn | None:
    numbers = [float(number) for number in _NUMBER.findall(node.get("points") or "")]
    if len(numbers) < 4 or len(numbers) % 2:
        return None
    width = float(node.get("stroke-width") or 1)
    dashes = tuple(float(number) for number in _NUMBER.findall(node.get("stroke-dasharray") or ""))
    cap = width / 2 if node.get("stroke-linecap") in {"square", "round"} else 0.0
    points = np.array(numbers).reshape(-1, 2)
    matrix = _matrix(node)
    if matrix is not None:
        a, b, c, d, e, f = matrix
        points = points @ np.array(((a, b), (c, d))) + (e, f)
    return Drawn(element, (), points, width=width, dashes=dashes, cap=cap)


def _contours(data: str, chords: int, filled: bool) -> tuple[NDArray[np.float64], ...]:  # noqa: FBT001
    """The contours of a path's data, curves cut into chords.

    Where they are filled, a last point that is the first again is left out.
    """
    contours: list[list[list[float]]] = []
    for step, text in _STEP.findall(data):
        numbers = [float(number) for number in _NUMBER.findall(text)]
        if step == "M":
            contours.append([numbers[:2]])
        elif step == "L":
            contours[-1].append(numbers[:2])
        else:
            curve = np.array([*contours[-1][-1], *numbers[:6]]).reshape(1, 4, 2)
            contours[-1] += flatten_cubics(curve, chords)[0, 1:].tolist()
    arrays = [np.array(contour) for contour in contours]
    if not filled:
        return tuple(contour for contour in arrays if len(contour) > 1)
    closed = (c[:-1] if len(c) > 1 and np.abs(c[0] - c[-1]).max() < 1e-6 else c for c in arrays)
    return tuple(contour for contour in closed if len(contour) > 2)


_glyph_contours = lru_cache(maxsize=2048)(_contours)
