"""Clefs: where they stand, and which pitches they give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe.clefs import TREBLE, Clef, clefs_of
from tests.transcribe.by_hand import Mark, mark, placed, staff, symbols

STAVES = [staff(120), staff(320)]
SHAPES = {"clefG": (24, 70, 0.63), "clefF": (26, 32, 0.3), "clefC": (26, 40, 0.5)}
"""Width and height in pixels, and where in the height the line is that a clef names."""


def clef(name: str, position: int, x: float = 10, middle: float = 120) -> Mark:
    """A clef that names the line at a position."""
    width, height, share = SHAPES[name]
    y = middle - 5 * position
    return (name, x, y - share * height, x + width, y + (1 - share) * height)


def read(*marks: Mark, number: int = 0) -> list[Clef]:
    there = symbols(*marks)
    return [one.clef for one in clefs_of(STAVES[number], number, there, placed(STAVES, there))]


@pytest.mark.parametrize(
    ("sign", "position", "note", "octave", "step"),
    [
        ("G", -2, -2, 4, 4),  # the second line is G4
        ("G", -2, 4, 5, 3),  # the highest line is F5
        ("F", 2, 2, 3, 3),  # the fourth line is F3
        ("F", 2, -4, 2, 4),  # the lowest line is G2
        ("C", 0, 0, 4, 0),  # alto: the middle line is C4
        ("C", 2, 2, 4, 0),  # tenor: the fourth is
        ("C", 2, 0, 3, 5),  # and the middle line is A3
        ("G", -4, -4, 4, 4),  # French violin: the lowest line is G4
    ],
)
def test_a_clef_names_its_line(sign: str, position: int, note: int, octave: int, step: int) -> None:
    assert divmod(Clef(sign, position).diatonic(note), 7) == (octave, step)


@given(st.sampled_from("GFC"), st.sampled_from([-4, -2, 0, 2, 4]), st.integers(-2, 2), st.integers(-15, 15))
def test_octaves_and_positions_add_up(sign: str, line: int, octaves: int, position: int) -> None:
    plain = Clef(sign, line).diatonic(position)
    assert Clef(sign, line, octaves).diatonic(position) == plain + 7 * octaves
    assert Clef(sign, line).diatonic(position + 1) == plain + 1


@pytest.mark.parametrize(("position", "line"), [(-4, 1), (-2, 2), (0, 3), (2, 4), (4, 5)])
def test_lines_are_counted_from_the_lowest(position: int, line: int) -> None:
    assert Clef("C", position).line == line


@pytest.mark.parametrize(
    ("name", "sign", "usual"), [("clefG", "G", -2), ("clefF", "F", 2), ("clefC", "C", 0)]
)
def test_clefs_at_their_usual_line(name: str, sign: str, usual: int) -> None:
    assert read(clef(name, usual)) == [Clef(sign, usual)]


@pytest.mark.parametrize(
    ("name", "sign", "position"),
    [
        ("clefG", "G", -4),
        ("clefF", "F", 0),
        ("clefF", "F", 4),
        ("clefC", "C", -4),
        ("clefC", "C", -2),
        ("clefC", "C", 4),
    ],
)
def test_clefs_at_other_lines(name: str, sign: str, position: int) -> None:
    assert read(clef(name, position)) == [Clef(sign, position)]


def test_the_classes_of_alto_and_tenor_clefs_say_their_lines() -> None:
    alto, tenor = (mark(name, 10, height, (26, 40)) for name, height in (("clefCAlto", 0), ("clefCTenor", 2)))
    assert read(alto) == [Clef("C", 0)]
    assert read(tenor) == [Clef("C", 2)]
    alto, tenor = (mark(name, 10, 1.1, (26, 40)) for name in ("clefCAlto", "clefCTenor"))
    assert read(alto) == [Clef("C", 0)]
    assert read(tenor) == [Clef("C", 2)]


def test_a_percussion_clef_names_no_line() -> None:
    (found,) = read(mark("clefUnpitchedPercussion", 10, 3, (10, 20)))
    assert (found.sign, found.position) == ("percussion", 0)


@pytest.mark.parametrize(
    ("name", "height", "octaves"),
    [("clef8", 10, 1), ("clef8", -8, -1), ("clef15", 10, 2), ("clef15", -8, -2)],
)
def test_a_number_at_a_clef_moves_it_by_octaves(name: str, height: float, octaves: int) -> None:
    assert read(clef("clefG", -2), mark(name, 18, height, (8, 10))) == [Clef("G", -2, octaves)]


def test_a_number_elsewhere_moves_nothing() -> None:
    assert read(clef("clefG", -2), mark("clef8", 80, 10, (8, 10))) == [TREBLE]
    assert read(clef("clefG", -2), mark("clef8", 18, 16, (8, 10))) == [TREBLE]


def test_clefs_come_from_the_left_and_from_their_own_staff() -> None:
    marks = (clef("clefF", 2, 200), clef("clefG", -2, 10), clef("clefC", 0, 10, 320))
    assert read(*marks) == [TREBLE, Clef("F", 2)]
    assert read(*marks, number=1) == [Clef("C", 0)]
    assert read(mark("restQuarter", 10, 0)) == []
