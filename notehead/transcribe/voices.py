"""Voices: the events of a staff's measure in rows, in each of which one begins when another has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from notehead.transcribe.chords import Event
from notehead.transcribe.rhythm import Timed

_TURNED = 1.0
"""Cost of going on with a stem in the other direction."""
_GAP = 1.5
"""Cost of going on after a gap, as after a rest that is not drawn."""
_FAR = 0.05
"""Cost of each staff space upwards or downwards."""


@dataclass(slots=True)
class _Voice:
    events: list[int] = field(default_factory=list)
    end: Fraction = Fraction(0)
    stem: int = 0
    y: float = 0.0


def voices_of(events: Mapping[int, Event], times: Mapping[int, Timed], space: float) -> list[list[int]]:
    """The voices of one staff in one measure, from above: numbers of events, in order.

    Args:
        events: of the staff, by their numbers, without grace notes.
        times: of all of them.
        space: staff space in pixels.
    """
    voices: list[_Voice] = []
    for k in sorted(events, key=lambda k: (times[k].onset, events[k].y)):
        event, time = events[k], times[k]
        free = [voice for voice in voices if voice.end <= time.onset]
        best = min(free, key=lambda voice: _cost(voice, event, time, space), default=None)
        if best is None:
            best = _Voice(y=event.y, stem=event.stem)
            voices.append(best)
        best.events.append(k)
        best.end = time.onset + time.length
        best.stem = event.stem or best.stem
        best.y = event.y
    return [voice.events for voice in sorted(voices, key=lambda voice: _height(voice, events))]


def _cost(voice: _Voice, event: Event, time: Timed, space: float) -> float:
    turned = _TURNED if voice.stem * event.stem < 0 else 0.0
    gap = _GAP if voice.end < time.onset else 0.0
    return turned + gap + _FAR * abs(voice.y - event.y) / space


def _height(voice: _Voice, events: Mapping[int, Event]) -> tuple[float, float]:
    """Voices with stems upwards first, then by height."""
    stems = [events[k].stem for k in voice.events]
    return -sum(stems) / len(stems), sum(events[k].y for k in voice.events) / len(voice.events)
