"""`Book`: the measures of a score while it is being read, and what is known only once all are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from notehead.transcribe.multirests import repeated, rested
from notehead.transcribe.parts import Layout
from notehead.transcribe.score import Chord, Direction, Measure, Part, Score
from notehead.transcribe.spanners import Spanners
from notehead.transcribe.voltas import Volta, VoltaCounter


@dataclass(slots=True)
class Book:
    """A score that is being read.

    Attributes:
        layout: its staves.
        measures: of each part.
        spanners: its directions.
        voltas: by measure, the numbers of the ending that begins there.
        stops: by measure, how an ending ends there.
        repeats: by part and measure, for its staves how many measures before stands what is repeated.
    """

    layout: Layout
    measures: list[list[Measure]]
    spanners: Spanners = field(default_factory=Spanners)
    voltas: dict[int, str] = field(default_factory=dict)
    stops: dict[int, str] = field(default_factory=dict)
    repeats: dict[tuple[int, int], dict[int, int]] = field(default_factory=dict)
    _counter: VoltaCounter = field(default_factory=VoltaCounter)

    @classmethod
    def of(cls, layout: Layout) -> Book:
        """An empty one."""
        return cls(layout, [[] for _ in layout.sizes])

    @property
    def length(self) -> int:
        """How many measures it has so far."""
        return len(self.measures[0]) if self.measures else 0

    def add(self, measures: Sequence[Measure], count: int) -> None:
        """Take a measure of all parts, which stands for so many."""
        for part, measure in zip(self.measures, measures, strict=True):
            part.extend(rested(measure, count) if count > 1 else [measure])

    def add_volta(self, volta: Volta, first: int, last: int) -> None:
        """Take a volta, from a measure of the score to another."""
        shifted = replace(volta, first=0, last=last - first)
        numbers = self._counter.numbered(shifted, first)
        if numbers:
            self.voltas[first] = numbers
        elif first > 0:
            self.stops.pop(first - 1, None)
        self.stops[last] = "stop" if volta.hooked else "discontinue"

    def score(self) -> Score:
        """The score: with directions, endings and repeated measures in their places."""
        self.spanners.close()
        placed: dict[tuple[int, int], list[Direction]] = defaultdict(list)
        for part, measure, direction in self.spanners.found:
            placed[part, measure].append(direction)
        parts = []
        for number, (size, own) in enumerate(zip(self.layout.sizes, self.measures, strict=True)):
            whole = [
                replace(
                    measure,
                    directions=_sorted(placed[number, k]),
                    volta=self.voltas.get(k, ""), volta_stop=self.stops.get(k, ""),
                )
                for k, measure in enumerate(own)
            ]  # fmt: skip
            filled = repeated(whole, [self.repeats.get((number, k), {}) for k in range(len(own))])
            parts.append(Part(size, tuple(_paired(filled))))
        return Score(tuple(parts))


def _sorted(directions: Sequence[Direction]) -> tuple[Direction, ...]:
    """By onset and staff; what ends comes before what begins."""
    return tuple(sorted(directions, key=lambda one: (one.onset, one.staff, one.role != "stop")))


def _paired(measures: Sequence[Measure]) -> list[Measure]:
    """The measures of a part without slurs that only begin, only end, or end before they begin."""
    begun: dict[int, int] = {}
    good: set[int] = set()
    order = 0
    for measure in measures:
        for chord in sorted(measure.chords, key=lambda one: (one.onset, not one.grace)):
            order += 1
            good.update(number for number in chord.slurred if number in begun)
            begun.update(dict.fromkeys(chord.slurs, order))
    return [
        replace(measure, chords=tuple(_kept(chord, good) for chord in measure.chords)) for measure in measures
    ]


def _kept(chord: Chord, good: set[int]) -> Chord:
    if good.issuperset(chord.slurs) and good.issuperset(chord.slurred):
        return chord
    return replace(
        chord,
        slurs=tuple(number for number in chord.slurs if number in good),
        slurred=tuple(number for number in chord.slurred if number in good),
    )
