"""On which staff symbols stand, and how high."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.page import ABSENT
from notehead.transcribe.placing import places_of
from tests.transcribe.by_hand import Mark, head, staff, symbols

PAIR = [staff(120), staff(220)]
"""From 100 to 140 and from 200 to 240: the middle between them is 170."""


def ledger(y: float, x: float = 45) -> Mark:
    return ("ledgerLine", x, y - 1, x + 22, y + 1)


def test_symbols_stand_on_the_nearest_staff() -> None:
    marks = symbols(head(50, 0), head(90, -4), head(50, 2, 220), ("restQuarter", 80, 160, 90, 178))
    places = places_of(PAIR, marks)
    assert places.staff.tolist() == [0, 0, 1, 0]
    assert places.height[:3].tolist() == [0, -4, 2]


def test_what_is_far_from_all_staves_is_on_none() -> None:
    marks = symbols(head(50, 26), head(50, 28), ("restQuarter", 800, 115, 810, 125))
    places = places_of(PAIR, marks)
    assert places.staff.tolist() == [0, ABSENT, ABSENT]
    assert np.isnan(places.height[1:]).all()


def test_without_staves_nothing_stands_anywhere() -> None:
    places = places_of([], symbols(head(50, 0)))
    assert places.staff.tolist() == [ABSENT]
    assert places.position(symbols(head(50, 0))).shape == (1,)
    assert len(places_of(PAIR, symbols()).staff) == 0


@pytest.mark.parametrize(
    ("own", "expected"), [([150, 160], 0), ([180, 190], 1), ([190, 180, 170], 1), ([150], 0), ([], 0)]
)
def test_between_two_staves_ledger_lines_say_which(own: list[float], expected: int) -> None:
    """A note at 165: nine half spaces below the upper staff's middle, eleven above the lower one's."""
    marks = symbols(head(50, -9), *(ledger(y) for y in own))
    assert places_of(PAIR, marks).staff[0] == expected


def test_ledger_lines_of_another_note_say_nothing() -> None:
    marks = symbols(head(50, -9), ledger(190, 90), ledger(180, 90))
    assert places_of(PAIR, marks).staff[0] == 0


def test_lyrics_stand_below_their_staff() -> None:
    marks = symbols(("textLyrics", 50, 172, 80, 186), ("textDirection", 50, 172, 80, 186))
    assert places_of(PAIR, marks).staff.tolist() == [0, 1]


@pytest.mark.parametrize("off", [-4, -2, 0, 2, 4])
def test_heads_on_lines_have_even_positions_and_those_in_spaces_odd_ones(off: float) -> None:
    """A head may be off its place by nearly a half space and still be told by its class."""
    heads = [
        ("noteheadBlackOnLine", 110), ("noteheadBlackInSpace", 115), ("noteheadHalfInSpace", 145),
        ("noteheadWholeOnLine", 150),
    ]  # fmt: skip
    marks = symbols(*((name, 50, y - 5 + off, 62, y + 5 + off) for name, y in heads))
    assert places_of(PAIR, marks).position(marks).tolist() == [2, 1, -5, -6]


def test_heads_of_other_shapes_are_rounded() -> None:
    marks = symbols(*(("noteheadX", 50, y - 5, 62, y + 5) for y in (113, 117, 121, 111)))
    assert places_of(PAIR, marks).position(marks).tolist() == [1, 1, 0, 2]
