"""Accidentals: before which notehead each stands, and what it does to the pitch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Symbols
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff

ALTER = {
    "accidentalFlat": -1, "accidentalNatural": 0, "accidentalSharp": 1, "accidentalDoubleSharp": 2,
    "accidentalDoubleFlat": -2, "accidentalTripleSharp": 3, "accidentalTripleFlat": -3,
    "accidentalSharpSharp": 2, "accidentalNaturalFlat": -1, "accidentalNaturalSharp": 1,
}  # fmt: skip
"""Semitones by class; small ones do the same."""
_FARTHEST = 6.0
"""Staff spaces from an accidental to its notehead, at most: in a cluster they stand in a row."""
_INTO = -0.5
"""The same, at least: boxes of both may overlap."""
_TRIED = 4
"""Noteheads that may be an accidental's, the nearest of those that are near enough."""
_OFF = 0.8
"""Half staff spaces by which the place of an accidental may differ from that of its notehead."""
_MIDDLE = {"accidentalFlat": 0.72, "accidentalDoubleFlat": 0.72}
"""Where in the height of the glyph the note's height lies, from the top; else in the middle."""


def altered_heads(
    staves: list[Staff], symbols: Symbols, places: Places
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of accidentals, and for each the row of its notehead: the next one to the right at its height.

    Each notehead has one, the surest first; what then has none is of the nearest notehead, and stands before
    that one's own in the answer.
    """
    names = symbols.names
    heads = np.flatnonzero(symbols.is_notehead & (places.staff != ABSENT))
    box = symbols.box[heads]
    half = np.array([staves[number].space / 2 for number in places.staff[heads]])
    level = (box[:, 1] + box[:, 3]) / 2
    possible: list[tuple[float, int, int]] = []
    for row, name in enumerate(names):
        plain = name.removesuffix("Small")
        if plain not in ALTER:
            continue
        _, y0, x1, y1 = symbols.box[row].tolist()
        gap = (box[:, 0] - x1) / (2 * half)
        off = np.abs(level - (y0 + _MIDDLE.get(plain, 0.5) * (y1 - y0))) / half
        good = np.flatnonzero((box[:, 2] > x1) & (gap >= _INTO) & (gap <= _FARTHEST) & (off <= _OFF))
        cost = np.maximum(gap[good], 0) + 2 * off[good]
        nearest = cost.argsort(kind="stable")[:_TRIED]
        possible += [(float(cost[k]), row, int(heads[good[k]])) for k in nearest.tolist()]
    own: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, head in sorted(possible):
        if row not in own and head not in taken:
            own[row] = head
            taken.add(head)
    left = {row: head for _, row, head in sorted(possible, reverse=True) if row not in own}
    found = [*sorted(left.items()), *sorted(own.items())]
    return np.array([row for row, _ in found], np.int64), np.array([head for _, head in found], np.int64)
