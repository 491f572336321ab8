"""Verovio's SVG page -> marks: what is drawn, and from which element of the score.

The grammar is small: `use`, `path` (M L, M C C, M C), `polygon`, `polyline`, `ellipse`, `rect` and `text`,
all inside `<g class=ELEMENT id=xml:id>`. Every drawable becomes a shape of exactly one mark; which
drawables share a mark, and the mark's class, is decided by `rules.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from lxml import etree

from notehead.engrave.outlines import Outline, flatten_cubics
from notehead.engrave.verovio.fonts import glyph_codes, glyph_names, glyph_outline
from notehead.engrave.verovio.marks import Bar, Mark, SvgPage, Where
from notehead.engrave.verovio.rules import RULES, Rule
from notehead.engrave.verovio.textlayout import TextRuns, layout_text

_SVG = "{http://www.w3.org/2000/svg}"
_G, _USE, _PATH, _TEXT = (_SVG + tag for tag in ("g", "use", "path", "text"))
_HREF = "{http://www.w3.org/1999/xlink}href"
_PLACE = re.compile(r"translate\((-?[\d.]+), (-?[\d.]+)\) scale\((-?[\d.]+)(?:, (-?[\d.]+))?")
_ROTATE = re.compile(r"rotate\((-?[\d.]+) (-?[\d.]+),\s*(-?[\d.]+)\)")
_NUMBER = re.compile(r"-?[\d.]+")
_DIGIT = re.compile(r"(?:timeSig|tuplet|luteItalianFret)([0-9])|luteFrenchFret([A-N])")
_SPANNING = re.compile(r"\bid-(\S+)")
_SKIPPED = frozenset({"svg", "fig", "placeholder", "bounding-box", "content-bounding-box"})
_FILLED = {
    **{word: word for word in ("system", "measure", "staff", "tuplet", "chord", "note")},
    **dict.fromkeys(("rest", "mRest", "multiRest"), "note"),
    "tabGrp": "chord",
    "oStaff": "staff",
}
_FIELDS = {word: Where._fields.index(name) for word, name in _FILLED.items()}
"""Which field of `Where` an element fills."""
_RULE, _ELEMENT, _SYSTEM, _TURN = map(Where._fields.index, ("rule", "element", "system", "turn"))
_WHITE = frozenset({"white", "#fff", "#ffffff", "#FFF", "#FFFFFF"})


class _Kind(NamedTuple):
    """What the class attribute of a group says."""

    word: str
    hidden: bool
    field: int
    rule: Rule | None
    spanning: str


@lru_cache(maxsize=4096)
def _kind(classes: str) -> _Kind:
    words = classes.split()
    word = words[0] if words else ""
    spanning = _SPANNING.search(classes)
    return _Kind(
        word=word,
        hidden=not _SKIPPED.isdisjoint(words),
        field=_FIELDS.get(word, -1),
        rule=RULES.get(word),
        spanning=spanning.group(1) if spanning else "",
    )


class SvgReader:
    """Reads one SVG page of Verovio's."""

    def __init__(self, font: str, text: TextRuns) -> None:
        self._font = font
        self._text = text
        self._names = glyph_names()

    def read(self, svg: str) -> SvgPage:
        """The page's marks and shapes."""
        root = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True, resolve_entities=False))
        scale = next(node for node in root.iter(_SVG + "svg") if node.get("class") == "definition-scale")
        _, _, width, height = map(float, scale.get("viewBox", "").split())
        self.page = SvgPage(width, height)
        margin = next(node for node in scale if "page-margin" in (node.get("class") or ""))
        shift = [float(number) for number in _NUMBER.findall(margin.get("transform") or "0 0")]
        self._dx, self._dy = shift[0], shift[1]
        self._systems = 0
        self._children(margin, Where(RULES[""]))
        return self.page

    def _children(self, group: Iterable[etree._Element], where: Where) -> None:
        merged: dict[str, int] = {}
        for child in group:
            tag = child.tag
            if tag == _G:
                self._group(child, where)
            elif tag == _USE:
                self._use(child, where, merged)
            elif tag == _PATH:
                self._path(child, where, merged)
            elif tag == _TEXT:
                self._letters(child, where)
            elif tag in _SHAPES:
                self._shape(child, tag[len(_SVG) :], where, merged)

    def _group(self, group: etree._Element, where: Where) -> None:
        said: dict[str, str] = dict(group.items())  # type: ignore[arg-type]  # the stubs allow bytes
        kind = _kind(said.get("class", ""))
        if kind.hidden or said.get("visibility") == "hidden":
            return
        if said.get("fill") in _WHITE or said.get("color") in _WHITE:
            return
        if kind.rule is None and kind.field < 0 and "transform" not in said:
            self._children(group, where)
            return
        changed: list[Any] = list(where)  # a page has thousands of groups, and `_replace` is slow
        if kind.field == _SYSTEM:
            changed[_SYSTEM] = self._systems
            self._systems += 1
        elif kind.field >= 0:
            changed[kind.field] = said.get("id", "")
        if kind.rule is not None:
            # A label inside a note is the number of its verse, any other the name of a part.
            changed[_RULE] = RULES["verse"] if kind.word == "label" and where.note else kind.rule
            # Groups without an id (the bracket of an ending) belong to what is around them.
            changed[_ELEMENT] = kind.spanning or said.get("id") or where.element
        if turned := _ROTATE.match(said.get("transform", "")):
            changed[_TURN] = tuple(map(float, turned.groups()))
        # Verovio draws the dots of a chord on two staves in the order in which those lie in its memory.
        children = sorted(group, key=_from_below) if kind.word == "dots" and len(group) > 1 else group
        self._children(children, Where(*changed))

    def _mark(self, name: str, where: Where, x: float, y: float, scale: float = 0.0) -> int:
        self.page.marks.append(
            Mark(
                name, where.rule, where.element, where.note, where.chord, where.system, where.measure,
                where.staff, x, y, scale, tuplet=where.tuplet,
            )
        )  # fmt: skip
        return len(self.page.marks) - 1

    def _merged_mark(self, name: str, where: Where, merged: dict[str, int], at: tuple[float, float]) -> int:
        """The group's one mark of that name, made on first use."""
        if name not in merged:
            merged[name] = self._mark(name, where, *at)
        return merged[name]

    def _use(self, use: etree._Element, where: Where, merged: dict[str, int]) -> None:
        place = _PLACE.match(use.get("transform") or "")
        if place is None:
            return
        code = (use.get(_HREF) or "#")[1:].partition("-")[0]
        name = self._names.get(code, code)
        x, y, scale = float(place[1]) + self._dx, float(place[2]) + self._dy, float(place[3])
        outline = glyph_outline(self._font, code)
        if place[4] is not None and place[4] != place[3]:
            stretched = outline.points * (1.0, float(place[4]) / scale)
            outline = Outline(stretched, outline.starts, outline.advance)
        if where.turn is not None:
            outline, (x, y) = _turned(outline, where.turn[0]), self._turned_point(x, y, where.turn)
        line = where.rule.glyphs_join.get(name, where.rule.glyphs_join.get("*"))
        if where.rule.number and (digit := _DIGIT.fullmatch(name)):
            mark = self._merged_mark(where.rule.number, where, merged, (x, y))
            self.page.marks[mark].text = (self.page.marks[mark].text or "") + (digit[1] or digit[2].lower())
        elif line is not None:
            mark = self._merged_mark(line, where, merged, (x, y))
            self.page.marks[mark].name = line
        else:
            mark = self._mark(name, where, x, y, scale)
        if where.rule.name == "clef":
            outline = self._clef(mark, outline, where)
        self.page.shapes.glyph(mark, outline, x, y, scale)

    def _clef(self, mark: int, outline: Outline, where: Where) -> Outline:
        """Plain clef; where the glyph holds an 8 or 15, that becomes a mark of its own.

        Fonts fuse the digits with the clef's outline, so they are drawn with the tuplet's digits,
        in the place that the digits of the fused glyph have.
        """
        found = self.page.marks[mark]
        plain = _PLAIN_CLEFS.get(found.name)
        if plain is None:
            return outline
        name, digits = plain
        whole, base = outline.bounds, glyph_outline(self._font, glyph_codes()[name])
        clef = base.bounds
        found.name = name
        above = clef[1] - whole[1] > whole[3] - clef[3]
        top, bottom = (whole[1], clef[1]) if above else (clef[3], whole[3])
        outlines = [glyph_outline(self._font, glyph_codes()[f"tuplet{digit}"]) for digit in digits]
        tallest = max(digit.bounds[3] - digit.bounds[1] for digit in outlines)
        size = (bottom - top) / max(tallest, 1.0)
        width = sum(o.advance for o in outlines) * size
        x = (clef[0] + clef[2]) / 2 - width / 2
        digit_mark = self._mark("clef8" if digits == "8" else "clef15", where, found.x, found.y, found.scale)
        for digit in outlines:
            y = bottom - digit.bounds[3] * size
            scale = found.scale
            self.page.shapes.glyph(digit_mark, digit, found.x + x * scale, found.y + y * scale, size * scale)
            x += digit.advance * size
        return base

    def _path(self, path: etree._Element, where: Where, merged: dict[str, int]) -> None:
        data = path.get("d") or ""
        numbers = [float(number) for number in _NUMBER.findall(data)]
        width = float(path.get("stroke-width") or 1)
        dx, dy = self._dx, self._dy
        if len(numbers) == 4:
            line = (numbers[0] + dx, numbers[1] + dy, numbers[2] + dx, numbers[3] + dy)
            if where.rule.name == "staff":
                self.page.staff_lines.append((where.system, where.staff, *line, width))
                x0, x1 = self.page.measures.get(where.measure, (line[0], line[2]))
                self.page.measures[where.measure] = (min(x0, line[0]), max(x1, line[2]))
                return
            if where.rule.name == "barLine":
                dashes = path.get("stroke-dasharray") or ""
                self._bar(where, Bar(line[0], line[1], line[3], width, dashes, where))
                return
            self._line(line, width, path, where, merged)
            return
        curve = [number + (dy if i % 2 else dx) for i, number in enumerate(numbers)]
        mark = self._merged_mark(where.rule.line, where, merged, (curve[0], curve[1]))
        if len(numbers) == 14:
            self.page.shapes.lens(mark, curve, width)
            self.page.marks[mark].reach = (curve[0], curve[6])
        elif len(numbers) == 8:
            self._open_curve(mark, curve, width, path)

    def _bar(self, where: Where, bar: Bar) -> None:
        self.page.bars.setdefault(f"{where.system} {where.element}", []).append(bar)

    def _open_curve(self, mark: int, curve: list[float], width: float, path: etree._Element) -> None:
        """A dashed or dotted slur: one curve, drawn with a pen."""
        points = flatten_cubics(np.array(curve).reshape(1, 4, 2), 96)[0]
        dashed = path.get("stroke-dasharray")
        for i, ((x0, y0), (x1, y1)) in enumerate(zip(points[:-1].tolist(), points[1:].tolist(), strict=True)):
            if dashed is None or i % 4 < 2:
                self.page.shapes.stroke(mark, (x0, y0, x1, y1), width)
        self.page.marks[mark].reach = (curve[0], curve[6])

    def _line(
        self,
        line: tuple[float, float, float, float],
        width: float,
        path: etree._Element,
        where: Where,
        merged: dict[str, int],
    ) -> None:
        rule = where.rule
        middle = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
        if rule.lines_apart:
            name = rule.line
            if rule.name == "stem" and "stem" in merged:
                name = "graceNoteSlash"
            merged[name] = mark = self._mark(name, where, *middle)
        else:
            mark = self._merged_mark(rule.stroke or rule.line, where, merged, middle)
        self.page.marks[mark].reach = (line[0], line[2])
        dashes = path.get("stroke-dasharray")
        if dashes:
            self.page.shapes.dashes(mark, line, width, [float(n) for n in _NUMBER.findall(dashes)])
        else:
            cap = width / 2 if path.get("stroke-linecap") in {"square", "round"} else 0.0
            self.page.shapes.stroke(mark, line, width, cap)

    def _shape(self, node: etree._Element, tag: str, where: Where, merged: dict[str, int]) -> None:
        if tag == "ellipse":
            self._ellipse(node, where, merged)
        elif tag == "rect":
            self._rect(node, where, merged)
        else:
            self._points(node, tag, where, merged)

    def _ellipse(self, node: etree._Element, where: Where, merged: dict[str, int]) -> None:
        x, y = float(node.get("cx") or 0) + self._dx, float(node.get("cy") or 0) + self._dy
        rx, ry = float(node.get("rx") or 0), float(node.get("ry") or 0)
        if node.get("fill-opacity") == "0":
            mark = self._merged_mark(where.rule.frame, where, merged, (x, y))
            self._frame_ellipse(mark, (x, y, rx, ry), float(node.get("stroke-width") or 1))
        elif where.rule.name == "barLine":
            self._bar(where, Bar(x, y - ry, y + ry, 2 * rx, "dot", where))
        else:
            self.page.shapes.ellipse(self._mark(where.rule.dot, where, x, y), (x, y), (rx, ry))

    def _rect(self, node: etree._Element, where: Where, merged: dict[str, int]) -> None:
        shapes, rule = self.page.shapes, where.rule
        x, y = float(node.get("x") or 0) + self._dx, float(node.get("y") or 0) + self._dy
        w, h = float(node.get("width") or 0), float(node.get("height") or 0)
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
        if node.get("fill-opacity") == "0":
            mark = self._merged_mark(rule.frame, where, merged, (x, y))
            shapes.polyline(mark, np.array([*corners, corners[0]]), float(node.get("stroke-width") or 1))
            return
        name = rule.rect_name(w, h)
        if rule.lines_apart:
            mark = self._mark(name, where, x, y + h / 2)
        elif rule.name == "grpSym":  # a bracket, unless tips were or will be drawn a square one
            square = name not in merged
            mark = self._merged_mark(name, where, merged, (x, y + h / 2))
            if square:
                self.page.marks[mark].name = "bracketSquare"
        else:
            mark = self._merged_mark(name, where, merged, (x, y + h / 2))
        self.page.marks[mark].reach = (x, x + w)
        if rule.name == "notehead":  # the side of a long note: as high as the note
            self.page.marks[mark].y = y + h / 2
        if where.turn is not None:
            corners = [self._turned_point(px, py, where.turn) for px, py in corners]
        shapes.polygon(mark, [number for corner in corners for number in corner])

    def _points(self, node: etree._Element, tag: str, where: Where, merged: dict[str, int]) -> None:
        shift = self._dx, self._dy
        found = _NUMBER.findall(node.get("points") or "")
        numbers = [float(number) + shift[i % 2] for i, number in enumerate(found)]
        if len(numbers) < 4:
            return
        mark = self._merged_mark(where.rule.line, where, merged, (numbers[0], numbers[1]))
        if tag == "polygon":
            self.page.shapes.polygon(mark, numbers)
        else:
            points = np.array(numbers).reshape(-1, 2)
            self.page.shapes.polyline(mark, points, float(node.get("stroke-width") or 1))
        low, high = self.page.marks[mark].reach
        x0, x1 = min(numbers[0::2]), max(numbers[0::2])
        self.page.marks[mark].reach = (min(low or x0, x0), max(high, x1))

    def _frame_ellipse(self, mark: int, ellipse: tuple[float, float, float, float], width: float) -> None:
        x, y, rx, ry = ellipse
        angle = np.linspace(0, 2 * np.pi, 49)
        ring = np.stack((x + rx * np.cos(angle), y + ry * np.sin(angle)), axis=1)
        self.page.shapes.polyline(mark, ring, width)

    def _letters(self, text: etree._Element, where: Where) -> None:
        rule = where.rule
        bold, italic = self._text.faces.get(rule.name, (rule.bold, rule.italic))
        for run in layout_text(text, self._text, head=rule.name in _HEADS, bold=bold, italic=italic):
            pieces: dict[str, int] = {}
            for piece in run:
                alone = piece.glyph.startswith(_SYMBOLS_IN_TEXT) if piece.glyph else False
                name = piece.glyph if alone else where.rule.text
                x, y = piece.x + self._dx, piece.y + self._dy
                digit = where.rule.digits.get(piece.letter)
                if name == "metAugmentationDot" and "note" in pieces:  # a dotted note is one symbol
                    mark = pieces["note"]
                elif alone or digit or name not in pieces:
                    mark = self._mark(digit or name, where, x, y, piece.scale if alone else 0.0)
                    if alone and name.startswith(_NOTES_IN_TEXT):
                        pieces["note"] = mark
                    elif not (alone or digit):
                        pieces[name] = mark
                else:
                    mark = pieces[name]
                if not alone:
                    found = self.page.marks[mark]
                    found.text = (found.text or "") + piece.letter
                self.page.shapes.glyph(mark, piece.outline, x, y, piece.scale)

    def _turned_point(self, x: float, y: float, turn: tuple[float, float, float]) -> tuple[float, float]:
        angle, cx, cy = math.radians(turn[0]), turn[1] + self._dx, turn[2] + self._dy
        cos, sin = math.cos(angle), math.sin(angle)
        return cx + cos * (x - cx) - sin * (y - cy), cy + sin * (x - cx) + cos * (y - cy)


def _from_below(dot: etree._Element) -> tuple[float, float]:
    """Places of dots from below, then from the left."""
    return -float(dot.get("cy") or 0), float(dot.get("cx") or 0)


_SYMBOLS_IN_TEXT = (
    "dynamic", "met", "note", "segno", "coda", "ornament", "keyboard", "fermata", "rest", "lyricsElision",
)  # fmt: skip
"""Glyphs in text that are symbols of their own; others (accidentals in chord names) are letters."""
_NOTES_IN_TEXT = ("met", "note")
_HEADS = frozenset({"pgHead", "pgHead2", "pgFoot", "pgFoot2"})
_SHAPES = frozenset(_SVG + tag for tag in ("polygon", "polyline", "ellipse", "rect"))
_PLAIN_CLEFS = {
    "gClef8vb": ("gClef", "8"), "gClef8va": ("gClef", "8"), "gClef15mb": ("gClef", "15"),
    "gClef15ma": ("gClef", "15"), "fClef8vb": ("fClef", "8"), "fClef8va": ("fClef", "8"),
    "fClef15mb": ("fClef", "15"), "fClef15ma": ("fClef", "15"), "cClef8vb": ("cClef", "8"),
}  # fmt: skip


def _turned(outline: Outline, degrees: float) -> Outline:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    turned = outline.points @ np.array([[cos, sin], [-sin, cos]])
    return Outline(turned, outline.starts, outline.advance)
