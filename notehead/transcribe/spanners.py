"""Directions of whole scores: what lasts is numbered, and joined over the ends of systems and pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from notehead.transcribe.directions import Sign
from notehead.transcribe.score import Direction

Moment = tuple[int, Fraction]
"""A measure of the score, from 0, and a time in it, in quarter notes."""
_LASTING = frozenset({"crescendo", "diminuendo", "pedal", "ottava"})


@dataclass(frozen=True, slots=True)
class _Open:
    number: int
    stop: tuple[int, int, Direction] | None
    """Part, measure and direction with which it ends unless it goes on."""


@dataclass(slots=True)
class Spanners:
    """Collects the directions of a score, system by system.

    Attributes:
        found: part, measure and direction.
    """

    found: list[tuple[int, int, Direction]] = field(default_factory=list)
    _open: dict[tuple[int, int, str], _Open] = field(default_factory=dict)
    _count: int = 0

    def add(self, sign: Sign, part: int, staff: int, begin: Moment, end: Moment | None) -> None:
        """Take a direction.

        Args:
            sign: as it stands on its page.
            part: of the score.
            staff: of the part.
            begin: when it begins; what goes on from the system before goes on there.
            end: when it ends, None where that is not drawn.
        """
        if sign.kind not in _LASTING:
            self._put(part, begin[0], Direction(sign.kind, begin[1], staff, sign.text, above=sign.above))
            return
        key = (part, staff, sign.kind)
        before = self._open.pop(key, None)
        if before is not None and not sign.begins:
            number = before.number
        else:
            self._close(before)
            if not sign.begins and end is not None and end == begin:
                return  # an end of nothing
            self._count += 1
            number = self._count
            start = Direction(sign.kind, begin[1], staff, sign.text, "start", number, sign.above)
            self._put(part, begin[0], start)
        if end is None:
            self._open[key] = _Open(number, None)
            return
        measure, onset = max(begin, end)
        stop = Direction(sign.kind, onset, staff, sign.text, "stop", number, sign.above)
        if sign.ends:
            self._put(part, measure, stop)
        else:
            self._open[key] = _Open(number, (part, measure, stop))

    def close(self) -> None:
        """End what goes on to no other system."""
        for one in self._open.values():
            self._close(one)
        self._open.clear()

    def _close(self, one: _Open | None) -> None:
        if one is not None and one.stop is not None:
            self._put(*one.stop)

    def _put(self, part: int, measure: int, direction: Direction) -> None:
        self.found.append((part, measure, direction))
