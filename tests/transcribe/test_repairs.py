"""Readings with a mark more or fewer than were seen, and the measures that add up with them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe.chords import Event
from notehead.transcribe.repairs import cost_of, repairs_of
from notehead.transcribe.rhythm import Case, MeasureTimes, measure_times

SPACE = 10.0
EIGHTH, QUARTER, HALF, WHOLE = Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4)


def event(x: float, written: Fraction, staff: int = 0, *, dots: int = 0, **more: object) -> Event:
    """A chord of one head, x in staff spaces."""
    stem = more.pop("stem", 1 if written < WHOLE else 0)
    return Event((0,), staff, x * SPACE, 0.0, written, dots=dots, stem=stem, **more)  # type: ignore[arg-type]


def times(events: list[Event], length: Fraction = WHOLE) -> MeasureTimes:
    return measure_times(dict(enumerate(events)), {}, SPACE, length)


def lengths(found: MeasureTimes) -> list[Fraction]:
    return [found.times[k].length for k in sorted(found.times)]


def below() -> list[Event]:
    """Four quarter notes of another staff."""
    return [event(6 * k, QUARTER, 1) for k in range(4)]


def test_a_dot_that_was_missed_is_read() -> None:
    found = times([event(0, QUARTER), event(9, EIGHTH), event(12, HALF), *below()])
    assert lengths(found)[:3] == [Fraction(3, 2), EIGHTH, HALF]
    assert [(k, one.dots, one.written) for k, one in found.repairs.items()] == [(0, 1, QUARTER)]
    assert found.cost == pytest.approx(found.repairs[0].price)


def test_a_dot_that_is_none_is_not_read() -> None:
    found = times([event(0, QUARTER, dots=1), event(6, QUARTER), event(12, HALF), *below()])
    assert lengths(found)[:3] == [QUARTER, QUARTER, HALF]
    assert found.repairs[0].dots == 0


def test_a_flag_that_was_missed_is_read() -> None:
    upper = [event(0, QUARTER), event(3, EIGHTH), event(6, QUARTER), event(12, HALF)]
    found = times([*upper, *below()])
    assert lengths(found)[:4] == [EIGHTH, EIGHTH, QUARTER, HALF]
    assert found.repairs[0].written == EIGHTH


def test_a_half_note_without_a_stem_is_a_whole_one() -> None:
    found = times([event(0, HALF, stem=0), *below()])
    assert lengths(found)[0] == WHOLE
    with_stem = times([event(0, HALF), *below()])
    assert lengths(with_stem)[0] == HALF, "it may be followed by a rest that is not drawn"


def test_a_beam_whose_bars_were_miscounted_is_read_anew_as_one() -> None:
    """Eight notes under two beams, of which one was seen as sixteenths."""
    first = [event(3 * k, Fraction(1, 4), beams=(1,)) for k in range(4)]
    second = [event(12 + 3 * k, EIGHTH, beams=(2,)) for k in range(4)]
    found = times([*first, *second, *below()])
    assert lengths(found)[:8] == [EIGHTH] * 8
    assert set(found.repairs) == {0, 1, 2, 3}


def test_a_measure_that_adds_up_is_read_as_it_is_seen() -> None:
    found = times([event(0, QUARTER, dots=1), event(9, EIGHTH), event(12, HALF), *below()])
    assert found.cost == 0
    assert not found.repairs


@pytest.mark.parametrize("beats", [1, 2, 3])
def test_an_upbeat_is_no_measure_that_lacks_something(beats: int) -> None:
    found = times([event(4 * k, QUARTER) for k in range(beats)])
    assert found.length == beats
    assert not found.repairs


@given(st.sampled_from([EIGHTH, QUARTER, HALF]), st.integers(0, 2), st.sampled_from([{}, {"rest": True}]))
def test_repairs_are_other_readings_the_cheapest_first(
    written: Fraction, dots: int, kind: dict[str, Any]
) -> None:
    found = repairs_of(event(0, written, dots=dots, **kind))
    assert [one.price for one in found] == sorted(one.price for one in found)
    assert all((one.written, one.dots) != (written, dots) and one.dots >= 0 for one in found)
    assert len({(one.written, one.dots) for one in found}) == len(found)


@given(st.lists(st.sampled_from([EIGHTH, QUARTER, HALF]), min_size=1, max_size=8), st.integers(1, 4))
def test_what_is_mended_lasts_as_its_reading_says(written: list[Fraction], beats: int) -> None:
    events = [event(4 * k, one) for k, one in enumerate(written)]
    found = times(events, Fraction(beats))
    assert set(found.times) == set(range(len(events)))
    assert all(found.times[k].length == one.length for k, one in found.repairs.items())


def test_a_voice_that_ends_too_soon_beside_another_has_a_filled_hole() -> None:
    """A half note whose hole print has filled, over one of the same staff."""
    upper = [event(0, HALF), event(12, QUARTER)]
    lower = [event(0, HALF, stem=-1), event(12, HALF, stem=-1)]
    found = times([*upper, *lower])
    assert lengths(found) == [HALF] * 4


@pytest.mark.parametrize(("upbeat", "length"), [(True, 3), (False, 4)])
def test_a_measure_that_is_no_upbeat_is_not_short(*, upbeat: bool, length: int) -> None:
    """A half note whose hole print has filled, alone on its staff."""
    music = dict(enumerate([event(0, QUARTER), event(12, HALF)]))
    assert measure_times(music, {}, SPACE, WHOLE, Case(upbeat=upbeat)).length == length


@pytest.mark.parametrize(("doubted", "mended"), [(0.0, False), (0.03, True)])
def test_marks_are_missed_more_easily_on_a_noisy_page(*, doubted: float, mended: bool) -> None:
    """A quarter whose dot was missed."""
    (one, *_) = repairs_of(event(0, QUARTER))
    cost = cost_of(doubted)
    assert (cost < 1) is mended
    music = dict(enumerate([event(0, QUARTER), event(9, EIGHTH), event(12, HALF), *below()]))
    found = measure_times(music, {}, SPACE, WHOLE, Case(repairs=cost))
    assert found.repairs[0].price == found.cost == pytest.approx(cost * one.price)
