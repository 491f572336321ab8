"""Staves that sound together, and parts of them."""

from __future__ import annotations

import pytest

from notehead.transcribe.systems import systems_of
from tests.transcribe.by_hand import Mark, staff, symbols

STAVES = [staff(120), staff(220), staff(320), staff(420)]
"""From 100 to 140, 200 to 240, 300 to 340, 400 to 440."""


def systems(*marks: Mark) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(one.staves, one.parts) for one in systems_of(STAVES, symbols(*marks))]


def test_staves_that_nothing_joins_are_systems_of_their_own() -> None:
    assert systems() == [((k,), (0,)) for k in range(4)]
    assert systems_of([], symbols()) == []


@pytest.mark.parametrize(
    "name", ["barlineSystemic", "barlineSingle", "bracket", "bracketSquare", "repeatRight", "barlineFinal"]
)
def test_what_reaches_from_one_staff_into_another_joins_them(name: str) -> None:
    assert systems((name, 0, 100, 3, 240)) == [((0, 1), (0, 1)), ((2,), (0,)), ((3,), (0,))]


def test_a_brace_joins_and_makes_one_part() -> None:
    joined = systems(("barlineSystemic", 0, 100, 3, 340), ("brace", -12, 200, -4, 340))
    assert joined == [((0, 1, 2), (0, 1, 1)), ((3,), (0,))]
    assert systems(("brace", -12, 100, -4, 240))[0] == ((0, 1), (0, 0))


def test_a_streak_that_begins_and_ends_anywhere_joins_nothing() -> None:
    """As a photocopy has them: two systems were one, and a dozen measures in each of its halves."""
    assert len(systems(("barlineSingle", 50, 165, 52, 276))) == 4
    assert len(systems(("barlineSingle", 50, 94, 52, 276))) == 3
    assert len(systems(("bracket", -8, 125, -2, 216))) == 3


def test_what_ends_at_a_staffs_edge_joins_nothing() -> None:
    assert len(systems(("barlineSingle", 50, 100, 52, 142))) == 4
    assert len(systems(("barlineSingle", 50, 100, 52, 203))) == 4
    assert len(systems(("barlineSingle", 50, 100, 52, 206))) == 3
    assert len(systems(("barlineSingle", 50, 137, 52, 240))) == 4


@pytest.mark.parametrize("name", ["repeatDot", "repeat1Bar", "repeatBarSlash", "slur", "stem", "beam"])
def test_other_symbols_join_nothing(name: str) -> None:
    assert len(systems((name, 50, 100, 52, 240))) == 4


def test_what_stands_far_beside_the_staves_joins_nothing() -> None:
    assert len(systems(("bracket", -60, 100, -50, 240))) == 4
    assert len(systems(("bracket", -40, 100, -30, 240))) == 3


def test_staves_beside_each_other_are_not_joined() -> None:
    pair = [staff(120, 0, 190), staff(125, 210, 400)]
    assert len(systems_of(pair, symbols(("barlineSingle", 195, 90, 205, 150)))) == 2
