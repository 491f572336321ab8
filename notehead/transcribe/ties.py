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
_HEADS = 64
"""Noteheads at an end of a tie that it may be of, at most."""


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
        nearest = [
            rows[np.argsort(cost[rows], kind="stable")[:_HEADS]]
            for rows, cost in ((firsts, cost_first), (lasts, cost_last))
        ]
        one, other = nearest[0][:, None], nearest[1][None]
        same = (position[heads[one]] == position[heads[other]]) & (
            places.staff[heads[one]] == places.staff[heads[other]]
        )
        cost = np.where(same, cost_first[one] + cost_last[other], np.inf)
        ranked = np.argsort(cost, axis=None, kind="stable")[: int(same.sum())]
        pairs = (
            (int(heads[nearest[0][a]]), int(heads[nearest[1][b]]))
            for a, b in zip(*np.unravel_index(ranked, cost.shape), strict=True)
        )
        pair = next((pair for pair in pairs if pair not in taken), None)
        if pair is not None:
            taken.add(pair)
            found.append(Tie(row, *pair))
        elif len(firsts) and not len(lasts):
            found.append(Tie(row, int(heads[firsts[cost_first[firsts].argmin()]]), None))
        elif len(lasts) and not len(firsts):
            found.append(Tie(row, None, int(heads[lasts[cost_last[lasts].argmin()]])))
    return found
