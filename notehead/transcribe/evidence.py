"""What is seen of a note: where its head is, its ledger lines, its stem, how surely all of it is there."""

from __future__ import annotations

import math

import numpy as np

from notehead.page import ABSENT
from notehead.transcribe.chords import Event
from notehead.transcribe.confidence import Marks
from notehead.transcribe.sheet import Sheet

_ACROSS, _LEVEL = 0.4, 0.35
"""Staff spaces from a notehead to its ledger line, sideways, and from that to where it should be, at most."""
_FIRST = 6
"""Half staff spaces from the middle of a staff to its first ledger line."""


def marks_of_note(sheet: Sheet, event: Event, row: int, *, unsure: bool, mended: bool = False) -> Marks:
    """The marks that a note is read from.

    Args:
        sheet: of the page.
        event: its chord.
        row: of its head among the symbols.
        unsure: whether the clef or the key in force is doubtful.
        mended: whether the chord is read otherwise than it is seen.
    """
    box = sheet.page.symbols.box[row]
    staff, position = sheet.staves[int(sheet.places.staff[row])], int(sheet.position[row])
    point = np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]])
    aside = 0.0
    if event.stem_row >= 0:
        x = float(sheet.page.symbols.box[event.stem_row, [0, 2]].mean())
        aside = float(min(abs(box[0] - x), abs(box[2] - x))) / staff.space
    black = "Black" in sheet.names[row]
    return Marks(
        off=abs(float(staff.above(point)[0]) - position),
        ledgers=_missing(sheet, point[0].tolist(), position, staff.space),
        aside=aside,
        stemless=black and not event.stem,
        unseen=bool(event.stem) and event.stem_row < 0,
        mended=mended,
        plain=black and bool(event.stem) and not (event.beams or event.flags),
        grace=event.grace,
        unsure=unsure,
        score=_score(sheet, event, row),
    )


def _missing(sheet: Sheet, point: list[float], position: int, space: float) -> int:
    """How many ledger lines of a head, at a point of the page, are not there."""
    heights = [
        point[1] + (position - math.copysign(one, position)) * space / 2
        for one in range(_FIRST, abs(position) + 1, 2)
    ]
    box = sheet.ledgers
    near = (box[:, 0] - _ACROSS * space <= point[0]) & (point[0] <= box[:, 2] + _ACROSS * space)
    middle = (box[near, 1] + box[near, 3]) / 2
    return sum(not (np.abs(middle - height) <= _LEVEL * space).any() for height in heights)


def _score(sheet: Sheet, event: Event, row: int) -> float:
    rows = {row, *event.beams, *event.flags, event.stem_row} - {ABSENT, -1}
    return float(np.clip(np.nan_to_num(sheet.page.symbols.score[sorted(rows)], nan=1.0), 0, 1).prod())
