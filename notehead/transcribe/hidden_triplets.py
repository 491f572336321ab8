"""Whether beats have three parts by triplets that no number and no time signature tells.

Where neither is drawn, twelve eighths under beams of three are 12/8, or triplets in 4/4. What lasts as long
as such a beam says which: a note or rest without a dot is two of its notes, one with a dot is three. So does
the note of a metronome mark, which is a beat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from notehead.page import Page
from notehead.transcribe.chords import Event, under_beams
from notehead.transcribe.columns import columns_of

_RATIO = Fraction(2, 3)
_THREES = frozenset({3, 6, 12})
"""Notes under a beam that may be triplets."""
_LEAST, _TIMES = 3, 2
"""How many notes must say so, and how many times as many as say otherwise."""
_NOTE = "metronomeNote"
_DOTS = frozenset({_NOTE, "augmentationDot"})
_TALL = 1.8
"""How many times as high as wide a metronome's note without a flag is, at least."""
_MIDDLE, _SMALL = 0.35, 0.6
"""How far above its lower end the middle of a metronome's notehead is, and how large its dot at most, in
widths of the note; a dot begins and ends within one of these behind it."""
_DOTTED = Fraction(3, 2)
_INK = 128


@dataclass(frozen=True, slots=True)
class Votes:
    """What says that beams of three or six are triplets, and what says that they are not."""

    triplets: int = 0
    others: int = 0

    def __add__(self, other: Votes) -> Votes:
        return Votes(self.triplets + other.triplets, self.others + other.others)

    @property
    def won(self) -> bool:
        """Whether they are triplets."""
        return self.triplets >= max(_LEAST, _TIMES * self.others + 1)

    @property
    def lost(self) -> bool:
        """Whether they are none."""
        return Votes(self.others, self.triplets).won


@dataclass(frozen=True, slots=True)
class _Beam:
    """Notes of one length under a beam: the column after them, and how long they are written together."""

    end: int
    written: Fraction
    events: frozenset[int]


def with_triplets(events: Mapping[int, Event], ratios: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """What tuplets do to lengths where beams of three or six without numbers are triplets."""
    hidden = {k: _RATIO for row in _threes(events, ratios) for k in row}
    return {**ratios, **hidden}


def votes_of(events: Mapping[int, Event], ratios: Mapping[int, Fraction], space: float) -> Votes:
    """What the notes and rests of a measure say.

    Args:
        events: of a measure by their numbers.
        ratios: of those in tuplets that have a number.
        space: staff space in pixels.
    """
    timed = {k: event for k, event in events.items() if not (event.whole or event.grace)}
    columns = columns_of(timed, space)
    place = {k: number for number, column in enumerate(columns) for k in column}
    beams = {
        place[row[0]]: _Beam(
            place[row[-1]] + 1, sum((timed[k].length for k in row), Fraction(0)), frozenset(row)
        )
        for row in _threes(timed, ratios)
    }
    found = Votes()
    for k, event in timed.items():
        if event.beams or k in ratios:
            continue
        for end, written, own in _from(place[k], beams):
            if _RATIO * written > event.length:
                break  # of longer ones it says nothing
            if any(
                place[k] < place[other] < end and other not in own and _one_voice(event, timed[other])
                for other in timed
            ):
                break  # it ends before the beam does
            found += Votes(
                int(not event.dots and event.length == _RATIO * written),
                int(bool(event.dots) and event.length == written),
            )
    return found


def beat_of(page: Page) -> Fraction | None:
    """The note of a page's first metronome mark, in quarter notes; None where there is none without flags."""
    rows = [k for k, name in enumerate(page.symbols.names) if name == _NOTE]
    for row in sorted(rows, key=lambda k: (page.symbols.box[k, 1], page.symbols.box[k, 0])):
        x0, y0, x1, y1 = page.symbols.box[row].tolist()
        wide, high = x1 - x0, y1 - y0
        if high < _TALL * wide:
            continue  # a dot, or a note with a flag
        x, y = round((x0 + x1) / 2), round(y1 - _MIDDLE * wide)
        middle = page.image[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        if not middle.size:
            continue
        length = Fraction(1 if float(np.median(middle)) < _INK else 2)
        dots = page.symbols.box[[k for k, name in enumerate(page.symbols.names) if name in _DOTS]]
        small = (dots[:, 2] - dots[:, 0] < _SMALL * wide) & (dots[:, 3] - dots[:, 1] < _SMALL * wide)
        beside = (
            (dots[:, 0] >= x1) & (dots[:, 2] <= x1 + wide) & (dots[:, 1] > y1 - wide) & (dots[:, 3] <= y1)
        )
        return length * _DOTTED if (small & beside).any() else length
    return None


def votes_of_beat(
    events: Mapping[int, Event], ratios: Mapping[int, Fraction], beat: Fraction | None
) -> Votes:
    """What the beat of a metronome mark says of the beams of a measure.

    Three or six notes that are written half longer than the beat are triplets; all others are not.
    """
    found = Votes()
    for row in _beams(events, ratios) if beat else ():
        written = sum((events[k].length for k in row), Fraction(0))
        three = _is_three(row, events) and beat == _RATIO * written
        found += Votes(int(three), int(not three))
    return found


def _threes(events: Mapping[int, Event], ratios: Mapping[int, Fraction]) -> Iterator[list[int]]:
    """Of notes under a beam those that may be triplets."""
    return (row for row in _beams(events, ratios) if _is_three(row, events))


def _is_three(row: Sequence[int], events: Mapping[int, Event]) -> bool:
    return len(row) in _THREES and len({events[k].length for k in row}) == 1


def _beams(events: Mapping[int, Event], ratios: Mapping[int, Fraction]) -> list[list[int]]:
    """The notes under each beam that are in no tuplet with a number."""
    return under_beams({k: event for k, event in events.items() if k not in ratios})


def _from(column: int, beams: Mapping[int, _Beam]) -> Iterator[tuple[int, Fraction, frozenset[int]]]:
    """Beams one after the other from a column on: where they end, their length, and what is in them."""
    written, own = Fraction(0), frozenset[int]()
    while column in beams:
        beam = beams[column]
        column, written, own = beam.end, written + beam.written, own | beam.events
        yield column, written, own


def _one_voice(event: Event, other: Event) -> bool:
    """Whether two events may be of one voice."""
    return event.staff == other.staff and (event.stem == other.stem or not event.stem or not other.stem)
