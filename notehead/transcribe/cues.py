"""Small notes that are no grace notes.

Those too long; a staff, or a measure of one, printed small; those that share beams with large notes, as some
print accompaniments, and where a page does so often, all its small notes under beams; cadenzas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from notehead.transcribe.cadenzas import cadenzas
from notehead.transcribe.chords import Event
from notehead.transcribe.measures import Span
from notehead.transcribe.systems import System

_FEW, _LEAST = 2, 1
"""How many small chords are at least a voice, and how long they are with rests, in quarter notes."""
_WHOLE = 4
_OFTEN = 4
"""Beams of a page with large and small notes, from which on all small ones under beams take time."""


def with_cues(
    events: Sequence[Event], systems: Sequence[System], spans: Sequence[Sequence[Span]]
) -> list[Event]:
    """Events, of which small notes take time that are no grace notes.

    Args:
        events: of a page.
        systems: of it.
        spans: the measures of each.
    """
    beamed = _accompanying(events)
    found = [
        replace(event, grace=event.grace and not _too_long(event) and beamed.isdisjoint(event.beams))
        for event in events
    ]
    small = {event.staff for event in events if event.grace}
    for system, own in zip(systems, spans, strict=True):
        if small.isdisjoint(system.staves):
            continue
        rows = [k for k, event in enumerate(events) if event.staff in system.staves]
        for span in own:
            here = [k for k in rows if span.left <= events[k].x < span.right]
            for k in [*_cues(here, events), *cadenzas({k: found[k] for k in here})]:
                found[k] = replace(found[k], grace=False)
    return found


def _cues(rows: Sequence[int], events: Sequence[Event]) -> Iterator[int]:
    """What of a measure of a system stands on staffs whose notes are all small there."""
    for staff in {events[k].staff for k in rows}:
        own = [k for k in rows if events[k].staff == staff]
        if _are_cues([events[k] for k in own]):
            yield from own


def _accompanying(events: Sequence[Event]) -> set[int]:
    """Beams whose small notes take time."""
    sizes: tuple[set[int], set[int]] = (set(), set())
    for event in events:
        sizes[event.grace].update(event.beams)
    mixed = sizes[0] & sizes[1]
    return sizes[1] if len(mixed) >= _OFTEN else mixed


def _too_long(event: Event) -> bool:
    """Whether a small note is no grace note by its shape alone."""
    return event.written >= _WHOLE or event.dots > 0


def _are_cues(events: Sequence[Event]) -> bool:
    """Whether what a staff has in a measure is a voice, though all of its notes are small."""
    if not all(event.rest or event.grace for event in events):
        return False
    few = sum(event.grace for event in events) < _FEW
    if few or any(event.rest and event.written == 4 for event in events):
        return False
    return sum(event.length for event in events) >= _LEAST
