"""Key signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.page import STEPS
from notehead.transcribe.keys import Key, keys_of
from tests.transcribe.by_hand import Mark, mark, placed, staff, symbols

STAVES = [staff(120), staff(320)]
SHARPS, FLATS = "FCGDAEB", "BEADGCF"


def read(*marks: Mark, number: int = 0) -> list[tuple[float, int]]:
    there = symbols(*marks)
    return [(one.x, one.key.fifths) for one in keys_of(STAVES[number], number, there, placed(STAVES, there))]


def signature(name: str, count: int, x: float = 40) -> list[Mark]:
    """Accidentals of 8 pixels, 10 pixels apart."""
    return [mark(name, x + 10 * k, k % 3) for k in range(count)]


@given(st.integers(0, 7), st.sampled_from(STEPS), st.integers(0, 8))
def test_a_key_alters_its_steps_in_all_octaves(count: int, step: str, octave: int) -> None:
    diatonic = 7 * octave + STEPS.index(step)
    assert Key(count).alter(diatonic) == int(step in SHARPS[:count])
    assert Key(-count).alter(diatonic) == -int(step in FLATS[:count])


@pytest.mark.parametrize("count", range(1, 8))
def test_as_many_accidentals_as_are_drawn(count: int) -> None:
    middle = 40 + (10 * (count - 1) + 8) / 2
    assert read(*signature("keySharp", count)) == [(middle, count)]
    assert read(*signature("keyFlat", count)) == [(middle, -count)]


def test_naturals_take_back_and_the_new_signature_follows() -> None:
    assert [fifths for _, fifths in read(*signature("keyNatural", 3))] == [0]
    both = [*signature("keyNatural", 2), *signature("keyFlat", 3, 60)]
    assert [fifths for _, fifths in read(*both)] == [-3]


def test_signatures_apart_are_two() -> None:
    marks = [*signature("keySharp", 2, 200), *signature("keySharp", 4)]
    assert [fifths for _, fifths in read(*marks)] == [4, 2]
    assert [fifths for _, fifths in read(*signature("keySharp", 2), *signature("keySharp", 1, 77))] == [3]
    assert [fifths for _, fifths in read(*signature("keySharp", 2), *signature("keySharp", 1, 79))] == [2, 1]


def test_more_than_seven_are_seven() -> None:
    assert [fifths for _, fifths in read(*signature("keyFlat", 9))] == [-7]


def test_accidentals_of_notes_and_of_other_staves_are_no_signature() -> None:
    assert read(mark("accidentalSharp", 40, 0)) == []
    other = mark("keySharp", 40, 0, middle=320)
    assert read(other) == []
    assert [fifths for _, fifths in read(other, number=1)] == [1]
