"""Which events a tuplet's number makes shorter."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.page import Page, Symbols
from notehead.transcribe import tuplets
from notehead.transcribe.chords import Event
from notehead.transcribe.staves import Staff
from notehead.transcribe.tuplets import Tuplet, tuplets_of

LINES = np.array([[0, y, 600, y] for y in (100, 110, 120, 130, 140)], float)
STAVES = [Staff(0, LINES, 10.0)]
TWO = [*STAVES, Staff(1, LINES + np.array([0, 140, 0, 140]), 10.0)]
EIGHTH, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)
BLANK = np.full((400, 620), 255, np.uint8)
Mark = tuple[str, float, float, float, float]


def chord(x: float, written: Fraction = EIGHTH, *, beam: int = -1, rest: bool = False) -> Event:
    return Event(
        (0,), 0, x, 120.0, written, stem=0 if rest else 1, beams=(beam,) if beam >= 0 else (), rest=rest
    )


def read(
    events: list[Event], *marks: Mark, staves: Sequence[Staff] = STAVES, image: NDArray[np.uint8] = BLANK
) -> list[Tuplet]:
    symbols = Symbols.build([name for name, *_ in marks], np.array([box for _, *box in marks], float))
    return tuplets_of(staves, Page("page", image, symbols), events)


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


def test_a_tuplet_does_not_go_beyond_a_barline() -> None:
    """A number stood between two staffs: six eighths of two measures of the lower one were its sextuplet."""
    upper = [chord(211 + 18 * k, SIXTEENTH) for k in range(6)]
    lower = [
        Event((0,), 1, x, 250.0, EIGHTH, stem=1) for x in (172, 195, 230, 290, 330, 348)
    ]  # in whose middle it stands, too
    bar: Mark = ("barlineSingle", 209, 240, 211, 280)
    found = read([*upper, *lower], ("tuplet6", 257, 183, 267, 197), bar, staves=TWO)
    assert [one.events for one in found] == [tuple(range(6))]
    found = read([*upper, *lower], ("tuplet6", 257, 183, 267, 197), staves=TWO)
    assert [one.events for one in found] == [tuple(range(6, 12))]


def test_two_numbers_of_one_group_make_one_tuplet() -> None:
    events = [chord(100, beam=0), chord(130, beam=0), chord(160, beam=0)]
    assert len(read(events, ("beam", 110, 80, 172, 86), three(136), three(137, 60))) == 1


def voice(x: float, stem: int, *, written: Fraction = EIGHTH, y: float = 120.0, staff: int = 0) -> Event:
    """A chord with a stem, or a rest."""
    return Event((0,), staff, x, y, written, stem=stem, rest=not stem)


def test_of_two_voices_under_a_bracket_it_is_that_on_its_side() -> None:
    """Rests of the other voice, and those of whole measures, are not counted."""
    events = [
        voice(100, 1, y=105), voice(130, 1, y=105), voice(160, 1, y=105),
        voice(100, -1, y=135), voice(130, 0, y=150), voice(145, 0, y=130, written=Fraction(4)),
    ]  # fmt: skip
    (one,) = read(events, ("tupletBracket", 100, 66, 172, 74), three(136))
    assert one.events == (0, 1, 2)


def bracket(y: float, *, down: bool, slope: float = 0.0) -> NDArray[np.uint8]:
    """A bracket from 100 to 172, with its hooks down or up; only its left half is drawn."""
    image = BLANK.copy()
    for x in range(100, 126):
        image[round(y + slope * (x - 100)), x] = 0
    hook = slice(round(y), round(y) + 8) if down else slice(round(y) - 7, round(y) + 1)
    image[hook, 100] = 0
    return image


@pytest.mark.parametrize("slope", [-0.2, 0.0, 0.2])
@pytest.mark.parametrize("down", [False, True])
def test_a_bracket_between_staffs_is_of_that_to_which_its_hooks_point(down: bool, slope: float) -> None:  # noqa: FBT001
    above, below = ([voice(x, 1, y=y, staff=k) for x in (100, 130, 160)] for k, y in ((0, 120), (1, 260)))
    mark: Mark = ("tupletBracket", 100, 165, 172, 205)
    (one,) = read(
        above + below, mark, three(136, 185), staves=TWO, image=bracket(185, down=down, slope=slope)
    )
    assert one.events == ((3, 4, 5) if down else (0, 1, 2))


def test_without_ink_the_nearer_staff_has_the_bracket() -> None:
    above, below = ([voice(x, 1, y=y, staff=k) for x in (100, 130, 160)] for k, y in ((0, 120), (1, 260)))
    (one,) = read(above + below, ("tupletBracket", 100, 165, 172, 173), three(136, 169), staves=TWO)
    assert one.events == (0, 1, 2)


def test_of_two_numbers_in_a_bracket_it_is_that_in_its_middle() -> None:
    """The other one stands at a beam."""
    beam: Mark = ("beam", 100, 84, 140, 88)
    under = [voice(x, -1, y=140) for x in (100, 118, 136, 154, 172)]
    beamed = [Event((0,), 0, x, 110.0, EIGHTH, stem=1, beams=(0,)) for x in (100, 120, 140)]
    five: Mark = ("tuplet5", 137, 173, 147, 187)
    bracketed: Mark = ("tupletBracket", 100, 176, 184, 184)
    found = read(under + beamed, beam, bracketed, five, three(122, 174))
    assert Tuplet((0, 1, 2, 3, 4), 5, 4) in found


def test_a_number_counts_no_more_than_the_shortest_note() -> None:
    """Three sixteenths are no sextuplet where rests make six of them."""
    events = [
        voice(100 + 20 * k, 1 if k in {0, 3, 5} else 0, written=SIXTEENTH, y=100 if k in {0, 3, 5} else 130)
        for k in range(6)
    ]
    (one,) = read(events, ("tupletBracket", 100, 66, 212, 74), ("tuplet6", 151, 63, 161, 77))
    assert one.events == (0, 1, 2, 3, 4, 5)


def test_only_events_around_a_number_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows of events were, with all their sums: a page of digits and noteheads took minutes."""
    tried = []
    monkeypatch.setattr(tuplets, "_is_value", lambda *numbers: tried.append(numbers))
    read([chord(k / 2, beam=0) for k in range(1200)], ("beam", 0, 80, 600, 86), three(306))
    assert 0 < len(tried) < 1200 * 16 * 3
