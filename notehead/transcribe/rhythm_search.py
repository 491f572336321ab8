"""The search for the times of a measure: of all rows of times that its columns may have, the cheapest.

Rows grow column by column; only the cheapest are followed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from notehead.transcribe.chords import Event
from notehead.transcribe.repairs import Repair
from notehead.transcribe.unmarked import Group

TICKS = 20160 * 5 * 11 * 13 * 17 * 19 * 23
"""Of a quarter note: divisible by 64, 9, 25, and all primes up to 23, so that all tuplets add up."""
_STATES = 48
"""Rows of times that are followed at once."""
_MANY, _STATES_OF_MANY = 20, 16
"""Columns of a measure of unknown length from which on it is several, and rows that are followed then."""
_WORK = 48 * 20_000
"""Rows of times by columns by events that are followed in a measure at most: real ones have fewer than half
of that."""
FEW = 4
"""Rows of times that a first search follows, which finds what the music costs at most."""
_USUAL = 3.0
"""Cost of most measures that do not add up."""
_BITS = 52
_TIME = 2**_BITS - 1
"""Ends are whole numbers, of a staff and of a time in the lower bits."""
_BRANCHES = 64
"""Ways in which the groups of one column are taken or not taken for tuplets, that are followed at once: an
orchestra has twenty beams in a column, so a million."""
_ENTERS, _LEAVES, _ELSEWHERE, _MERGES = 0.6, 2.2, 0.9, 0.9
"""Cost of a voice that enters after the beginning, of one that ends before the end, of one that goes on from
another staff, and of one that ends where another of its staff goes on."""
_STOPS = 2.95
"""Cost of a voice that ends before the measure does: more than that of a mark that was missed."""
_SILENT = 1.2
"""Cost of a staff on which nothing sounds at the end of a measure, not even a rest, beside that of the voice
that ends."""
_LEAST = min(_ENTERS, _LEAVES, _ELSEWHERE)
_BEAT = 2.2
"""Cost of a column that begins on a beat at which nothing ends: the rest before it is not drawn."""
SHORT, _LONG = 3.0, 3.5
"""Cost of a measure that is shorter than the meter says, as an upbeat is, and of one that is longer."""
_HALF_BEAT = 2.0
"""The same, of one that begins between two beats."""
_UNMARKED, _AGAIN, _ANOTHER = 2.0, 0.4, 0.3
"""Cost of a tuplet without a number, of one where others on the page have one or of a number that means
another time, and of each further one in the measure."""
_MISCOUNTED = 2.4
"""Cost of a beam whose bars are more or fewer than were counted."""
_WAYS = 8
"""Ways in which a group may be read at most."""


class State(NamedTuple):
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
    before: State | None

    @property
    def pending(self) -> tuple[int, ...]:
        """The ends, after the last column's time: what goes on from here depends on nothing else."""
        return tuple(end - self.time for end in self.ends)

    @property
    def onsets(self) -> list[int]:
        """The times of the columns, from the left."""
        times, state = [], self
        while state.before is not None:
            times.append(state.time)
            state = state.before
        return times[::-1]


_AS_SEEN: frozenset[int] = frozenset()
_BEGINNING = State(0.0, 0, (), 0, frozenset(), None)
Found = tuple[float, State, int]
"""A row of times: its cost, the last state, and the end of the measure."""


@dataclass(frozen=True, eq=False)
class Search:
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
        after: by event the ticks of the rests after it that stand in no column.
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
    after: Mapping[int, int] = field(default_factory=dict)

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
        most = _STATES if self.goal is not None or len(self.columns) < _MANY else _STATES_OF_MANY
        return max(1, min(most, _WORK // (len(self.columns) * len(self.events))))

    def best(self, known: Found | None = None) -> Found:
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
        for width in sorted({min(FEW, self.width), self.width}):  # what a few find, none need cost more than
            found = self._within(known[0], width)
            known = known if found is None else min(known, found, key=lambda one: one[0])
        return known

    def exact(self) -> Found | None:
        """The same, if it costs nothing."""
        found = self._within(0.0, self.width)
        return None if found is None or found[0] else found

    def _within(self, most: float, width: int) -> Found | None:
        """The same, of rows whose columns cost no more than that."""
        goal = math.inf if self.goal is None else self.goal
        states = [_BEGINNING]
        for place in range(len(self.columns)):
            following: dict[tuple[object, ...], State] = {}
            for state in states:
                for time, more in self._times(state, place, most).items():
                    for new in self._begun(state, time, place, more, most):
                        going = new.read and frozenset(
                            way for way in new.read if way >= 0 and self.last[way // _WAYS] > place
                        )
                        key = (time, new.ends, going) if self.goal is not None else (new.pending, going)
                        old = following.get(key)
                        if old is None or new.cost < old.cost:
                            following[key] = new
            # what is too long stays so
            ranked = ((one.cost + (_LONG if one.latest > goal else 0.0), one) for one in following.values())
            hopeful = sorted((one for one in ranked if one[0] <= most), key=lambda one: (one[0], one[1].time))
            states = [state for _, state in hopeful[:width]]
        ended = (self._ended(state) for state in states)
        return min(ended, key=lambda one: (one[0], abs(one[2] - (self.goal or one[2]))), default=None)

    def _times(self, state: State, place: int, most: float) -> dict[int, float]:
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

    def _begun(self, state: State, time: int, place: int, more: float, most: float) -> list[State]:
        """The states after a column has begun at a time, that cost no more than that."""
        taken = self._taken(state, time, place, most)
        if taken is None or taken[0] + more > most:
            return []
        options = [(taken[0] + more, state.read, taken[1])]
        for k, staff in zip(self.columns[place], self.staffs[place], strict=True):
            if k not in self.group and k not in self.others:
                for _, _, ends in options:
                    ends.append(staff + time + self.lengths[k] + self.after.get(k, 0))
                continue
            grown = [
                (so_far + price, read | way, [*ends, staff + time + ticks + self.after.get(k, 0)])
                for so_far, read, ends in options
                for way, ticks, price in self._ways_on(k, read)
                if so_far + price <= most
            ]
            options = grown if len(grown) <= _BRANCHES else sorted(grown, key=lambda one: one[0])[:_BRANCHES]
        states = []
        for so_far, read, ends in options:
            latest = max(state.latest, *(end & _TIME for end in ends[-len(self.columns[place]) :]))
            states.append(State(so_far, time, tuple(sorted(ends)), latest, read, state))
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

    def _taken(self, state: State, time: int, place: int, most: float) -> tuple[float, list[int]] | None:
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

    def _ended(self, state: State) -> Found:
        """A state at the end of the measure, with what does not add up."""
        last, cost = state.latest, state.cost
        if self.goal is not None and last != self.goal:
            cost += SHORT if last < self.goal else _LONG
        cost += sum(_STOPS for end in state.ends if end & _TIME < last)
        silent = {end >> _BITS for end in state.ends} - {
            end >> _BITS for end in state.ends if end & _TIME == last
        }
        return cost + _SILENT * len(silent), state, last
