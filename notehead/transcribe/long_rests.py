"""Long rests of measures whose barlines are not drawn: they stand in the middle of their time, in no column.

Such a rest begins where what stands before it on its staff ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from notehead.transcribe.chords import Event

_LONG = 4
"""Quarter notes from which on a rest may stand in the middle of a measure; that of a whole one always may."""


def long_rests(events: Mapping[int, Event], columns: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """By event the long rests that follow it at once, in order, on the staffs of one voice.

    Args:
        events: of a measure, by their numbers.
        columns: of them, from the left.

    Example:
        >>> from fractions import Fraction
        >>> note = Event((0,), 0, 0.0, 0.0, Fraction(2), stem=1)
        >>> rest = Event((), 0, 50.0, 0.0, Fraction(8), rest=True)
        >>> long_rests({0: note, 1: rest}, [[0], [1]])
        {0: [1]}
    """
    rows: defaultdict[int, list[int]] = defaultdict(list)
    voices: defaultdict[int, int] = defaultdict(int)
    for column in columns:
        beside: defaultdict[int, int] = defaultdict(int)
        for k in column:
            rows[events[k].staff].append(k)
            beside[events[k].staff] += 1
        for staff, count in beside.items():
            voices[staff] = max(voices[staff], count)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for staff, row in rows.items():
        if voices[staff] == 1:
            last = row[0]
            for k in row[1:]:
                if events[k].rest and (events[k].whole or events[k].written >= _LONG):
                    found[last].append(k)
                else:
                    last = k
    return dict(found)
