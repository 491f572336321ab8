"""Grace notes: before which chord each stands, and through which a stroke goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.outlines import Outlines

_FARTHEST = 14.0
"""Staff spaces from a grace note to its chord at most; several stand in a row."""
_COLUMN = 1.0
"""Staff spaces within which the chords after it may each be its own."""
_OTHER_STEM = 1.0
"""Cost, in staff spaces of height, of a chord whose stem goes the other way where one's goes the same."""
_BESIDE = 1.0
"""Staff spaces around a stem and its flag in which the stroke of its grace note lies."""


@dataclass(frozen=True, eq=False)
class Graces:
    """The grace notes of a page.

    Attributes:
        main: for each grace event the event that it stands before; None where there is none on its staff.
        slashed: grace events with a stroke.
    """

    main: dict[int, int | None]
    slashed: frozenset[int]


def graces_of(outlines: Outlines, symbols: Symbols) -> Graces:
    """The grace notes of a page, with the chords that they stand before."""
    own = np.flatnonzero(outlines.grace)
    if not len(own):
        return Graces({}, frozenset())
    gap = (outlines.x - outlines.x[own][:, None]) / outlines.space
    possible = (gap > 0.3) & (gap <= _FARTHEST) & ~outlines.grace & ~outlines.rest
    possible &= outlines.staff == outlines.staff[own][:, None]
    gap = np.where(possible, gap, np.inf)
    column = np.isfinite(gap) & (gap <= gap.min(axis=1)[:, None] + _COLUMN)
    away = np.maximum(
        0,
        np.maximum(
            outlines.top - outlines.bottom[own][:, None], outlines.top[own][:, None] - outlines.bottom
        ),
    )
    turned = outlines.up * outlines.up[own][:, None] < 0
    cost = np.where(column, away / outlines.space + _OTHER_STEM * turned, np.inf)
    best = cost.argmin(axis=1)
    main = {
        event: int(choice) if np.isfinite(cost[k, choice]) else None
        for k, (event, choice) in enumerate(zip(own.tolist(), best.tolist(), strict=True))
    }
    return Graces(main, _slashed(own, outlines, symbols))


def _slashed(own: NDArray[np.int64], outlines: Outlines, symbols: Symbols) -> frozenset[int]:
    """The grace notes nearest to each stroke, and those that are one glyph with theirs."""
    names = symbols.names
    strokes = [
        k
        for k, name in enumerate(names)
        if name == "graceNoteSlash" or name.startswith("graceNoteAcciaccatura")
    ]
    box = symbols.box[strokes]
    if not len(box):
        return frozenset()
    middle = (box[:, :2] + box[:, 2:]) / 2
    space = outlines.space[own]
    aside = np.abs(middle[:, 0, None] - outlines.stem[own]) / space
    high, low = outlines.high[own] - space * _BESIDE, outlines.low[own] + space * _BESIDE
    level = (middle[:, 1, None] >= high) & (middle[:, 1, None] <= low)
    cost = np.where(level & (aside <= 1.5 * _BESIDE), aside, np.inf)
    best = cost.argmin(axis=1)
    good = np.isfinite(cost[np.arange(len(box)), best])
    return frozenset(own[best[good]].tolist())
