"""Marks + music -> Drawing: the class of each symbol, its place in the score, and the links."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.drawing import Drawing
from notehead.engrave.layers import LAYER
from notehead.engrave.verovio.barlines import draw_barlines
from notehead.engrave.verovio.classify import class_name
from notehead.engrave.verovio.events import TICKS, Control, Event, Music
from notehead.engrave.verovio.links import LinkFinder
from notehead.engrave.verovio.marks import Mark, SvgPage
from notehead.engrave.verovio.row import Row
from notehead.engrave.verovio.rules import RULES
from notehead.engrave.verovio.staves import Staff, find_staves
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

_HEADS = frozenset(row.name for row in VOCABULARY.classes if row.is_notehead)
_TIMED = _HEADS | {row.name for row in VOCABULARY.classes if row.name.startswith("rest")}
_OF_TUPLETS = frozenset({"tupletNum", "tupletBracket"})


class Annotator:
    """Annotates the pages of one score."""

    def __init__(self, music: Music, staff_space: float) -> None:
        self._music = music
        self._usual_space = staff_space

    def drawing(self, page: SvgPage, number: int) -> Drawing:
        """One page with all that the score says of its symbols."""
        self._staves = find_staves(page, self._music)
        self._first_measure = _first_measures(page, self._music)
        self._reach = page.measures
        drawn = len(page.marks)
        self._draw_staves(page)
        draw_barlines(page, self._music, self._staves, self._usual_space)
        rows = [self._row(mark) for mark in page.marks]
        for i in range(drawn):
            if page.marks[i].text is not None and not (page.marks[i].text or "").strip():
                rows[i] = None
        finder = LinkFinder(page.marks, rows, self._music, self._staves, self._usual_space)
        compounds = finder.grace_notes()
        rows += compounds
        order = sorted(
            (i for i, row in enumerate(rows) if row is not None),
            key=lambda i: LAYER[rows[i].name],  # type: ignore[union-attr]
        )
        place = np.full(len(rows), -1, np.int64)
        place[order] = np.arange(len(order))
        links = finder.links()
        symbols = _symbols([rows[i] for i in order], place, links)  # type: ignore[misc]
        spaces = [staff.space(self._usual_space) for staff in self._staves.values()]
        return Drawing(
            width=page.width,
            height=page.height,
            symbols=symbols,
            shapes=page.shapes.finish(place),
            staff_lines=_line_table(self._staves),
            staff_space=float(np.median(spaces)) if spaces else self._usual_space,
            number=number,
        )

    def _draw_staves(self, page: SvgPage) -> None:
        for staff in self._staves.values():
            for x0, x1 in staff.stretches:
                mark = Mark(
                    "staff", RULES["staff"], "", "", "", staff.system, "", "", (x0 + x1) / 2, staff.middle
                )
                mark.staff_number = staff.number
                page.marks.append(mark)
                for y in staff.lines:
                    page.shapes.stroke(len(page.marks) - 1, (x0, y, x1, y), staff.width)

    def _row(self, mark: Mark) -> Row | None:
        music, element = self._music, mark.rule.name
        events = music.events
        if element in _OF_TUPLETS:
            event = events.get(mark.tuplet)
        else:
            event = events.get(mark.note) or events.get(mark.chord) or events.get(mark.element)
        control = music.controls.get(mark.element) if event is None else None
        staff = self._staff(mark, event, control)
        space = staff.space(self._usual_space) if staff is not None else self._usual_space
        position = ABSENT
        if staff is not None and (mark.scale > 0 or element == "notehead"):
            position = math.floor((staff.middle - mark.y) / (space / 2) + 0.5)
        form = control.form if control is not None else music.groups.get(mark.element, "")
        name = class_name(mark, position, space, form)
        row = Row(name, mark, staff)
        row.measure = self._measure(mark, event, control)
        row.onset = self._onset(mark, event, control, row.measure)
        if event is not None:
            row.voice = event.voice
            if name in _TIMED:
                row.duration = event.duration
        elif control is not None and control.finish is not None and row.onset is not None:
            row.duration = max(control.finish - row.onset, 0)
        if name in _HEADS:
            row.position = position
            if event is not None:
                row.diatonic, row.alter = event.diatonic, event.alter
        elif element == "clef" and name not in {"clef8", "clef15"}:
            row.position = position
        return row

    def _staff(self, mark: Mark, event: Event | None, control: Control | None) -> Staff | None:
        """The first of what may say its staff that names one of its system."""
        numbers = (
            mark.staff_number,
            event.staff if event is not None else None,
            self._music.staff_of.get(mark.staff),
            control.staff if control is not None else None,
        )
        for number in numbers:
            if number is not None:
                staff = self._staves.get((mark.system, number))
                if staff is not None:
                    return staff
        return None

    def _measure(self, mark: Mark, event: Event | None, control: Control | None) -> int:
        if event is not None:
            return event.measure
        if mark.measure in self._music.measure_of:
            return self._music.measure_of[mark.measure]
        measures = [self._first_measure.get(mark.system, ABSENT)]
        if control is not None:
            measures.append(control.measure)  # what is broken over systems goes on with its own system
        return max(measures)

    def _onset(self, mark: Mark, event: Event | None, control: Control | None, measure: int) -> int | None:
        if event is not None:
            return event.onset
        if measure == ABSENT:
            return None
        start = self._music.measure_onset[measure]
        if mark.rule.name == "barLine":
            x0, x1 = self._reach.get(mark.measure, (mark.x, mark.x))
            left = abs(mark.x - x0) < abs(mark.x - x1)
            return start if left else start + self._music.measure_length[measure]
        if control is not None:
            return control.onset if mark.measure else max(control.onset, start)
        return start


def _first_measures(page: SvgPage, music: Music) -> dict[int, int]:
    first: dict[int, int] = {}
    for mark in page.marks:
        index = music.measure_of.get(mark.measure)
        if index is not None and mark.system >= 0:
            first[mark.system] = min(first.get(mark.system, index), index)
    return first


def _line_table(staves: dict[tuple[int, int], Staff]) -> NDArray[np.float64]:
    lines = [
        (staff.index, x0, y, x1, y)
        for staff in sorted(staves.values(), key=lambda staff: staff.index)
        for x0, x1 in staff.stretches
        for y in staff.lines
    ]
    return np.array(lines, np.float64).reshape(-1, 5)


def _symbols(rows: list[Row], place: NDArray[np.int64], links: NDArray[np.int64]) -> Symbols:
    placed = place[links]
    placed = placed[(placed >= 0).all(axis=1)] + 1
    placed = np.unique(placed, axis=0) if len(placed) else placed
    n = len(rows)
    texts = np.empty(n, object)
    texts[:] = [row.mark.text.strip() if row.mark.text else None for row in rows]
    return Symbols(
        id=np.arange(1, n + 1, dtype=np.int32),
        label=np.array([VOCABULARY.id(row.name) for row in rows], np.int32),
        box=np.zeros((n, 4)),
        corners=np.zeros((n, 4, 2)),
        area=np.zeros(n, np.int32),
        staff=np.array([row.staff.index if row.staff else ABSENT for row in rows], np.int32),
        system=np.array([row.mark.system if row.mark.system >= 0 else ABSENT for row in rows], np.int32),
        measure=np.array([row.measure for row in rows], np.int32),
        voice=np.array([row.voice for row in rows], np.int32),
        position=np.array([row.position for row in rows], np.int32),
        onset=_quarters([row.onset for row in rows]),
        duration=_quarters([row.duration for row in rows]),
        diatonic=np.array([row.diatonic for row in rows], np.int32),
        alter=np.array([row.alter for row in rows], np.int32),
        score=np.ones(n),
        text=texts,
        links=placed.astype(np.int32),
    )


def _quarters(ticks: list[int | None]) -> NDArray[np.float64]:
    return np.array([math.nan if tick is None else tick / TICKS for tick in ticks])
