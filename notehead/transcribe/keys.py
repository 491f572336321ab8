"""Key signatures: groups of key accidentals."""

from __future__ import annotations

from dataclasses import dataclass

from notehead.page import Symbols
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff

_SIGNS = {"keySharp": 1, "keyFlat": -1, "keyNatural": 0}
_GAP = 2.0
"""Staff spaces between accidentals of one signature at most."""
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


def keys_of(staff: Staff, number: int, symbols: Symbols, places: Places) -> list[PlacedKey]:
    """The key signatures of a staff, from the left; one of naturals alone is of no accidentals."""
    marks = sorted(
        (float(symbols.box[row, 0]), float(symbols.box[row, 2]), _SIGNS[name])
        for row, name in enumerate(symbols.names)
        if name in _SIGNS and places.staff[row] == number
    )
    groups: list[list[tuple[float, float, int]]] = []
    for mark in marks:
        if groups and mark[0] - groups[-1][-1][1] <= _GAP * staff.space:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    found = []
    for group in groups:
        fifths = max(-7, min(7, sum(sign for _, _, sign in group)))
        found.append(PlacedKey((group[0][0] + group[-1][1]) / 2, Key(fifths)))
    return found
