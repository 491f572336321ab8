"""What is true of the notes of a score's pages.

Heads at the same place of the same pitch, which two voices share, are one true note with several truths: what
was read there is right where it agrees with one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.read_drawn import said_pitches
from notehead import Page
from notehead.page import ABSENT, Pitch, Symbols

_NO_BARLINES = frozenset({"barlineSystemic", "barlineTick", "barlineShort"})
_REPEATS = frozenset({"repeatLeft", "repeatRight", "repeatRightLeft"})
_WITHIN = frozenset({"barlineDotted", "barlineDashed"})
_SAME = 0.5
"""Staff spaces within which heads of the same pitch are drawn as one."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """Pitch, onset in its measure and duration in quarter notes (0: a grace note)."""

    pitch: Pitch
    onset: float
    duration: float


@dataclass(frozen=True, eq=False)
class TrueNote:
    """A notehead that is drawn.

    Attributes:
        page: index of its page.
        ids: of its symbols on that page, more than one where voices share it.
        box: of the first.
        staff: on the page.
        measure: of the score.
        truths: what it may be read as.
        said: whether the page says its pitch (`read_drawn.py`).
    """

    page: int
    ids: tuple[int, ...]
    box: NDArray[np.float64]
    staff: int
    measure: int
    truths: tuple[Sounded, ...]
    said: bool = True


def measure_starts(pages: Sequence[Page]) -> dict[int, float]:
    """The onset at which each measure begins: the least of what is drawn in it on any staff."""
    starts: dict[int, float] = {}
    for page in pages:
        symbols = page.symbols
        known = (symbols.measure != ABSENT) & ~np.isnan(symbols.onset)
        for measure, onset in zip(
            symbols.measure[known].tolist(), symbols.onset[known].tolist(), strict=True
        ):
            starts[measure] = min(onset, starts.get(measure, np.inf))
    return starts


def drawn_starts(page: Page, starts: dict[int, float]) -> dict[int, float]:
    """The onsets at which the measures of a page begin that are drawn as such.

    Measures of a system with no barline between them are one, as old vocal music has them; who reads them as
    several is right as well.
    """
    symbols = page.symbols
    timed = symbols.is_notehead | np.array([name.startswith("rest") for name in symbols.names], np.bool_)
    bars = np.array([_divides(name) for name in symbols.names], np.bool_)
    x = (symbols.box[:, 0] + symbols.box[:, 2]) / 2
    drawn: dict[int, float] = {}
    for system in np.unique(symbols.system[symbols.system != ABSENT]).tolist():
        own = symbols.system == system
        barlines, before = x[own & bars], -np.inf
        for measure in np.unique(symbols.measure[own & (symbols.measure != ABSENT)]).tolist():
            here = x[own & timed & (symbols.measure == measure)]
            first = here.min() if len(here) else np.inf
            divided = ((barlines > before) & (barlines < first)).any() or not np.isfinite(
                [before, first]
            ).all()
            drawn[measure] = starts[measure] if divided else drawn.get(measure - 1, starts[measure])
            before = here.max() if len(here) else -np.inf
    return drawn


def starts_within(page: Page) -> dict[tuple[int, int], list[tuple[float, float]]]:
    """By system and measure the barlines that are drawn inside it, and the onsets after them.

    Scores from plain text may have measures on one staff that are several on another; the page shows their
    barlines, and who reads measures from one to the next is right as well. Dotted ones divide no measure.
    """
    symbols = page.symbols
    timed = symbols.is_notehead | np.array([name.startswith("rest") for name in symbols.names], np.bool_)
    timed &= ~np.isnan(symbols.onset)
    bars = np.array([_divides(name) and name not in _WITHIN for name in symbols.names], np.bool_)
    x = (symbols.box[:, 0] + symbols.box[:, 2]) / 2
    found: dict[tuple[int, int], list[tuple[float, float]]] = {}
    known = timed & (symbols.system != ABSENT) & (symbols.measure != ABSENT)
    for system, measure in set(
        zip(symbols.system[known].tolist(), symbols.measure[known].tolist(), strict=True)
    ):
        own = symbols.system == system
        rows = own & known & (symbols.measure == measure)
        inside = x[own & bars]
        for at in np.sort(inside[(inside > x[rows].min()) & (inside < x[rows].max())]).tolist():
            after = float(symbols.onset[rows & (x > at)].min())
            found.setdefault((system, measure), []).append((at, after))
    return found


def _divides(name: str) -> bool:
    return name in _REPEATS or (name.startswith("barline") and name not in _NO_BARLINES)


def true_notes(pages: Sequence[Page]) -> list[TrueNote]:
    """The noteheads of pages whose pitch, onset, duration, staff and measure are known."""
    starts, seen = measure_starts(pages), said_pitches(pages)
    notes = []
    for number, page in enumerate(pages):
        notes += _notes(number, page, (drawn_starts(page, starts), starts), seen[number])
    return notes


def _notes(number: int, page: Page, starts: Sequence[Mapping[int, float]], seen: set[int]) -> list[TrueNote]:
    groups: defaultdict[tuple[int, int], list[list[int]]] = defaultdict(list)
    symbols, within = page.symbols, starts_within(page)
    for row in np.flatnonzero(_known(symbols)).tolist():
        alike = groups[int(symbols.staff[row]), int(symbols.diatonic[row])]
        for group in alike:
            away = np.abs(_middle(symbols, row) - _middle(symbols, group[0])).max()
            if away <= _SAME * page.staff_space:
                group.append(row)
                break
        else:
            alike.append([row])
    return [
        _note(number, symbols, rows, lambda row: _starts(symbols, row, starts, within), seen)
        for alike in groups.values()
        for rows in alike
    ]


def _starts(
    symbols: Symbols,
    row: int,
    starts: Sequence[Mapping[int, float]],
    within: Mapping[tuple[int, int], Sequence[tuple[float, float]]],
) -> list[float]:
    """The onsets at which the measure of a notehead may be said to begin."""
    measure, x = int(symbols.measure[row]), float(_middle(symbols, row)[0])
    inner = [after for at, after in within.get((int(symbols.system[row]), measure), ()) if at < x]
    return list(dict.fromkeys([one[measure] for one in starts] + inner[-1:]))


def _known(symbols: Symbols) -> NDArray[np.bool_]:
    """Which symbols are noteheads of which all is known that is asked."""
    whole = (symbols.diatonic != ABSENT) & (symbols.staff != ABSENT) & (symbols.measure != ABSENT)
    return np.asarray(symbols.is_notehead & whole & ~np.isnan(symbols.onset) & ~np.isnan(symbols.duration))


def _note(
    number: int, symbols: Symbols, rows: list[int], starts: Callable[[int], list[float]], seen: set[int]
) -> TrueNote:
    measure = int(symbols.measure[rows[0]])
    truths = []
    for row in rows:
        pitch = symbols[row].pitch
        if pitch is not None:
            for start in starts(row):
                sounded = Sounded(pitch, float(symbols.onset[row]) - start, float(symbols.duration[row]))
                truths.append(sounded)
    ids = tuple(int(symbols.id[row]) for row in rows)
    said = any(one in seen for one in ids)
    staff = int(symbols.staff[rows[0]])
    return TrueNote(number, ids, symbols.box[rows[0]], staff, measure, tuple(truths), said)


def _middle(symbols: Symbols, row: int) -> NDArray[np.float64]:
    return np.asarray((symbols.box[row, :2] + symbols.box[row, 2:]) / 2)
