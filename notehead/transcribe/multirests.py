"""Measures that stand for others: rests of several measures, and repeats of the measures before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.measures import Span
from notehead.transcribe.placing import Places
from notehead.transcribe.score import Chord, Measure
from notehead.transcribe.staves import Staff
from notehead.transcribe.systems import System

_BAR = "restHBar"
_REPEATS = {"repeat1Bar": 1, "repeat2Bars": 2, "repeat4Bars": 4}
_DIGITS = {f"timeSig{digit}": str(digit) for digit in range(10)}
_ABOVE = (4.2, 14.0)
"""Half staff spaces above the middle line in which the number of measures stands."""
_MOST = 500
"""Measures that one rest stands for at most."""


def rests_of(
    system: System, staves: Sequence[Staff], spans: Sequence[Span], symbols: Symbols, places: Places
) -> dict[int, int]:
    """For measures of a system that stand for several how many those are; 1 where the number is not found."""
    names = symbols.names
    found: dict[int, int] = {}
    digits = {k: _DIGITS[name] for k, name in enumerate(names) if name in _DIGITS}
    digits |= {
        k: str(symbols.text[k])
        for k, name in enumerate(names)
        if name == "restHNr" and symbols.text[k] in _DIGITS.values()
    }
    for row, name in enumerate(names):
        if name != _BAR or places.staff[row] not in system.staves:
            continue
        x0, _, x1, _ = symbols.box[row].tolist()
        measure = measure_at(spans, (x0 + x1) / 2)
        if measure is None:
            continue
        staff, span = places.staff[row], spans[measure]
        space = staves[int(staff)].space
        own = [
            k for k in digits
            if places.staff[k] == staff and _ABOVE[0] <= places.height[k] <= _ABOVE[1]
            and span.left <= symbols.box[k, 0] and symbols.box[k, 2] <= span.right
            and x0 - space <= symbols.box[k, [0, 2]].mean() <= x1 + space
        ]  # fmt: skip
        own.sort(key=lambda k: float(symbols.box[k, 0]))
        number = int("".join(digits[k] for k in own[:4]) or 0)
        found[measure] = max(found.get(measure, 1), min(number, _MOST), 1)
    return found


def repeats_of(
    system: System, spans: Sequence[Span], symbols: Symbols, places: Places
) -> dict[tuple[int, int], int]:
    """By measure of a system and row of a staff how many measures before it stands what is repeated there."""
    found: dict[tuple[int, int], int] = {}
    for row, name in enumerate(symbols.names):
        count = _REPEATS.get(name)
        if count is None or places.staff[row] not in system.staves:
            continue
        x = float(symbols.box[row, [0, 2]].mean())
        if count == 1:
            measure = measure_at(spans, x)
            measures: Iterable[int] = () if measure is None else (measure,)
        else:  # it stands on the barline in their middle
            rights = np.array([span.right for span in spans])
            middle = int(np.abs(rights - x).argmin()) + 1 if len(rights) else 0
            measures = range(middle - count // 2, middle + count // 2)
        for measure in measures:
            if 0 <= measure < len(spans):
                found[measure, int(places.staff[row])] = count
    return found


def measure_at(spans: Sequence[Span], x: float) -> int | None:
    """The measure of a system at x, in pixels."""
    return next((k for k, span in enumerate(spans) if span.left <= x < span.right), None)


def rested(measure: Measure, count: int) -> list[Measure]:
    """A measure of rest as so many.

    What begins it stays with the first, what ends it with the last.
    """
    rest = [
        Chord(
            measure.length * 0,
            measure.length,
            measure.length * 0 + 4,
            staff=staff,
            whole=True,
            page=measure.page,
        )
        for staff in range(len(measure.signs))
    ]
    whole = replace(measure, chords=tuple(rest))
    inner = replace(whole, opening="", closing="", directions=(), volta="", volta_stop="")
    result = [whole if k == 0 else inner for k in range(count)]
    result[0] = replace(
        result[0],
        closing=whole.closing if count == 1 else "",
        volta_stop=whole.volta_stop if count == 1 else "",
    )
    if count > 1:
        result[-1] = replace(result[-1], closing=whole.closing, volta_stop=whole.volta_stop)
    return result


def repeated(measures: Sequence[Measure], repeats: Sequence[dict[int, int]]) -> list[Measure]:
    """The measures of a part with those filled in that repeat others.

    Args:
        measures: of the part.
        repeats: for each measure by its staff how many measures before it stands what is repeated.
    """
    result: list[Measure] = []
    for number, (measure, own) in enumerate(zip(measures, repeats, strict=True)):
        chords = list(measure.chords)
        for staff, back in own.items():
            if number >= back and all(chord.whole for chord in chords if chord.staff == staff):
                source = [chord for chord in result[number - back].chords if chord.staff == staff]
                if all(chord.onset + chord.length <= measure.length for chord in source):
                    chords = [chord for chord in chords if chord.staff != staff] + [
                        _copied(one) for one in source
                    ]
        result.append(replace(measure, chords=tuple(chords)))
    return result


def _copied(chord: Chord) -> Chord:
    """A chord that is not drawn but repeated: without slurs and ties, which would lead to nothing."""
    notes = tuple(replace(note, symbol=0, tied_on=False, tied_back=False) for note in chord.notes)
    return replace(chord, notes=notes, symbol=0, slurs=(), slurred=())
