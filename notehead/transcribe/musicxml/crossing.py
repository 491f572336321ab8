"""Voices that change staff: with what a staff's voice goes on where it falls silent and another one begins.

Keyboard music lets a voice wander from hand to hand without writing rests for the hand that it has left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from notehead.transcribe.musicxml.lanes import Lane, length_of, start_of
from notehead.transcribe.score import Chord

_MOST = 200
"""Chords of a measure's part in which voices are sought: real ones have fewer."""


def carried(
    chords: Sequence[Chord], order: Sequence[int], lane: Mapping[int, Lane], staff: Mapping[int, int]
) -> dict[int, Lane]:
    """The lanes of chords, those of voices that change staff in one.

    A chord that nothing leads to, or only a rest, goes on from a chord of another staff that ends when it
    begins, where one of the two staves would be silent otherwise; what follows it without a gap comes along.

    Args:
        chords: of a measure.
        order: their indices by onset, grace notes first.
        lane: of each.
        staff: that each is drawn on.
    """
    found = _Lanes(chords, [k for k in order if not chords[k].whole], dict(lane), staff)
    for k in found.order if len(found.order) <= _MOST else ():
        if not chords[k].grace and start_of(chords[k]) > 0:
            found.carry(k)
    return found.lane


class _Lanes:
    """Lanes that change."""

    def __init__(
        self, chords: Sequence[Chord], order: Sequence[int], lane: dict[int, Lane], staff: Mapping[int, int]
    ) -> None:
        self.chords, self.order, self.lane, self._staff = chords, order, lane, staff
        self._start = {k: start_of(chords[k]) for k in order}
        self._end = {k: self._start[k] + length_of(chords[k]) for k in order}
        self._ending: dict[Fraction, list[int]] = {}
        for k in order:
            self._ending.setdefault(self._end[k], []).append(k)

    def carry(self, k: int) -> None:
        """Put a chord, and what follows it, into the lane of a voice that ends there on another staff."""
        now = self._start[k]
        before = [j for j in self._timed(self.lane[k]) if self._end[j] == now]
        if any(self.chords[j].notes or self.chords[j].tuplet != (1, 1) for j in before):
            return
        for j in self._ending.get(now, ()):
            there = self.lane[j]
            goes_on = self._start[j] < now and (self.chords[j].notes or not before)
            if not goes_on or there == self.lane[k]:
                continue
            left = {self._staff[o] for o in self._timed(there)}
            if any(self._silent(staff, now) for staff in left) or (not before and self._silent_before(k)):
                until = min(
                    (start for o in self._timed(there) if (start := self._start[o]) >= now), default=None
                )
                moved = self._on_from(k, until)
                if moved:
                    self.lane.update(dict.fromkeys(moved, there))
                    return

    def _timed(self, lane: Lane) -> Iterator[int]:
        return (k for k in self.order if self.lane[k] == lane and not self.chords[k].grace)

    def _silent(self, staff: int, now: Fraction) -> bool:
        """Whether nothing on a staff sounds, or rests, from a time on."""
        return not any(self._staff[k] == staff and self._start[k] <= now < self._end[k] for k in self.order)

    def _silent_before(self, k: int) -> bool:
        """Whether nothing on the staff of a chord leads to it."""
        now = self._start[k]
        return not any(
            self._staff[j] == self._staff[k] and self._start[j] < now <= self._end[j] for j in self.order
        )

    def _on_from(self, k: int, until: Fraction | None) -> list[int]:
        """A chord and what follows it in its lane without a gap up to a time, with their grace notes."""
        now, found = self._start[k], []
        for j in self.order:
            if self.lane[j] == self.lane[k] and self._start[j] >= self._start[k]:
                if self._start[j] > now or (until is not None and self._end[j] > until):
                    break
                found.append(j)
                now = max(now, self._end[j])
        return found
