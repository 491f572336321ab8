"""Long rests of measures whose barlines are not drawn: they stand in the middle of their time, in no column.

Such a rest begins where what stands before it on its staff ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from notehead.transcribe.chords import Event


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
    several: set[int] = set()
    for column in columns:
        for staff, count in Counter(events[k].staff for k in column).items():
            rows[staff] += [k for k in column if events[k].staff == staff]
            several |= {staff} if count > 1 else set()
    found: defaultdict[int, list[int]] = defaultdict(list)
    for staff, row in rows.items():
        last = row[0]
        for k in row[1:] if staff not in several else ():
            if events[k].centred:
                found[last].append(k)
            else:
                last = k
    return dict(found)
