"""Groups of shapes -> marks with classes, and the shapes that draw them."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from fontTools import agl

from notehead.engrave.drawing import ShapeCollector
from notehead.engrave.lilypond.classify import (
    BARLINES,
    SMALL,
    Rule,
    clef_digit,
    glyph_class,
    letter_class,
    letter_of,
    line_class,
    rule_of,
    word_class,
)
from notehead.engrave.lilypond.fonts import glyph_outline, is_music_font
from notehead.engrave.lilypond.letters import Letters
from notehead.engrave.lilypond.marks import Mark, Staff
from notehead.engrave.lilypond.svg import Area, Glyph, Group, Item, Stroke, SvgPage, Tags, Words
from notehead.engrave.outlines import Outline
from notehead.page import ABSENT
from notehead.vocabulary import VOCABULARY

EM_IN_SPACES = 4.0
"""Staff spaces in the em of Emmentaler."""
BARS_APART = 1.2
"""Strokes of one barline are no farther apart than this many staff spaces."""
_APART = 1.2
"""Notes in a tempo mark that are farther apart (in staff spaces) are two."""
_CLEFS = ("clefG", "clefF", "clefC", "clefUnpitched", "clefTab")


class PageMarks:
    """The marks of one page: `marks`, `shapes` (numbered as the marks), `staves`."""

    def __init__(self, page: SvgPage, letters: Letters) -> None:
        self.marks: list[Mark] = []
        self.shapes = ShapeCollector()
        self.staves = _find_staves(page)
        self._letters = letters
        self._turned: dict[tuple[str, str, float], Outline] = {}
        self._bars: dict[int, list[tuple[Tags, Item]]] = defaultdict(list)
        for staff in sorted(self.staves.values(), key=lambda staff: staff.index):
            self._draw_staff(staff)
        for group in page.groups:
            if group.tags.grob != "StaffSymbol":
                self._group(group)
        for bars in self._bars.values():
            self._barlines(bars)

    def _mark(self, name: str, tags: Tags, x: float, y: float) -> int:
        staff = self.staves.get((tags.system, tags.staff))
        self.marks.append(Mark(name, tags, staff, x, y, (x, x)))
        return len(self.marks) - 1

    def _draw_staff(self, staff: Staff) -> None:
        tags = Tags("StaffSymbol", system=staff.system, staff=staff.number)
        x0, x1, _ = staff.lines[0]
        mark = self._mark("staff", tags, (x0 + x1) / 2, staff.middle)
        for left, right, y in staff.lines:
            self.shapes.stroke(mark, (left, y, right, y), staff.width, _cap(staff.width))

    def _group(self, group: Group) -> None:
        tags, rule = group.tags, rule_of(group.tags.grob)
        areas = sum(isinstance(item, Area) for item in group.items)
        merged: dict[str, int] = {}
        for drawn in group.items:
            item = _letter_for(drawn)
            if isinstance(item, Words):
                self._words(item, tags, rule, merged)
            elif isinstance(item, Glyph):
                self._glyph(item, tags, rule, merged)
            elif tags.grob in BARLINES:
                self._bars[tags.system].append((tags, item))
            else:
                self._line(item, tags, line_class(tags, areas), merged)

    def _line(self, item: Stroke | Area, tags: Tags, name: str, merged: dict[str, int]) -> None:
        low, high = item.points.min(axis=0).tolist(), item.points.max(axis=0).tolist()
        x, y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
        mark = None if rule_of(tags.grob).apart else self._near(merged.get(name), name, low[0])
        if mark is None:
            mark = merged[name] = self._mark(name, tags, x, y)
            self.marks[mark].reach = (low[0], high[0])
        found = self.marks[mark]
        found.reach = (min(found.reach[0], low[0]), max(found.reach[1], high[0]))
        self._draw(mark, item)

    def _near(self, mark: int | None, name: str, left: float) -> int | None:
        """The mark to go on with, unless it is a note of a tempo mark that ended."""
        if mark is not None and name == "metronomeNote" and left > self.marks[mark].reach[1] + _APART:
            return None
        return mark

    def _draw(self, mark: int, item: Stroke | Area) -> None:
        if isinstance(item, Area):
            self.shapes.polygon(mark, item.points)
            if item.width > 0:
                edge = np.concatenate((item.points, item.points[:2]))
                self.shapes.polyline(mark, edge, item.width)
            return
        for (x0, y0), (x1, y1) in zip(item.points[:-1].tolist(), item.points[1:].tolist(), strict=True):
            if item.dash is not None:
                self.shapes.dashes(mark, (x0, y0, x1, y1), item.width, item.dash)
            else:
                self.shapes.stroke(mark, (x0, y0, x1, y1), item.width, _cap(item.width))

    def _glyph(self, item: Glyph, tags: Tags, rule: Rule, merged: dict[str, int]) -> None:
        staff = self.staves.get((tags.system, tags.staff))
        space = staff.space() if staff is not None else 1.0
        position, above = 0, True
        if staff is not None:
            position = math.floor((staff.middle - item.y) / (space / 2) + 0.5)
            above = item.y < staff.middle
        small = item.size < SMALL * EM_IN_SPACES * space
        name = glyph_class(tags, item.name, position, small=small, above=above)
        joins = rule.joined or rule.glyph or name in {"metronomeNote", "wiggleTrill", "keyboardPedalPed"}
        joins = joins or VOCABULARY[name].kind == "text"
        mark = self._near(merged.get(name), name, item.x) if joins else None
        if mark is None:
            mark = merged[name] = self._mark(name, tags, item.x, item.y)
            if VOCABULARY[name].is_notehead or name.startswith(_CLEFS):
                self.marks[mark].position = position if staff is not None else ABSENT
        outline = self._outline(item)
        found = self.marks[mark]
        right = item.x + outline.bounds[2] * item.size / 1000
        found.reach = (min(found.reach[0], item.x), max(found.reach[1], right))
        if VOCABULARY[name].kind == "text":
            found.text = (found.text or "") + letter_of(item.name)
        self.shapes.glyph(mark, outline, item.x, item.y, item.size / 1000)

    def _outline(self, item: Glyph) -> Outline:
        outline = glyph_outline(item.font, item.name)
        if abs(item.turn) < 1e-6:
            return outline
        key = (item.font, item.name, item.turn)
        if key not in self._turned:
            self._turned[key] = _turn(outline, item.turn)
        return self._turned[key]

    def _words(self, item: Words, tags: Tags, rule: Rule, merged: dict[str, int]) -> None:
        if not item.letters.strip():
            return
        if rule.digit and any(letter_class(rule, character) != rule.text for character in item.letters):
            self._digits(item, tags, rule)
            return
        name = rule.line if rule.joined else rule.text
        name = clef_digit(item.letters) if tags.grob == "ClefModifier" else word_class(name, item.letters)
        mark = merged.get(name)
        if mark is None or not (rule.joined or rule.whole or self._goes_on(mark, item)):
            mark = merged[name] = self._mark(name, tags, item.x, item.y)
            self.marks[mark].text = ""
        found = self.marks[mark]
        if found.text and not rule.whole:
            found.text += " "
        found.text = (found.text or "") + item.letters
        x = self._set(item, [mark] * len(item.letters))
        found.reach = (min(found.reach[0], item.x), max(found.reach[1], x))

    def _goes_on(self, mark: int, item: Words) -> bool:
        """Whether a word follows the words of a mark on their line."""
        found = self.marks[mark]
        gap = item.x - found.reach[1]
        return abs(found.y - item.y) < 0.2 * item.size and -0.5 * item.size < gap < item.size

    def _digits(self, item: Words, tags: Tags, rule: Rule) -> None:
        """Letters that are a symbol each."""
        marks = []
        for character in item.letters:
            marks.append(self._mark(letter_class(rule, character), tags, item.x, item.y))
            self.marks[-1].text = character
        self._set(item, marks)

    def _set(self, item: Words, marks: list[int]) -> float:
        """Draw letters, each of its own mark; returns where they end."""
        end = item.x
        head = self.marks[marks[0]].name == "textTitle"
        for index, outline, x, after in self._letters.set(item, head=head):
            self.shapes.glyph(marks[index], outline, x, item.y, item.size / 1000)
            end = after
        return end

    def _barlines(self, bars: list[tuple[Tags, Item]]) -> None:
        """The barlines of a system: strokes at one place that touch from staff to staff are one symbol."""
        columns: list[list[tuple[Tags, Item]]] = []
        right = -math.inf
        for tags, item in sorted(bars, key=lambda bar: _box(bar[1])[0]):
            x0, _, x1, _ = _box(item)
            if x0 > right + BARS_APART:
                columns.append([])
            columns[-1].append((tags, item))
            right = max(right, x1) if len(columns[-1]) > 1 else x1
        for column in columns:
            for run in _runs(column):
                self._barline(run)

    def _barline(self, run: list[tuple[Tags, Item]]) -> None:
        boxes = [_box(item) for _, item in run]
        x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
        x1, y1 = max(box[2] for box in boxes), max(box[3] for box in boxes)
        tags = next((tags for tags, _ in run if tags.staff >= 0), run[0][0])
        staff = self.staves.get((tags.system, tags.staff))
        dots = any(
            mark.name == "repeatDot" and y0 < mark.y < y1 and x0 - 1.5 < mark.x < x1 + 1.5
            for mark in self.marks
        )
        name = _barline_class(run, staff, (y0, y1), dots=dots)
        mark = self._mark(name, tags, x0, (y0 + y1) / 2)
        self.marks[mark].reach = (x0, x1)
        if y1 - y0 > 2 * EM_IN_SPACES:
            self.marks[mark].staff = None
        for _, item in run:
            if isinstance(item, Area | Stroke):
                self._draw(mark, item)


def _barline_class(
    run: list[tuple[Tags, Item]], staff: Staff | None, reach: tuple[float, float], *, dots: bool
) -> str:
    """The class of the strokes of a barline."""
    space = staff.space() if staff is not None else 1.0
    widths: dict[float, float] = {}
    for _, item in run:
        x0, _, x1, _ = _box(item)
        widths[round((x0 + x1) / 2, 1)] = item.width if isinstance(item, Stroke) else x1 - x0
    pattern = "".join("H" if widths[x] > 0.32 * space else "t" for x in sorted(widths))
    if dots:
        return {"tH": "repeatRight", "Ht": "repeatLeft"}.get(pattern, "repeatRightLeft")
    if pattern == "t":
        if any(isinstance(item, Stroke) and item.dash is not None for _, item in run):
            return "barlineDashed"
        height = reach[1] - reach[0]
        if staff is None or len(staff.lines) < 4 or height > 3 * space:
            return "barlineSingle"
        return "barlineShort" if abs(sum(reach) / 2 - staff.middle) < space else "barlineTick"
    plain = {"H": "barlineHeavy", "tt": "barlineDouble", "tH": "barlineFinal", "Ht": "barlineReverseFinal"}
    return plain.get(pattern, "barlineHeavyHeavy")


def _runs(column: list[tuple[Tags, Item]]) -> list[list[tuple[Tags, Item]]]:
    runs: list[list[tuple[Tags, Item]]] = []
    bottom = -math.inf
    for tags, item in sorted(column, key=lambda bar: _box(bar[1])[1]):
        _, y0, _, y1 = _box(item)
        gap = 0.4 if not (isinstance(item, Stroke) and item.dash) else 1.0
        if y0 > bottom + gap:
            runs.append([])
        runs[-1].append((tags, item))
        bottom = max(bottom, y1)
    return runs


def _box(item: Item) -> tuple[float, float, float, float]:
    if isinstance(item, Glyph | Words):
        return item.x, item.y, item.x, item.y
    (x0, y0), (x1, y1) = item.points.min(axis=0).tolist(), item.points.max(axis=0).tolist()
    return x0, y0, x1, y1


def _letter_for(item: Item) -> Item:
    """A letter in place of a glyph that comes from a text font."""
    if not isinstance(item, Glyph) or is_music_font(item.font):
        return item
    letters = agl.toUnicode(item.name) or "\N{REPLACEMENT CHARACTER}"
    bold, italic = "bold" in item.font.lower(), "ital" in item.font.lower()
    return Words(letters, item.x, item.y, item.size, bold, italic)


def _cap(width: float) -> float:
    """How much longer a square end must be for the area of a round one."""
    return width * math.pi / 8


def _turn(outline: Outline, degrees: float) -> Outline:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Outline(outline.points @ np.array([[cos, sin], [-sin, cos]]), outline.starts, outline.advance)


def _find_staves(page: SvgPage) -> dict[tuple[int, int], Staff]:
    """All staves of a page by (system, staff number), pieces of a line joined."""
    found: dict[tuple[int, int], Staff] = {}
    for group in page.groups:
        if group.tags.grob != "StaffSymbol":
            continue
        key = (group.tags.system, group.tags.staff)
        staff = found.setdefault(key, Staff(*key, [], 0.1))
        for item in group.items:
            if isinstance(item, Stroke):
                (x0, y0), (x1, _) = item.points[0].tolist(), item.points[-1].tolist()
                staff.lines.append((min(x0, x1), max(x0, x1), y0))
                staff.width = item.width
    staves = [staff for staff in found.values() if staff.lines]
    for staff in staves:
        staff.lines = _joined(staff.lines)
    staves.sort(key=lambda staff: (staff.system, staff.top))
    for index, staff in enumerate(staves):
        staff.index = index
    return {(staff.system, staff.number): staff for staff in staves}


def _joined(lines: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """One line for each height, from the top."""
    by_height: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for line in lines:
        by_height[round(line[2], 2)].append(line)
    return [
        (min(line[0] for line in same), max(line[1] for line in same), same[0][2])
        for _, same in sorted(by_height.items())
    ]
