"""The time signatures in force while a score is read."""

from __future__ import annotations

from dataclasses import dataclass

from notehead.engrave.verovio.events import OSSIA, TICKS
from notehead.page import ABSENT


@dataclass(slots=True)
class Meter:
    """A time signature: so many of 1 / `unit`."""

    count: int = 4
    unit: int = 4

    @property
    def ticks(self) -> int:
        """Its length."""
        return self.count * 4 * TICKS // self.unit


class Meters:
    """The time signature of each staff; staves may differ (9/16 against 3/8)."""

    def __init__(self) -> None:
        self._of: dict[int, Meter] = {}

    def of(self, staff: int) -> Meter:
        """That in force on a staff."""
        first = next(iter(self._of.values()), Meter())
        staff = (staff - 1) % OSSIA + 1
        return self._of.get(staff) or self._of.get(ABSENT) or first

    def change(self, staff: int, count: str | None, unit: str | None, symbol: str | None) -> None:
        """A time signature from here on, `ABSENT` for all staves."""
        meter = None
        if symbol in {"common", "cut"} and not count:
            meter = Meter(4, 4)  # the engraver counts quarters in a cut C without numbers, too
        elif count and unit and unit.isdigit() and int(unit) > 0:
            beats = [int(part) for part in count.split("+") if part.strip().isdigit()]
            if sum(beats) > 0:
                meter = Meter(sum(beats), int(unit))
        if meter is not None:
            if staff == ABSENT:
                self._of.clear()
            self._of[staff] = meter
