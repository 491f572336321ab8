"""Moments: at which time of which measure what stands at a place of a system is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from notehead.transcribe.chords import Event
from notehead.transcribe.measures import Span
from notehead.transcribe.outlines import Outlines
from notehead.transcribe.rhythm import MeasureTimes
from notehead.transcribe.staves import Floats

_ELSEWHERE = 0.8
"""Cost, in staff spaces, of a moment that only other staves have."""
_FIRST = 3.0
"""Staff spaces from a barline to where a measure's first notes are taken to be, where it has none."""


@dataclass(frozen=True, eq=False)
class Moments:
    """The moments of a system: its events, the beginnings and the ends of its measures.

    Attributes:
        x: where they are, in pixels (n,).
        measure: index of the measure in the system.
        staff: row of the staff, -1 for all.
        end: whether it is the end of a measure.
        onset: in its measure, in quarter notes.
    """

    x: Floats
    measure: NDArray[np.int64]
    staff: NDArray[np.int64]
    end: NDArray[np.bool_]
    onset: tuple[Fraction, ...]

    def nearest(
        self, x: float, staff: int, space: float, *, ends: bool = False
    ) -> tuple[int, Fraction] | None:
        """Measure and onset of the moment nearest to a place; None in a system without any.

        Args:
            x: where, in pixels.
            staff: row of the staff; moments of others count for less.
            space: staff space in pixels.
            ends: whether the ends of measures count.
        """
        if not len(self.x) or not np.isfinite(x):
            return None
        cost = np.abs(self.x - x) / space + _ELSEWHERE * ((self.staff != staff) & (self.staff >= 0))
        if not ends:
            cost = np.where(self.end, np.inf, cost)
        best = int(cost.argmin())
        return (int(self.measure[best]), self.onset[best]) if np.isfinite(cost[best]) else None


def moments_of(
    spans: Sequence[Span],
    times: Sequence[MeasureTimes],
    events: Sequence[Mapping[int, Event]],
    outlines: Outlines,
    space: float,
) -> Moments:
    """The moments of a system.

    Args:
        spans: its measures.
        times: of their events.
        events: of each measure, by their numbers.
        outlines: of all events of the page.
        space: staff space in pixels.
    """
    rows: list[tuple[float, int, int, bool, Fraction]] = []
    for number, (span, timed, own) in enumerate(zip(spans, times, events, strict=True)):
        first = span.left + _FIRST * space
        placed = [
            (float(outlines.x[k]), number, event.staff, False, timed.times[k].onset)
            for k, event in own.items()
            if k in timed.times and not (event.grace or event.whole)
        ]
        first = min((x for x, *_, onset in placed if onset == 0), default=first)
        rows += placed
        rows += [(first, number, -1, False, Fraction(0)), (span.right, number, -1, True, timed.length)]
    return Moments(
        np.array([row[0] for row in rows], np.float64), np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.int64), np.array([row[3] for row in rows], np.bool_),
        tuple(row[4] for row in rows),
    )  # fmt: skip
