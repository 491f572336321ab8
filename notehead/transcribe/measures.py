"""Measures of a system, from the barlines of its staves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.staves import Staff
from notehead.transcribe.systems import System

_NONE = frozenset({"barlineSystemic", "barlineTick", "barlineShort"})
_REPEATS = frozenset({"repeatLeft", "repeatRight", "repeatRightLeft"})
_TOGETHER = 1.2
"""Staff spaces within which barlines of several staves are one."""
_SHARE = 0.5
"""Share of a system's staves that a barline of the system stands on, at least."""
_HEIGHT = 0.62
"""Share of a staff's height that a barline goes through, at least: arpeggios that look like one seldom do."""
_THROUGH = 0.4
"""Share of the barlines of two staves that are on both, some of which go through them, from which on all have
to be: stems without heads look like barlines."""
_EDGE = 1.5
"""Staff spaces from the left edge of a system within which a barline begins it and divides nothing."""


@dataclass(frozen=True, slots=True)
class Barline:
    """A barline of a system.

    Attributes:
        x: where it is, in pixels.
        name: its class.
    """

    x: float
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A measure of a system: what lies between two barlines.

    Attributes:
        left: where it begins, in pixels.
        right: where it ends.
        opening: the barline at its left, None at the edge of a system.
        closing: the barline at its right, None where the system ends without one.
        within: barlines that divide it into groups of beats.
    """

    left: float
    right: float
    opening: Barline | None
    closing: Barline | None
    within: tuple[Barline, ...] = ()

    @property
    def parted(self) -> bool:
        """Whether it may be part of a measure: beside a repeat or a double barline, or where a line ends."""
        return self.closing is None or any(
            one is not None and one.name != "barlineSingle" for one in (self.opening, self.closing)
        )


def barlines_of(system: System, staves: Sequence[Staff], symbols: Symbols) -> list[Barline]:
    """The barlines of a system, from the left: those on at least half of its staves."""
    classes = symbols.names
    rows = [k for k, name in enumerate(classes) if is_barline(name)]
    marks: list[tuple[float, int, int]] = []
    for number in system.staves:
        staff = staves[number]
        reach = staff.space
        for row in rows:
            x0, y0, x1, y1 = symbols.box[row]
            over = min(y1, staff.bottom) - max(y0, staff.top)
            x = (x0 + x1) / 2
            if (
                over >= _HEIGHT * (staff.bottom - staff.top)
                and staff.left - reach <= x <= staff.right + 2 * reach
            ):
                marks.append((float(x), number, row))
    marks.sort()
    space = float(np.median([staves[number].space for number in system.staves]))
    groups: list[list[tuple[float, int, int]]] = []
    for mark in marks:
        if groups and mark[0] - groups[-1][-1][0] <= _TOGETHER * space:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    least = _least(groups, len(system.staves))
    found = []
    for group in groups:
        if len({number for _, number, _ in group}) < least:
            continue
        names = [classes[row] for _, _, row in group]
        name = max(set(names), key=lambda one: (one in _REPEATS, names.count(one), one))
        found.append(Barline(float(np.median([x for x, _, _ in group])), name))
    return found


def _least(groups: Sequence[Sequence[tuple[float, int, int]]], staves: int) -> float:
    """How many of a system's staves a barline stands on, at least.

    Where several are drawn through both staves of a piano, what is on one of them is none. A line that a
    dynamic mark parts is on both, too.
    """
    if staves != 2:
        return _SHARE * staves
    through = sum(len({row for _, _, row in group}) < len(group) for group in groups)
    both = sum(len({number for _, number, _ in group}) == staves for group in groups)
    return staves if through > 1 and both >= _THROUGH * len(groups) else _SHARE * staves


def spans_of(system: System, staves: Sequence[Staff], barlines: Sequence[Barline]) -> list[Span]:
    """The measures of a system, from the left; what its first barline opens is none."""
    left = min(staves[number].left for number in system.staves)
    right = max(staves[number].right for number in system.staves)
    space = float(np.median([staves[number].space for number in system.staves]))
    spans, begin, opening = [], left, None
    for barline in barlines:
        if barline.x - left <= _EDGE * space:
            begin, opening = barline.x, barline
            continue
        spans.append(Span(begin, barline.x, opening, barline))
        begin, opening = barline.x, barline
    if right - begin > 2 * space:
        spans.append(Span(begin, right, opening, None))
    return spans


def is_barline(name: str) -> bool:
    """Whether a class is that of a barline that divides measures."""
    return (name.startswith("barline") and name not in _NONE) or name in _REPEATS
