"""Numbers of slurs, beams and of what else lasts, in the order in which they come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from notehead.transcribe.score import Chord, Direction, Measure, Part


def numbered(part: Part) -> Part:
    """The part with numbers from 1 for its beams, its slurs, and its directions that last.

    Two parts that mean the same have the same numbers then.
    """
    chords = [chord for measure in part.measures for chord in measure.chords]
    beams = _numbers(beam for chord in chords for beam in chord.beams)
    slurs = _numbers(slur for chord in chords for slur in (*chord.slurred, *chord.slurs))
    lasting = _numbers(
        direction.number for measure in part.measures for direction in measure.directions if direction.role
    )

    def renumber(measure: Measure) -> Measure:
        return replace(
            measure,
            chords=tuple(_chord(chord, beams, slurs) for chord in measure.chords),
            directions=tuple(_direction(one, lasting) for one in measure.directions),
        )

    return replace(part, measures=tuple(renumber(measure) for measure in part.measures))


def _numbers(found: Iterable[int]) -> dict[int, int]:
    return {old: new for new, old in enumerate(dict.fromkeys(found), 1)}


def _chord(chord: Chord, beams: dict[int, int], slurs: dict[int, int]) -> Chord:
    return replace(
        chord,
        beams=tuple(beams[beam] for beam in chord.beams),
        slurs=tuple(sorted(slurs[slur] for slur in chord.slurs)),
        slurred=tuple(sorted(slurs[slur] for slur in chord.slurred)),
    )


def _direction(direction: Direction, numbers: dict[int, int]) -> Direction:
    return replace(direction, number=numbers[direction.number]) if direction.role else direction
