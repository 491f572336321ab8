"""Tremolos between two notes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from notehead.page import Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.tremolos import tremolos_of

SPACE = 10.0
HALF = Fraction(2)
NONE = Symbols.build([], np.empty((0, 4)))


def chord(
    x: float, written: Fraction = HALF, *, y: float = 100, stem: int = -1, beams: tuple[int, ...] = ()
) -> Event:
    return Event((0,), 0, x, y, written, stem=stem, beams=beams)


def strokes(*box: float) -> Symbols:
    return Symbols.build(["tremoloTwoNote"], [box])


def test_strokes_join_the_chords_at_their_ends() -> None:
    chords = [chord(0), chord(100), chord(200), chord(300)]
    assert tremolos_of(strokes(102, 60, 198, 75), chords, SPACE) == [(1, 2)]


def test_stems_upwards_stand_at_the_right_of_their_heads() -> None:
    chords = [chord(90, stem=1), chord(190, stem=1)]
    assert tremolos_of(strokes(102, 60, 202, 75), chords, SPACE) == [(0, 1)]


def test_of_two_staffs_the_nearer_one_has_it() -> None:
    chords = [chord(100), chord(200), chord(100, y=300), chord(200, y=300)]
    assert tremolos_of(strokes(102, 260, 198, 275), chords, SPACE) == [(2, 3)]


def test_chords_that_are_not_equally_long_do_not_alternate() -> None:
    assert tremolos_of(strokes(102, 60, 198, 75), [chord(100), chord(200, Fraction(1))], SPACE) == []


def test_two_half_notes_under_a_beam_alternate() -> None:
    chords = [chord(100, beams=(5,)), chord(200, beams=(5,)), chord(300, Fraction(1, 2), beams=(6,))]
    assert tremolos_of(NONE, chords, SPACE) == [(0, 1)]


def test_a_chord_alternates_with_one_other_at_most() -> None:
    chords = [chord(100, beams=(5,)), chord(200, beams=(5,)), chord(300)]
    found = tremolos_of(strokes(202, 60, 298, 75), chords, SPACE)
    assert found == [(0, 1)]


def test_strokes_with_nothing_at_an_end_join_nothing() -> None:
    assert tremolos_of(strokes(102, 60, 400, 75), [chord(100), chord(200)], SPACE) == []
