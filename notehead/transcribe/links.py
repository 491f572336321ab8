"""Links: which symbols belong together, as MUSCIMA++ has them.

Links lead from noteheads and rests to their stem, beams, flags, dots, accidental, ledger lines, slurs, ties
and marks; from these, clefs, keys and meters to their staff; from a clef to its number, and from
DeepScoresV2's whole grace notes to their parts. They are the relations that the music was read from, so that
they can be scored by themselves (`notehead.evaluate.link_figures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Page
from notehead.transcribe.accidentals import altered_heads
from notehead.transcribe.clefs import clefs_of
from notehead.transcribe.placing import ledgers_of
from notehead.transcribe.sheet import Sheet

Pair = tuple[int, int]
"""Rows of two symbols: of the one that the link leads from, and of the one that it leads to."""
_ON_STAFF = ("clef", "keyFlat", "keyNatural", "keySharp", "timeSig", "rest", "notehead")
_PARTS = ("stem", "flag", "graceNoteSlash", "notehead")
_BESIDE = 1.0
"""Staff spaces between an accidental and its parenthesis, and around a stem in which its grace note's stroke
lies, at most."""


def links_of(page: Page) -> NDArray[np.int32]:
    """The links of a page's symbols: pairs (from id, to id), int32 (n, 2), in order, each once.

    Args:
        page: with its staff lines and symbols, true or detected; links that it has are not looked at.
    """
    return links_on(Sheet.of(page))


def links_on(sheet: Sheet) -> NDArray[np.int32]:
    """The same, of a page that has been read."""
    rows = np.array(sorted(set(_pairs(sheet))), np.int64).reshape(-1, 2)
    return np.unique(sheet.page.symbols.id[rows], axis=0).astype(np.int32).reshape(-1, 2)


def _pairs(sheet: Sheet) -> Iterator[Pair]:
    names = sheet.page.symbols.names
    yield from _of_chords(sheet)
    yield from _of_accidentals(sheet, names)
    yield from ledgers_of(sheet.staves, sheet.page.symbols, sheet.places)
    yield from _of_curves(sheet)
    yield from _of_marks(sheet)
    yield from _of_clefs(sheet)
    yield from _of_staves(sheet, names)
    yield from _of_grace_notes(sheet, names)


def _of_chords(sheet: Sheet) -> Iterator[Pair]:
    """Heads and rests to their stem, beams, flags and dots."""
    for event in sheet.events:
        hung = (*event.beams, *event.flags, *((event.stem_row,) if event.stem_row >= 0 else ()))
        yield from ((row, other) for row in event.rows for other in hung)
        yield from event.dotted


def _of_accidentals(sheet: Sheet, names: Sequence[str]) -> Iterator[Pair]:
    """Heads to their accidental, and to its parentheses or brackets."""
    box = sheet.page.symbols.box
    marks, heads = altered_heads(sheet.staves, sheet.page.symbols, sheet.places)
    yield from zip(heads.tolist(), marks.tolist(), strict=True)
    around = _rows(names, ("accidentalParens", "accidentalBracket"))
    if not len(marks) or not len(around):
        return
    for row in around.tolist():
        left = names[row].endswith("Left")
        gap = box[marks, 0] - box[row, 2] if left else box[row, 0] - box[marks, 2]
        off = np.abs(box[marks][:, [1, 3]].mean(axis=1) - box[row, [1, 3]].mean())
        away = np.abs(gap) + off
        nearest = int(away.argmin())
        if away[nearest] <= _BESIDE * _space(sheet):
            yield int(heads[nearest]), row


def _of_curves(sheet: Sheet) -> Iterator[Pair]:
    """Heads to the ties and slurs that begin or end at them."""
    for tie in sheet.ties:
        yield from ((head, tie.row) for head in (tie.first, tie.last) if head is not None)
    for slur in sheet.slurs:
        ends = [sheet.events[event] for event in (slur.first, slur.last) if event is not None]
        yield from ((head, slur.row) for event in ends for head in event.rows)


def _of_marks(sheet: Sheet) -> Iterator[Pair]:
    """Heads and rests to articulations, ornaments, fermatas, tremolos, arpeggios and fingerings."""
    for row, event in sheet.marks.pairs.tolist():
        yield from ((head, row) for head in sheet.events[event].rows)
    yield from ((head, row) for row, head in sheet.marks.fingers.tolist())


def _of_clefs(sheet: Sheet) -> Iterator[Pair]:
    """Clefs to the number above or below them."""
    for number, staff in enumerate(sheet.staves):
        for clef in clefs_of(staff, number, sheet.page.symbols, sheet.places):
            if clef.number >= 0:
                yield clef.row, clef.number


def _of_staves(sheet: Sheet, names: Sequence[str]) -> Iterator[Pair]:
    """What has a height on a staff, to that staff."""
    staff_rows = _rows(names, ("staff",))
    if not len(staff_rows) or not sheet.staves:
        return
    box = sheet.page.symbols.box[staff_rows]
    row_of = []
    for staff in sheet.staves:
        middle = (staff.left + staff.right) / 2, (staff.top + staff.bottom) / 2
        away = np.hypot(*(box[:, k::2].mean(axis=1) - middle[k] for k in (0, 1)))
        nearest = int(away.argmin())
        there = away[nearest] <= staff.right - staff.left
        row_of.append(int(staff_rows[nearest]) if there else -1)
    for row, number in enumerate(sheet.places.staff.tolist()):
        if number != ABSENT and row_of[number] >= 0 and names[row].startswith(_ON_STAFF):
            yield row, row_of[number]


def _of_grace_notes(sheet: Sheet, names: Sequence[str]) -> Iterator[Pair]:
    """Heads of grace notes to the stroke through their stem; whole grace notes to their parts."""
    box, beside = sheet.page.symbols.box, _BESIDE * _space(sheet)
    middle = (box[:, :2] + box[:, 2:]) / 2
    grace = [event for event in sheet.events if event.grace and event.stem_row >= 0]
    for row in _rows(names, ("graceNoteSlash",)).tolist():
        for event in grace:
            x0, y0, x1, y1 = box[event.stem_row].tolist()
            x, y = middle[row].tolist()
            if x0 - beside <= x <= x1 + beside and y0 - beside <= y <= y1 + beside:
                yield from ((head, row) for head in event.rows)
    parts = _rows(names, _PARTS)
    for row in _rows(names, ("graceNoteAcciaccatura", "graceNoteAppoggiatura")).tolist():
        x0, y0, x1, y1 = box[row].tolist()
        x, y = middle[parts].T
        inside = parts[(x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)]
        for part in inside.tolist():
            if names[part].endswith("Small") or names[part] in {"stem", "graceNoteSlash"}:
                yield row, part


def _rows(names: Sequence[str], prefixes: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([row for row, name in enumerate(names) if name.startswith(prefixes)], np.int64)


def _space(sheet: Sheet) -> float:
    return float(np.median([staff.space for staff in sheet.staves])) if sheet.staves else 1.0
