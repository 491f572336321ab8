"""Lanes: which voice of which staff a chord is in, what number that has in a file, and when it is there."""

from __future__ import annotations

from fractions import Fraction

from notehead.transcribe.musicxml.spelling import spelling_of
from notehead.transcribe.score import Chord

VOICES = 4
"""Voices of a staff; those of the next staff go on from there, as MuseScore counts them."""
Lane = tuple[int, int]
"""A staff, from 0, and a voice of it, from 1."""


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
