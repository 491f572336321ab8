"""One staff of a measure: its voices one after the other, its directions and clefs with the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from notehead.transcribe.clefs import Clef
from notehead.transcribe.musicxml.attributes import Said, write_clef
from notehead.transcribe.musicxml.directions import write_direction
from notehead.transcribe.musicxml.element import add
from notehead.transcribe.musicxml.lanes import length_of, number_of, staff_of, start_of
from notehead.transcribe.musicxml.names import TREMOLO
from notehead.transcribe.musicxml.notes import Written, write_chord, write_hidden_rest
from notehead.transcribe.musicxml.plan import Plan, in_order
from notehead.transcribe.musicxml.rows import Row
from notehead.transcribe.musicxml.tuplet_marks import TupletMark, tuplet_marks


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a measure is written, and what its part knows.

    Attributes:
        element: of the measure.
        plan: of the part.
        said: clefs, keys and meter so far.
        tremolos: voices in which a tremolo between two chords has begun.
    """

    element: etree._Element
    plan: Plan
    said: Said
    tremolos: set[int]


def move(element: etree._Element, plan: Plan, now: Fraction, to: Fraction) -> None:
    """Go back, or on, to another time of the measure."""
    if ticks := plan.ticks(to) - plan.ticks(now):
        add(add(element, "backup" if ticks < 0 else "forward"), "duration", abs(ticks))


class StaffWriter:
    """Writes one staff of a measure.

    Args:
        stand: where.
        at: index of the measure.
        staff: of the part, from 0.
    """

    def __init__(self, stand: Stand, at: int, staff: int) -> None:
        self._element, self._plan, self._said = stand.element, stand.plan, stand.said
        self._tremolos = stand.tremolos
        self._at, self._staff = at, staff
        self._measure = self._plan.measures[at]
        self._now = Fraction(0)
        directions, last = self._measure.directions, self._plan.staves - 1
        self._directions = [
            k for k in in_order(directions) if min(max(directions[k].staff, 0), last) == staff
        ]
        signs = self._measure.signs[staff : staff + 1]
        self._clefs = sorted((item for sign in signs for item in sign.changes), key=lambda item: item[0])
        self._before = dict(stand.said.clefs)

    def write(self, now: Fraction) -> Fraction:
        """Write all of it, where the file stands at one time of the measure; returns where it stands then."""
        rows = [row for row in self._plan.rows[self._at] if row.lane[0] == self._staff]
        for row in rows:
            move(self._element, self._plan, now, Fraction(0))
            self._now = Fraction(0)
            self._row(row)
            now = self._now
        if not rows:
            move(self._element, self._plan, now, Fraction(0))
            self._empty()
        return self._now

    def _empty(self) -> None:
        """A staff without any chord."""
        length = max(self._measure.length, Fraction(0))
        self._write_clefs(Fraction(0))
        self._write_directions(length)
        if ticks := self._plan.ticks(length):
            voice = number_of((self._staff, 1), self._plan.staves)
            write_hidden_rest(self._element, ticks, voice, self._number(self._staff))
            self._now = length
        self._write_clefs(None)
        self._write_directions(None)

    def _row(self, row: Row) -> None:
        chords = self._measure.chords
        voice = number_of(row.lane, self._plan.staves)
        tuplets = tuplet_marks(chords, row.chords, {k: self._plan.spellings[self._at, k] for k in row.chords})
        for place, k in enumerate(row.chords):
            start, end = start_of(chords[k]), start_of(chords[k]) + length_of(chords[k])
            self._write_directions(start)
            self._forward(start, voice)
            self._write_clefs(start)
            after = row.chords[place + 1 : place + 2]
            self._write_directions(start_of(chords[after[0]]) if after else end)
            write_chord(self._element, self._written(k, voice, tuplets.get(k, [])))
            self._now = end
        self._write_clefs(None)
        self._write_directions(None)

    def _written(self, k: int, voice: int, tuplets: list[TupletMark]) -> Written:
        chord, plan = self._measure.chords[k], self._plan
        staff, start = staff_of(chord, plan.staves), start_of(chord)
        numbers = plan.slurs
        return Written(
            chord=chord,
            spelling=plan.spellings[self._at, k],
            ticks=max(plan.ticks(start + length_of(chord)) - plan.ticks(start), 1),
            voice=voice,
            staff=self._number(staff),
            octaves=plan.ottavas.at(staff, (self._at, start)),
            unpitched=self._clef(staff, start) == "percussion",
            beams=plan.beams.get((self._at, k), ()),
            slurs=(
                [numbers[slur] for slur in chord.slurred if slur in numbers],
                [numbers[slur] for slur in chord.slurs if slur in numbers],
            ),
            tuplets=tuplets,
            tremolo=self._tremolo(chord.marks, voice),
        )

    def _number(self, staff: int) -> int | None:
        return staff + 1 if self._plan.staves > 1 else None

    def _forward(self, start: Fraction, voice: int) -> None:
        gap = self._plan.ticks(start) - self._plan.ticks(self._now)
        if gap > 0:
            forward = add(self._element, "forward")
            add(forward, "duration", gap)
            add(forward, "voice", voice)
            if (number := self._number(self._staff)) is not None:
                add(forward, "staff", number)
        self._now = start

    def _write_clefs(self, until: Fraction | None) -> None:
        """The clefs up to a time, that included; None for all."""
        while self._clefs and (until is None or self._clefs[0][0] <= until):
            onset, clef = self._clefs.pop(0)
            onset = max(onset, Fraction(0))
            move(self._element, self._plan, self._now, onset)
            write_clef(self._element, self._staff, clef, self._said)
            move(self._element, self._plan, onset, self._now)

    def _write_directions(self, before: Fraction | None) -> None:
        """The directions before a time; None for all."""
        found = self._measure.directions
        while self._directions and (before is None or found[self._directions[0]].onset < before):
            write_direction(self._element, self._plan, (self._at, self._directions.pop(0)), self._now)

    def _tremolo(self, marks: tuple[str, ...], voice: int) -> str:
        """Tremolos between two chords begin and end by turns."""
        if TREMOLO not in marks:
            return ""
        self._tremolos ^= {voice}
        return "start" if voice in self._tremolos else "stop"

    def _clef(self, staff: int, onset: Fraction) -> str:
        """The sign of the clef in force at a time."""
        signs = self._measure.signs[staff : staff + 1]
        clef: Clef | None = signs[0].clef if signs else self._before.get(staff)
        for time, change in signs[0].changes if signs else ():
            clef = change if time <= onset else clef
        return clef.sign if clef else ""
