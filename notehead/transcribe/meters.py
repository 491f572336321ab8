"""Time signatures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff

_DIGITS = {f"timeSig{digit}": str(digit) for digit in range(10)}
_SIGNS = {"timeSigCommon": (4, 4), "timeSigCutCommon": (2, 2)}
_DIGITS_MOST = 3
"""Digits of a number at most."""
_GAP = 1.2
"""Staff spaces between the digits of one signature, sideways, at most."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature.

    Attributes:
        beats: the upper number.
        unit: the lower one.
        symbol: "common" or "cut" where it is drawn as a sign, else "".
    """

    beats: int
    unit: int
    symbol: str = ""

    @property
    def length(self) -> Fraction:
        """Of a measure, in quarter notes."""
        return Fraction(4 * self.beats, self.unit)

    @property
    def ternary(self) -> bool:
        """Whether its beats have three parts: 6/8, 9/8, 12/16."""
        return self.unit >= 8 and self.beats % 3 == 0 and self.beats > 3


@dataclass(frozen=True, slots=True)
class PlacedMeter:
    """A time signature and where it stands: the x of its middle, in pixels."""

    x: float
    meter: Meter


def meters_of(staff: Staff, number: int, symbols: Symbols, places: Places) -> list[PlacedMeter]:
    """The time signatures of a staff, from the left; numbers without a counterpart are none."""
    marks = []
    for row, name in enumerate(symbols.names):
        if places.staff[row] == number and (name in _DIGITS or name in _SIGNS):
            x0, _, x1, _ = symbols.box[row].tolist()
            marks.append((x0, x1, name, float(places.height[row])))
    marks.sort()
    groups: list[list[tuple[float, float, str, float]]] = []
    for mark in marks:
        if groups and mark[0] - max(one[1] for one in groups[-1]) <= _GAP * staff.space:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    found = []
    for group in groups:
        meter = _meter(group)
        if meter is not None:
            found.append(PlacedMeter(float(np.mean([(one[0] + one[1]) / 2 for one in group])), meter))
    return found


def _meter(group: list[tuple[float, float, str, float]]) -> Meter | None:
    signs = [name for _, _, name, _ in group if name in _SIGNS]
    if signs:
        beats, unit = _SIGNS[signs[0]]
        return Meter(beats, unit, "common" if unit == 4 else "cut")
    upper = "".join(_DIGITS[name] for _, _, name, height in group if height > 0)
    lower = "".join(_DIGITS[name] for _, _, name, height in group if height <= 0)
    if (
        not (0 < len(upper) <= _DIGITS_MOST and 0 < len(lower) <= _DIGITS_MOST)
        or int(upper) == 0
        or int(lower) not in {1, 2, 4, 8, 16, 32, 64}
    ):
        return None
    return Meter(int(upper), int(lower))
