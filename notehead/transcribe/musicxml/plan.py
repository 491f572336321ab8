"""What has to be known of a whole part before its first note can be written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from notehead.transcribe.musicxml.beaming import Cell, beams_of
from notehead.transcribe.musicxml.lanes import length_of, start_of
from notehead.transcribe.musicxml.levels import levels
from notehead.transcribe.musicxml.ottavas import Ottavas
from notehead.transcribe.musicxml.rows import Row, rows_of
from notehead.transcribe.musicxml.spelling import Spelling, spelling_of
from notehead.transcribe.score import Direction, Measure, Part

_MOST_DIVISIONS = 100_000
_USUAL_DIVISIONS = 55_440
"""Divisible by everything up to 12: for lengths that have no common division in reach."""
_TOGETHER = (("crescendo", "diminuendo"), ("pedal",), ("ottava",))
"""What lasts, by the element that it is written with: those of one element have numbers of their own."""
Place = tuple[int, int]
"""A direction of a part: the index of its measure, and its own in that."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A part, ready to be written.

    Attributes:
        staves: how many.
        measures: of the part.
        rows: of each measure.
        spellings: of each chord.
        beams: words for the beams of each chord that has some.
        slurs: number of each slur that has two ends.
        lasting: number of each direction that begins or ends something with two ends.
        ottavas: octave lines.
        divisions: of a quarter note.
    """

    staves: int
    measures: tuple[Measure, ...]
    rows: list[list[Row]]
    spellings: dict[Cell, Spelling]
    beams: dict[Cell, list[str]]
    slurs: dict[int, int]
    lasting: dict[Place, int]
    ottavas: Ottavas
    divisions: int

    @classmethod
    def of(cls, part: Part) -> Plan:
        """The plan of a part."""
        staves = max(part.staves, 1)
        rows = [rows_of(measure, staves) for measure in part.measures]
        spellings = {
            (at, k): spelling_of(chord)
            for at, measure in enumerate(part.measures)
            for k, chord in enumerate(measure.chords)
        }
        written = {cell: spelling.written for cell, spelling in spellings.items()}
        beams = beams_of(part.measures, rows, written)
        return cls(
            staves, part.measures, rows, spellings, beams, _slurs(part.measures, rows),
            _lasting(part.measures), Ottavas.of(part.measures), _divisions(part.measures),
        )  # fmt: skip

    def ticks(self, time: Fraction) -> int:
        """A time in divisions; exact where they divide it."""
        return round(time * self.divisions)


def _slurs(measures: tuple[Measure, ...], rows: list[list[Row]]) -> dict[int, int]:
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    place = 0
    for measure, own in zip(measures, rows, strict=True):
        for k in (k for row in own for k in row.chords):
            place += 1
            for slur in measure.chords[k].slurs:
                begins.setdefault(slur, place)
            for slur in measure.chords[k].slurred:
                ends.setdefault(slur, place)
    both = {slur: (begins[slur], ends[slur]) for slur in begins if slur in ends}
    return levels({slur: span for slur, span in both.items() if span[0] != span[1]})


def in_order(directions: tuple[Direction, ...]) -> list[int]:
    """Indices of a measure's directions, by staff and onset; what ends comes before what begins."""

    def key(k: int) -> tuple[int, Fraction, bool]:
        return directions[k].staff, directions[k].onset, directions[k].role == "start"

    return sorted(range(len(directions)), key=key)


def _lasting(measures: tuple[Measure, ...]) -> dict[Place, int]:
    """Numbers of what has both ends; a pedal sign without its counterpart has one of its own."""
    order = [(at, k) for at, measure in enumerate(measures) for k in in_order(measure.directions)]
    found: dict[Place, int] = {}
    for kinds in _TOGETHER:
        spans: dict[tuple[Place, Place], tuple[int, int]] = {}
        opened: dict[tuple[str, int], tuple[Place, int]] = {}
        for count, place in enumerate(order):
            direction = measures[place[0]].directions[place[1]]
            if direction.kind not in kinds:
                continue
            key = direction.kind, direction.number
            if direction.role == "start" and key not in opened:
                opened[key] = place, count
            elif direction.role == "stop" and key in opened:
                first, begin = opened.pop(key)
                spans[first, place] = begin, count
            else:
                spans[place, place] = count, count
        spans.update({(place, place): (begin, begin) for place, begin in opened.values()})
        for ends, number in levels(spans).items():
            if ends[0] != ends[1] or "pedal" in kinds:
                found.update(dict.fromkeys(ends, number))
    return found


def _divisions(measures: tuple[Measure, ...]) -> int:
    found = 1
    for measure in measures:
        times = [measure.length, *(direction.onset for direction in measure.directions)]
        times += [onset for onset, _ in measure.within]
        times += [onset for sign in measure.signs for onset, _ in sign.changes]
        times += [time for chord in measure.chords for time in (start_of(chord), length_of(chord))]
        found = math.lcm(found, *(time.denominator for time in times))
        if found > _MOST_DIVISIONS:
            return _USUAL_DIVISIONS
    return found
