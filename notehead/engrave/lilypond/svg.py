"""LilyPond's SVG, as `tags.ily` makes it: read strictly into groups of shapes in page coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from lxml import etree
from numpy.typing import NDArray

from notehead.engrave.lilypond.transforms import Transform, read_transform
from notehead.engrave.outlines import chords_needed, flatten_cubics

FLATNESS = 0.01
"""How far a chord may leave its curve, in staff spaces."""
_SVG = "{http://www.w3.org/2000/svg}"


class Tags(NamedTuple):
    """What LilyPond says of a grob; None where it says nothing.

    Attributes:
        grob: its name, such as `NoteHead`; empty for what is no grob (titles).
        id: number of the unbroken grob.
        system: a number that grows from system to system, -1 outside.
        staff, voice: numbers of contexts in the order of their appearance, -1 for none.
        bar: bar number.
        onset: in whole notes.
        grace: time before the onset, in whole notes, 0 or below.
        place: in its bar, in whole notes; below 0 in a pickup.
        length: in whole notes.
        step: diatonic steps from middle C, as it sounds on the staff.
        alter: semitones.
        shift: diatonic steps that an octave line moves it by on the staff.
        direction: 1 up, -1 down, 0 neither.
        gap: strokes of a beam that do not touch their stems: a tremolo between two notes.
        grow: 1 for a hairpin that opens, -1 for one that closes.
        heads: ids of the note heads and rests that it belongs to.
    """

    grob: str = ""
    id: int = -1
    system: int = -1
    staff: int = -1
    voice: int = -1
    bar: int = 0
    onset: Fraction | None = None
    grace: Fraction = Fraction(0)
    place: Fraction | None = None
    length: Fraction | None = None
    step: int | None = None
    alter: float = 0.0
    shift: int = 0
    direction: int = 0
    gap: int = 0
    grow: int = 0
    heads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of the music font: its origin, its size (height of the em), and how it is turned."""

    font: str
    name: str
    x: float
    y: float
    size: float
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path drawn with a pen: points (n, 2); `dash` holds lengths of a dash and of a gap, or nothing."""

    points: NDArray[np.float64]
    width: float
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon (n, 2) without holes, and the width of the stroke along its edge."""

    points: NDArray[np.float64]
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text in a text font: where it starts, and the height of the em."""

    letters: str
    x: float
    y: float
    size: float
    bold: bool
    italic: bool


Item = Glyph | Stroke | Area | Words


@dataclass(frozen=True, slots=True)
class Group:
    """What is drawn of one grob, or of one piece of it."""

    tags: Tags
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SvgPage:
    """A page in LilyPond's unit, y downwards, its groups in drawing order."""

    width: float
    height: float
    groups: list[Group]

    @property
    def staff_reach(self) -> tuple[float, float]:
        """How far the staff lines reach to the right, and down; zeros on a page without staves."""
        strokes = [
            item.points
            for group in self.groups
            if group.tags.grob == "StaffSymbol"
            for item in group.items
            if isinstance(item, Stroke)
        ]
        if not strokes:
            return 0.0, 0.0
        right, bottom = np.concatenate(strokes).max(axis=0).tolist()
        return right, bottom


def read_svg(data: bytes) -> SvgPage:
    """Read a page.

    Raises:
        ValueError: it holds an element, a value or a transform that LilyPond does not draw with.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"it is no XML ({error})"
        raise ValueError(message) from None
    box = [_number(value) for value in (root.get("viewBox") or "").split()]
    if root.tag != f"{_SVG}svg" or len(box) != 4 or min(box[2:]) <= 0:
        message = "it is no SVG page"
        raise ValueError(message)
    reader = _Reader()
    reader.walk(root, Transform(1, 0, 0, 1, -box[0], -box[1]), Group(Tags()))
    return SvgPage(box[2], box[3], [group for group in reader.groups if group.items])


class _Reader:
    """Walks a page and gathers its groups."""

    def __init__(self) -> None:
        self.groups: list[Group] = []

    def walk(self, node: etree._Element, around: Transform, group: Group) -> None:
        for child in node:
            tag = str(child.tag).removeprefix(_SVG)
            transform = around @ read_transform(child.get("transform"))
            if tag == "g":
                inner = group
                if child.get("class"):
                    inner = Group(_tags(child))
                    self.groups.append(inner)
                self.walk(child, transform, inner)
            elif tag == "text":
                self._add(group, _words(child, transform))
            elif tag in _SHAPES:
                for item in _SHAPES[tag](child, transform):
                    self._add(group, item)
            elif tag not in {"style", "a"}:
                message = f"<{tag[:30]}> is no element of LilyPond's pages"
                raise ValueError(message)

    def _add(self, group: Group, item: Item) -> None:
        if group.tags.grob:
            group.items.append(item)
        else:  # a title has no grob; each of its lines is a symbol
            self.groups.append(Group(Tags(), [item]))


def _tags(node: etree._Element) -> Tags:
    def whole(name: str, missing: str = "0") -> int:
        return round(_number(node.get(name) or missing))

    return Tags(
        grob=node.get("class") or "",
        id=whole("id", "-1"),
        system=whole("data-system", "-1"),
        staff=whole("data-staff", "-1"),
        voice=whole("data-voice", "-1"),
        bar=whole("data-bar"),
        onset=_fraction(node.get("data-onset")),
        grace=_fraction(node.get("data-grace")) or Fraction(0),
        place=_fraction(node.get("data-place")),
        length=_fraction(node.get("data-length")),
        step=whole("data-step") if node.get("data-step") else None,
        alter=_number(node.get("data-alter") or "0") if "/" not in (node.get("data-alter") or "") else 0.0,
        shift=whole("data-shift"),
        direction=whole("data-direction"),
        gap=whole("data-gap"),
        grow=whole("data-grow"),
        heads=tuple(int(number) for number in (node.get("data-heads") or "").split()),
    )


def _fraction(text: str | None) -> Fraction | None:
    return Fraction(text) if text else None


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = f"{text!r} is no place on a page"
        raise ValueError(message)
    return number


def _value(node: etree._Element, name: str) -> float:
    return _number(node.get(name) or "0")


def _glyph(node: etree._Element, transform: Transform) -> list[Item]:
    x, y = transform.point(_value(node, "x"), _value(node, "y"))
    size = _value(node, "size") * transform.scale
    return [Glyph(node.get("font") or "", node.get("name") or "", x, y, size, transform.turn)]


def _line(node: etree._Element, transform: Transform) -> list[Item]:
    ends = [[_value(node, "x1"), _value(node, "y1")], [_value(node, "x2"), _value(node, "y2")]]
    width = _value(node, "stroke-width") * transform.scale
    dashes = [
        _number(length) * transform.scale
        for length in (node.get("stroke-dasharray") or "").split(",")
        if length
    ]
    dash = (dashes[0], dashes[-1]) if dashes and dashes[0] + dashes[-1] > 0 else None
    return [Stroke(transform.points(np.array(ends)), width, dash)]


def _rect(node: etree._Element, transform: Transform) -> list[Item]:
    if node.get("fill") == "none":
        return []
    x, y, width, height = (_value(node, name) for name in ("x", "y", "width", "height"))
    radius = min(_value(node, "ry"), abs(width) / 2, abs(height) / 2)
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
    if radius > 0:
        corners = _rounded(corners, radius)
    return [Area(transform.points(corners))]


def _rounded(corners: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """A rectangle, its corners in turn from the top left, with round corners."""
    inward = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    points = []
    for i, (corner, to) in enumerate(zip(corners, inward, strict=True)):
        angle = np.pi + np.pi / 2 * i + np.linspace(0, np.pi / 2, 5)
        points.append(corner + to * radius + radius * np.stack((np.cos(angle), np.sin(angle)), axis=1))
    return np.concatenate(points)


def _polygon(node: etree._Element, transform: Transform) -> list[Item]:
    numbers = [_number(text) for text in (node.get("points") or "").replace(",", " ").split()]
    if len(numbers) < 4 or len(numbers) % 2:
        message = "a polygon has too few points"
        raise ValueError(message)
    points = transform.points(np.array(numbers).reshape(-1, 2))
    width = _value(node, "stroke-width") * transform.scale
    if node.get("fill") == "none":
        return [Stroke(np.concatenate((points, points[:1])), width)]
    return [Area(points, width)]


def _ellipse(node: etree._Element, transform: Transform) -> list[Item]:
    radii = (
        (_value(node, "r"), _value(node, "r")) if node.get("r") else (_value(node, "rx"), _value(node, "ry"))
    )
    angle = np.linspace(0, 2 * np.pi, 33)
    ring = np.stack((np.cos(angle), np.sin(angle)), axis=1) * radii + (_value(node, "cx"), _value(node, "cy"))
    width = _value(node, "stroke-width") * transform.scale
    if node.get("fill") == "none":
        return [Stroke(transform.points(ring), width)]
    return [Area(transform.points(ring[:-1]), width)]


class _PointsPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Collects paths as points, curves cut into chords, and whether each path is closed."""

    def __init__(self) -> None:
        super().__init__(None)
        self.paths: list[list[tuple[float, float]]] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802  # fontTools names a pen's methods
        self.paths.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.paths[-1].append(pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        control = np.array([[self.paths[-1][-1], pt1, pt2, pt3]], np.float64)
        points = flatten_cubics(control, chords_needed(control, FLATNESS))[0, 1:]
        self.paths[-1] += [(x, y) for x, y in points.tolist()]

    def _closePath(self) -> None:  # noqa: N802
        if self.paths[-1][0] != self.paths[-1][-1]:
            self.paths[-1].append(self.paths[-1][0])


def _path(node: etree._Element, transform: Transform) -> list[Item]:
    pen = _PointsPen()
    try:
        parse_path(node.get("d") or "", pen)
    except (ValueError, IndexError, TypeError, AssertionError) as error:
        message = f"a path cannot be read ({error})"
        raise ValueError(message) from None
    width = _value(node, "stroke-width") * transform.scale
    dashes = node.get("stroke-dasharray") or ""
    dash = tuple(_number(length) * transform.scale for length in dashes.split(",") if length)
    items: list[Item] = []
    for path in pen.paths:
        points = transform.points(np.array(path, np.float64))
        if not np.isfinite(points).all():
            message = "a path leaves the numbers"
            raise ValueError(message)
        if node.get("fill") not in {None, "none"} and len(points) > 2:
            items.append(Area(points, width))
        elif len(points) > 1:
            items.append(Stroke(points, width, (dash[0], dash[-1]) if dash else None))
    return items


def _words(node: etree._Element, transform: Transform) -> Words:
    x, y = transform.point(0.0, 0.0)
    return Words(
        letters="".join(part for span in node.iter(f"{_SVG}tspan") for part in map(str, span.itertext())),
        x=x,
        y=y,
        size=_value(node, "font-size") * transform.scale,
        bold=node.get("font-weight") == "bold",
        italic=node.get("font-style") == "italic",
    )


_SHAPES = {
    "glyph": _glyph,
    "line": _line,
    "rect": _rect,
    "polygon": _polygon,
    "path": _path,
    "circle": _ellipse,
    "ellipse": _ellipse,
}
