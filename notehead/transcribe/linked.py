"""`linked`: pages with all columns that true pages have, as far as their music was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, STEPS, Page, Symbols
from notehead.transcribe.links import links_on
from notehead.transcribe.score import Chord, Score
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.transcriber import transcribe


class _Time(NamedTuple):
    """Where in the score something is: measure, voice, onset and length in quarter notes."""

    measure: int
    voice: int
    onset: float
    length: float


def linked(page: Page) -> Page:
    """A page with links and with the music of its symbols.

    Filled in are, as on true pages, `links`, `staff`, `system`, and where the transcription knows them
    `position`, `diatonic` and `alter` of noteheads, `measure`, `voice` and `onset` of noteheads, rests and
    what links lead to from these, and `duration` of noteheads and rests. Time and measures are counted from
    the beginning of the page.

    Example:
        >>> lines = np.array([[0, 0, y, 200, y] for y in (10, 20, 30, 40, 50)], float)
        >>> symbols = Symbols.build(["noteheadWholeInSpace"], [[50, 30, 65, 40]])
        >>> image = np.full((60, 200), 255, np.uint8)
        >>> page = Page("one", image, symbols, staff_lines=lines, staff_space=10.0)
        >>> linked(page).symbols[0].pitch, linked(page).symbols[0].duration
        (Pitch(step='A', alter=0, octave=4), 4.0)
    """
    return linked_pages([page])[0]


def linked_pages(pages: Iterable[Page], score: Score | None = None) -> list[Page]:
    """The same of several pages that follow one another; time and measures go on from page to page.

    Args:
        pages: that follow one another.
        score: what `transcribe` has made of them, where that is at hand.
    """
    pages = list(pages)
    score = transcribe(pages) if score is None else score
    pitches: list[dict[int, tuple[int, int]]] = [{} for _ in pages]
    times: list[dict[int, _Time]] = [{} for _ in pages]
    for chord, time in _timed(score):
        for note in chord.notes:
            diatonic = 7 * note.pitch.octave + STEPS.index(note.pitch.step)
            pitches[note.page][note.symbol] = diatonic, note.pitch.alter
            times[note.page][note.symbol] = time
        if not chord.notes and chord.symbol:
            times[chord.page][chord.symbol] = time
    return [_filled(*one) for one in zip(pages, pitches, times, strict=True)]


def _timed(score: Score) -> Iterable[tuple[Chord, _Time]]:
    """All chords with their time."""
    for part in score.parts:
        begin = Fraction(0)
        for number, measure in enumerate(part.measures):
            for chord in measure.chords:
                yield chord, _Time(number, chord.voice, float(begin + chord.onset), float(chord.length))
            begin += measure.length


def _filled(page: Page, pitches: dict[int, tuple[int, int]], times: dict[int, _Time]) -> Page:
    sheet = Sheet.of(page)
    symbols = _placed(page.symbols, sheet)
    links = links_on(sheet)
    ids = symbols.id.tolist()
    pitch = np.array([pitches.get(number, (ABSENT, ABSENT)) for number in ids], np.int32).reshape(-1, 2)
    symbols = symbols.replace(
        links=links,
        diatonic=_kept(pitch[:, 0], symbols.diatonic),
        alter=_kept(pitch[:, 1], symbols.alter),
        duration=_known([times[k].length if k in times else np.nan for k in ids], symbols.duration),
    )
    for head, other in links.tolist():
        if head in times:
            times.setdefault(other, times[head])
    whole = symbols.names
    known = [times.get(k) if name != "staff" else None for k, name in zip(ids, whole, strict=True)]
    symbols = symbols.replace(
        measure=_kept(_ints([one and one.measure for one in known]), symbols.measure),
        voice=_kept(_ints([one and one.voice for one in known]), symbols.voice),
        onset=_known([np.nan if one is None else one.onset for one in known], symbols.onset),
    )
    return replace(page, symbols=symbols)


def _placed(symbols: Symbols, sheet: Sheet) -> Symbols:
    """The symbols with staff, system, and position of noteheads."""
    system_of = {row: number for number, system in enumerate(sheet.systems) for row in system.staves}
    numbers = [staff.number for staff in sheet.staves]
    row_of = {number: row for row, number in enumerate(sheet.page.symbols.id.tolist())}
    rows = np.array([row_of.get(number, -1) for number in symbols.id.tolist()], np.int64)
    staff, system, position = (np.full(len(symbols), ABSENT, np.int32) for _ in range(3))
    for k, row in enumerate(rows.tolist()):
        own = int(sheet.places.staff[row]) if row >= 0 else ABSENT
        if own != ABSENT:
            staff[k], system[k] = numbers[own], system_of.get(own, ABSENT)
            if symbols.is_notehead[k]:
                position[k] = sheet.position[row]
    return symbols.replace(
        staff=_kept(symbols.staff, staff),
        system=_kept(system, symbols.system),
        position=_kept(position, symbols.position),
    )


def _kept(first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int32]:
    """The first values, the second ones where those are absent."""
    return np.where(first == ABSENT, second, first).astype(np.int32)


def _known(first: Sequence[float], second: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.array(first, np.float64)
    return np.where(np.isnan(values), second, values)


def _ints(values: Sequence[int | None]) -> NDArray[np.int32]:
    return np.array([ABSENT if value is None else value for value in values], np.int32)
