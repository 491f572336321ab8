"""Columns of a measure: what begins at one time stands at one place, or side by side where it has no room."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from notehead.transcribe.chords import Event

_SAME = 0.4
"""Staff spaces within which events stand in one column."""
_TIGHT, _ROOM = 1.1, 1.2
"""The same, on one staff: two noteheads that follow one another are never closer, those of two voices that do
not fit above each other are (of 8,000 pairs on training pages, by two engravers, no exception). The first is
for stems in one direction."""
_BEAMED = 0.8
"""The same, under one beam."""
_BESIDE_REST = 0.8
"""The same, of a rest and what stands beside it."""
_CLOSE, _LEVEL, _TOGETHER = 2.5, 9.0, 1.0
"""Staff spaces, sideways and upwards, between two events of one staff that may begin together beside each
other, and the cost of that."""
_OF_STEP, _FAR = 0.9, 1.0
"""The share of the closest step of the measure from which on two such events probably follow each other, and
what it costs more that they begin together."""
_NEAR, _HARDLY = 0.6, 0.0
"""Staff spaces between two columns of different staffs that are probably one, and the cost of that."""
_ASIDE, _ASIDE_WIDE = 1.6, 2.1
"""Staff spaces between two columns of different staffs that may be one: one of them was pushed aside by a
notehead's width; the second is of whole notes."""


def columns_of(events: Mapping[int, Event], space: float) -> list[list[int]]:
    """The columns of a measure, from the left: numbers of events that begin together."""
    columns: list[list[int]] = []
    first: set[int] = set()
    for k in sorted(events, key=lambda k: (events[k].x, k)):
        opening = events[k].staff not in first
        first.add(events[k].staff)
        if columns and opening and events[k].centred:
            columns[0].append(k)  # it begins with the measure, wherever it stands
        elif columns and _joins(events[k], columns[-1], events, space):
            columns[-1].append(k)
        else:
            columns.append([k])
    return columns


def _joins(event: Event, column: Sequence[int], events: Mapping[int, Event], space: float) -> bool:
    """Whether an event begins with a column: at its place, or beside one of its staff that leaves no room."""
    if any(
        set(event.beams) & set(events[k].beams) and event.x - events[k].x > _BEAMED * space for k in column
    ):
        return False  # what one beam joins follows one another, unless two voices' beams lie on each other
    if min(event.x - events[k].x for k in column) / space <= _SAME:
        return True
    return any(
        (event.x - events[k].x) / space < _room(event, events[k])
        for k in column
        if events[k].staff == event.staff
    )


def _room(first: Event, second: Event) -> float:
    """Staff spaces below which two events of one staff begin together."""
    if first.rest or second.rest:
        return _BESIDE_REST
    return _TIGHT if first.stem * second.stem > 0 else _ROOM


def closest_step(events: Mapping[int, Event], space: float) -> float:
    """Staff spaces between the two closest events that follow each other under a beam; infinite without."""
    by_beam: dict[int, list[float]] = {}
    for event in events.values():
        if event.beams:
            by_beam.setdefault(event.beams[0], []).append(event.x)
    steps = (b - a for row in by_beam.values() for a, b in itertools.pairwise(sorted(row)))
    return min((step / space for step in steps if step > _SAME * space), default=math.inf)


def pushed(
    columns: tuple[Sequence[int], Sequence[int]], events: Mapping[int, Event], space: float, step: float
) -> float:
    """What it costs to take two columns for one; infinite where they cannot be.

    Two voices' events that do not fit above each other stand side by side, closer than those that follow
    each other, of which the closest are so many staff spaces apart.
    """
    least = math.inf
    for k in columns[0]:
        for other in columns[1]:
            first, second = events[k], events[other]
            away = (second.x - first.x) / space
            if away < 0:  # the first is a long rest
                continue
            if first.staff != second.staff:
                wide = min(first.written, second.written) >= 4
                if away <= (_ASIDE_WIDE if wide else _ASIDE):
                    least = min(least, _HARDLY if away <= _NEAR else _TOGETHER)
                continue
            two = first.stem * second.stem < 0 or 0 in {first.stem, second.stem}
            two = two or (first.written >= 2) != (second.written >= 2)
            near = away <= (_CLOSE if two else _ASIDE) and abs(first.y - second.y) <= _LEVEL * space
            if near and (two or not set(first.beams) & set(second.beams)):
                far = not two or away > _OF_STEP * step
                least = min(least, _TOGETHER + (_FAR if far else 0.0))
    return least
