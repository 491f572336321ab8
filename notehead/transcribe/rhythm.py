"""When each event of a measure begins: columns of events, and the times at which they add up.

What stands in one column begins at one time. In a voice that is written out, an event begins when another
one ends. So the time of each column but the first is the end of an event before it; which one is decided for
the whole measure at once: of all rows of times, that of least cost is taken, where a voice that ends before
the measure does, one that enters later, and an end at which nothing begins each cost something, and a
measure of another length than the meter's the most. Beams of events may be tuplets whose number was left
out, and numbers may mean another time than they usually do, at a cost.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from notehead.transcribe.chords import Event
from notehead.transcribe.columns import closest_step, columns_of, pushed
from notehead.transcribe.repairs import Repair, possible_repairs
from notehead.transcribe.rhythm_search import FEW, SHORT, TICKS, Found, Search
from notehead.transcribe.unmarked import Group, possible_tuplets

_HOPELESS = 200.0
"""Cost of a measure in which tuplets without a number are not sought: it is none."""
_REPAIRED, _BEYOND = 1.5, 14.0
"""Cost of a measure from which on marks that were missed are sought, and from which on few marks are not all
that is wrong with it."""
_GAIN, _UPBEAT_GAIN = 0.5, 1.2
"""By how much a repair must make a measure cheaper; the second where it is only too short, as upbeats are."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An event's time: its onset in its measure and its length, in quarter notes."""

    onset: Fraction
    length: Fraction


@dataclass(frozen=True, eq=False)
class MeasureTimes:
    """The times of a measure's events.

    Attributes:
        times: by number of the event.
        length: of the measure, in quarter notes.
        cost: what did not add up; 0 for a measure in which all did.
        repairs: by event the reading with which the measure adds up, where that is not as it is seen.
    """

    times: dict[int, Timed]
    length: Fraction
    cost: float
    repairs: Mapping[int, Repair] = field(default_factory=dict)


def measure_times(
    events: Mapping[int, Event],
    ratios: Mapping[int, Fraction],
    space: float,
    length: Fraction | None,
    *,
    ternary: bool = False,
) -> MeasureTimes:
    """Onsets and lengths of the events of one measure of a system.

    Args:
        events: by their numbers; grace notes take no time and get none.
        ratios: of events in tuplets.
        space: staff space in pixels.
        length: of the measure as the meter says, in quarter notes; None where that is unknown.
        ternary: whether its beats have three parts, as in 6/8.
    """
    full = {k: event for k, event in events.items() if event.whole}
    timed = {k: event for k, event in events.items() if not (event.whole or event.grace)}
    if not timed:
        whole = length or Fraction(4)
        return MeasureTimes({k: Timed(Fraction(0), whole) for k in full}, whole, 0.0)
    search = _search_of(timed, ratios, space, length)
    columns, best = search.columns, search.best()
    if 0 < best[0] < _HOPELESS and search.width > FEW:
        groups = possible_tuplets(timed, ratios, length, ternary=ternary)
        search = replace(search, groups=groups, group=_alike(groups, columns, timed))
        best = search.best(best) if groups else best
        if _REPAIRED < best[0] < _BEYOND and length is not None:
            search = replace(search, repairs=possible_repairs(timed))
            best = _repaired(search, best)
    cost, state, end = best
    whole = Fraction(end, TICKS)
    times = {k: Timed(Fraction(0), length or whole) for k in full}
    for column, onset in zip(columns, state.onsets, strict=True):
        for k in column:
            ticks = search.ticks(k, state.read)
            times[k] = Timed(Fraction(onset, TICKS), Fraction(ticks, TICKS))
    return MeasureTimes(times, whole, cost, search.repaired(state.read))


def _repaired(search: Search, known: Found) -> Found:
    """What is cheaper by enough with marks that were missed, or what is known."""
    gain = _UPBEAT_GAIN if known[0] == SHORT else _GAIN
    found = search.best((known[0] - gain, *known[1:]))
    return found if search.repaired(found[1].read) else known


def exact_length(
    events: Mapping[int, Event], ratios: Mapping[int, Fraction], space: float
) -> Fraction | None:
    """The length of a measure in which all adds up without a meter, in quarter notes; None of any other.

    The arguments are those of `measure_times`.
    """
    timed = {k: event for k, event in events.items() if not (event.whole or event.grace)}
    found = _search_of(timed, ratios, space, None).exact() if timed else None
    return None if found is None else Fraction(found[2], TICKS)


def _search_of(
    timed: Mapping[int, Event], ratios: Mapping[int, Fraction], space: float, length: Fraction | None
) -> Search:
    """The search for the times of events, at least one, of which each takes time."""
    columns = columns_of(timed, space)
    lengths = {k: round(event.length * ratios.get(k, 1) * TICKS) for k, event in timed.items()}
    goal = None if length is None else round(length * TICKS)
    step = closest_step(timed, space)
    close = [math.inf, *(pushed(pair, timed, space, step) for pair in itertools.pairwise(columns))]
    usual = frozenset(ratios.values())
    return Search(timed, lengths, columns, close, goal, usual)


def _alike(
    groups: Sequence[Group], columns: Sequence[Sequence[int]], events: Mapping[int, Event]
) -> dict[int, int]:
    """By event its group; those that have the same lengths in the same columns are one, tuplets together."""
    place = {k: number for number, column in enumerate(columns) for k in column}
    first: dict[object, int] = {}
    found = {}
    for number, group in enumerate(groups):
        shape = frozenset((place[k], events[k].length) for k in group.events)
        same = first.setdefault((shape, group.factors), number)
        found.update(dict.fromkeys(group.events, same))
    return found
