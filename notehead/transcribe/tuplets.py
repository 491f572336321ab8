"""Tuplets: which events a number, a number in a bracket, or a tremolo with another one, makes shorter."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page, Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.measures import is_barline
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
_OTHER = 0.7
"""Staff spaces by which a number must be nearer to the middle of events of the staff that is less near."""
_FEWER = 0.5
"""The same, where all events are longer than what the number counts."""
_HOOK, _INK = 0.3, 128
"""Staff spaces from the end of a bracket within which its hook is; what is darker is ink."""
_WHOLE = 4
"""Quarter notes from which on nothing is in a tuplet."""
_WIDTH, _HEIGHT = 12.0, 9.0
"""Staff spaces from a number without bracket or beam to its events at most, sideways and upwards."""
_BEYOND = 4.0
"""Staff spaces above and below a barline in which there are notes of its measures."""
_DIVIDED = 16
"""Parts that each of the notes which a number counts is divided into at most."""
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


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Where a bracket is, and the staffs that its hooks may point to."""

    x0: float
    y0: float
    x1: float
    y1: float
    staffs: frozenset[int]

    @property
    def level(self) -> float:
        return (self.y0 + self.y1) / 2


def tuplets_of(staves: Sequence[Staff], page: Page, events: Sequence[Event]) -> list[Tuplet]:
    """The tuplets of a page; two chords that alternate are one of two in the time of one."""
    if not staves:
        return []
    symbols = page.symbols
    space = float(np.median([staff.space for staff in staves]))
    brackets = _brackets(page, staves, space)
    beams = {row for event in events for row in event.beams}
    bars = symbols.box[[row for row, name in enumerate(symbols.names) if is_barline(name)]]
    found: list[Tuplet] = []
    numbers = _numbers(symbols, space)
    of_bracket = {one: _number_in(one, numbers, space) for one in brackets}
    for number in numbers:
        inside = next((one for one, own in of_bracket.items() if own is number), None)
        choices = (
            _under_bracket(inside, number, events, space)
            if inside is not None
            else _at_beam(number, symbols, beams, events, space)
        )
        alone = inside is None and not any(choices)
        if alone:
            choices = _around(number, bars, events, space)
        members = _that_add_up(choices, number, inside, events, space)
        if alone and not _fits(members, number, events):
            continue
        same = any(set(members) == set(one.events) for one in found)
        if members and not same:
            found.append(Tuplet(tuple(members), number.value, number.normal))
    return found + [Tuplet(pair, 2, 1) for pair in tremolos_of(symbols, events, space)]


def _brackets(page: Page, staves: Sequence[Staff], space: float) -> list[_Bracket]:
    heights = {k: staff.lines[:, [1, 3]] for k, staff in enumerate(staves)}
    rows = [k for k, name in enumerate(page.symbols.names) if name == "tupletBracket"]
    found = []
    for x0, y0, x1, y1 in page.symbols.box[rows].tolist():
        between = all(y1 < lines.min() or y0 > lines.max() for lines in heights.values())
        hook = _hook(page.image, (x0, y0, y1), space) if between else 0
        staffs = frozenset(k for k, lines in heights.items() if hook * (lines.mean() - y0) >= 0)
        found.append(_Bracket(x0, y0, x1, y1, staffs))
    return found


def _hook(image: NDArray[np.uint8], at: tuple[float, float, float], space: float) -> int:
    """Whether the left hook of a bracket points down (1), up (-1), or cannot be seen (0).

    Args:
        image: of the page.
        at: x0, y0 and y1 of the bracket.
        space: staff space in pixels.
    """
    left, top, bottom = round(at[0]), max(round(at[1]), 0), round(at[2]) + 1
    thick = max(round(_HOOK / 2 * space), 1)
    beside = left + 2 * thick
    rows = np.flatnonzero((image[top:bottom, left : left + thick] < _INK).any(axis=1))
    line = np.asarray((image[top:bottom, beside : beside + 2 * thick] < _INK).any(axis=1))
    if not len(rows) or rows[-1] - rows[0] < _HOOK * space:
        return 0
    over = line[max(rows[0] - thick, 0) : rows[0] + thick + 1]
    under = line[max(rows[-1] - thick, 0) : rows[-1] + thick + 1]
    return int(over.any()) - int(under.any())


def _number_in(bracket: _Bracket, numbers: Sequence[_Number], space: float) -> _Number | None:
    """The number that stands in a bracket: of several, that in its middle."""
    inside = [
        number for number in numbers
        if bracket.y0 - _LEVEL * space <= number.y <= bracket.y1 + _LEVEL * space
        and bracket.x0 - space <= number.x <= bracket.x1 + space
    ]  # fmt: skip
    middle = (bracket.x0 + bracket.x1) / 2
    return min(inside, key=lambda one: abs(one.x - middle) + abs(one.y - bracket.level), default=None)


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
    bracket: _Bracket, number: _Number, events: Sequence[Event], space: float
) -> list[list[int]]:
    """The events between the ends of a bracket, where its hooks point, on its side of their stems."""
    over = _OVER * space
    within = [
        k for k, event in enumerate(events)
        if bracket.x0 - over <= event.x <= bracket.x1 + over and not (event.grace or event.whole)
        and event.written < _WHOLE and abs(event.y - bracket.level) <= 14 * space
        and event.staff in bracket.staffs
    ]  # fmt: skip
    return _nearest(within, number, events)


def _at_beam(
    number: _Number, symbols: Symbols, beams: set[int], events: Sequence[Event], space: float
) -> list[list[int]]:
    """The events of the beam in whose middle a number stands."""
    best, least = None, np.inf
    for row in beams:
        x0, y0, x1, y1 = symbols.box[row].tolist()
        off = max(y0 - number.y, number.y - y1, 0) / space
        aside = abs((x0 + x1) / 2 - number.x) / space
        if off <= _BEAM and aside <= max(2.0, 0.15 * (x1 - x0) / space) and off + aside < least:
            best, least = row, off + aside
    if best is not None:
        return [[k for k, event in enumerate(events) if best in event.beams and not event.grace]]
    return []


def _around(
    number: _Number, bars: NDArray[np.float64], events: Sequence[Event], space: float
) -> list[list[int]]:
    """The events around a number that has neither a bracket nor a beam: of the staff nearest to it."""
    near = [
        k
        for k, event in enumerate(events)
        if abs(event.x - number.x) <= _WIDTH * space
        and abs(event.y - number.y) <= _HEIGHT * space
        and not (event.grace or event.whole)
        and not _divided(number, event, bars, space)
    ]
    return _nearest(near, number, events)


def _divided(number: _Number, event: Event, bars: NDArray[np.float64], space: float) -> bool:
    """Whether a barline stands between a number and an event."""
    left, right = sorted((event.x, number.x))
    between = (bars[:, 0] > left) & (bars[:, 2] < right)
    level = (bars[:, 1] - _BEYOND * space <= event.y) & (event.y <= bars[:, 3] + _BEYOND * space)
    return bool((between & level).any())


def _fits(rows: Sequence[int], number: _Number, events: Sequence[Event]) -> bool:
    """Whether events are as many, all of one length, as a number says."""
    return len(rows) == number.value and len({events[k].length for k in rows}) == 1


def _that_add_up(
    choices: Sequence[Sequence[int]],
    number: _Number,
    bracket: _Bracket | None,
    events: Sequence[Event],
    space: float,
) -> list[int]:
    """Of events, those next to each other that are as many as the number says, in whose middle it stands.

    A beam may go on beyond a tuplet, and a bracket's ends may lie beside its neighbours. Of several voices
    that may be meant, that with the best such events; else the first.
    """
    best, least = list(choices[0]) if choices else [], _ASIDE
    for choice in choices:
        rows = sorted(choice, key=lambda k: events[k].x)
        x, lengths = [events[k].x for k in rows], [events[k].length for k in rows]
        scale = math.lcm(*(length.denominator for length in lengths))
        ticks = [int(length * scale) for length in lengths]
        until = list(itertools.accumulate(ticks, initial=0))
        other = (
            _OTHER * (events[rows[0]].staff != events[choices[0][0]].staff) if rows and choices[0] else 0.0
        )
        for begin, first in enumerate(x):
            reach = 2 * least * space * (1 if bracket is None else 2)  # where the last one is at most
            opposite = 2 * number.x - first - _HEAD * space
            last = min(bisect_right(x, opposite + reach), begin + _DIVIDED * number.value)
            for end in range(bisect_left(x, opposite - reach, begin + 1), last):
                total = until[end + 1] - until[begin]
                if not _is_value(total, number.value * scale):
                    continue
                aside = abs(x[end] - opposite) / 2 / space
                if bracket is not None:
                    off = abs(first - bracket.x0) + abs(x[end] + _HEAD * space - bracket.x1)
                    aside = (aside + 0.5 * off / space) / 2
                aside += other + _FEWER * (total < number.value * min(ticks[begin : end + 1]))
                if aside < least:
                    best, least = rows[begin : end + 1], aside
    return best


def _is_value(over: int, under: int) -> bool:
    """Whether a note without dots can be so long, as a fraction of a quarter note.

    Example:
        >>> [_is_value(n, 8) for n in (1, 2, 3, 4)]
        [True, True, False, True]
    """
    common = math.gcd(over, under)
    over, under = over // common, under // common
    return over & (over - 1) == 0 and under & (under - 1) == 0


def _nearest(rows: list[int], number: _Number, events: Sequence[Event]) -> list[list[int]]:
    """Of events, those of the staff above a number and of the one below it, the nearer one first."""
    away: dict[int, float] = {}
    for k in rows:
        away[events[k].staff] = min(abs(events[k].y - number.y), away.get(events[k].staff, np.inf))
    staffs = sorted(away, key=lambda staff: away[staff])[:2]
    return [
        choice
        for staff in staffs
        for choice in _voices([k for k in rows if events[k].staff == staff], number, events)
    ]


def _voices(rows: list[int], number: _Number, events: Sequence[Event]) -> list[list[int]]:
    """Of events of a staff, those of the voice that a number is beside, where they are of two, or all."""
    rows = sorted(rows, key=lambda k: events[k].x)
    level = float(np.mean([events[k].y for k in rows]))
    above = number.y < level
    voice = [k for k in rows if events[k].stem in ({0, 1} if above else {0, -1})]
    own = [k for k in voice if not events[k].rest or (events[k].y < level) == above]
    together = any(
        events[a].stem > 0 > events[b].stem and abs(events[a].x - events[b].x) < 1 for a in rows for b in rows
    )
    return [own, voice] if together else [own, voice, rows]
