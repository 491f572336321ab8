"""Where chords and rests are, as columns: their heads, and how far their stems reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.staves import Floats, Staff


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of n events; all lengths in pixels.

    Attributes:
        staff: row of the staff (n,).
        space: its staff space.
        x: middle of the heads on the usual side of the stem, or of the rest.
        left: where the heads begin.
        right: where they end.
        top: height of the upper edge of the highest head.
        bottom: of the lower edge of the lowest.
        stem: x of the stem, that of the heads where there is none.
        high: the upper edge with the stem.
        low: the lower edge with the stem.
        rest: whether it is a rest.
        grace: whether it is a grace note.
        up: 1 stem up, -1 down, 0 none.
    """

    staff: NDArray[np.int64]
    space: Floats
    x: Floats
    left: Floats
    right: Floats
    top: Floats
    bottom: Floats
    stem: Floats
    high: Floats
    low: Floats
    rest: NDArray[np.bool_]
    grace: NDArray[np.bool_]
    up: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.staff)


def outlines_of(events: Sequence[Event], staves: Sequence[Staff], symbols: Symbols) -> Outlines:
    """The outlines of a page's events, in their order."""
    count = len(events)
    staff = np.array([event.staff for event in events], np.int64)
    spaces = np.array([one.space for one in staves], np.float64)
    up = np.array([event.stem for event in events], np.int64)
    rows = np.array([row for event in events for row in event.rows], np.int64)
    owner = np.repeat(np.arange(count), [len(event.rows) for event in events])
    box = symbols.box[rows]
    left, top = np.full(count, np.inf), np.full(count, np.inf)
    right, bottom = np.full(count, -np.inf), np.full(count, -np.inf)
    np.minimum.at(left, owner, box[:, 0])
    np.minimum.at(top, owner, box[:, 1])
    np.maximum.at(right, owner, box[:, 2])
    np.maximum.at(bottom, owner, box[:, 3])
    width = np.full(count, np.inf)
    np.minimum.at(width, owner, box[:, 2] - box[:, 0])
    usual = np.array([event.x for event in events], np.float64)
    space = spaces[staff] if count else np.empty(0)
    x = usual + width / 2
    stem, high, low = _stems(events, symbols, x, top, bottom)
    return Outlines(
        staff, space, x, left, right, top, bottom, stem, high, low,
        np.array([event.rest for event in events], np.bool_),
        np.array([event.grace for event in events], np.bool_), up,
    )  # fmt: skip


def _stems(
    events: Sequence[Event], symbols: Symbols, x: Floats, top: Floats, bottom: Floats
) -> tuple[Floats, Floats, Floats]:
    """The x of events' stems, and their edges with them; as they were where there is none."""
    rows = np.array([event.stem_row for event in events], np.int64)
    has = rows >= 0
    box = symbols.box[np.where(has, rows, 0)] if len(symbols) else np.empty((len(events), 4))
    return (
        np.where(has, (box[:, 0] + box[:, 2]) / 2, x),
        np.where(has, np.minimum(top, box[:, 1]), top),
        np.where(has, np.maximum(bottom, box[:, 3]), bottom),
    )
