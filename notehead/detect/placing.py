"""On which staff symbols stand, and how high noteheads are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import TRACES
from notehead.detect.staff_curves import StaffCurve
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

_FARTHEST = 24.0
"""Half staff spaces from the middle line, beyond which a symbol is of no staff."""

_BELOW = ("textLyrics", "lyricHyphen", "lyricExtender")
"""These stand below their staff, be the next one nearer or not."""

_OF_NO_STAFF = frozenset(
    {*TRACES["barlines"], *TRACES["braces"]}
    | {"repeatDot", "otherLine", "voltaBracket", "bracketSpan"}
    | {"textMeasureNumber", "textPartName", "textTitle", "textVolta"}
)
"""These belong to a system, or to the page."""


def placed(symbols: Symbols, staves: Sequence[StaffCurve]) -> Symbols:
    """The symbols with the columns `staff` and `position`.

    A symbol is of the staff that is nearest to its middle; lyrics are of one above them. The position of a
    notehead is where its middle lies, as far as its class leaves that open: on a line is not in a space.

    Args:
        symbols: in the pixels of the staves.
        staves: in their order on the page.
    """
    if not staves or not len(symbols):
        return symbols
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    above = np.stack([staff.above(middle) for staff in staves])
    beyond = np.stack([staff.beyond(middle) / (staff.space / 2) for staff in staves])
    away = np.abs(above) + beyond
    wrong_side = _below()[symbols.label] & (above > 0)
    nearest = np.where(wrong_side, away + _FARTHEST, away).argmin(axis=0)
    rows = np.arange(len(symbols))
    known = (away[nearest, rows] <= _FARTHEST) & _has_staff()[symbols.label]
    height = above[nearest, rows]
    return symbols.replace(
        staff=np.where(known, nearest, ABSENT).astype(np.int32),
        position=np.where(known & symbols.is_notehead, _steps(height, symbols.label), ABSENT).astype(
            np.int32
        ),
    )


def _steps(height: NDArray[np.float64], label: NDArray[np.int32]) -> NDArray[np.float64]:
    """The nearest whole number that a notehead's class allows: even on lines, odd in spaces."""
    parity = _parity()[label]
    return np.where(parity < 0, np.rint(height), 2 * np.rint((height - parity) / 2) + parity)


@cache
def _parity() -> NDArray[np.int64]:
    """For each class id 0 where it says that it is on a line, 1 in a space, -1 where it says nothing."""
    table = np.full(max(VOCABULARY.by_id) + 1, -1, np.int64)
    for row in VOCABULARY.classes:
        table[row.id] = 0 if "OnLine" in row.name else 1 if "InSpace" in row.name else -1
    return table


@cache
def _below() -> NDArray[np.bool_]:
    """For each class id, whether symbols stand below their staff."""
    table = np.zeros(max(VOCABULARY.by_id) + 1, np.bool_)
    table[[VOCABULARY.id(name) for name in _BELOW]] = True
    return table


@cache
def _has_staff() -> NDArray[np.bool_]:
    table = np.zeros(max(VOCABULARY.by_id) + 1, np.bool_)
    for row in VOCABULARY.classes:
        table[row.id] = row.name not in _OF_NO_STAFF
    return table
