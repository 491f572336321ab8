"""Groups of events that may be tuplets without a number: three, or six, in the time of two, or four.

Engravers leave numbers out once a pattern is known. What may be such a tuplet: the events under a beam, or
three of one length among longer ones; two under a beam with the rest or the flagged note beside them; and
three without beams where a staff is too long by just a third of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from notehead.transcribe.chords import Event


def unmarked_groups(
    events: Mapping[int, Event], ratios: Mapping[int, Fraction], length: Fraction | None
) -> dict[int, int]:
    """By event its group, where it has one.

    Args:
        events: of a measure, by their numbers.
        ratios: of those in tuplets that have a number.
        length: of the measure, in quarter notes; None where it is unknown.
    """
    free = {k: event for k, event in events.items() if k not in ratios}
    groups: dict[int, int] = {}
    found = itertools.chain(_beamed(free), () if length is None else _plain(events, free, length))
    for number, members in enumerate(found):
        for k in members:
            groups.setdefault(k, number)
    return groups


def _beamed(free: Mapping[int, Event]) -> Iterator[list[int]]:
    by_beam: dict[int, list[int]] = {}
    for k, event in free.items():
        if event.beams:
            by_beam.setdefault(event.beams[0], []).append(k)
    for members in by_beam.values():
        if len(members) < 2:
            continue
        members.sort(key=lambda k: free[k].x)
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


def _plain(events: Mapping[int, Event], free: Mapping[int, Event], length: Fraction) -> Iterator[list[int]]:
    """Three events without beams, one after the other, on a staff that is too long by a third of them."""
    for staff in {event.staff for event in free.values()}:
        row = sorted((k for k in events if events[k].staff == staff), key=lambda k: events[k].x)
        if any(k not in free for k in row):
            continue
        over = sum((events[k].length for k in row), Fraction(0)) - length
        for run in _runs(row, lambda k: (events[k].length, bool(events[k].beams))):
            if len(run) == 3 and not events[run[0]].beams and over == events[run[0]].length:
                yield run
