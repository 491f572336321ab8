"""Pages of LilyPond -> Drawings: the place of each symbol in the score, and the links."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.drawing import Drawing
from notehead.engrave.layers import LAYER
from notehead.engrave.lilypond.letters import Letters
from notehead.engrave.lilypond.marks import Mark, Staff
from notehead.engrave.lilypond.page import PageMarks
from notehead.engrave.lilypond.svg import SvgPage, Tags
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

_MIDDLE_C = 28
"""Diatonic number of middle C."""
_OWNERS = frozenset({"NoteHead", "Rest", "MultiMeasureRest", "Clef", "CueClef", "CueEndClef"})
_TIMED = frozenset(row.name for row in VOCABULARY.classes if row.is_notehead or row.name.startswith("rest"))
_ON_STAFF = ("clef", "keyFlat", "keyNatural", "keySharp", "timeSig", "rest", "notehead")


class Annotator:
    """Annotates the pages of one score, which it takes all at first: some facts need the whole score."""

    def __init__(self, pages: list[SvgPage], letters: Letters) -> None:
        self._letters = letters
        tags = [group.tags for page in pages for group in page.groups if group.tags.grob]
        self._onsets = {tag.id: tag.onset for tag in tags if tag.grob in _OWNERS and tag.onset is not None}
        self._first_bar = min((tag.bar for tag in tags if tag.onset is not None), default=1)
        self._pickup = any(tag.place is not None and tag.place < 0 for tag in tags)
        self._voices = _voices(tags)

    def drawing(self, page: SvgPage, number: int) -> Drawing:
        """One page with all that LilyPond says of its symbols."""
        found = PageMarks(page, self._letters)
        marks = found.marks
        owners: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, mark in enumerate(marks):
            if mark.tags.grob in _OWNERS:
                owners[mark.tags.id, mark.tags.system].append(i)
        systems = sorted({mark.tags.system for mark in marks if mark.tags.grob and mark.tags.system >= 0})
        for i, mark in enumerate(marks):
            self._place(mark, systems)
            mark.notes = [
                head for of in mark.tags.heads for head in owners[of, mark.tags.system] if head != i
            ]
        links = [(head, i) for i, mark in enumerate(marks) for head in mark.notes]
        links += _staff_links(marks)
        links += _ledger_links(marks)
        links += _grace_notes(marks)
        order = sorted(range(len(marks)), key=lambda i: _order(marks[i]))
        row = np.empty(len(marks), np.int64)
        row[order] = np.arange(len(order))
        spaces = [staff.space() for staff in found.staves.values()]
        return Drawing(
            width=page.width,
            height=page.height,
            symbols=self._symbols([marks[i] for i in order], row, links),
            shapes=found.shapes.finish(row),
            staff_lines=_line_table(list(found.staves.values())),
            staff_space=float(np.median(spaces)) if spaces else 1.0,
            number=number,
        )

    def _place(self, mark: Mark, systems: list[int]) -> None:
        tags = mark.tags
        if tags.grob and tags.system in systems:
            mark.system = systems.index(tags.system)
        onsets = [self._onsets[head] for head in tags.heads if head in self._onsets]
        onset = min((found for found in onsets if found is not None), default=tags.onset)
        mark.onset = float(4 * onset) if onset is not None else None
        mark.voice = self._voices.get((tags.staff, tags.voice), ABSENT)

    def _measure(self, tags: Tags) -> int:
        if not tags.grob or tags.onset is None:
            return ABSENT
        in_pickup = tags.place is not None and tags.place < 0
        return tags.bar - self._first_bar + (1 if self._pickup and not in_pickup else 0)

    def _symbols(self, marks: list[Mark], row: NDArray[np.int64], links: list[tuple[int, int]]) -> Symbols:
        n = len(marks)
        heads = [VOCABULARY[mark.name].is_notehead and mark.tags.step is not None for mark in marks]
        texts = np.empty(n, object)
        texts[:] = [mark.text.strip() if mark.text else None for mark in marks]
        pairs = np.array(sorted(set(links)), np.int64).reshape(-1, 2)
        return Symbols(
            id=np.arange(1, n + 1, dtype=np.int32),
            label=np.array([VOCABULARY.id(mark.name) for mark in marks], np.int32),
            box=np.zeros((n, 4)),
            corners=np.zeros((n, 4, 2)),
            area=np.zeros(n, np.int32),
            staff=np.array([mark.staff.index if mark.staff else ABSENT for mark in marks], np.int32),
            system=np.array([mark.system for mark in marks], np.int32),
            measure=np.array([self._measure(mark.tags) for mark in marks], np.int32),
            voice=np.array([mark.voice for mark in marks], np.int32),
            position=np.array([mark.position for mark in marks], np.int32),
            onset=np.array([math.nan if mark.onset is None else mark.onset for mark in marks]),
            duration=np.array([_duration(mark) for mark in marks]),
            diatonic=np.array(
                [_diatonic(mark.tags) if head else ABSENT for mark, head in zip(marks, heads, strict=True)],
                np.int32,
            ),
            alter=np.array(
                [round(mark.tags.alter) if head else ABSENT for mark, head in zip(marks, heads, strict=True)],
                np.int32,
            ),
            score=np.ones(n),
            text=texts,
            links=(np.unique(row[pairs], axis=0) + 1 if len(pairs) else pairs).astype(np.int32),
        )


def _order(mark: Mark) -> tuple[int, int, int, float, float]:
    """By layer, then as the page is read; LilyPond's own order has no meaning."""
    staff = mark.staff.index if mark.staff is not None else -1
    return LAYER[mark.name], mark.system, staff, mark.x, mark.y


def _voices(tags: list[Tags]) -> dict[tuple[int, int], int]:
    """Number of a voice in its staff, from 1, by LilyPond's numbers of both."""
    of_staff: dict[int, set[int]] = defaultdict(set)
    for tag in tags:
        if tag.staff >= 0 and tag.voice >= 0:
            of_staff[tag.staff].add(tag.voice)
    return {
        (staff, voice): number
        for staff, voices in of_staff.items()
        for number, voice in enumerate(sorted(voices), start=1)
    }


def _duration(mark: Mark) -> float:
    if mark.name not in _TIMED or mark.tags.length is None:
        return math.nan
    return float(4 * Fraction(mark.tags.length))


def _diatonic(tags: Tags) -> int:
    return (tags.step or 0) + _MIDDLE_C + tags.shift


def _staff_links(marks: list[Mark]) -> list[tuple[int, int]]:
    staves = {mark.staff.index: i for i, mark in enumerate(marks) if mark.name == "staff" and mark.staff}
    return [
        (i, staves[mark.staff.index])
        for i, mark in enumerate(marks)
        if mark.staff is not None and mark.name.startswith(_ON_STAFF) and mark.staff.index in staves
    ]


def _ledger_links(marks: list[Mark]) -> list[tuple[int, int]]:
    """Heads beyond the staff to the ledger lines between them and it; the lines take their time."""
    lines: dict[int, list[int]] = defaultdict(list)
    for i, mark in enumerate(marks):
        if mark.name == "ledgerLine" and mark.staff is not None:
            mark.onset = None
            lines[mark.staff.index].append(i)
    links = []
    for i, head in enumerate(marks):
        staff = head.staff
        if staff is None or not VOCABULARY[head.name].is_notehead:
            continue
        middle, reach = sum(head.reach) / 2, 0.1 * staff.space()
        low, high = (head.y - reach, staff.top) if head.y < staff.top else (staff.bottom, head.y + reach)
        for line in lines[staff.index]:
            mark = marks[line]
            if low <= mark.y <= high and mark.reach[0] <= middle <= mark.reach[1]:
                links.append((i, line))
                if mark.onset is None:
                    mark.onset, mark.voice = head.onset, head.voice
    return links


def _grace_notes(marks: list[Mark]) -> list[tuple[int, int]]:
    """Adds DeepScoresV2's whole grace notes, for single, flagged ones; links lead to their parts."""
    parts: dict[int, list[int]] = defaultdict(list)
    for i, mark in enumerate(marks):
        if mark.tags.grace < 0 and mark.tags.grob in {"Stem", "Flag"}:
            for head in mark.notes[:1]:
                parts[head].append(i)
    links = []
    for head, group in parts.items():
        names = {marks[i].name for i in group}
        stem = next((i for i in group if marks[i].name == "stem"), None)
        if stem is None or not any(name.startswith("flag") for name in names):
            continue
        kind = "Acciaccatura" if "graceNoteSlash" in names else "Appoggiatura"
        way = "Up" if marks[stem].y < marks[head].y else "Down"
        whole = Mark(f"graceNote{kind}Stem{way}", marks[head].tags, marks[head].staff)
        whole.system, whole.onset, whole.voice = marks[head].system, marks[head].onset, marks[head].voice
        chord = {note for i in group for note in marks[i].notes}
        links += [(len(marks), part) for part in sorted(chord | set(group))]
        marks.append(whole)
    return links


def _line_table(staves: list[Staff]) -> NDArray[np.float64]:
    lines = [
        (staff.index, x0, y, x1, y)
        for staff in sorted(staves, key=lambda staff: staff.index)
        for x0, x1, y in staff.lines
    ]
    return np.array(lines, np.float64).reshape(-1, 5)
