"""Key signatures: groups of key accidentals.

Their order is fixed, so that one that was not seen, or was taken for another kind, leaves a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.clefs import Clef, PlacedClef
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff

_SIGNS = {"keySharp": 1, "keyFlat": -1, "keyNatural": 0}
_GAP = 2.0
"""Staff spaces between accidentals of one signature at most."""
_FLAT = 0.7
"""Staff spaces from the lower edge of a flat to the pitch that it is of."""
_ONE_MISSING = 2
"""Accidentals that are more than so many are known where one of them is missing, or one is none."""
_Mark = tuple[float, float, float, float, int]
"""x0, y0, x1, y1, and 1 for a sharp, -1 for a flat, 0 for a natural."""
_SHARPS = (3, 0, 4, 1, 5, 2, 6)
"""Steps in the order in which sharps come, 0 for C; flats come the other way."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key signature: sharps, or flats as a negative number, from -7 to 7."""

    fifths: int = 0

    def alter(self, diatonic: int) -> int:
        """What the signature does to a pitch, 7 * octave + step, in semitones.

        Example:
            >>> Key(2).alter(7 * 4 + 3), Key(-1).alter(7 * 4 + 3), Key(-1).alter(6)
            (1, 0, -1)
        """
        step = diatonic % 7
        if self.fifths >= 0:
            return int(step in _SHARPS[: self.fifths])
        return -int(step in _SHARPS[::-1][: -self.fifths])


@dataclass(frozen=True, slots=True)
class PlacedKey:
    """A key signature and where it stands: the x of its middle, in pixels."""

    x: float
    key: Key


def keys_of(
    staff: Staff, number: int, symbols: Symbols, places: Places, clefs: Sequence[PlacedClef] = ()
) -> list[PlacedKey]:
    """The key signatures of a staff, from the left; one of naturals alone is of no accidentals.

    Args:
        staff: whose they are.
        number: of it on the page.
        symbols: of the page.
        places: where they stand.
        clefs: of the staff; without any, accidentals are only counted.
    """
    marks = sorted(
        (*symbols.box[row].tolist(), _SIGNS[name])
        for row, name in enumerate(symbols.names)
        if name in _SIGNS and places.staff[row] == number
    )
    groups: list[list[_Mark]] = []
    for mark in marks:
        if groups and mark[0] - groups[-1][-1][2] <= _GAP * staff.space:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    found = []
    for group in groups:
        x = (group[0][0] + group[-1][2]) / 2
        clef = next((one.clef for one in reversed(clefs) if one.x <= x), None)
        found.append(PlacedKey(x, Key(_fifths(group, staff, clef))))
    return found


def _fifths(group: Sequence[_Mark], staff: Staff, clef: Clef | None) -> int:
    signs = [mark[4] for mark in group]
    counted = max(-7, min(7, sum(signs)))
    kind = 1 if signs.count(1) >= signs.count(-1) else -1
    own = [mark for mark in group if mark[4] == kind]
    if clef is None or not own:
        return counted
    low = [(mark[3] - _FLAT * staff.space if kind < 0 else (mark[1] + mark[3]) / 2) for mark in own]
    points = np.array([((mark[0] + mark[2]) / 2, y) for mark, y in zip(own, low, strict=True)])
    order = _SHARPS[::kind]
    places = {order.index(clef.diatonic(round(at)) % 7) for at in staff.above(points).tolist()}
    whole = [
        n for n in range(1, 8) if n - 1 in places and len(places & set(range(n))) >= n - (n > _ONE_MISSING)
    ]
    most = max(whole, default=-9)
    fits = abs(most - len(own)) <= 1 and (most >= len(own) or len(own) > _ONE_MISSING)
    return kind * most if fits else counted
