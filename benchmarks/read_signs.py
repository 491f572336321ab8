"""Clefs, keys and meters: what is in force at the beginning of each measure of each staff, as it is drawn.

A sign behind the last note or rest of its measure is for the next one. A system that begins with a clef and
without a signature has none. What no page has drawn so far is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.read_match import Cell, Matched, places_of
from benchmarks.read_signs_drawn import CLEFS, OCTAVES, Clef, Meter, clef_among, key_among, meter_among
from notehead import Page
from notehead.page import ABSENT, Symbols
from notehead.transcribe import Score


@dataclass(frozen=True, slots=True)
class TrueSigns:
    """What is in force at the beginning of a measure on a staff; None where it is not known.

    Attributes:
        clef: its sign, position and octaves.
        key: sharps, or flats as a negative number.
        meter: beats and unit.
        drawn: which of "clef", "key" and "meter" have been drawn since the measure before began.
    """

    clef: Clef | None = None
    key: int | None = None
    meter: Meter | None = None
    drawn: frozenset[str] = frozenset()


@dataclass(slots=True)
class SignCounts:
    """How many are asked and right, by "clef", "key" and "meter" and by "clef drawn" and so on."""

    asked: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    right: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: SignCounts) -> None:
        """Count those of another score as well."""
        for name, count in other.asked.items():
            self.asked[name] += count
            self.right[name] += other.right[name]

    def share(self, name: str) -> float:
        """The share that is right; 1 where nothing is asked."""
        return self.right[name] / self.asked[name] if self.asked[name] else 1.0


@dataclass(slots=True)
class _Now:
    clef: Clef | None = None
    key: int | None = None
    meter: Meter | None = None


def true_signs(pages: Sequence[Page]) -> dict[Cell, TrueSigns]:
    """The signs of each measure of each staff of pages that follow one another."""
    found: dict[Cell, TrueSigns] = {}
    before: list[_Now] = []
    for number, page in enumerate(pages):
        symbols = page.symbols
        for system in np.unique(symbols.system[symbols.system != ABSENT]).tolist():
            staves = np.unique(symbols.staff[(symbols.system == system) & (symbols.staff != ABSENT)]).tolist()
            if len(staves) != len(before):
                meter = before[0].meter if before else None
                before = [_Now(meter=meter) for _ in staves]
            for staff, now in zip(staves, before, strict=True):
                found |= _staff_signs(number, page, staff, now)
    return found


def _staff_signs(number: int, page: Page, staff: int, now: _Now) -> dict[Cell, TrueSigns]:
    """The signs of one staff of one system; `now` is left as it is at the system's end."""
    symbols = page.symbols
    own = symbols[symbols.staff == staff]
    found: dict[Cell, TrueSigns] = {}
    late = frozenset[str]()
    for order, measure in enumerate(np.unique(own.measure[own.measure != ABSENT]).tolist()):
        here = own[own.measure == measure]
        timed = _timed(here)
        first, last = (timed.min(), timed.max()) if len(timed) else (np.inf, np.inf)
        middle = here.box[:, [0, 2]].mean(axis=1)
        if order == 0 and _has_clef(here[middle < first]):
            now.key = 0
        drawn = late | _draw(here[middle < first], page.staff_space, now)
        found[number, staff, measure] = TrueSigns(now.clef, now.key, now.meter, drawn)
        # a clef in the measure goes on into the next; so does all that stands at its end
        late = _draw(
            here[(middle >= first) & (middle <= last)].named(*CLEFS, *OCTAVES), page.staff_space, now
        )
        late |= _draw(here[middle > last], page.staff_space, now)
    return found


def _timed(symbols: Symbols) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The middles of notes and rests that take time, in pixels."""
    rests = np.array([name.startswith("rest") for name in symbols.names], np.bool_)
    some = symbols.is_notehead | rests
    return np.asarray(symbols.box[some][:, [0, 2]].mean(axis=1))


def _has_clef(symbols: Symbols) -> bool:
    return any(name in CLEFS for name in symbols.names)


def _draw(symbols: Symbols, space: float, now: _Now) -> frozenset[str]:
    """Change what is in force to what symbols say; the kinds that they do say."""
    clef, key, meter = clef_among(symbols, space), key_among(symbols), meter_among(symbols)
    now.clef = clef if clef is not None else now.clef
    now.key = key if key is not None else now.key
    now.meter = meter if meter is not None else now.meter
    said = {"clef": clef, "key": key, "meter": meter}
    return frozenset(name for name, value in said.items() if value is not None)


def signs_right(read: Matched, score: Score, signs: Mapping[Cell, TrueSigns]) -> SignCounts:
    """How many signs are right, of the measures of staves that have notes; none where no note was read."""
    counts = SignCounts()
    for cell, place in places_of(read).items():
        truth = signs.get(cell)
        if truth is None:
            continue
        there = _read_signs(score, place) if place else {}
        for name in ("clef", "key", "meter"):
            value = getattr(truth, name)
            if value is not None:
                _count(
                    counts,
                    (name, *([f"{name} drawn"] if name in truth.drawn else ())),
                    there.get(name) == value,
                )
    return counts


def _count(counts: SignCounts, names: Iterable[str], right: bool) -> None:  # noqa: FBT001
    for name in names:
        counts.asked[name] += 1
        counts.right[name] += right


def _read_signs(score: Score, place: tuple[int, int, int]) -> dict[str, Clef | int | Meter]:
    part, number, staff = place
    measures = score.parts[part].measures
    if number >= len(measures):
        return {}
    measure = measures[number]
    found: dict[str, Clef | int | Meter] = {}
    if staff < len(measure.signs):
        sign = measure.signs[staff]
        found["clef"] = (sign.clef.sign, sign.clef.position, sign.clef.octaves)
        found["key"] = sign.key.fifths
    if measure.meter is not None:
        found["meter"] = (measure.meter.beats, measure.meter.unit)
    return found
