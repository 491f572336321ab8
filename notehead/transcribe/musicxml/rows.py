"""Rows: the chords of a measure in the order of the file, each voice in one row without overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from notehead.transcribe.musicxml.spelling import spelling_of
from notehead.transcribe.score import Chord, Measure

VOICES = 4
"""Voices of a staff; those of the next staff go on from there, as MuseScore counts them."""
Lane = tuple[int, int]
"""A staff, from 0, and a voice of it, from 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """A voice in a measure.

    Attributes:
        lane: staff and voice.
        chords: indices of chords in their measure, by onset.
    """

    lane: Lane
    chords: tuple[int, ...]


def number_of(lane: Lane, staves: int) -> int:
    """The number of a voice in its part: 1 to 4 on the first staff, 5 to 8 on the second.

    A fifth voice and those after it come after all staves.

    Example:
        >>> number_of((0, 1), 2), number_of((1, 2), 2), number_of((0, 5), 2)
        (1, 6, 9)
    """
    staff, voice = lane
    block, place = divmod(voice - 1, VOICES)
    return (block * staves + staff) * VOICES + place + 1


def lane_of(number: int, staves: int) -> Lane:
    """The staff and the voice that a number means.

    Example:
        >>> [lane_of(number, 2) for number in (1, 6, 9)]
        [(0, 1), (1, 2), (0, 5)]
    """
    rest, place = divmod(number - 1, VOICES)
    block, staff = divmod(rest, staves)
    return staff, block * VOICES + place + 1


def start_of(chord: Chord) -> Fraction:
    """Where a chord begins; never before its measure."""
    return max(chord.onset, Fraction(0))


def length_of(chord: Chord) -> Fraction:
    """How long it lasts: nothing for grace notes only."""
    if chord.grace:
        return Fraction(0)
    return chord.length if chord.length > 0 else spelling_of(chord).nominal


def staff_of(chord: Chord, staves: int) -> int:
    """Its staff, one that the part has."""
    return min(max(chord.staff, 0), staves - 1)


def rows_of(measure: Measure, staves: int) -> list[Row]:
    """The rows of a measure, by staff and voice.

    Chords of one beam across staves come into the row of the first of them, where there is room. What
    overlaps in a voice gets another voice.
    """
    chords = measure.chords
    order = sorted(range(len(chords)), key=lambda k: (start_of(chords[k]), not chords[k].grace))
    lane = {k: (staff_of(chords[k], staves), max(chords[k].voice, 1)) for k in order}
    for group in _across(chords, order, lane):
        home = lane[group[0]]
        others = [k for k in order if lane[k] == home and k not in group]
        if not _overlap(chords, [*others, *group]):
            lane.update(dict.fromkeys(group, home))
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
