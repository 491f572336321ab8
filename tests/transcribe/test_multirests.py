"""Measures that stand for several, and those that repeat others."""

from __future__ import annotations

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.score import Score
from tests.support.engraved import measure, mei, notes, pages
from tests.transcribe.by_hand import Mark, page, staff
from tests.transcribe.test_sheet import BARS, HEADS


def steps(score: Score) -> list[list[str]]:
    return [
        [chord.notes[0].pitch.step if chord.notes else "rest" for chord in one.chords]
        for one in score.parts[0].measures
    ]


def rested(*digits: Mark) -> Score:
    bar: Mark = ("restHBar", 120, 110, 180, 130)
    return transcribe(page([staff(120)], *BARS, HEADS[0], *HEADS[2:], bar, *digits))


def test_a_rest_stands_for_as_many_measures_as_its_number_says() -> None:
    score = rested(("timeSig1", 142, 70, 149, 90), ("timeSig2", 151, 70, 159, 90))
    assert len(score.parts[0].measures) == 15
    assert steps(score)[1:13] == [["rest"]] * 12
    closings = [one.closing for one in score.parts[0].measures]
    assert closings == ["barlineSingle", *[""] * 11, *["barlineSingle"] * 3]


@pytest.mark.parametrize("digits", [[], [("timeSig5", 340, 70, 348, 90)], [("timeSig0", 146, 70, 154, 90)]])
def test_a_rest_without_a_number_is_one_measure(digits: list[Mark]) -> None:
    assert len(rested(*digits).parts[0].measures) == 4


def test_no_number_makes_a_score_endless() -> None:
    digits: list[Mark] = [("timeSig9", 124 + 10 * k, 70, 132 + 10 * k, 90) for k in range(5)]
    assert len(rested(*digits).parts[0].measures) == 503


def test_a_repeated_measure_is_copied() -> None:
    score = transcribe(pages(mei(measure(notes("c5:2 d5:2")), measure("<mRpt/>"), measure("<mRpt/>"))))
    assert steps(score) == [["C", "D"]] * 3
    assert all(
        note.symbol == 0
        for one in score.parts[0].measures[1:]
        for chord in one.chords
        for note in chord.notes
    )


def test_two_repeated_measures_are_copied() -> None:
    sign: Mark = ("repeat2Bars", 280, 108, 320, 132)
    high = [("noteheadWholeOnLine", 140, 105, 152, 115)]
    score = transcribe(page([staff(120)], *BARS, HEADS[0], *high, sign))
    assert steps(score)[:2] == steps(score)[2:]
    assert steps(score)[0] != steps(score)[1]


def test_a_repeat_of_nothing_is_left_empty() -> None:
    score = transcribe(page([staff(120)], *BARS, *HEADS[1:], ("repeat1Bar", 40, 108, 60, 132)))
    assert steps(score)[0] == []
