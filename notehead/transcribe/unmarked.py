"""Groups of events that may be read in other ways than they are written.

Engravers leave the numbers of tuplets out once a pattern is known. What may be such a tuplet, three or six in
the time of two or four: the events under a beam, or three of one length among longer ones; two under a beam
with the rest or the flagged note beside them; and three without beams where a staff is too long by just a
third of them, or six or nine beside other triplets. Many alike under one beam may fill what the others of
their voice leave of the measure, as runs and cadenzas do. Where beats have three parts, two or four under a
beam may fill one.

Numbers may mean another time than they usually do: eleven are played in the time of eight, or of six.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from notehead.transcribe.chords import Event, under_beams

_THREE, _TWO = Fraction(2, 3), Fraction(3, 2)
"""What three in the time of two, and two in that of three, make of lengths."""
_ODD = {5: Fraction(4, 5), 7: Fraction(4, 7), 10: Fraction(4, 5)}
"""What as many sixteenths or shorter notes, in the time of four or of eight, make of lengths."""
_RUN = 9
"""Notes under a beam from which on they may fill what is left of a measure."""
_FASTEST, _SLOWEST = Fraction(1, 8), Fraction(3, 2)
"""How much of its written length a note of such a run lasts."""
_BEATS = frozenset({Fraction(1, 2), Fraction(1)})
"""As long are, as written, those that fill a beat of three sixteenths or eighths."""
_SIXTEENTH = Fraction(1, 4)
_CLEAR = 3
"""Numbers up to that are clear, and their multiples."""
_OTHER = (Fraction(3, 4), Fraction(3, 2))
"""By which the usual time of a number is multiplied where beats have three parts: six or twelve for eight."""
_LEAST, _MOST = Fraction(1, 2), Fraction(6, 5)
"""How much of its written length a note in a tuplet with a number lasts."""


@dataclass(frozen=True, slots=True)
class Group:
    """Events that may be read in other ways than they are written.

    Attributes:
        events: their numbers; an event is in one group only.
        factors: by which their lengths may be multiplied.
        marked: whether they have a number.
        misread: by which they may be multiplied where the bars of their beam were miscounted.
    """

    events: tuple[int, ...]
    factors: tuple[Fraction, ...]
    marked: bool = False
    misread: tuple[Fraction, ...] = ()


def possible_tuplets(
    events: Mapping[int, Event],
    ratios: Mapping[int, Fraction],
    length: Fraction | None,
    *,
    ternary: bool = False,
) -> list[Group]:
    """The groups of a measure.

    Args:
        events: by their numbers.
        ratios: of those in tuplets that have a number.
        length: of the measure, in quarter notes; None where it is unknown.
        ternary: whether its beats have three parts, as in 6/8.
    """
    free = {k: event for k, event in events.items() if k not in ratios}
    beamed = (
        Group(
            tuple(row),
            (_factor(row, free, ternary=ternary), *_filling(row, events, length)),
            misread=_miscounted(row, free),
        )
        for row in _beamed(free)
    )
    plain = () if length is None else (Group(tuple(row), (_THREE,)) for row in _plain(events, ratios, length))
    groups, seen = [], set[int]()
    for group in itertools.chain(beamed, plain, _numbered(events, ratios)):
        own = tuple(k for k in group.events if k not in seen)
        seen.update(own)
        if own:
            groups.append(replace(group, events=own))
    return groups


def _miscounted(row: Sequence[int], free: Mapping[int, Event]) -> tuple[Fraction, ...]:
    """What a bar more or fewer makes of the lengths under a beam, which has one at least."""
    if not all(free[k].beams for k in row):
        return ()
    longest = max(free[k].written for k in row)
    return (Fraction(1, 2), Fraction(2)) if longest <= _SIXTEENTH else (Fraction(1, 2),)


def _factor(row: Sequence[int], free: Mapping[int, Event], *, ternary: bool) -> Fraction:
    """What a beam without a number makes of lengths: two or four that fill a beat of three parts grow."""
    total = sum((free[k].length for k in row), Fraction(0))
    alike = len({free[k].length for k in row}) == 1
    if alike and len(row) in _ODD and free[row[0]].length <= _SIXTEENTH:
        return _ODD[len(row)]
    return _TWO if ternary and alike and len(row) in {2, 4} and total in _BEATS else _THREE


def _filling(row: Sequence[int], events: Mapping[int, Event], length: Fraction | None) -> list[Fraction]:
    """What makes a run fill its measure, with the other events of its staff or with those of its voice."""
    first = events[row[0]]
    if length is None or len(row) < _RUN or len({events[k].length for k in row}) > 1:
        return []
    total, own = len(row) * first.length, set(row)
    staff = [event for k, event in events.items() if event.staff == first.staff and k not in own]
    found = set()
    for others in (staff, [event for event in staff if event.rest or event.stem == first.stem]):
        factor = (length - sum((event.length for event in others), Fraction(0))) / total
        if _FASTEST <= factor <= _SLOWEST and factor != 1:
            found.add(factor)
    return sorted(found)


def _numbered(events: Mapping[int, Event], ratios: Mapping[int, Fraction]) -> Iterator[Group]:
    """Neighbours on a staff in tuplets whose number leaves open in the time of how many they are played."""
    for staff in {event.staff for event in events.values()}:
        row = sorted((k for k in events if events[k].staff == staff), key=lambda k: events[k].x)
        for run in _runs(row, ratios.get):
            ratio = ratios.get(run[0], Fraction(1))
            if ratio.denominator > _CLEAR:
                factors = tuple(one for one in _OTHER if _LEAST < ratio * one <= _MOST)
                yield Group(tuple(run), factors, marked=True)


def _beamed(free: Mapping[int, Event]) -> Iterator[list[int]]:
    for members in under_beams(free):
        if len(members) < 2:
            continue
        runs = [run for run in _runs(members, lambda k: free[k].length) if len(run) in {3, 6}]
        if runs and len({free[k].length for k in members}) > 1:
            yield from runs
        else:
            yield [*members, *_beside(members, free)]


def _runs(row: Sequence[int], key: Callable[[int], object]) -> Iterator[list[int]]:
    """Neighbours of one key."""
    for _, run in itertools.groupby(row, key):
        yield list(run)


def _beside(members: Sequence[int], free: Mapping[int, Event]) -> list[int]:
    """The rest or flagged note beside notes under a beam with which they are three, or six, of one length."""
    unit = min(free[k].written for k in members)
    total = sum((free[k].length for k in members), Fraction(0)) / unit
    if total.denominator != 1 or total % 3 != 2:
        return []
    staffs = {free[k].staff for k in members}
    row = sorted((k for k in free if free[k].staff in staffs), key=lambda k: free[k].x)
    places = [row.index(k) for k in members]
    near = row[max(min(places) - 1, 0) : max(places) + 2]
    alone = [k for k in near if not free[k].beams and free[k].length == unit]
    return sorted(alone, key=lambda k: not free[k].rest)[:1]


def _plain(
    events: Mapping[int, Event], ratios: Mapping[int, Fraction], length: Fraction
) -> Iterator[list[int]]:
    """Threes of events without beams, one after the other, on a staff that is too long by a third of them."""
    free = {k: event for k, event in events.items() if k not in ratios}
    beside = _THREE in ratios.values() or any(len(row) % 3 == 0 for row in under_beams(free))
    for staff in {event.staff for event in free.values()}:
        row = sorted((k for k in events if events[k].staff == staff), key=lambda k: events[k].x)
        if any(k not in free for k in row):
            continue
        over = sum((events[k].length for k in row), Fraction(0)) - length
        for run in _runs(row, lambda k: (events[k].length, bool(events[k].beams))):
            thirds, rest = divmod(len(run), 3)
            if rest or events[run[0]].beams or over != thirds * events[run[0]].length:
                continue
            if thirds == 1 or beside:
                yield run
