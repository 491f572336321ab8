"""Barlines: MuseScore draws one stroke for each staff; strokes that touch are one, side by side one sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from notehead.engrave.musescore.marks import Mark, make_mark
from notehead.engrave.musescore.staves import Staff
from notehead.engrave.musescore.svg import Drawn

HEAVY = 0.32
"""Strokes wider than this many staff spaces are heavy; styles keep thin ones below 0.22."""
BESIDE = 1.6
"""Strokes, and dots, within so many staff spaces belong to one barline."""
ASIDE = 0.1
"""Staff spaces by which strokes one above the other may be apart sideways."""
SMALLER = 1.7
"""How many times thicker the strokes of a large staff may be than those of a small one."""
SHORT = 3.0
"""Barlines shorter than this many staff spaces are short ones or ticks."""


@dataclass(slots=True)
class _Run:
    """Strokes of one x that touch from top to bottom."""

    x: float
    y0: float
    y1: float
    width: float
    drawn: list[Drawn]


def barline_marks(drawn: Sequence[Drawn], dots: Sequence[Mark], staves: Sequence[Staff]) -> list[Mark]:
    """The barlines of a page.

    Args:
        drawn: the page's strokes of barlines.
        dots: its repeat dots.
        staves: its staves.
    """
    space = max((staff.space for staff in staves), default=25.0)
    return [_mark(group, dots, staves, space) for group in _beside(_runs(drawn, space), space)]


def _runs(drawn: Sequence[Drawn], space: float) -> list[_Run]:
    """Strokes one above the other; those of a smaller staff are a little thinner, and a little aside."""
    strokes = sorted((_stroke(line) for line in drawn), key=lambda one: (one.x, one.y0, one.y1))
    columns = np.cumsum(np.diff([one.x for one in strokes], prepend=-np.inf) > ASIDE * space)
    order = sorted(range(len(strokes)), key=lambda place: (columns[place], strokes[place].y0, place))
    runs: list[_Run] = []
    for stroke in (strokes[place] for place in order):
        last = runs[-1] if runs else None
        below = last is not None and abs(last.x - stroke.x) <= ASIDE * space and _alike(last, stroke)
        if last is not None and below and stroke.y0 <= last.y1 + 2:
            last.y1 = max(last.y1, stroke.y1)
            last.drawn += stroke.drawn
        else:
            runs.append(stroke)
    return runs


def _stroke(line: Drawn) -> _Run:
    y = line.points[:, 1]
    return _Run(float(line.points[0, 0]), float(y.min()), float(y.max()), line.width, [line])


def _alike(one: _Run, other: _Run) -> bool:
    thin, thick = sorted((one.width, other.width))
    return thick <= SMALLER * thin and bool(one.drawn[0].dashes) == bool(other.drawn[0].dashes)


def _beside(runs: list[_Run], space: float) -> list[list[_Run]]:
    """Runs of the same height that stand close together."""
    groups: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (round(run.y0), run.x)):
        last = groups[-1][-1] if groups else None
        if last is not None and abs(run.x - last.x) < BESIDE * space and abs(run.y0 - last.y0) < 1:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _mark(group: list[_Run], dots: Sequence[Mark], staves: Sequence[Staff], space: float) -> Mark:
    low, high = min(run.y0 for run in group), max(run.y1 for run in group)
    left, right = group[0].x - BESIDE * space, group[-1].x + BESIDE * space
    near = [dot for dot in dots if left < dot.x < right and low <= dot.y <= high]
    spanned = [staff for staff in staves if staff.lines[0] < high - 1 and staff.lines[-1] > low + 1]
    name = _name(group, space, spanned, [dot.x < group[0].x for dot in near])
    mark = make_mark(name, [line for run in group for line in run.drawn])
    mark.staff = spanned[0] if spanned else None
    return mark


def _name(group: list[_Run], space: float, spanned: list[Staff], dots_left: list[bool]) -> str:
    pattern = "".join("H" if run.width > HEAVY * space else "t" for run in group)
    if dots_left and "H" in pattern:
        return "repeatRight" if all(dots_left) else "repeatRightLeft" if any(dots_left) else "repeatLeft"
    if pattern != "t":
        plain = {
            "H": "barlineHeavy",
            "tt": "barlineDouble",
            "tH": "barlineFinal",
            "Ht": "barlineReverseFinal",
        }
        return plain.get(pattern, "barlineHeavyHeavy")
    return _thin(group[0], space, spanned)


def _thin(run: _Run, space: float, spanned: list[Staff]) -> str:
    """The class of a single thin stroke."""
    if run.drawn[0].dashes:
        dash = run.drawn[0].dashes[0]
        return "barlineDotted" if dash <= 1.5 * run.width else "barlineDashed"
    if spanned and abs(run.x - spanned[0].stretches[0][0]) < 0.3 * space and len(spanned) > 1:
        return "barlineSystemic"
    if spanned and run.y1 - run.y0 < SHORT * spanned[0].space and len(spanned[0].lines) > 3:
        return "barlineShort" if abs((run.y0 + run.y1) / 2 - spanned[0].middle) < space else "barlineTick"
    return "barlineSingle"
