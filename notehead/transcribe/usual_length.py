"""How long measures are where no time signature is drawn: as long as most of those around that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from notehead.transcribe.chords import Event
from notehead.transcribe.hidden_triplets import Votes, beat_of, votes_of, votes_of_beat, with_triplets
from notehead.transcribe.rhythm import exact_length, measure_times
from notehead.transcribe.sheet import Sheet

_OWN, _CLEAR = 2, 4
"""How much more a system's own measures count than those beside it, and how many of them are enough."""
_LONGER = Fraction(3, 2)
"""How much longer three notes are than the two in whose time they are played."""
_SYSTEMS = 40
"""Systems by which the length of most measures is found."""


@dataclass(frozen=True, eq=False)
class UsualLengths:
    """Lengths of measures, which are found when they are asked for.

    Attributes:
        systems: of the score, each with its sheet and its number there.
    """

    systems: Sequence[tuple[Sheet, int]]
    _found: dict[int, Counter[Fraction]] = field(default_factory=dict)

    def at(self, place: int) -> Fraction | None:
        """The length of most measures around a system, in quarter notes; None where there are none.

        Where too few of them add up it is that of most measures of the score; and so it is where they are
        longer by half, since that is how triplets without numbers look.
        """
        usual = self._of_most
        lengths: Counter[Fraction] = Counter()
        for number, weight in ((place - 1, 1), (place, _OWN), (place + 1, 1)):
            if 0 <= number < len(self.systems):
                lengths.update({length: weight * count for length, count in self._of(number).items()})
        best = max(lengths, key=lambda length: lengths[length], default=None)
        if best is None or usual is None or best == _LONGER * usual or lengths[best] < _CLEAR:
            return usual
        return best

    @cached_property
    def _of_most(self) -> Fraction | None:
        first = range(min(len(self.systems), _SYSTEMS))
        lengths: Counter[Fraction] = sum((self._of(k) for k in first), Counter())
        best = max(lengths, key=lambda length: lengths[length], default=None)
        return self._of_first() if best is None else best

    def ratios(self, sheet: Sheet, events: Mapping[int, Event]) -> Mapping[int, Fraction]:
        """What tuplets do to the lengths of events of a measure."""
        return with_triplets(events, sheet.ratios) if self._votes.won else sheet.ratios

    @property
    def settled(self) -> bool:
        """Whether it is known what beams of three or six without numbers are: triplets, or none."""
        return self._votes.won or self._votes.lost

    @cached_property
    def _votes(self) -> Votes:
        """What says that beams of three or six are triplets."""
        systems = self.systems[:_SYSTEMS]
        sheets = dict.fromkeys(sheet for sheet, _ in systems)
        beat = next((beat for sheet in sheets if (beat := beat_of(sheet.page))), None)
        votes = Votes()
        for place, (sheet, _) in enumerate(systems):
            for events in self._measures(place):
                votes += votes_of(events, sheet.ratios, sheet.page.staff_space)
                votes += votes_of_beat(events, sheet.ratios, beat)
        return votes

    def _of(self, place: int) -> Counter[Fraction]:
        if place not in self._found:
            sheet = self.systems[place][0]
            lengths = (
                exact_length(events, self.ratios(sheet, events), sheet.page.staff_space)
                for events in self._measures(place)
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
