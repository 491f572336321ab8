"""Where music was read with doubt: measures that did not add up, notes that are uncertain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from notehead.transcribe import Chord, Measure, Note, Score

UNSURE = 0.7
"""Notes of less confidence are marked."""


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note, where it is: its part and staff from 0, and its chord."""

    part: int
    staff: int
    chord: Chord
    note: Note


@dataclass(frozen=True, slots=True)
class Doubt:
    """A measure to look at.

    Attributes:
        measure: from 0.
        page: index of its page.
        amount: what did not add up; 0 where all did.
        notes: that are uncertain.
    """

    measure: int
    page: int
    amount: float
    notes: tuple[PlacedNote, ...]


def measures_of(score: Score) -> list[tuple[Measure, ...]]:
    """The measures of all parts by number."""
    rows = zip_longest(*(part.measures for part in score.parts))
    return [tuple(measure for measure in row if measure is not None) for row in rows]


def notes_of(measures: tuple[Measure, ...]) -> Iterator[PlacedNote]:
    """All notes of a measure of all parts."""
    for part, measure in enumerate(measures):
        for chord in measure.chords:
            for note in chord.notes:
                yield PlacedNote(part, chord.staff, chord, note)


def doubts_of(score: Score, unsure: float = UNSURE) -> list[Doubt]:
    """The measures that did not add up, or have notes of less confidence than `unsure`."""
    found = []
    for number, measures in enumerate(measures_of(score)):
        amount = max((measure.doubt for measure in measures), default=0.0)
        notes = tuple(one for one in notes_of(measures) if one.note.confidence < unsure)
        if amount > 0 or notes:
            found.append(Doubt(number, measures[0].page, amount, notes))
    return found
