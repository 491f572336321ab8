"""Barlines that are not drawn: what is several measures long is divided where a measure ends on all staves.

Old choral music is printed without them, or with ticks, and engraving programs leave out what a score hides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from notehead.transcribe.chords import Event
from notehead.transcribe.measures import Span
from notehead.transcribe.rhythm import measure_times
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.systems import System

_LONGER = Fraction(3, 2)
"""So many times as long as a measure is what may be several."""
_MOST = 64
"""Measures between two barlines at most."""
_BESIDE = 1.2
"""Staff spaces within which two events of one staff are of two voices."""
_BEFORE = 0.3
"""Staff spaces from where a measure is divided to what it begins with, accidentals aside."""


def divided(
    sheet: Sheet, system: System, spans: Sequence[Span], lengths: Sequence[Fraction | None]
) -> list[Span]:
    """The measures of a system, those divided that are several.

    Args:
        sheet: the page.
        system: of it.
        spans: what lies between its barlines.
        lengths: of a measure there, in quarter notes; None where that is unknown.
    """
    found: list[Span] = []
    for span, length in zip(spans, lengths, strict=True):
        events = sheet.in_span(system, span)
        cuts = [] if length is None else _cuts(sheet, events, length)
        edges = [span.left, *cuts, span.right]
        found += [
            Span(
                left, right,
                span.opening if left == span.left else None,
                span.closing if right == span.right else None,
                tuple(barline for barline in span.within if left < barline.x < right),
            )
            for left, right in pairwise(edges)
        ]  # fmt: skip
    return found


def _cuts(sheet: Sheet, events: Mapping[int, Event], length: Fraction) -> list[float]:
    """Where measures of a length end between two barlines, in pixels; none where they do not all do."""
    timed = {
        k: event for k, event in events.items()
        if not (event.grace or event.whole or (event.rest and event.written == 4))  # which may fill a measure
    }  # fmt: skip
    if _least(timed, sheet.ratios, sheet.page.staff_space) < _LONGER * length:
        return []
    if measure_times(timed, sheet.ratios, sheet.page.staff_space, length).length < _LONGER * length:
        return []
    times = measure_times(timed, sheet.ratios, sheet.page.staff_space, None)
    count = times.length / length
    if count.denominator != 1 or not 2 <= count <= _MOST:
        return []
    cuts = []
    for number in range(1, int(count)):
        end = number * length
        if any(one.onset < end < one.onset + one.length for one in times.times.values()):
            return []
        begins = [timed[k].x for k, one in times.times.items() if one.onset == end]
        if not begins:
            return []
        cuts.append(min(begins) - _BEFORE * sheet.page.staff_space)
    return cuts


def _least(events: Mapping[int, Event], ratios: Mapping[int, Fraction], space: float) -> Fraction:
    """How long a measure is at least: as one staff is, of two voices the one with stems in one direction."""
    longest = Fraction(0)
    for staff in {event.staff for event in events.values()}:
        own = sorted((k for k in events if events[k].staff == staff), key=lambda k: events[k].x)
        length = {k: events[k].length * ratios.get(k, 1) for k in own}
        if any(events[b].x - events[a].x < _BESIDE * space for a, b in pairwise(own)):
            voices = [[k for k in own if events[k].stem != stem] for stem in (-1, 1)]
        else:
            voices = [own]
        longest = max(longest, *(sum((length[k] for k in voice), Fraction(0)) for voice in voices))
    return longest
