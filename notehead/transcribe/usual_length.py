"""How long measures are where no time signature is drawn: as long as most of those around that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from notehead.transcribe.chords import Event
from notehead.transcribe.rhythm import exact_length, measure_times
from notehead.transcribe.sheet import Sheet

_AROUND = 1
"""Systems before and after one, whose measures are looked at first; then twice as many, and so on."""


@dataclass(slots=True)
class UsualLengths:
    """Lengths of measures, which are found when they are asked for.

    Attributes:
        systems: of the score, each with its sheet and its number there.
    """

    systems: Sequence[tuple[Sheet, int]]
    _found: dict[int, Counter[Fraction]] = field(default_factory=dict)

    def at(self, place: int) -> Fraction | None:
        """The length of most measures around a system, in quarter notes; None where there are none."""
        around = _AROUND
        while True:
            first, end = max(place - around, 0), min(place + around + 1, len(self.systems))
            lengths: Counter[Fraction] = sum((self._of(k) for k in range(first, end)), Counter())
            if lengths:
                return max(lengths, key=lambda length: lengths[length])
            if end - first == len(self.systems):
                return self._of_first()
            around *= 2

    def _of(self, place: int) -> Counter[Fraction]:
        if place not in self._found:
            sheet = self.systems[place][0]
            lengths = (
                exact_length(events, sheet.ratios, sheet.page.staff_space) for events in self._measures(place)
            )
            self._found[place] = Counter(length for length in lengths if length is not None)
        return self._found[place]

    def _of_first(self) -> Fraction | None:
        """The length of the first measure, however little it adds up."""
        for place, (sheet, _) in enumerate(self.systems):
            for events in self._measures(place):
                return measure_times(events, sheet.ratios, sheet.page.staff_space, None).length
        return None

    def _measures(self, place: int) -> Iterator[Mapping[int, Event]]:
        """Those with notes, or rests that are not of the whole measure."""
        sheet, number = self.systems[place]
        for span in sheet.measures(number):
            events = sheet.in_span(sheet.systems[number], span)
            if any(not (event.whole or event.grace) for event in events.values()):
                yield events
