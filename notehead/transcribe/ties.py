"""Ties: from which notehead to which each goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Symbols
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff

_ASIDE = 2.2
"""Staff spaces from the end of a tie to the middle of its notehead, sideways, at most."""
_UP = 2.0
"""The same, upwards or downwards."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie.

    Attributes:
        row: among the symbols.
        first: row of the notehead that it comes from, None where that is on another system.
        last: row of the notehead that it goes to, likewise.
    """

    row: int
    first: int | None
    last: int | None


def ties_of(
    staves: Sequence[Staff], symbols: Symbols, places: Places, position: NDArray[np.int64]
) -> list[Tie]:
    """All ties that have a notehead at one end at least; both ends are on one line or space."""
    heads = np.flatnonzero(symbols.is_notehead & (places.staff != ABSENT))
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    space = np.array([staves[number].space for number in places.staff[heads]])
    found: list[Tie] = []
    taken: set[tuple[int, int]] = set()
    for row, name in enumerate(symbols.names):
        if name != "tie":
            continue
        x0, y0, x1, y1 = symbols.box[row].tolist()
        off = np.maximum(0, np.maximum(y0 - middle[:, 1], middle[:, 1] - y1)) / space
        near = off <= _UP
        left = (x0 - middle[:, 0]) / space
        right = (middle[:, 0] - x1) / space
        firsts = np.flatnonzero(near & (np.abs(left) <= _ASIDE) & (middle[:, 0] < (x0 + x1) / 2))
        lasts = np.flatnonzero(near & (np.abs(right) <= _ASIDE) & (middle[:, 0] > (x0 + x1) / 2))
        cost_first = np.abs(left - 0.7) + off
        cost_last = np.abs(right - 0.7) + off
        pairs = [
            (cost_first[a] + cost_last[b], int(heads[a]), int(heads[b]))
            for a in firsts.tolist()
            for b in lasts.tolist()
            if position[heads[a]] == position[heads[b]]
            and places.staff[heads[a]] == places.staff[heads[b]]
            and (int(heads[a]), int(heads[b])) not in taken
        ]
        if pairs:
            _, first, last = min(pairs)
            taken.add((first, last))
            found.append(Tie(row, first, last))
        elif len(firsts) and not len(lasts):
            found.append(Tie(row, int(heads[firsts[cost_first[firsts].argmin()]]), None))
        elif len(lasts) and not len(firsts):
            found.append(Tie(row, None, int(heads[lasts[cost_last[lasts].argmin()]])))
    return found
