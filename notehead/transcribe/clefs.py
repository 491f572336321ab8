"""Clefs: which pitch a staff's lines have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff


@dataclass(frozen=True, slots=True)
class Clef:
    """A clef.

    Attributes:
        sign: "G", "F", "C" or "percussion".
        position: of the line that it names, in half staff spaces above the middle.
        octaves: by how many octaves a small number at it moves all pitches.
    """

    sign: str
    position: int
    octaves: int = 0

    @property
    def line(self) -> int:
        """The line that it names, counted from the lowest, from 1, as MusicXML does."""
        return self.position // 2 + 3

    def diatonic(self, position: int) -> int:
        """The pitch, 7 * octave + step, at a position of the staff.

        Example:
            >>> TREBLE.diatonic(-6), Clef("F", 2).diatonic(6)  # both are middle C
            (28, 28)
        """
        return _NAMED[self.sign] + position - self.position + 7 * self.octaves


TREBLE = Clef("G", -2)
_NAMED = {"G": 32, "F": 24, "C": 28, "percussion": 34}
"""Pitch of the line that a clef names: G4, F3, C4; a percussion clef leaves the treble's names."""
_SHAPES = {
    "clefG": ("G", -2, 0.63), "clefF": ("F", 2, 0.3), "clefC": ("C", 0, 0.5), "clefCAlto": ("C", 0, 0.5),
    "clefCTenor": ("C", 2, 0.5), "clefUnpitchedPercussion": ("percussion", 0, 0.5),
}  # fmt: skip
"""By class: sign, usual position, and where in the height of the glyph the line that it names lies, from the
top."""
_DIGITS = {"clef8": 1, "clef15": 2}
_NEAR = 1.5
"""Staff spaces between a clef and its number at most."""
_OFF = 1.2
"""Half staff spaces by which the drawn clef may be off its usual line and still be taken to name it."""


@dataclass(frozen=True, slots=True)
class PlacedClef:
    """A clef, the x of its middle in pixels, its row among the symbols, and its number's row, -1 without."""

    x: float
    row: int
    clef: Clef
    number: int = -1


def clefs_of(staff: Staff, number: int, symbols: Symbols, places: Places) -> list[PlacedClef]:
    """The clefs of a staff, from the left."""
    names = symbols.names
    digits = [k for k, name in enumerate(names) if name in _DIGITS]
    found = []
    for row, name in enumerate(names):
        if name not in _SHAPES or places.staff[row] != number:
            continue
        x0, y0, x1, y1 = symbols.box[row].tolist()
        sign, usual, share = _SHAPES[name]
        point = np.array([[(x0 + x1) / 2, y0 + share * (y1 - y0)]])
        height = float(staff.above(point)[0])
        position = usual if abs(height - usual) <= _OFF else 2 * round(height / 2)
        if sign == "percussion":
            position = 0
        octaves, octave_row = 0, -1
        for digit in digits:
            a0, b0, a1, b1 = symbols.box[digit].tolist()
            reach = _NEAR * staff.space
            if a0 <= x1 + reach / 2 and a1 >= x0 - reach / 2 and b0 <= y1 + reach and b1 >= y0 - reach:
                up = (b0 + b1) / 2 < (y0 + y1) / 2
                octaves, octave_row = _DIGITS[names[digit]] * (1 if up else -1), digit
        clef = Clef(sign, max(-4, min(4, position)), octaves)
        found.append(PlacedClef((x0 + x1) / 2, row, clef, octave_row))
    return sorted(found, key=lambda one: one.x)
