"""Octave lines: by how many octaves what sounds is above what is drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from notehead.transcribe.score import Direction, Measure

Time = tuple[int, Fraction]
"""Index of a measure and onset in it."""
MOST = 3


@dataclass(slots=True)
class Ottavas:
    """The octave lines of a part: by staff when each begins and ends, and by how many octaves it moves."""

    spans: dict[int, list[tuple[Time, Time, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, measures: Sequence[Measure]) -> Ottavas:
        """Those that begin and end."""
        starts: dict[int, tuple[Time, Direction]] = {}
        found = cls()
        for at, measure in enumerate(measures):
            for direction in sorted(measure.directions, key=lambda one: (one.onset, one.role == "start")):
                if direction.kind != "ottava":
                    continue
                if direction.role == "start":
                    starts.setdefault(direction.number, ((at, direction.onset), direction))
                elif direction.role == "stop" and direction.number in starts:
                    begin, first = starts.pop(direction.number)
                    span = (begin, (at, direction.onset), octaves_of(first.text))
                    found.spans.setdefault(first.staff, []).append(span)
        return found

    def at(self, staff: int, time: Time) -> int:
        """By how many octaves what is drawn at a time sounds higher; where a line ends it is over."""
        return sum(octaves for begin, end, octaves in self.spans.get(staff, ()) if begin <= time < end)


def octaves_of(text: str) -> int:
    """What the text of an octave line says, one up where it says nothing that there is.

    Example:
        >>> octaves_of("-2"), octaves_of("8va")
        (-2, 1)
    """
    with contextlib.suppress(ValueError):
        octaves = int(text)
        if 0 < abs(octaves) <= MOST:
            return octaves
    return 1
