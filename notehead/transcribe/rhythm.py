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
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from notehead.transcribe.chords import Event
from notehead.transcribe.repairs import Repair, possible_repairs
from notehead.transcribe.unmarked import Group, possible_tuplets

TICKS = 20160 * 11 * 13 * 17 * 19
"""Of a quarter note: divisible by 64, by 9, and by all primes up to 19, so that all tuplets add up."""
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
_STATES = 48
"""Rows of times that are followed at once."""
_WORK = 48 * 20_000
"""Rows of times by columns by events that are followed in a measure at most: real ones have fewer than half
of that."""
_HOPELESS = 200.0
"""Cost of a measure in which tuplets without a number are not sought: it is none."""
_FEW = 4
"""Rows of times that a first search follows, which finds what the music costs at most."""
_USUAL = 3.0
"""Cost of most measures that do not add up."""
_BITS = 44
_TIME = 2**_BITS - 1
"""Ends are whole numbers, of a staff and of a time in the lower bits."""
_BRANCHES = 64
"""Ways in which the groups of one column are taken or not taken for tuplets, that are followed at once: an
orchestra has twenty beams in a column, so a million."""
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
_ENTERS, _LEAVES, _ELSEWHERE, _MERGES = 0.6, 2.2, 0.9, 0.9
"""Cost of a voice that enters after the beginning, of one that ends before the end, of one that goes on from
another staff, and of one that ends where another of its staff goes on."""
_LEAST = min(_ENTERS, _LEAVES, _ELSEWHERE)
_BEAT = 2.2
"""Cost of a column that begins on a beat at which nothing ends: the rest before it is not drawn."""
_SHORT, _LONG = 3.0, 3.5
"""Cost of a measure that is shorter than the meter says, as an upbeat is, and of one that is longer."""
_HALF_BEAT = 2.0
"""The same, of one that begins between two beats."""
_UNMARKED, _AGAIN, _ANOTHER = 2.0, 0.4, 0.3
"""Cost of a tuplet without a number, of one where others on the page have one or of a number that means
another time, and of each further one in the measure."""
_REPAIRED = 1.5
"""Cost of a measure from which on marks that were missed are sought."""
_GAIN, _UPBEAT_GAIN = 0.5, 1.2
"""By how much a repair must make a measure cheaper; the second where it is only too short, as upbeats are."""
_MISCOUNTED = 2.4
"""Cost of a beam whose bars are more or fewer than were counted."""
_WAYS = 4
"""Ways in which a group may be read at most."""


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


class _State(NamedTuple):
    """Some columns of a measure with their times; the last one's, and the way to it."""

    cost: float
    time: int
    ends: tuple[int, ...]
    """Ends that nothing has begun at yet: staff * 2 ** _BITS + time, in order."""
    latest: int
    """The last of all ends, open or not."""
    read: frozenset[int]
    """How groups are read: group * _WAYS, + 0 as written, + n with their nth factor; and which events are
    repaired: -1 - event * _WAYS - number of the repair."""
    before: _State | None

    @property
    def onsets(self) -> list[int]:
        """The times of the columns, from the left."""
        times, state = [], self
        while state.before is not None:
            times.append(state.time)
            state = state.before
        return times[::-1]


_AS_SEEN: frozenset[int] = frozenset()
_BEGINNING = _State(0.0, 0, (), 0, frozenset(), None)
_Found = tuple[float, _State, int]
"""A row of times: its cost, the last state, and the end of the measure."""


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
    if 0 < best[0] < _HOPELESS and search.width > _FEW:
        groups = possible_tuplets(timed, ratios, length, ternary=ternary)
        search = replace(search, groups=groups, group=_alike(groups, columns, timed))
        best = search.best(best) if groups else best
        if best[0] > _REPAIRED and length is not None:
            search = replace(search, repairs=possible_repairs(timed))
            gain = _UPBEAT_GAIN if best[0] == _SHORT else _GAIN
            better = search.best((best[0] - gain, *best[1:]))
            best = better if search.repaired(better[1].read) else best
    cost, state, end = best
    whole = Fraction(end, TICKS)
    times = {k: Timed(Fraction(0), length or whole) for k in full}
    for column, onset in zip(columns, state.onsets, strict=True):
        for k in column:
            ticks = search.ticks(k, state.read)
            times[k] = Timed(Fraction(onset, TICKS), Fraction(ticks, TICKS))
    return MeasureTimes(times, whole, cost, search.repaired(state.read))


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
) -> _Search:
    """The search for the times of events, at least one, of which each takes time."""
    columns = columns_of(timed, space)
    lengths = {k: round(event.length * ratios.get(k, 1) * TICKS) for k, event in timed.items()}
    goal = None if length is None else round(length * TICKS)
    step = _step(timed, space)
    close = [math.inf, *(_pushed(pair, timed, space, step) for pair in itertools.pairwise(columns))]
    usual = frozenset(ratios.values())
    return _Search(timed, lengths, columns, close, goal, usual)


def columns_of(events: Mapping[int, Event], space: float) -> list[list[int]]:
    """The columns of a measure, from the left: numbers of events that begin together."""
    columns: list[list[int]] = []
    for k in sorted(events, key=lambda k: (events[k].x, k)):
        if columns and _joins(events[k], columns[-1], events, space):
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


def _step(events: Mapping[int, Event], space: float) -> float:
    """Staff spaces between the two closest events that follow each other under a beam; infinite without."""
    by_beam: dict[int, list[float]] = {}
    for event in events.values():
        if event.beams:
            by_beam.setdefault(event.beams[0], []).append(event.x)
    steps = (b - a for row in by_beam.values() for a, b in itertools.pairwise(sorted(row)))
    return min((step / space for step in steps if step > _SAME * space), default=math.inf)


def _pushed(
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


@dataclass(frozen=True, eq=False)
class _Search:
    """A measure whose times are sought.

    Attributes:
        events: by their numbers.
        lengths: of them, in ticks.
        columns: from the left.
        close: for each column what it costs to begin with the one before, infinite where it cannot.
        goal: length of the measure, in ticks, None where it is unknown.
        usual: what tuplets with a number make of lengths, on the page.
        groups: what may be read in other ways than it is written.
        group: by event its group's number.
        repairs: by event other readings of it.
    """

    events: Mapping[int, Event]
    lengths: Mapping[int, int]
    columns: Sequence[Sequence[int]]
    close: Sequence[float]
    goal: int | None
    usual: frozenset[Fraction]
    groups: Sequence[Group] = ()
    group: Mapping[int, int] = field(default_factory=dict)
    repairs: Mapping[int, tuple[Repair, ...]] = field(default_factory=dict)

    @cached_property
    def last(self) -> dict[int, int]:
        """By group the last column that it is in."""
        return {
            self.group[k]: place
            for place, column in enumerate(self.columns)
            for k in column
            if k in self.group
        }

    @cached_property
    def ways(self) -> dict[int, list[tuple[int, int]]]:
        """By event of a group the ways in which that may be read, and its length in each, in ticks."""
        return {
            k: [
                (group * _WAYS + number, round(self.lengths[k] * factor))
                for number, factor in enumerate(self._factors(group))
            ]
            for k, group in self.group.items()
        }

    def _factors(self, group: int) -> tuple[Fraction, ...]:
        """By which the lengths of a group may be multiplied, the first one 1."""
        one = self.groups[group]
        return (Fraction(1), *one.factors, *(one.misread if self.repairs else ()))

    def ticks(self, k: int, read: frozenset[int]) -> int:
        """The length of an event, of a group that is read in one way."""
        for way, ticks, _ in self.others.get(k, ()):
            if way in read:
                return ticks
        return next((ticks for way, ticks in self.ways.get(k, ()) if way in read), self.lengths[k])

    @cached_property
    def others(self) -> dict[int, list[tuple[int, int, float]]]:
        """By event the ways in which it may be repaired, its length in each, and what that costs."""
        return {
            k: [
                (
                    -1 - k * _WAYS - number,
                    round(self.lengths[k] * one.length / self.events[k].length),
                    one.price,
                )
                for number, one in enumerate(repairs)
            ]
            for k, repairs in self.repairs.items()
        }

    def repaired(self, read: frozenset[int]) -> dict[int, Repair]:
        """By event the repair that was taken."""
        found = {}
        for way in read:
            if way < 0:
                k, number = divmod(-1 - way, _WAYS)
                found[k] = self.repairs[k][number]
                continue
            group, number = divmod(way, _WAYS)
            if number > len(self.groups[group].factors):
                factor = self._factors(group)[number]
                found |= {
                    k: Repair(self.events[k].written * factor, self.events[k].dots, _MISCOUNTED)
                    for k, own in self.group.items()
                    if own == group
                }
        return found

    def price(self, way: int, read: frozenset[int]) -> float:
        """What it costs to read a group in a way, where others are read already."""
        group = self.groups[way // _WAYS]
        if way % _WAYS > len(group.factors):
            return _MISCOUNTED
        if any(0 < one % _WAYS <= len(self.groups[one // _WAYS].factors) for one in read if one >= 0):
            return _ANOTHER
        known = group.marked or group.factors[way % _WAYS - 1] in self.usual
        return _AGAIN if known else _UNMARKED

    @cached_property
    def grain(self) -> int:
        """Ticks between the times at which a voice may enter after a rest that is not drawn."""
        return max(min(TICKS, *self.lengths.values()), TICKS // 2) if self.lengths else TICKS

    @cached_property
    def staffs(self) -> list[list[int]]:
        """For each column the staffs of its events, as ends have them."""
        return [[self.events[k].staff << _BITS for k in column] for column in self.columns]

    @cached_property
    def width(self) -> int:
        """Rows of times that are followed at once: fewer in a measure that is none."""
        return max(1, min(_STATES, _WORK // (len(self.columns) * len(self.events))))

    def best(self, known: _Found | None = None) -> _Found:
        """The cheapest row of times: its cost, the last state, and the end of the measure.

        Most measures add up, so rows that cost nothing are sought before all others.

        Args:
            known: what comes back unless there is a cheaper one.
        """
        known = known or (math.inf, _BEGINNING, 0)
        for most in sorted({0.0, min(_USUAL, known[0])}):
            found = self._within(most, self.width)
            if found is not None and found[0] <= most:
                return min(known, found, key=lambda one: one[0])
        for width in sorted({min(_FEW, self.width), self.width}):  # what a few find, none need cost more than
            found = self._within(known[0], width)
            known = known if found is None else min(known, found, key=lambda one: one[0])
        return known

    def exact(self) -> _Found | None:
        """The same, if it costs nothing."""
        found = self._within(0.0, self.width)
        return None if found is None or found[0] else found

    def _within(self, most: float, width: int) -> _Found | None:
        """The same, of rows whose columns cost no more than that."""
        goal = math.inf if self.goal is None else self.goal
        states = [_BEGINNING]
        for place in range(len(self.columns)):
            following: dict[tuple[object, ...], _State] = {}
            for state in states:
                for time, more in self._times(state, place, most).items():
                    for new in self._begun(state, time, place, more, most):
                        going = new.read and frozenset(
                            way for way in new.read if way >= 0 and self.last[way // _WAYS] > place
                        )
                        key = (time, new.ends, going)
                        old = following.get(key)
                        if old is None or new.cost < old.cost:
                            following[key] = new
            # what is too long stays so
            ranked = ((one.cost + (_LONG if one.latest > goal else 0.0), one) for one in following.values())
            hopeful = sorted((one for one in ranked if one[0] <= most), key=lambda one: (one[0], one[1].time))
            states = [state for _, state in hopeful[:width]]
        ended = (self._ended(state) for state in states)
        return min(ended, key=lambda one: (one[0], abs(one[2] - (self.goal or one[2]))), default=None)

    def _times(self, state: _State, place: int, most: float) -> dict[int, float]:
        """When a column may begin, and what that costs, which with the state's cost is no more than that."""
        if not place:
            return {0: 0.0}
        costs = {time: 0.0 for end in state.ends if (time := end & _TIME) > state.time}
        soon = min(costs, default=state.time + 2 * TICKS)
        if state.cost + self.close[place] <= most:
            costs.setdefault(state.time, self.close[place])
        if state.cost + min(_BEAT, _HALF_BEAT) <= most:
            for step in range(state.time // self.grain + 1, -(-soon // self.grain)):
                time = step * self.grain
                costs.setdefault(time, _BEAT if time % TICKS == 0 else _HALF_BEAT)
        return costs if len(costs) <= 4 * self.width else dict(sorted(costs.items())[: 4 * self.width])

    def _begun(self, state: _State, time: int, place: int, more: float, most: float) -> list[_State]:
        """The states after a column has begun at a time, that cost no more than that."""
        taken = self._taken(state, time, place, most)
        if taken is None or taken[0] + more > most:
            return []
        options = [(taken[0] + more, state.read, taken[1])]
        for k, staff in zip(self.columns[place], self.staffs[place], strict=True):
            if k not in self.group and k not in self.others:
                for _, _, ends in options:
                    ends.append(staff + time + self.lengths[k])
                continue
            grown = [
                (so_far + price, read | way, [*ends, staff + time + ticks])
                for so_far, read, ends in options
                for way, ticks, price in self._ways_on(k, read)
                if so_far + price <= most
            ]
            options = grown if len(grown) <= _BRANCHES else sorted(grown, key=lambda one: one[0])[:_BRANCHES]
        states = []
        for so_far, read, ends in options:
            latest = max(state.latest, *(end & _TIME for end in ends[-len(self.columns[place]) :]))
            states.append(_State(so_far, time, tuple(sorted(ends)), latest, read, state))
        return states

    def _ways_on(self, k: int, read: frozenset[int]) -> list[tuple[frozenset[int], int, float]]:
        """The ways in which an event may be read, its length in each, and what that costs."""
        found = [(_AS_SEEN, self.lengths[k], 0.0)]
        if k in self.group:
            known = [(frozenset((way,)), ticks, 0.0) for way, ticks in self.ways[k] if way in read]
            found = known or [
                (frozenset((way,)), ticks, self.price(way, read) if way % _WAYS else 0.0)
                for way, ticks in self.ways[k]
            ]
        as_seen, ticks, _ = found[0]
        if ticks != self.lengths[k]:  # of a tuplet without a number: one doubt is enough
            return found
        return found + [(as_seen | {way}, ticks, price) for way, ticks, price in self.others.get(k, ())]

    def _taken(self, state: _State, time: int, place: int, most: float) -> tuple[float, list[int]] | None:
        """The cost of beginning a column at a time, and the ends that are left open; None if too much."""
        ends, cost = list(state.ends), state.cost
        elsewhere = True  # until there is no end on another staff
        for staff in self.staffs[place] if time else ():
            first = bisect_left(ends, staff + time)
            if first < len(ends) and ends[first] == staff + time:
                del ends[first]
                continue
            if cost + _LEAST > most:
                return None
            other = (
                next((k for k, end in enumerate(ends) if end & _TIME == time), None) if elsewhere else None
            )
            elsewhere = other is not None
            waiting = bisect_left(ends, staff)
            if other is not None:
                del ends[other]
                cost += _ELSEWHERE
            elif waiting < first:  # its voice had a rest that is not drawn
                del ends[waiting]
                cost += _LEAVES
            else:
                cost += _ENTERS
        for staff in set(self.staffs[place]) if time else ():
            first = bisect_left(ends, staff + time)
            while first < len(ends) and ends[first] == staff + time:
                del ends[first]
                cost += _MERGES
        return cost, ends

    def _ended(self, state: _State) -> _Found:
        """A state at the end of the measure, with what does not add up."""
        last, cost = state.latest, state.cost
        if self.goal is not None and last != self.goal:
            cost += _SHORT if last < self.goal else _LONG
        cost += sum(_LEAVES for end in state.ends if end & _TIME < last)
        return cost, state, last
