"""Which events a tuplet's number makes shorter."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.staves import Staff
from notehead.transcribe.tuplets import Tuplet, tuplets_of

LINES = np.array([[0, y, 600, y] for y in (100, 110, 120, 130, 140)], float)
STAVES = [Staff(0, LINES, 10.0)]
EIGHTH, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)


def chord(x: float, written: Fraction = EIGHTH, *, beam: int = -1, rest: bool = False) -> Event:
    return Event(
        (0,), 0, x, 120.0, written, stem=0 if rest else 1, beams=(beam,) if beam >= 0 else (), rest=rest
    )


def read(events: list[Event], *marks: tuple[str, float, float, float, float]) -> list[Tuplet]:
    symbols = Symbols.build([name for name, *_ in marks], np.array([box for _, *box in marks], float))
    return tuplets_of(STAVES, symbols, events)


def three(x: float, y: float = 70.0) -> tuple[str, float, float, float, float]:
    """A 3 whose middle is at x."""
    return ("tuplet3", x - 5, y - 7, x + 5, y + 7)


def test_a_number_at_a_beam_makes_its_notes_a_tuplet() -> None:
    events = [chord(100, beam=0), chord(130, beam=0), chord(160, beam=0)]
    assert read(events, ("beam", 110, 80, 172, 86), three(136)) == [Tuplet((0, 1, 2), 3, 2)]


def test_a_beam_may_go_on_beyond_the_tuplet() -> None:
    lengths = [SIXTEENTH, SIXTEENTH, SIXTEENTH, EIGHTH]
    events = [chord(100 + 30 * k, length, beam=0) for k, length in enumerate(lengths)]
    (found,) = read(events, ("beam", 110, 80, 202, 86), three(142))
    assert found.events == (0, 1, 2)


def test_a_bracket_ends_with_its_events() -> None:
    """What stands just outside belongs to the next one."""
    events = [chord(100, rest=True), chord(130, beam=1), chord(160, beam=1), chord(185, beam=1)]
    (found,) = read(
        events, ("tupletBracket", 98, 60, 174, 70), ("beam", 140, 80, 196, 86), three(136, 64)
    )  # fmt: skip
    assert found.events == (0, 1, 2)


def test_a_number_without_bracket_or_beam_stands_over_its_notes() -> None:
    """As singers' flagged notes have it."""
    events = [chord(60, Fraction(1)), chord(100), chord(130), chord(160), chord(200, Fraction(1))]
    assert read(events, three(136)) == [Tuplet((1, 2, 3), 3, 2)]


def test_a_lone_number_over_unequal_notes_is_no_tuplet() -> None:
    events = [chord(100, Fraction(1)), chord(130, SIXTEENTH), chord(160, Fraction(2))]
    assert read(events, three(136)) == []


def test_two_numbers_of_one_group_make_one_tuplet() -> None:
    events = [chord(100, beam=0), chord(130, beam=0), chord(160, beam=0)]
    assert len(read(events, ("beam", 110, 80, 172, 86), three(136), three(137, 60))) == 1
