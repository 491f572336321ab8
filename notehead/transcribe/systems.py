"""Staves that sound together: joined at their left edge, or by barlines that go through them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.joined_ink import joined_in_ink
from notehead.transcribe.staves import Staff

_JOINS = ("barline", "repeat", "brace", "bracket")
_NOT = frozenset({"repeatDot", "repeat1Bar", "repeat2Bars", "repeat4Bars", "repeatBarSlash"})
_GROUPS = frozenset({"brace"})
_INTO = 0.5
"""Staff spaces that a line reaches over a staff's edge to join it to another."""
_AT_EDGE = 2.0
"""Staff spaces from the edge of a staff within which a barline begins or ends there."""
_BESIDE = 4.0
"""Staff spaces left and right of a staff in which what joins it may stand."""


@dataclass(frozen=True, eq=False)
class System:
    """Staves that sound together, from the top.

    Attributes:
        staves: rows in the page's list of staves.
        parts: for each staff the part that it is of, from 0; staves in one brace are one part.
    """

    staves: tuple[int, ...]
    parts: tuple[int, ...]


def systems_of(
    staves: Sequence[Staff], symbols: Symbols, image: NDArray[np.uint8] | None = None
) -> list[System]:
    """The systems of a page, from the top.

    Args:
        staves: from the top.
        symbols: what may join them.
        image: uint8 (height, width), 0 black: where a line in it joins staves, they are joined.
    """
    if not staves:
        return []
    names = symbols.names
    joins = [
        k
        for k, name in enumerate(names)
        if name.startswith(_JOINS) and name not in _NOT
        and (not name.startswith("barline") or _ends_at_staff(symbols.box[k], staves))
    ]  # fmt: skip
    braces = [k for k in joins if names[k] in _GROUPS]
    together = _joined(staves, symbols.box[joins])
    if image is not None:
        pairs = enumerate(itertools.pairwise(staves))
        together = [together[k] or joined_in_ink(image, *pair) for k, pair in pairs]
    braced = _joined(staves, symbols.box[braces])
    systems = []
    begin = 0
    for end in range(1, len(staves) + 1):
        if end < len(staves) and together[end - 1]:
            continue
        rows = tuple(range(begin, end))
        parts, part = [], 0
        for row in rows:
            if row > begin and not braced[row - 1]:
                part += 1
            parts.append(part)
        systems.append(System(rows, tuple(parts)))
        begin = end
    return systems


def _ends_at_staff(box: NDArray[np.float64], staves: Sequence[Staff]) -> bool:
    """Whether a barline begins at the top of a staff or ends at the bottom of one: else it is a streak."""
    return any(
        min(abs(box[1] - staff.top), abs(box[3] - staff.bottom)) <= _AT_EDGE * staff.space for staff in staves
    )


def _joined(staves: Sequence[Staff], boxes: NDArray[np.float64]) -> list[bool]:
    """For each staff but the last, whether a box reaches from it into the next one."""
    result = []
    for upper, lower in itertools.pairwise(staves):
        reach = _INTO * upper.space
        low = (boxes[:, 1] <= upper.bottom - reach) & (boxes[:, 3] >= lower.top + reach)
        left, right = max(upper.left, lower.left), min(upper.right, lower.right)
        beside = _BESIDE * upper.space
        near = (boxes[:, 2] >= left - beside) & (boxes[:, 0] <= right + beside)
        result.append(bool((low & near).any()) and right > left)
    return result
