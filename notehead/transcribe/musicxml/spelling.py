"""How a chord's length is spelt: the name of its note, dots, how many are played in the time of how many."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from notehead.transcribe.musicxml.names import TREMOLO, TYPES
from notehead.transcribe.score import Chord, dotted

_MOST_DOTS = 4
_LARGEST = 1_000
"""The largest number that a ratio may have."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The spelling of a length.

    Attributes:
        written: without dots and tuplets, in quarter notes.
        dots: how many.
        actual: how many are played.
        normal: in the time of how many.
    """

    written: Fraction
    dots: int
    actual: int = 1
    normal: int = 1

    @property
    def nominal(self) -> Fraction:
        """The length with its dots and without its ratio."""
        return dotted(self.written, self.dots)


def spelling_of(chord: Chord) -> Spelling:
    """As drawn where that gives the chord's length, else the spelling that does.

    A reader of the file takes lengths from the spelling as often as from the duration: they have to agree.
    """
    written = chord.written if chord.written > 0 else Fraction(1)
    dots = min(max(chord.dots, 0), _MOST_DOTS)
    actual, normal = chord.tuplet if min(chord.tuplet) > 0 and max(chord.tuplet) <= _LARGEST else (1, 1)
    if chord.grace or chord.length <= 0:
        return Spelling(written, dots)
    if TREMOLO in chord.marks and 2 * chord.length * actual == dotted(written, dots) * normal:
        return Spelling(written, dots, 2 * actual, normal)
    wanted = chord.length * actual / normal
    if dotted(written, dots) == wanted:
        return Spelling(written, dots, actual, normal)
    for kind in TYPES:
        for count in range(_MOST_DOTS + 1):
            if dotted(kind, count) == wanted:
                return Spelling(kind, count, actual, normal)
    ratio = chord.length / dotted(written, dots)
    if max(ratio.numerator, ratio.denominator) <= _LARGEST:
        return Spelling(written, dots, ratio.denominator, ratio.numerator)
    return Spelling(written, dots, actual, normal)
