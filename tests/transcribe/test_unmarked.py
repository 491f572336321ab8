"""Tuplets without a number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from notehead.transcribe.chords import Event
from notehead.transcribe.rhythm import Case, Timed, measure_times
from notehead.transcribe.unmarked import possible_tuplets

SIXTEENTH, EIGHTH, QUARTER, HALF = Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2)
BAR = Fraction(4)


def row(*lengths: Fraction, beams: tuple[int, ...] = (), rests: tuple[int, ...] = ()) -> dict[int, Event]:
    """Events of one staff, one after the other; beams as rows, 0 for none."""
    beams = beams or (0,) * len(lengths)
    return {
        k: Event(
            (k,), 0, 30.0 * k, 0.0, length,
            stem=0 if k in rests else 1, rest=k in rests, beams=(beam,) if beam else (),
        )
        for k, (length, beam) in enumerate(zip(lengths, beams, strict=True))
    }  # fmt: skip


def grouped(events: dict[int, Event], length: Fraction | None = None) -> set[int]:
    """What is in groups that may be tuplets without a number."""
    return {k for group in possible_tuplets(events, {}, length) for k in group.events}


def test_the_notes_under_a_beam_are_a_group() -> None:
    assert grouped(row(EIGHTH, EIGHTH, EIGHTH, HALF, beams=(7, 7, 7, 0))) == {0, 1, 2}


def test_three_alike_among_others_under_a_beam_are_one_by_themselves() -> None:
    events = row(EIGHTH, SIXTEENTH, SIXTEENTH, SIXTEENTH, beams=(7,) * 4)
    assert grouped(events) == {1, 2, 3}
    found = measure_times(events, {}, 10.0, QUARTER)
    assert [found.times[k].onset for k in events] == [0, Fraction(3, 6), Fraction(4, 6), Fraction(5, 6)]


@pytest.mark.parametrize("rests", [(), (2,)])
def test_two_under_a_beam_take_the_next_with_them(rests: tuple[int, ...]) -> None:
    events = row(EIGHTH, EIGHTH, EIGHTH, QUARTER, beams=(7, 7, 0, 0), rests=rests)
    assert grouped(events) == {0, 1, 2}
    assert measure_times(events, {}, 10.0, HALF).times[3].onset == 1


def test_a_staff_that_is_too_long_by_a_third_of_three_notes_has_a_triplet() -> None:
    events = row(QUARTER, QUARTER, QUARTER, HALF)
    assert grouped(events, BAR) == {0, 1, 2}
    assert measure_times(events, {}, 10.0, BAR).times[3].onset == 2


def test_six_notes_without_beams_beside_triplets_are_such() -> None:
    """Chopin's etude op. 25 no. 2: quarters against eighths, whose numbers end after the first measures."""
    above = row(*(EIGHTH,) * 12, beams=(5,) * 3 + (6,) * 3 + (7,) * 3 + (8,) * 3)
    below = {12 + k: replace(one, staff=1, x=2 * one.x) for k, one in row(*(QUARTER,) * 6).items()}
    third = Fraction(2, 3)
    for ratios in ({}, dict.fromkeys(above, third)):
        times = measure_times(above | below, ratios, 10.0, BAR).times
        assert [times[k].onset for k in below] == [third * k for k in range(6)]
    assert grouped(below, BAR) == set(), "three in 4/2, not in the time of two"


@pytest.mark.parametrize(("count", "length"), [(13, EIGHTH), (23, SIXTEENTH / 2), (25, EIGHTH)])
def test_a_run_fills_what_is_left_of_its_measure(count: int, length: Fraction) -> None:
    events = row(QUARTER, *(length,) * count, beams=(0, *(7,) * count))
    below = {count + 1: Event((99,), 1, 0.0, 0.0, Fraction(3), dots=0)}
    found = measure_times(events | below, {}, 10.0, Fraction(3))
    assert (found.times[2].onset, found.times[2].length) == (1 + Fraction(2, count), Fraction(2, count))


def test_a_run_fills_its_voice_where_there_are_two() -> None:
    run = row(QUARTER, *(SIXTEENTH,) * 11, beams=(0, *(7,) * 11))
    other = {12: Event((50,), 0, 0.0, 0.0, Fraction(3), stem=-1)}
    assert measure_times(run | other, {}, 10.0, Fraction(3)).times[2].onset == 1 + Fraction(2, 11)


@pytest.mark.parametrize("lengths", [(QUARTER,) * 3 + (QUARTER,), (QUARTER,) * 4 + (HALF,)])
def test_three_notes_without_a_beam_are_else_none(lengths: tuple[Fraction, ...]) -> None:
    assert not possible_tuplets(row(*lengths), {}, BAR)


def test_a_tuplet_with_a_number_is_none_without() -> None:
    events = row(EIGHTH, EIGHTH, EIGHTH, beams=(7,) * 3)
    assert not possible_tuplets(events, dict.fromkeys(events, Fraction(2, 3)), None)


def test_two_under_a_beam_fill_a_beat_of_three_parts() -> None:
    """6/8: a duplet without its number, and three eighths."""
    events = row(*(EIGHTH,) * 5, beams=(7, 7, 8, 8, 8))
    length = Fraction(3)
    assert measure_times(events, {}, 10.0, length, Case(ternary=True)).times[2] == Timed(
        Fraction(3, 2), EIGHTH
    )
    assert measure_times(events, {}, 10.0, length).times[2].onset == 1


@pytest.mark.parametrize(("count", "length"), [(5, Fraction(1, 5)), (7, Fraction(1, 7))])
def test_five_or_seven_sixteenths_under_a_beam_fill_the_time_of_four(count: int, length: Fraction) -> None:
    events = row(QUARTER, *(SIXTEENTH,) * count, HALF, beams=(0, *(7,) * count, 0))
    found = measure_times(events, {}, 10.0, BAR)
    assert found.times[1].length == length
    assert found.times[count + 1].onset == 2


def test_two_quarters_long_under_a_beam_stay_in_beats_of_two_parts() -> None:
    events = row(EIGHTH, EIGHTH, QUARTER, QUARTER, beams=(7, 7, 0, 0))
    (group,) = possible_tuplets(events, {}, None)
    assert group.factors == (Fraction(2, 3),)


def test_a_number_means_another_time_where_the_measure_asks_for_it() -> None:
    """Eleven eighths in the time of six, beside three quarters; by themselves they are in that of eight."""
    eleven = row(*(EIGHTH,) * 11)
    ratios = dict.fromkeys(range(11), Fraction(8, 11))
    beside = {11 + k: Event((0,), 1, 110.0 * k, 0.0, QUARTER, stem=1) for k in range(3)}
    found = measure_times({**eleven, **beside}, ratios, 10.0, Fraction(3))
    assert {found.times[k].length for k in eleven} == {Fraction(3, 11)}
    assert measure_times(eleven, ratios, 10.0, Fraction(4)).times[0].length == Fraction(4, 11)


@pytest.mark.parametrize(
    ("ratio", "factors"),
    [("2/3", ()), ("4/5", ("3/4", "3/2")), ("4/7", ("3/2",)), ("8/11", ("3/4", "3/2")), ("8/13", ("3/2",))],
)
def test_what_else_numbers_may_mean(ratio: str, factors: tuple[str, ...]) -> None:
    groups = possible_tuplets(row(EIGHTH, EIGHTH), dict.fromkeys(range(2), Fraction(ratio)), None)
    assert [group.factors for group in groups] == [tuple(map(Fraction, factors))][: bool(factors)]
