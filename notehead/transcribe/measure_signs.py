"""Clefs, keys and meters measure by measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from notehead.transcribe.chords import Event
from notehead.transcribe.clefs import Clef
from notehead.transcribe.measures import Span
from notehead.transcribe.meters import Meter, PlacedMeter
from notehead.transcribe.pitches import StaffSigns
from notehead.transcribe.rhythm import MeasureTimes
from notehead.transcribe.score import Signs

_TOGETHER = 3.0
"""Staff spaces within which the time signatures of several staves are one."""


def signs_in(
    span: Span, placed: StaffSigns, before: Signs, events: Mapping[int, Event], times: MeasureTimes
) -> Signs:
    """The clef and key of a staff in a measure, and the clefs that come in it.

    A clef after the last event is of the next measure.

    Args:
        span: the measure.
        placed: clefs and keys of the staff in its system.
        before: what holds where nothing is placed.
        events: those of the measure on this staff.
        times: of the measure.
    """
    starts = [event.x for event in events.values() if not event.grace]
    first = min(starts, default=span.right)
    clef, key = before.clef, before.key
    changes: dict[Fraction, Clef] = {}
    for number, one in enumerate(placed.clefs):
        if number == 0 or one.x <= max(span.left, first):
            clef = one.clef
        elif one.x < span.right:
            after = [
                k for k, event in events.items() if event.x > one.x and k in times.times and not event.whole
            ]
            onset = min((times.times[k].onset for k in after), default=None)
            if onset is not None and 0 < onset < times.length:
                changes[onset] = one.clef
            elif onset == 0:
                clef = one.clef
    for number, placed_key in enumerate(placed.keys):
        if number == 0 or placed_key.x < span.right:
            key = placed_key.key
    return Signs(clef, key, tuple(sorted(changes.items(), key=lambda change: change[0])))


def agreed(meters: Sequence[PlacedMeter], space: float) -> list[PlacedMeter]:
    """The time signatures of a system, from the left: of those above each other what most staves have.

    Example:
        >>> four, three = Meter(4, 4), Meter(3, 4)
        >>> placed = [PlacedMeter(9.0, four), PlacedMeter(9.5, four), PlacedMeter(9.0, three)]
        >>> [one.meter.beats for one in agreed(placed, 1.0)]
        [4]
    """
    groups: list[list[PlacedMeter]] = []
    for one in sorted(meters, key=lambda one: one.x):
        if groups and one.x - groups[-1][0].x <= _TOGETHER * space:
            groups[-1].append(one)
        else:
            groups.append([one])
    found = []
    for group in groups:
        counts: Counter[Meter] = Counter(one.meter for one in group)
        best = max(counts, key=lambda meter: (counts[meter], meter.length))
        found.append(PlacedMeter(min(one.x for one in group), best))
    return found
