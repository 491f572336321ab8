"""Directions: dynamics, hairpins, pedals, octave lines, segnos and codas, and where each begins and ends.

What is read here is where on the page a direction is, and of which staff; at which time of which measure that
is, `moments.py` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Symbols
from notehead.transcribe.outlines import Outlines
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Floats, Staff
from notehead.transcribe.systems import System

_LETTERS = {f"dynamic{letter}": letter.lower() for letter in "PMFSZRN"}
_LASTING = {
    "dynamicCrescendoHairpin": "crescendo", "dynamicDiminuendoHairpin": "diminuendo",
    "ottavaBracket": "ottava", "pedalLine": "pedal",
}  # fmt: skip
_POINTS = {"segno": "segno", "coda": "coda", "keyboardPedalPed": "pedal", "keyboardPedalUp": "pedal"}
_LETTER_GAP, _LETTER_LEVEL = 0.7, 0.9
"""Staff spaces between letters of one dynamic, sideways and upwards, at most."""
_INDENT = 0.65
"""Staff spaces by which a direction begins left of the middle of its notehead."""
_LETTERED = 0.78
"""Staff spaces from the left edge of a dynamic of several letters to the middle of its notehead."""
_MARGIN = 1.5
"""Staff spaces beside a direction in which notes are looked at to see which staff it is nearer to."""
_PEDAL_GAP = 4.0
"""Staff spaces from "Ped" to its line, and from a line to its end, at most."""
_CHANGE = 2.5
"""Staff spaces between the end of a pedal and the next one that begins with it, at most."""
_EDGE = 1.5
"""Staff spaces from the right edge of a staff within which what lasts goes on elsewhere."""
_BEFORE = 0.5
"""Staff spaces before a staff's first note, from which on what lasts comes from the system before."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A direction on a page.

    Attributes:
        kind: as `Direction` has it.
        staff: row of its staff in the page's list.
        x: where the middle of the notehead would be that it begins at, in pixels.
        end: the same of its end; NaN for what does not last, and for a pedal whose end is not drawn.
        text: as `Direction` has it.
        above: whether it stands above its staff.
        begins: whether it begins here, and does not go on from the system before.
        ends: whether it ends here, and does not go on to the next one.
        box: of all its symbols, in pixels.
    """

    kind: str
    staff: int
    x: float
    end: float
    text: str
    above: bool
    begins: bool
    ends: bool
    box: tuple[float, float, float, float]


def signs_on(
    staves: Sequence[Staff], systems: Sequence[System], outlines: Outlines, symbols: Symbols, places: Places
) -> list[Sign]:
    """The directions of a page, from the left."""
    if not staves:
        return []
    space = float(np.median([staff.space for staff in staves]))
    found = [*_dynamics(symbols, places, space), *_others(symbols, places, space)]
    found = [one for one in found if one.staff != ABSENT and np.isfinite(one.box).all()]
    part_of = {
        row: (k, part)
        for k, one in enumerate(systems)
        for row, part in zip(one.staves, one.parts, strict=True)
    }
    found = [_on_staff(one, staves, part_of, outlines) for one in found]
    found = [_at_edges(one, staves[one.staff], outlines) for one in found]
    return sorted(_pedals(found, space), key=lambda one: one.x)


def _dynamics(symbols: Symbols, places: Places, space: float) -> list[Sign]:
    """Letters beside each other on one level are one dynamic."""
    marks = sorted(
        (*symbols.box[row].tolist(), _LETTERS[name], int(places.staff[row]))
        for row, name in enumerate(symbols.names)
        if name in _LETTERS
    )
    groups: list[list[tuple[float, float, float, float, str, int]]] = []
    for mark in marks:
        level = (mark[1] + mark[3]) / 2
        for group in reversed(groups[-12:]):
            last = group[-1]
            off = abs((last[1] + last[3]) / 2 - level)
            if off <= _LETTER_LEVEL * space and -space <= mark[0] - last[2] <= _LETTER_GAP * space:
                group.append(mark)
                break
        else:
            groups.append([mark])
    return [_dynamic(group, space) for group in groups]


def _dynamic(group: Sequence[tuple[float, float, float, float, str, int]], space: float) -> Sign:
    box = np.array([mark[:4] for mark in group])
    x0, y0 = box[:, :2].min(axis=0).tolist()
    x1, y1 = box[:, 2:].max(axis=0).tolist()
    x = (x0 + x1) / 2 if len(group) == 1 else x0 + _LETTERED * space
    text = "".join(mark[4] for mark in group)
    return Sign("dynamic", group[0][5], x, np.nan, text, False, True, True, (x0, y0, x1, y1))


def _others(symbols: Symbols, places: Places, space: float) -> list[Sign]:
    found = []
    for row, name in enumerate(symbols.names):
        x0, y0, x1, y1 = symbols.box[row].tolist()
        staff, box, x = int(places.staff[row]), (x0, y0, x1, y1), x0 + _INDENT * space
        if name in _LASTING:
            end = x1 if name == "ottavaBracket" else x1 + _INDENT * space
            found.append(Sign(_LASTING[name], staff, x, end, "", False, True, True, box))
        elif name == "keyboardPedalUp":
            found.append(Sign("pedal", staff, np.nan, x, "", False, False, True, box))
        elif name == "keyboardPedalPed":
            found.append(Sign("pedal", staff, x, np.nan, "", False, True, False, box))
        elif name in _POINTS:
            found.append(Sign(_POINTS[name], staff, (x0 + x1) / 2, np.nan, "", False, True, True, box))
    return found


def _on_staff(
    sign: Sign, staves: Sequence[Staff], part_of: dict[int, tuple[int, int]], outlines: Outlines
) -> Sign:
    """Which staff a sign between two of them is of, by its kind, and by whose notes are nearer to it."""
    row, space = sign.staff, staves[sign.staff].space
    level = (sign.box[1] + sign.box[3]) / 2
    above = level < (staves[row].top + staves[row].bottom) / 2
    upper, lower = (row - 1, row) if above else (row, row + 1)
    if upper >= 0 and lower < len(staves):
        down = sign.box[1] - _edge(upper, sign, staves[upper].bottom, outlines, space, above=False)
        up = _edge(lower, sign, staves[lower].top, outlines, space, above=True) - sign.box[3]
        one_part = part_of.get(upper, -1) == part_of.get(lower, -2) and sign.kind != "ottava"
        row = upper if one_part or sign.kind == "pedal" or down < up else lower
    above = level < (staves[row].top + staves[row].bottom) / 2
    text = ("1" if above else "-1") if sign.kind == "ottava" else sign.text
    return replace(sign, staff=row, above=above, text=text)


def _edge(row: int, sign: Sign, line: float, outlines: Outlines, space: float, *, above: bool) -> float:
    """How high, or low, the notes of a staff reach beside a sign; the staff's edge at least."""
    beside = (outlines.staff == row) & (outlines.right >= sign.box[0] - _MARGIN * space)
    beside &= outlines.left <= sign.box[2] + _MARGIN * space
    if above:
        return float(outlines.high[beside].min(initial=line))
    return float(outlines.low[beside].max(initial=line))


def _at_edges(sign: Sign, staff: Staff, outlines: Outlines) -> Sign:
    """Whether what lasts comes from the system before, or goes on to the next one."""
    if not np.isfinite(sign.x) or not np.isfinite(sign.end):
        return sign
    own: NDArray[np.float64] = outlines.left[outlines.staff == sign.staff]
    begins = sign.box[0] > float(own.min(initial=staff.right)) - _BEFORE * staff.space
    ends = sign.box[2] < staff.right - _EDGE * staff.space
    return replace(sign, begins=begins, ends=ends)


def _pedals(signs: Sequence[Sign], space: float) -> list[Sign]:
    """Pedals made whole: "Ped", a line and "*" that follow each other are one."""
    others = [one for one in signs if one.kind != "pedal"]
    pedals = sorted((one for one in signs if one.kind == "pedal"), key=lambda one: one.box[0])
    by_staff: dict[int, list[Sign]] = {}
    for one in pedals:
        by_staff.setdefault(one.staff, []).append(one)
    for own in by_staff.values():
        others += _chained(own, space)
    return others


def _chained(pedals: Sequence[Sign], space: float) -> list[Sign]:
    """The pedals of one staff, from the left."""
    found: list[Sign] = []
    for one in pedals:
        last = found[-1] if found else None
        is_open = last is not None and np.isnan(last.end)
        if np.isnan(one.x):  # an end
            if last is not None and (is_open or one.box[0] - last.box[2] <= _PEDAL_GAP * space):
                found[-1] = replace(last, end=one.end, ends=True, box=_around(last.box, one.box))
            else:  # of one that began on an earlier system
                found.append(replace(one, x=one.end, begins=False))
        elif (
            last is not None
            and is_open
            and np.isfinite(one.end)
            and one.box[0] - last.box[2] <= _PEDAL_GAP * space
        ):
            found[-1] = replace(last, end=one.end, ends=one.ends, box=_around(last.box, one.box))
        else:
            if last is not None and np.isfinite(last.end) and one.box[0] - last.box[2] <= _CHANGE * space:
                found[-1] = replace(last, end=one.x, ends=True)  # lines may lie on each other
            found.append(one)
    return found


def _around(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


__all__ = ["Floats", "Sign", "signs_on"]
