"""What MuseScore drew + its score -> Drawing: classes, places, times and pitches where they are certain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.drawing import Drawing, ShapeCollector, Shapes
from notehead.engrave.layers import LAYER
from notehead.engrave.musescore.barlines import barline_marks
from notehead.engrave.musescore.classify import Namer, class_of
from notehead.engrave.musescore.clefs import split_octave_clefs
from notehead.engrave.musescore.groups import join_beams, name_tremolos
from notehead.engrave.musescore.letters import Reader
from notehead.engrave.musescore.links import find_links, whole_grace_notes
from notehead.engrave.musescore.marks import Mark, make_mark
from notehead.engrave.musescore.match import Matcher, staff_position
from notehead.engrave.musescore.music import Music
from notehead.engrave.musescore.staves import Measure, Staff, find_staves
from notehead.engrave.musescore.svg import Drawn, SvgPage
from notehead.engrave.outlines import Outline, signed_area
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

_UNORDERED = frozenset({"lyricHyphen", "lyricExtender"})
_OUTSIDE = frozenset({"Text", "Page"})
"""What belongs to no staff: titles, headers, footers."""
_MIDDLE = {"gClef": 32, "fClef": 24, "cClef": 28}
"""Diatonic number of the note on the line that a clef names: G4, F3, C4."""


class Annotator:
    """Annotates the pages of one score."""

    def __init__(
        self, music: Music, measures: Sequence[Measure], namer: Namer, reader: Reader, staff_space: float
    ) -> None:
        self._music = music
        self._measures = measures
        self._namer = namer
        self._reader = reader
        self._usual_space = staff_space

    def drawing(self, page: SvgPage, number: int) -> Drawing:
        """One page, numbered from 1, with all that is known of its symbols."""
        measures = [measure for measure in self._measures if measure.page == number - 1]
        staves = find_staves(page, list(measures), self._usual_space)
        marks = join_beams(self._namer.marks(page.drawn, self._reader), self._usual_space)
        marks = split_octave_clefs(marks, self._namer.glyphs)
        bars = [line for line in page.drawn if line.element == "BarLine" and len(line.points)]
        dots = [mark for mark in marks if mark.name == "repeatDot"]
        marks += barline_marks(bars, dots, staves)
        marks = [_staff_mark(staff) for staff in staves] + marks
        self._place(marks, staves, measures)
        matcher = Matcher(self._music, staves, measures)
        matcher.heads([mark for mark in marks if mark.element == "Note" and _is_head(mark)])
        matcher.rests([mark for mark in marks if mark.element == "Rest" and mark.scale])
        links = find_links(marks, self._usual_space)
        name_tremolos(marks, self._usual_space)
        names = [class_of(mark) for mark in marks]
        wholes, extra = whole_grace_notes(marks, names, links)
        marks += wholes
        names += [mark.name for mark in wholes]
        links = np.concatenate((links, extra))
        order = sorted(range(len(marks)), key=lambda i: _rank(marks[i], names[i]))
        rows = np.empty(len(marks), np.int64)
        rows[order] = np.arange(len(order))
        spaces = [staff.space for staff in staves]
        return Drawing(
            width=page.width,
            height=page.height,
            symbols=self._symbols([marks[i] for i in order], [names[i] for i in order], rows[links] + 1),
            shapes=_shapes(marks, rows),
            staff_lines=_line_table(staves),
            staff_space=float(np.median(spaces)) if spaces else self._usual_space,
            number=number,
        )

    def _place(self, marks: list[Mark], staves: Sequence[Staff], measures: Sequence[Measure]) -> None:
        """Staff, measure and position of marks by where they stand, and which clefs are in force where."""
        for mark in marks:
            if mark.staff is None and staves and mark.element not in _OUTSIDE:
                mark.staff = min(staves, key=lambda staff: staff.distance(mark.y))
            if mark.staff is None:
                continue
            if mark.measure is None:
                mark.measure = _measure_at(mark, mark.staff, measures)
            if mark.scale and mark.element in {"Note", "Clef"}:
                mark.position = staff_position(mark.staff, mark.y)[0]
            if mark.element == "Clef":
                _clef_in_force(mark)
        for staff in staves:
            staff.clefs.sort()

    def _symbols(self, marks: list[Mark], names: list[str], links: NDArray[np.int64]) -> Symbols:
        n = len(marks)
        number = [mark.measure.number if mark.measure is not None else ABSENT for mark in marks]
        head = np.array([VOCABULARY[name].is_notehead for name in names], np.bool_)
        kept = head | np.array([name.startswith("clef") and name not in _DIGITS for name in names], np.bool_)
        pitched = [mark.head is not None and mark.diatonic != ABSENT for mark in marks]
        return Symbols(
            id=np.arange(1, n + 1, dtype=np.int32),
            label=np.array([VOCABULARY.id(name) for name in names], np.int32),
            box=np.zeros((n, 4)),
            corners=np.zeros((n, 4, 2)),
            area=np.zeros(n, np.int32),
            staff=np.array([mark.staff.index if mark.staff else ABSENT for mark in marks], np.int32),
            system=np.array([mark.staff.system if mark.staff else ABSENT for mark in marks], np.int32),
            measure=np.array(number, np.int32),
            voice=np.array([mark.event.voice if mark.event else ABSENT for mark in marks], np.int32),
            position=np.where(kept, [mark.position for mark in marks], ABSENT).astype(np.int32),
            onset=np.array([self._onset(mark) for mark in marks], np.float64),
            duration=np.array([self._duration(mark) for mark in marks], np.float64),
            diatonic=np.array(
                [mark.diatonic if sure else ABSENT for mark, sure in zip(marks, pitched, strict=True)],
                np.int32,
            ),
            alter=np.array(
                [
                    mark.head.alter if mark.head and sure else ABSENT
                    for mark, sure in zip(marks, pitched, strict=True)
                ],
                np.int32,
            ),
            score=np.ones(n),
            text=_texts(marks),
            links=np.unique(links, axis=0).astype(np.int32).reshape(-1, 2),
        )

    @staticmethod
    def _onset(mark: Mark) -> float:
        if mark.event is None:
            return math.nan
        return float(mark.event.onset * 4)

    @staticmethod
    def _duration(mark: Mark) -> float:
        timed = mark.head is not None or mark.element == "Rest"
        if mark.event is None or not timed:
            return math.nan
        return float(mark.event.duration * 4)


def _texts(marks: Sequence[Mark]) -> NDArray[np.object_]:
    texts = np.empty(len(marks), object)
    texts[:] = [mark.text or None for mark in marks]
    return texts


_DIGITS = frozenset({"clef8", "clef15"})


def _is_head(mark: Mark) -> bool:
    return mark.scale > 0 and not mark.name.startswith("noteheadParenthesis")


def _staff_mark(staff: Staff) -> Mark:
    drawn = [
        Drawn("StaffLines", (), np.array(((x0, y), (x1, y))), width=staff.width)
        for x0, x1 in staff.stretches
        for y in staff.lines
    ]
    mark = make_mark("staff", drawn)
    mark.staff = staff
    return mark


def _measure_at(mark: Mark, staff: Staff, measures: Sequence[Measure]) -> Measure | None:
    """The measure of the staff's system at the mark's x; the last that begins before it."""
    slack = staff.space
    here = [m for m in measures if m.y0 - slack <= staff.lines[0] and staff.lines[-1] <= m.y1 + slack]
    if mark.element in {"StaffLines", "InstrumentName"}:
        return here[0] if here and mark.element == "StaffLines" else None
    begun = [measure for measure in here if measure.x0 <= mark.x + 0.1]
    return begun[-1] if begun else (here[0] if here else None)


def _clef_in_force(mark: Mark) -> None:
    staff, shift = mark.staff, 0
    if staff is None:
        return
    for part in mark.parts:
        digits = 7 if part.name == "clef8" else 14
        shift = digits if part.box[3] < (mark.box[1] + mark.box[3]) / 2 else -digits
    for start, reference in _MIDDLE.items():
        if mark.name.startswith(start):
            staff.clefs.append((mark.box[0], reference - mark.position + shift))


def _line_table(staves: Sequence[Staff]) -> NDArray[np.float64]:
    lines = [
        (staff.index, x0, y, x1, y) for staff in staves for x0, x1 in staff.stretches for y in staff.lines
    ]
    return np.array(lines, np.float64).reshape(-1, 5)


def _shapes(marks: list[Mark], rows: NDArray[np.int64]) -> Shapes:
    collector = ShapeCollector()
    glyphs: dict[int, tuple[object, Outline]] = {}
    for number, mark in enumerate(marks):
        for piece in mark.drawn:
            _draw(collector, number, piece, glyphs)
    return collector.finish(rows)


def _draw(
    collector: ShapeCollector, number: int, piece: Drawn, glyphs: dict[int, tuple[object, Outline]]
) -> None:
    if len(piece.points):
        _draw_line(collector, number, piece)
        return
    a, b, _, _, x, y = piece.matrix
    if not piece.filled:
        pass
    elif piece.placed and b == 0 and piece.matrix[3] == a:
        key = id(piece.contours)
        if key not in glyphs:
            glyphs[key] = (piece.contours, _outline(piece.contours))
        collector.glyph(number, glyphs[key][1], x, y, a)
    else:
        collector.glyph(number, _outline(piece.on_page()), 0.0, 0.0, 1.0)
    if piece.width:
        for contour in piece.on_page():
            edge = np.concatenate((contour, contour[:1])) if piece.filled else contour
            collector.polyline(number, edge, piece.width, 0)


def _draw_line(collector: ShapeCollector, number: int, piece: Drawn) -> None:
    if piece.dashes:
        for start, end in zip(piece.points[:-1].tolist(), piece.points[1:].tolist(), strict=True):
            collector.dashes(number, (*start, *end), piece.width, piece.dashes)
    else:
        collector.polyline(number, piece.points, piece.width, piece.cap)


def _outline(contours: Sequence[NDArray[np.float64]]) -> Outline:
    """An outline wound as all are: its area positive, holes against it."""
    if sum(map(signed_area, contours)) < 0:
        contours = [contour[::-1] for contour in contours]
    starts = np.cumsum([0, *map(len, contours)]).astype(np.int64)
    return Outline(np.concatenate(list(contours)), starts)


def _rank(mark: Mark, name: str) -> tuple[int, float, float]:
    """Drawing order; MuseScore lists the lines between syllables in an order of its own in every run."""
    return (LAYER[name], mark.y, mark.x) if name in _UNORDERED else (LAYER[name], -math.inf, -math.inf)
