"""Columns of a measure, and when each begins."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe.chords import Event
from notehead.transcribe.columns import columns_of
from notehead.transcribe.rhythm import MeasureTimes, measure_times

SPACE = 10.0
EIGHTH, QUARTER, HALF = Fraction(1, 2), Fraction(1), Fraction(2)


def event(x: float, written: Fraction, staff: int = 0, *, stem: int = 1, **more: object) -> Event:
    """A chord of one head, x in staff spaces."""
    rest = bool(more.pop("rest", False))
    return Event((0,), staff, x * SPACE, 0.0, written, stem=0 if rest else stem, rest=rest, **more)  # type: ignore[arg-type]


def times(
    events: list[Event], length: Fraction | None, ratios: dict[int, Fraction] | None = None
) -> MeasureTimes:
    return measure_times(dict(enumerate(events)), ratios or {}, SPACE, length)


def onsets(found: MeasureTimes) -> list[Fraction]:
    return [found.times[k].onset for k in sorted(found.times)]


def test_a_row_of_notes_follows_one_another() -> None:
    found = times([event(4 * k, QUARTER) for k in range(4)], Fraction(4))
    assert onsets(found) == [0, 1, 2, 3]
    assert found.length == 4
    assert found.cost == 0


def test_two_voices_each_begin_when_another_note_has_ended() -> None:
    upper = [event(0, HALF), event(8, HALF)]
    lower = [event(4 * k, QUARTER, stem=-1) for k in range(4)]
    found = times([*upper, *lower], Fraction(4))
    assert onsets(found) == [0, 2, 0, 1, 2, 3]
    assert found.cost == 0


@pytest.mark.parametrize(
    ("away", "stem", "rest", "columns"),
    [
        (1.0, 1, False, 1),  # heads that overlap are two voices'
        (1.15, -1, False, 1),
        (1.15, 1, False, 2),  # in one direction they may follow closely
        (1.3, -1, False, 2),
        (1.0, 1, True, 2),  # a rest has less room
    ],
)
def test_what_has_no_room_on_a_staff_begins_together(
    away: float,
    stem: int,
    rest: bool,  # noqa: FBT001
    columns: int,
) -> None:
    events = {0: event(0, EIGHTH, rest=rest), 1: event(away, EIGHTH, stem=stem)}
    assert len(columns_of(events, SPACE)) == columns


def test_what_a_beam_joins_follows_one_another_however_close() -> None:
    events = {0: event(0, EIGHTH, beams=(7,)), 1: event(0.9, EIGHTH, beams=(7,))}
    assert len(columns_of(events, SPACE)) == 2


def test_a_column_grows_with_what_stands_above_any_of_it() -> None:
    """A voice that is pushed aside on one staff stands above a note of another one."""
    events = {0: event(0, QUARTER), 1: event(1.1, HALF, stem=-1), 2: event(1.1, QUARTER, 1)}
    assert columns_of(events, SPACE) == [[0, 1, 2]]


def test_near_columns_of_two_staffs_are_one_unless_that_does_not_add_up() -> None:
    upper = [event(0, Fraction(3, 2)), event(12, EIGHTH)]
    lower = [event(4 * k + 0.5, EIGHTH, 1) for k in range(4)]
    found = times([*upper, *lower], HALF)
    assert onsets(found) == [0, Fraction(3, 2), 0, Fraction(1, 2), 1, Fraction(3, 2)]


def test_a_pushed_column_of_another_staff_begins_with_its_neighbour() -> None:
    upper = [event(0, HALF, stem=-1)]
    lower = [event(0.9, QUARTER, 1), event(6, QUARTER, 1)]
    found = times([*upper, *lower], HALF)
    assert onsets(found) == [0, 0, 1]
    assert found.length == 2


def test_two_voices_stems_in_one_direction_begin_together_where_only_that_adds_up() -> None:
    """A dotted quarter and the note below it, both tied on to an eighth: its flags push that aside."""
    row = [event(0, EIGHTH), event(1.4, EIGHTH), event(5, EIGHTH, rest=True), event(9, EIGHTH)]
    assert onsets(times(row, Fraction(3, 2))) == [0, 0, EIGHTH, 1]
    assert onsets(times(row, Fraction(2))) == [0, EIGHTH, 1, Fraction(3, 2)]
    beamed = [replace(one, beams=(7,)) for one in row[:2]] + row[2:]
    assert onsets(times(beamed, Fraction(3, 2)))[1] > 0


def test_three_under_a_beam_are_a_triplet_where_only_that_adds_up() -> None:
    upper = [event(0, QUARTER), event(6, QUARTER)]
    lower = [event(2 * k, EIGHTH, 1, beams=(1 + k // 3,)) for k in range(6)]
    found = times([*upper, *lower], HALF)
    assert onsets(found)[2:] == [Fraction(k, 3) for k in range(6)]
    assert found.length == 2
    assert found.cost > 0


def test_a_rest_that_a_beam_lacks_belongs_to_its_triplet() -> None:
    upper = [event(0, QUARTER), event(6, QUARTER)]
    lower = [event(0, EIGHTH, 1, rest=True), event(2, EIGHTH, 1, beams=(1,)), event(4, EIGHTH, 1, beams=(1,))]
    found = times([*upper, *lower, event(6, QUARTER, 1)], HALF)
    assert onsets(found)[2:] == [0, Fraction(1, 3), Fraction(2, 3), 1]


def test_a_voice_may_enter_after_a_rest_that_is_not_drawn() -> None:
    upper = [event(0, HALF, stem=1), event(8, HALF)]
    lower = [event(6, EIGHTH, stem=-1, beams=(1,)), event(8, EIGHTH, stem=-1, beams=(1,))]
    found = times([*upper, *lower], Fraction(4))
    assert onsets(found) == [0, 2, Fraction(3, 2), 2]


def test_a_measure_that_is_too_long_costs_more_than_one_that_is_too_short() -> None:
    short = times([event(4 * k, QUARTER) for k in range(3)], Fraction(4))
    long = times([event(4 * k, QUARTER) for k in range(5)], Fraction(4))
    assert 0 < short.cost < long.cost
    assert short.length == 3
    assert long.length == 5


def test_twenty_beams_of_one_shape_are_decided_at_once() -> None:
    """Each by itself they would be a million readings."""
    events = [event(0, QUARTER), event(6, QUARTER)]
    for staff in range(1, 21):
        events += [event(2 * k, EIGHTH, staff, beams=(10 * staff + k // 3,)) for k in range(6)]
    found = times(events, HALF)
    assert onsets(found)[2:] == [Fraction(k, 3) for k in range(6)] * 20


@given(
    st.lists(st.sampled_from([Fraction(1, 4), EIGHTH, QUARTER, HALF]), min_size=1, max_size=12),
    st.lists(st.sampled_from([Fraction(1, 4), EIGHTH, QUARTER, HALF]), min_size=1, max_size=12),
)
def test_two_staffs_that_add_up_are_read_as_written(upper: list[Fraction], lower: list[Fraction]) -> None:
    whole = max(sum(upper, Fraction(0)), sum(lower, Fraction(0)))
    events, truth = [], []
    for staff, row in enumerate((upper, lower)):
        at = Fraction(0)
        missing = whole - sum(row, Fraction(0))
        for written in [*row, *([missing] if missing else [])]:
            events.append(event(float(at) * 20, written, staff))
            truth.append(at)
            at += written
    found = times(events, whole)
    assert onsets(found) == truth
    assert (found.length, found.cost) == (whole, 0)


def test_a_measure_of_whole_rests_is_as_long_as_the_meter_says() -> None:
    found = times([event(5, Fraction(4), rest=True, whole=True)], Fraction(3))
    assert found.times[0].onset == 0
    assert found.times[0].length == found.length == 3


def test_a_whole_note_is_pushed_aside_by_its_own_width() -> None:
    """It is wider than others, so that of two staffs may lie further apart."""
    whole = [event(0, Fraction(4), stem=0), event(1.8, Fraction(4), staff=1, stem=0)]
    assert onsets(times(whole, Fraction(4))) == [0, 0]
    halves = [event(0, HALF), event(1.8, HALF, staff=1)]
    assert onsets(times(halves, Fraction(4))) == [0, 2]
