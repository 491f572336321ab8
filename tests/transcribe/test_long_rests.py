"""Measures whose barlines are not drawn: no meter says their length, long rests stand in no column."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from notehead.transcribe.chords import Event
from notehead.transcribe.columns import columns_of, pushed
from notehead.transcribe.long_rests import long_rests
from notehead.transcribe.rhythm import MeasureTimes, measure_times

SPACE = 10.0
QUARTER, HALF, WHOLE, BREVE = Fraction(1), Fraction(2), Fraction(4), Fraction(8)


def event(x: float, written: Fraction, staff: int = 0, *, rest: bool = False) -> Event:
    """A chord of one head, or a rest, x in staff spaces."""
    return Event((0,), staff, x * SPACE, 0.0, written, stem=0 if rest else 1, rest=rest)


def times(events: list[Event]) -> MeasureTimes:
    return measure_times(dict(enumerate(events)), {}, SPACE, WHOLE)


def onsets(found: MeasureTimes) -> list[Fraction]:
    return [found.times[k].onset for k in sorted(found.times)]


UPPER = [event(4 * k, HALF) for k in range(12)]
"""A staff of twelve half notes."""


def test_a_rest_in_the_middle_of_its_time_begins_where_the_note_before_it_ends() -> None:
    lower = [event(0, WHOLE, 1), event(13, BREVE, 1, rest=True), event(24, BREVE, 1), event(40, WHOLE, 1)]
    found = times([*UPPER, *lower])
    assert onsets(found)[-4:] == [0, 4, 12, 20]
    assert found.cost == 0
    assert found.length == 24


def test_rests_follow_one_another() -> None:
    rests = [event(8, WHOLE, 1, rest=True), event(18, BREVE, 1, rest=True)]
    found = times([*UPPER, event(0, WHOLE, 1), *rests, event(32, BREVE, 1)])
    assert onsets(found)[-4:] == [0, 4, 8, 16]
    assert [found.times[k].length for k in (13, 14)] == [4, 8]


@pytest.mark.parametrize("x", [1, 6, 13])
def test_a_rest_in_the_middle_that_is_the_first_of_its_staff_begins_with_the_measure(x: float) -> None:
    found = times([*UPPER, event(x, BREVE, 1, rest=True), event(16, BREVE, 1), event(32, BREVE, 1)])
    assert onsets(found)[-3:] == [0, 8, 16]
    assert found.cost == 0


def test_what_stands_before_a_long_rest_of_another_staff_does_not_begin_with_it() -> None:
    music = {0: event(0, HALF), 1: event(4, HALF), 2: event(9, BREVE, 1, rest=True)}
    columns = columns_of(music, SPACE)
    assert columns == [[0, 2], [1]]
    assert pushed((columns[0], columns[1]), music, SPACE, math.inf) == math.inf


def test_a_rest_of_a_whole_measure_lasts_as_long_as_one_where_there_are_several() -> None:
    """It is drawn as a whole rest, which would be too long for 3/4."""
    upper = [event(4 * k, QUARTER) for k in range(9)]
    lower = [event(4 * k, QUARTER, 1) for k in (0, 1, 2, 6, 7, 8)]
    rest = Event((0,), 1, 16 * SPACE, 0.0, WHOLE, rest=True, whole=True)
    found = measure_times(dict(enumerate([*upper, *lower, rest])), {}, SPACE, Fraction(3))
    assert onsets(found)[-7:] == [0, 1, 2, 6, 7, 8, 3]
    assert found.times[15].length == 3
    assert found.cost == 0


def test_a_staff_that_only_rests_is_left_as_it_is() -> None:
    rest = Event((0,), 1, 24 * SPACE, 0.0, WHOLE, rest=True, whole=True)
    found = times([*UPPER, rest])
    assert found.times[12].onset == 0
    assert found.cost == 0


def test_marks_that_were_missed_are_sought_without_barlines_too() -> None:
    """A half note without a stem is a whole one, where the other staff says so."""
    lower = [replace(event(8 * k, HALF if k == 3 else WHOLE, 1), stem=0) for k in range(6)]
    found = times([*UPPER, *lower])
    assert onsets(found)[-6:] == [4 * k for k in range(6)]
    assert {k: one.written for k, one in found.repairs.items()} == {15: WHOLE}


def test_a_staff_of_two_voices_keeps_its_rests_in_columns() -> None:
    two = [event(0, HALF), event(0, HALF), event(8, BREVE, rest=True)]
    assert long_rests(dict(enumerate(two)), [[0, 1], [2]]) == {}


@pytest.mark.parametrize("written", [QUARTER, HALF])
def test_shorter_rests_stand_where_they_begin(written: Fraction) -> None:
    assert long_rests({0: event(0, HALF), 1: event(8, written, rest=True)}, [[0], [1]]) == {}
