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
from notehead.transcribe.long_rests import long_rests
from notehead.transcribe.repairs import Repair, possible_repairs
from notehead.transcribe.rhythm_search import FEW, SHORT, TICKS, Found, Search
from notehead.transcribe.unmarked import Group, possible_tuplets

_HOPELESS = 200.0
"""Cost of a measure in which tuplets without a number are not sought: it is none."""
_REPAIRED, _BEYOND = 1.5, 14.0
"""Cost of a measure from which on marks that were missed are sought, and from which on few marks are not all
that is wrong with it."""
_SEVERAL = 2.0
"""By how much a measure is longer than its meter says from which on it is several."""
_BEYOND_COLUMN = 1.0
"""Cost of each column of such measures from which on repairs are not sought."""
_GAIN, _UPBEAT_GAIN = 0.5, 1.2
"""By how much a repair must make a measure cheaper; the second where it is only too short, as upbeats are."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An event's time: its onset in its measure and its length, in quarter notes."""

    onset: Fraction
    length: Fraction


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a measure beside its events and its length.

    Attributes:
        ternary: whether its beats have three parts, as in 6/8.
        upbeat: whether it may be shorter than the meter says: the first one, and those at repeats.
        repairs: by what the prices of marks that were missed are multiplied, as `cost_of` has it.
    """

    ternary: bool = False
    upbeat: bool = True
    repairs: float = 1.0


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
    case: Case = Case(),
) -> MeasureTimes:
    """Onsets and lengths of the events of one measure of a system.

    Args:
        events: by their numbers; grace notes take no time and get none.
        ratios: of events in tuplets.
        space: staff space in pixels.
        length: of the measure as the meter says, in quarter notes; None where that is unknown.
        case: what else is known of the measure.
    """
    full = {k: event for k, event in events.items() if event.whole}
    timed = {k: event for k, event in events.items() if not (event.whole or event.grace)}
    if not timed:
        whole = length or Fraction(4)
        return MeasureTimes({k: Timed(Fraction(0), whole) for k in full}, whole, 0.0)
    search = _search_of(timed, ratios, space, length)
    best = search.best()
    rests: Mapping[int, Sequence[tuple[int, Fraction]]] = {}
    if length is not None and best[2] >= _SEVERAL * length * TICKS:
        search, rests = _without_barlines(timed, _within(full, timed, length), ratios, space)
        best = search.best()
    if 0 < best[0] < _HOPELESS and search.width > FEW:
        groups = possible_tuplets(search.events, ratios, length, ternary=case.ternary)
        search = replace(search, groups=groups, group=_alike(groups, search.columns, search.events))
        best = search.best(best) if groups else best
        if length is not None:
            gain = _UPBEAT_GAIN if case.upbeat and best[0] == SHORT else _GAIN
            search, best = _repaired(search, best, gain, case.repairs)
    cost, state, end = best
    whole = Fraction(end, TICKS)
    times = {k: Timed(Fraction(0), length or whole) for k in full}
    for column, onset in zip(search.columns, state.onsets, strict=True):
        for k in column:
            ticks = search.ticks(k, state.read)
            times[k] = Timed(Fraction(onset, TICKS), Fraction(ticks, TICKS))
            times |= _one_after_another(times[k], rests.get(k, ()))
    return MeasureTimes(times, whole, cost, search.repaired(state.read))


def _within(full: Mapping[int, Event], timed: Mapping[int, Event], length: Fraction) -> dict[int, Event]:
    """The rests of whole measures, which last as long as one, on staffs where there is something else."""
    staffs = {event.staff for event in timed.values()}
    return {k: replace(event, written=length, dots=0) for k, event in full.items() if event.staff in staffs}


def _without_barlines(
    timed: Mapping[int, Event], resting: Mapping[int, Event], ratios: Mapping[int, Fraction], space: float
) -> tuple[Search, dict[int, list[tuple[int, Fraction]]]]:
    """The search for the times of measures whose barlines are not drawn, and by event the rests after it.

    How long they are together says no meter, and those that rest through one of them rest in its middle.
    """
    events = {**timed, **resting}
    columns = columns_of(events, space)
    rows = long_rests(events, columns)
    apart = {k for row in rows.values() for k in row}
    kept = {k: event for k, event in events.items() if k not in apart and (k in timed or k in columns[0])}
    rests = {k: [(rest, events[rest].length) for rest in row] for k, row in rows.items()}
    after = {k: round(sum(length for _, length in row) * TICKS) for k, row in rests.items()}
    return replace(_search_of(kept, ratios, space, None), after=after), rests


def _one_after_another(before: Timed, rests: Sequence[tuple[int, Fraction]]) -> dict[int, Timed]:
    """The times of rests of some lengths that follow an event."""
    found, now = {}, before.onset + before.length
    for k, length in rests:
        found[k] = Timed(now, length)
        now += length
    return found


def _repaired(search: Search, known: Found, gain: float, cost: float) -> tuple[Search, Found]:
    """What is cheaper by enough with marks that were missed, or what is known; and the search for it."""
    beyond = _BEYOND if search.goal is not None else _BEYOND_COLUMN * len(search.columns)
    if not _REPAIRED < known[0] < beyond:
        return search, known
    search = replace(
        search, repairs=possible_repairs(search.events, cost if search.goal is not None else 1.0)
    )
    found = search.best((known[0] - gain, *known[1:]))
    return search, (found if search.repaired(found[1].read) else known)


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
