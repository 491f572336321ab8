"""Tuplets: which events a number, a number in a bracket, or a tremolo with another one, makes shorter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.staves import Staff
from notehead.transcribe.tremolos import tremolos_of

_DIGIT = {f"tuplet{digit}": str(digit) for digit in range(10)}
_NEXT = 0.8
"""Staff spaces between the digits of one number at most."""
_LEVEL = 1.0
"""Staff spaces by which digits of one number may be off each other, and a number off its bracket."""
_DIGITS = 3
"""Digits of a number at most."""
_BEAM = 4.0
"""Staff spaces from a number to the beam that it stands at, at most."""
_ASIDE = 2.5
"""Staff spaces from the middle of the events of a tuplet to its number at most."""
_WIDTH, _HEIGHT = 12.0, 9.0
"""Staff spaces from a number without bracket or beam to its events at most, sideways and upwards."""
_HEAD = 1.2
"""How wide a notehead is, in staff spaces."""
_OVER = 0.9
"""Staff spaces by which a bracket may end before its first or last event."""


@dataclass(frozen=True, slots=True)
class Tuplet:
    """A tuplet.

    Attributes:
        events: in the list of events, from the left.
        actual: how many are played.
        normal: in the time of how many.
    """

    events: tuple[int, ...]
    actual: int
    normal: int

    @property
    def ratio(self) -> Fraction:
        """By which written lengths are multiplied."""
        return Fraction(self.normal, self.actual)


@dataclass(frozen=True, slots=True)
class _Number:
    value: int
    normal: int
    x: float
    y: float
    x0: float
    x1: float


def tuplets_of(staves: Sequence[Staff], symbols: Symbols, events: Sequence[Event]) -> list[Tuplet]:
    """The tuplets of a page; two chords that alternate are one of two in the time of one."""
    names = symbols.names
    if not staves:
        return []
    space = float(np.median([staff.space for staff in staves]))
    brackets = [symbols.box[k].tolist() for k, name in enumerate(names) if name == "tupletBracket"]
    beams = {row for event in events for row in event.beams}
    found: list[Tuplet] = []
    for number in _numbers(symbols, space):
        inside = None
        for x0, y0, x1, y1 in brackets:
            level = y0 - _LEVEL * space <= number.y <= y1 + _LEVEL * space
            if level and x0 - space <= number.x <= x1 + space:
                inside = (x0, y0, x1, y1)
        members = (
            _under_bracket(inside, number, events, space)
            if inside is not None
            else _at_beam(number, symbols, beams, events, space)
        )
        alone = inside is None and not members
        members = _that_add_up(
            _around(number, events, space) if alone else members, number, inside, events, space
        )
        if alone and not _fits(members, number, events):
            continue
        same = any(set(members) == set(one.events) for one in found)
        if members and not same:
            found.append(Tuplet(tuple(members), number.value, number.normal))
    return found + [Tuplet(pair, 2, 1) for pair in tremolos_of(symbols, events, space)]


def _numbers(symbols: Symbols, space: float) -> list[_Number]:
    """Numbers of digits beside each other; "3:2" says both, else the normal one is inferred."""
    marks = sorted(
        (*symbols.box[row].tolist(), _DIGIT.get(name, ":"))
        for row, name in enumerate(symbols.names)
        if name in _DIGIT or name == "tupletColon"
    )
    groups: list[list[tuple[float, float, float, float, str]]] = []
    for mark in marks:
        for group in groups:
            last = group[-1]
            level = abs((last[1] + last[3]) - (mark[1] + mark[3])) / 2 <= _LEVEL * space
            if level and -0.5 * space <= mark[0] - last[2] <= _NEXT * space:
                group.append(mark)
                break
        else:
            groups.append([mark])
    found = []
    for group in groups:
        first, _, second = "".join(mark[4] for mark in group).partition(":")
        if not 1 <= len(first) <= _DIGITS or int(first) < 2:
            continue
        actual = int(first)
        plain = second.isdigit() and len(second) <= _DIGITS  # what a detector finds may have several colons
        normal = int(second) if plain and int(second) > 0 else usual(actual)
        x0, x1 = group[0][0], group[-1][2]
        y = float(np.mean([(mark[1] + mark[3]) / 2 for mark in group]))
        found.append(_Number(actual, normal, (x0 + x1) / 2, y, x0, x1))
    return found


def usual(actual: int) -> int:
    """In the time of how many notes so many are played, where only one number is drawn.

    Example:
        >>> [usual(n) for n in (2, 3, 4, 5, 6, 7, 9, 10, 12, 15)]
        [3, 2, 3, 4, 4, 4, 8, 8, 8, 8]
    """
    if actual in {2, 4}:
        return 3
    return 1 << (actual.bit_length() - 1) if actual & (actual - 1) else actual * 3 // 4


def _under_bracket(
    bracket: tuple[float, float, float, float], number: _Number, events: Sequence[Event], space: float
) -> list[int]:
    """The events between the ends of a bracket, on the staff nearest to it, on its side of their stems."""
    x0, y0, x1, y1 = bracket
    level = (y0 + y1) / 2
    within = [
        k for k, event in enumerate(events)
        if x0 - _OVER * space <= event.x <= x1 + _OVER * space and not event.grace
        and abs(event.y - level) <= 14 * space
    ]  # fmt: skip
    return _nearest(within, number, events)


def _at_beam(
    number: _Number, symbols: Symbols, beams: set[int], events: Sequence[Event], space: float
) -> list[int]:
    """The events of the beam in whose middle a number stands."""
    best, least = None, np.inf
    for row in beams:
        x0, y0, x1, y1 = symbols.box[row].tolist()
        off = max(y0 - number.y, number.y - y1, 0) / space
        aside = abs((x0 + x1) / 2 - number.x) / space
        if off <= _BEAM and aside <= max(2.0, 0.15 * (x1 - x0) / space) and off + aside < least:
            best, least = row, off + aside
    if best is not None:
        return [k for k, event in enumerate(events) if best in event.beams and not event.grace]
    return []


def _around(number: _Number, events: Sequence[Event], space: float) -> list[int]:
    """The events around a number that has neither a bracket nor a beam: of the staff nearest to it."""
    near = [
        k
        for k, event in enumerate(events)
        if abs(event.x - number.x) <= _WIDTH * space
        and abs(event.y - number.y) <= _HEIGHT * space
        and not (event.grace or event.whole)
    ]
    return _nearest(near, number, events)


def _fits(rows: Sequence[int], number: _Number, events: Sequence[Event]) -> bool:
    """Whether events are as many, all of one length, as a number says."""
    return len(rows) == number.value and len({events[k].length for k in rows}) == 1


def _that_add_up(
    rows: list[int],
    number: _Number,
    bracket: tuple[float, float, float, float] | None,
    events: Sequence[Event],
    space: float,
) -> list[int]:
    """Of events, those next to each other that are as many as the number says, in whose middle it stands.

    A beam may go on beyond a tuplet, and a bracket's ends may lie beside its neighbours.
    """
    rows = sorted(rows, key=lambda k: events[k].x)
    best, least = rows, _ASIDE
    for begin in range(len(rows)):
        total = Fraction(0)
        for end in range(begin, len(rows)):
            first, last = events[rows[begin]], events[rows[end]]
            total += last.length
            unit = total / number.value
            if end == begin or not _is_value(unit):
                continue
            aside = abs((first.x + last.x + _HEAD * space) / 2 - number.x) / space
            if bracket is not None:
                off = abs(first.x - bracket[0]) + abs(last.x + _HEAD * space - bracket[2])
                aside = min(aside, 0.5 * off / space)
            if aside < least:
                best, least = rows[begin : end + 1], aside
    return best


def _is_value(length: Fraction) -> bool:
    """Whether a note without dots can be so long.

    Example:
        >>> [_is_value(Fraction(n, 8)) for n in (1, 2, 3, 4)]
        [True, True, False, True]
    """
    over, under = length.numerator, length.denominator
    return over & (over - 1) == 0 and under & (under - 1) == 0


def _nearest(rows: list[int], number: _Number, events: Sequence[Event]) -> list[int]:
    """Of events, those of the staff nearest to a number, and of one direction of stems where both are."""
    if not rows:
        return []
    away = {k: abs(events[k].y - number.y) for k in rows}
    staff = events[min(rows, key=lambda k: away[k])].staff
    rows = [k for k in rows if events[k].staff == staff]
    ups = [k for k in rows if events[k].stem >= 0]
    downs = [k for k in rows if events[k].stem <= 0]
    together = [
        (a, b) for a in rows for b in rows
        if events[a].stem > 0 > events[b].stem and abs(events[a].x - events[b].x) < 1
    ]  # fmt: skip
    if not together:
        return sorted(rows, key=lambda k: events[k].x)
    above = number.y < min(events[k].y for k in rows) or number.y < float(
        np.mean([events[k].y for k in rows])
    )
    return sorted(ups if above else downs, key=lambda k: events[k].x)
