"""When each event of a measure begins: columns of events, and the times at which they add up.

What stands in one column begins at one time. In a voice that is written out, an event begins when another
one ends. So the time of each column but the first is the end of an event before it; which one is decided for
the whole measure at once: of all rows of times, that of least cost is taken, where a voice that ends before
the measure does, one that enters later, and an end at which nothing begins each cost something, and a
measure of another length than the meter's the most. Beams of events may be tuplets whose number was left
out, at a cost.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from notehead.transcribe.chords import Event

TICKS = 20160
"""Of a quarter note: divisible by 64, and by 3, 5, 7 and 9."""
_SAME = 0.6
"""Staff spaces within which events stand in one column."""
_TIGHT, _ROOM = 1.1, 1.2
"""The same, on one staff: two noteheads that follow one another are never closer, those of two voices that do
not fit above each other are (of 8,000 pairs on training pages, by two engravers, no exception). The first is
for stems in one direction."""
_STATES = 48
"""Rows of times that are followed at once."""
_BRANCHES = 64
"""Ways in which the groups of one column are taken or not taken for tuplets, that are followed at once: an
orchestra has twenty beams in a column, so a million."""
_CLOSE, _LEVEL, _TOGETHER = 2.5, 9.0, 1.0
"""Staff spaces, sideways and upwards, between two events of one staff that may begin together beside each
other, and the cost of that."""
_ASIDE = 1.6
"""Staff spaces between two columns of different staffs that may be one: one of them was pushed aside."""
_ENTERS, _LEAVES, _ELSEWHERE = 0.8, 1.5, 0.9
"""Cost of a voice that enters after the beginning, of one that ends before the end, and of one that goes on
from another staff."""
_BEAT = 2.2
"""Cost of a column that begins on a beat at which nothing ends: the rest before it is not drawn."""
_SHORT, _LONG = 3.0, 3.5
"""Cost of a measure that is shorter than the meter says, as an upbeat is, and of one that is longer."""
_HALF_BEAT = 2.0
"""The same, of one that begins between two beats."""
_UNMARKED, _AGAIN, _ANOTHER = 1.2, 0.4, 0.3
"""Cost of a tuplet without a number, of one where others on the page have one, and of each further one in the
measure."""


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
    """

    times: dict[int, Timed]
    length: Fraction
    cost: float


@dataclass(frozen=True, slots=True)
class _State:
    cost: float
    time: int
    ends: tuple[tuple[int, int], ...]
    """Ends that nothing has begun at yet: (staff, time), in order."""
    onsets: tuple[int, ...]
    thirds: frozenset[int]
    """Groups that are taken for unmarked tuplets."""


def measure_times(
    events: Mapping[int, Event],
    ratios: Mapping[int, Fraction],
    space: float,
    length: Fraction | None,
) -> MeasureTimes:
    """Onsets and lengths of the events of one measure of a system.

    Args:
        events: by their numbers; grace notes take no time and get none.
        ratios: of events in tuplets.
        space: staff space in pixels.
        length: of the measure as the meter says, in quarter notes; None where that is unknown.
    """
    full = {k: event for k, event in events.items() if event.whole}
    timed = {k: event for k, event in events.items() if not (event.whole or event.grace)}
    if not timed:
        whole = length or Fraction(4)
        return MeasureTimes({k: Timed(Fraction(0), whole) for k in full}, whole, 0.0)
    columns = columns_of(timed, space)
    lengths = {k: round(event.length * ratios.get(k, 1) * TICKS) for k, event in timed.items()}
    goal = None if length is None else round(length * TICKS)
    close = [False, *(_pushed(pair, timed, space) for pair in itertools.pairwise(columns))]
    habit = any(ratio.denominator % 3 == 0 for ratio in ratios.values())
    groups = _alike(_groups(timed, ratios), columns, timed)
    search = _Search(timed, lengths, columns, close, goal, {}, _AGAIN if habit else _UNMARKED)
    best = search.best()
    if best[0] > 0 and groups:
        best = min(best, replace(search, groups=groups).best(), key=lambda one: one[0])
    cost, state, end = best
    whole = Fraction(end, TICKS)
    times = {k: Timed(Fraction(0), length or whole) for k in full}
    for column, onset in zip(columns, state.onsets, strict=True):
        for k in column:
            ticks = lengths[k]
            if groups.get(k) in state.thirds:
                ticks = ticks * 2 // 3
            times[k] = Timed(Fraction(onset, TICKS), Fraction(ticks, TICKS))
    return MeasureTimes(times, whole, cost)


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
    if any(set(event.beams) & set(events[k].beams) and event.x - events[k].x > _SAME * space for k in column):
        return False  # what one beam joins follows one another, however close
    if min(event.x - events[k].x for k in column) / space <= _SAME:
        return True
    return any(
        (event.x - events[k].x) / space < (_TIGHT if event.stem * events[k].stem > 0 else _ROOM)
        for k in column
        if events[k].staff == event.staff
    )


def _pushed(columns: tuple[Sequence[int], Sequence[int]], events: Mapping[int, Event], space: float) -> bool:
    """Whether two columns may be one: what does not fit above each other stands side by side."""
    for k in columns[0]:
        for other in columns[1]:
            first, second = events[k], events[other]
            away = (second.x - first.x) / space
            if first.staff != second.staff:
                if away <= _ASIDE:
                    return True
                continue
            two = first.stem * second.stem < 0 or 0 in {first.stem, second.stem}
            two = two or (first.written >= 2) != (second.written >= 2)
            if away <= _CLOSE and two and abs(first.y - second.y) <= _LEVEL * space:
                return True
    return False


def _groups(events: Mapping[int, Event], ratios: Mapping[int, Fraction]) -> dict[int, int]:
    """By event its group, where that may be a tuplet without a number: under one beam, with a rest."""
    by_beam: dict[int, list[int]] = {}
    for k, event in events.items():
        if event.beams and k not in ratios:
            by_beam.setdefault(event.beams[0], []).append(k)
    groups: dict[int, int] = {}
    for beam, members in by_beam.items():
        if len(members) >= 2:
            for k in (*members, *_rests_of(members, events, ratios)):
                groups.setdefault(k, beam)
    return groups


def _alike(
    groups: Mapping[int, int], columns: Sequence[Sequence[int]], events: Mapping[int, Event]
) -> dict[int, int]:
    """The groups; those that have the same lengths in the same columns are one, tuplets together."""
    shape: dict[int, list[tuple[int, Fraction]]] = {}
    for place, column in enumerate(columns):
        for k in column:
            if k in groups:
                shape.setdefault(groups[k], []).append((place, events[k].length))
    first: dict[tuple[tuple[int, Fraction], ...], int] = {}
    same = {group: first.setdefault(tuple(sorted(set(own))), group) for group, own in shape.items()}
    return {k: same[group] for k, group in groups.items()}


def _rests_of(
    members: Sequence[int], events: Mapping[int, Event], ratios: Mapping[int, Fraction]
) -> list[int]:
    """The rest next to, or among, the notes under a beam with which they are three, or six, of one length."""
    unit = min(events[k].written for k in members)
    total = sum((events[k].length for k in members), Fraction(0)) / unit
    if total.denominator != 1 or total % 3 != 2:
        return []
    staffs = {events[k].staff for k in members}
    row = sorted((k for k in events if events[k].staff in staffs), key=lambda k: events[k].x)
    places = [row.index(k) for k in members]
    near = row[max(min(places) - 1, 0) : max(places) + 2]
    rests = [k for k in near if events[k].rest and events[k].length == unit and k not in ratios]
    return rests[:1]


@dataclass(frozen=True, eq=False)
class _Search:
    """A measure whose times are sought.

    Attributes:
        events: by their numbers.
        lengths: of them, in ticks.
        columns: from the left.
        close: for each column whether it may begin with the one before.
        goal: length of the measure, in ticks, None where it is unknown.
        groups: by event the group with which it may be a tuplet without a number.
        unmarked: cost of the first such tuplet.
    """

    events: Mapping[int, Event]
    lengths: Mapping[int, int]
    columns: Sequence[Sequence[int]]
    close: Sequence[bool]
    goal: int | None
    groups: Mapping[int, int]
    unmarked: float

    @cached_property
    def last(self) -> dict[int, int]:
        """By group the last column that it is in."""
        return {
            self.groups[k]: place
            for place, column in enumerate(self.columns)
            for k in column
            if k in self.groups
        }

    @cached_property
    def grain(self) -> int:
        """Ticks between the times at which a voice may enter after a rest that is not drawn."""
        return max(min(TICKS, *self.lengths.values()), TICKS // 2) if self.lengths else TICKS

    def best(self) -> tuple[float, _State, int]:
        """The cheapest row of times: its cost, the last state, and the end of the measure."""
        states = [_State(0.0, 0, (), (), frozenset())]
        for place, column in enumerate(self.columns):
            following: dict[tuple[object, ...], _State] = {}
            for state in states:
                for time, more in self._times(state, place).items():
                    for new in self._begun(state, time, column, more):
                        going = frozenset(
                            group for group in new.thirds if self.last[max(group, -group - 1)] > place
                        )
                        key = (new.time, new.ends, going)
                        if key not in following or new.cost < following[key].cost:
                            following[key] = new
            states = sorted(following.values(), key=lambda one: (self._hope(one), one.time))[:_STATES]
        goal = self.goal
        return min(
            (self._ended(state) for state in states), key=lambda one: (one[0], abs(one[2] - (goal or one[2])))
        )

    def _times(self, state: _State, place: int) -> dict[int, float]:
        """When a column may begin, and what that costs."""
        if not place:
            return {0: 0.0}
        costs = {end: 0.0 for _, end in state.ends if end > state.time}
        if self.close[place]:
            costs.setdefault(state.time, _TOGETHER)
        soon = min(costs.keys() - {state.time}, default=state.time + 2 * TICKS)
        for step in range(state.time // self.grain + 1, -(-soon // self.grain)):
            time = step * self.grain
            costs.setdefault(time, _BEAT if time % TICKS == 0 else _HALF_BEAT)
        return costs

    def _hope(self, state: _State) -> float:
        """What a state has cost, with what it is sure to cost: a measure that is too long stays so."""
        goal = self.goal
        over = goal is not None and any(end > goal for _, end in state.ends)
        return state.cost + (_LONG if over else 0.0)

    def _begun(self, state: _State, time: int, column: Sequence[int], more: float) -> list[_State]:
        """The states after a column has begun at a time."""
        cost, open_ends = self._taken(state, time, column)
        options = [(cost + more, state.thirds, open_ends)]
        for k in column:
            staff, group = self.events[k].staff, self.groups.get(k)
            full, short = time + self.lengths[k], time + self.lengths[k] * 2 // 3
            grown = []
            for so_far, thirds, ends in options:
                if group is None or -group - 1 in thirds:
                    grown.append((so_far, thirds, [*ends, (staff, full)]))
                elif group in thirds:
                    grown.append((so_far, thirds, [*ends, (staff, short)]))
                else:
                    first = not any(one >= 0 for one in thirds)
                    price = so_far + (self.unmarked if first else _ANOTHER)
                    grown.append((so_far, thirds | {-group - 1}, [*ends, (staff, full)]))
                    grown.append((price, thirds | {group}, [*ends, (staff, short)]))
            options = grown if len(grown) <= _BRANCHES else sorted(grown, key=lambda one: one[0])[:_BRANCHES]
        return [
            _State(so_far, time, tuple(sorted(ends)), (*state.onsets, time), thirds)
            for so_far, thirds, ends in options
        ]

    def _taken(self, state: _State, time: int, column: Sequence[int]) -> tuple[float, list[tuple[int, int]]]:
        """The cost of beginning a column at a time, and the ends that are left open."""
        open_ends, cost = list(state.ends), state.cost
        for k in column if time else ():
            staff = self.events[k].staff
            if (staff, time) in open_ends:
                open_ends.remove((staff, time))
                continue
            other = next((end for end in open_ends if end[1] == time), None)
            waiting = next((end for end in open_ends if end[0] == staff and end[1] < time), None)
            if other is not None:
                open_ends.remove(other)
                cost += _ELSEWHERE
            elif waiting is not None:  # its voice had a rest that is not drawn
                open_ends.remove(waiting)
                cost += _LEAVES
            else:
                cost += _ENTERS
        return cost, open_ends

    def _ended(self, state: _State) -> tuple[float, _State, int]:
        """A state at the end of the measure, with what does not add up."""
        last = max(end for _, end in state.ends)
        cost = state.cost
        if self.goal is not None and last != self.goal:
            cost += _SHORT if last < self.goal else _LONG
        cost += sum(_LEAVES for _, time in state.ends if time < last)
        return cost, state, last
