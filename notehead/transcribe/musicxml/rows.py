"""Rows: the chords of a measure in the order of the file, each voice in one row without overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from notehead.transcribe.musicxml.crossing import carried
from notehead.transcribe.musicxml.lanes import Lane, length_of, staff_of, start_of
from notehead.transcribe.score import Chord, Measure


@dataclass(frozen=True, slots=True)
class Row:
    """A voice in a measure.

    Attributes:
        lane: staff and voice.
        chords: indices of chords in their measure, by onset.
    """

    lane: Lane
    chords: tuple[int, ...]


def rows_of(measure: Measure, staves: int) -> list[Row]:
    """The rows of a measure, by staff and voice.

    Chords of one beam across staves come into the row of the first of them, where there is room, and so do
    those of a voice that changes staff. What overlaps in a voice gets another voice.
    """
    chords = measure.chords
    order = sorted(range(len(chords)), key=lambda k: (start_of(chords[k]), not chords[k].grace))
    staff = {k: staff_of(chords[k], staves) for k in order}
    lane = {k: (staff[k], max(chords[k].voice, 1)) for k in order}
    for group in _across(chords, order, lane):
        home = lane[group[0]]
        others = [k for k in order if lane[k] == home and k not in group]
        if not _overlap(chords, [*others, *group]):
            lane.update(dict.fromkeys(group, home))
    if staves > 1:
        lane = carried(chords, order, lane, staff)
    rows: dict[Lane, list[int]] = defaultdict(list)
    for k in order:
        rows[lane[k]].append(k)
    for own in sorted(rows):
        _spill(own, rows, chords)
    return [Row(own, tuple(rows[own])) for own in sorted(rows) if rows[own]]


def _across(chords: Sequence[Chord], order: Sequence[int], lane: dict[int, Lane]) -> Iterable[list[int]]:
    """Groups of chords under one beam that are not all in one lane."""
    groups: dict[int, list[int]] = {}
    for k in order:
        together = [groups[beam] for beam in chords[k].beams if beam in groups]
        group = together[0] if together else []
        for other in together[1:]:
            group += [member for member in other if member not in group]
        group.append(k)
        for member in group:
            groups.update(dict.fromkeys(chords[member].beams, group))
    different = {id(group): group for group in groups.values()}
    for group in different.values():
        if len({lane[k] for k in group}) > 1:
            yield sorted(group, key=order.index)


def _overlap(chords: Sequence[Chord], members: Iterable[int]) -> bool:
    timed = sorted((start_of(chords[k]), length_of(chords[k])) for k in members if not chords[k].grace)
    return any(a + length > b for (a, length), (b, _) in pairwise(timed))


def _spill(lane: Lane, rows: dict[Lane, list[int]], chords: Sequence[Chord]) -> None:
    """Move what overlaps in a lane into a voice that is free, as often as it takes."""
    kept, over, end = [], [], Fraction(0)
    for k in rows[lane]:
        if start_of(chords[k]) < end:
            over.append(k)
        else:
            kept.append(k)
            end = start_of(chords[k]) + length_of(chords[k])
    if over:
        staff, _ = lane
        free = max(voice for own, voice in rows if own == staff) + 1
        rows[lane], rows[staff, free] = kept, over
        _spill((staff, free), rows, chords)
