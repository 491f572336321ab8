"""Tremolos between two notes: each is written as long as both together last."""

from __future__ import annotations

from collections.abc import Sequence

from notehead.page import Symbols
from notehead.transcribe.chords import Event

_OFF = 1.6
"""Staff spaces from a stem to the end of its tremolo, at most."""
_WIDE = 1.18
"""How wide a notehead is, in staff spaces."""


def tremolos_of(symbols: Symbols, events: Sequence[Event], space: float) -> list[tuple[int, int]]:
    """Pairs of events that alternate, from the left: joined by a tremolo, or by a beam of half notes.

    Args:
        symbols: of a page.
        events: of the page.
        space: staff space in pixels.
    """
    chords = [k for k, event in enumerate(events) if not event.rest and not event.grace]
    by_beam: dict[int, list[int]] = {}
    for k in chords:
        if events[k].written >= 2:
            for beam in events[k].beams:
                by_beam.setdefault(beam, []).append(k)
    pairs = {
        (a, b) for members in by_beam.values() if len(members) == 2 for a, b in [_ordered(members, events)]
    }
    for row, name in enumerate(symbols.names):
        if name == "tremoloTwoNote":
            pair = _at_ends(symbols.box[row].tolist(), chords, events, space)
            if pair is not None:
                pairs.add(pair)
    taken: set[int] = set()
    found = []
    for a, b in sorted(pairs):
        if not taken & {a, b}:
            taken |= {a, b}
            found.append((a, b))
    return found


def _at_ends(
    box: list[float], chords: Sequence[int], events: Sequence[Event], space: float
) -> tuple[int, int] | None:
    """The two equally long chords whose stems are at the ends of a tremolo, those nearest in height."""
    x0, y0, x1, y1 = box
    ends: list[list[tuple[float, int]]] = [[], []]
    for k in chords:
        event = events[k]
        stem = event.x + (_WIDE * space if event.stem > 0 else 0.5 * _WIDE * space if event.stem == 0 else 0)
        high = max(y0 - event.y, event.y - y1, 0) / space
        for side, x in enumerate((x0, x1)):
            off = abs(stem - x) / space
            if off <= _OFF and high <= 9:
                ends[side].append((off + 0.5 * high, k))
    best = min(
        (
            (a + b, first, last)
            for a, first in ends[0]
            for b, last in ends[1]
            if first != last
            and events[first].length == events[last].length
            and events[first].x < events[last].x
        ),
        default=None,
    )
    return None if best is None else (best[1], best[2])


def _ordered(members: Sequence[int], events: Sequence[Event]) -> tuple[int, int]:
    first, second = sorted(members, key=lambda k: events[k].x)
    return first, second
