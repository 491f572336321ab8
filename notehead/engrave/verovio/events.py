"""The music of a score: its elements in time, by their ids.

Times are ticks, so that triplets of triplets stay exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from notehead.page import ABSENT

OSSIA = 1000
"""Added to the number of the staff that an ossia stands over, once more for each further ossia over it."""
TICKS = 4096 * math.lcm(*range(1, 65))
"""Ticks in a quarter note: 1024th notes with dots, and tuplets by any number up to 64, are whole."""


@dataclass(slots=True)
class Event:
    """One element of the score in time.

    Attributes:
        onset, duration: ticks from the start of the score.
        measure: index from 0.
        staff: number in the score, from 1 at the top; the staff that it is WRITTEN on.
        voice: layer number.
        diatonic: 7 * octave + step, `ABSENT` where it has no pitch.
        alter: semitones.
        parent: id of the chord that it belongs to.
        inside: ids of the beams and tuplets around it.
        grace: "" or MEI's `acc`, `unacc`, `unknown`.
    """

    onset: int
    duration: int
    measure: int
    staff: int = ABSENT
    voice: int = ABSENT
    diatonic: int = ABSENT
    alter: int = ABSENT
    parent: str = ""
    inside: tuple[str, ...] = ()
    grace: str = ""


@dataclass(slots=True)
class Control:
    """An element that is tied to times or to other elements: slur, hairpin, dynamics ..."""

    measure: int
    staff: int
    start: str
    end: str
    onset: int
    finish: int | None
    notes: tuple[str, ...]
    form: str


@dataclass(slots=True)
class Music:
    """A score's elements by xml:id, and its measures."""

    events: dict[str, Event] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    staff_of: dict[str, int] = field(default_factory=dict)
    measure_of: dict[str, int] = field(default_factory=dict)
    measure_onset: list[int] = field(default_factory=list)
    measure_length: list[int] = field(default_factory=list)
    reversed_measures: set[str] = field(default_factory=set)
    chords: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def notes_of(self, element: str) -> list[str]:
        """Ids of the notes of a chord, or the id itself for a note or a rest."""
        return self.chords.get(element, [element])
