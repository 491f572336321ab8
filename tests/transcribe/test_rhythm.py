"""Times of a measure's events: sums of lengths, and measures that are none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe.chords import Event
from notehead.transcribe.rhythm import exact_length, measure_times

SPACE = 10.0
LENGTHS = st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2)])


def event(x: float, written: Fraction, staff: int = 0, beams: tuple[int, ...] = ()) -> Event:
    """A note without stem."""
    return Event((0,), staff, x, 120.0, written, beams=beams)


@given(st.lists(LENGTHS, min_size=1, max_size=12))
def test_notes_of_one_voice_follow_one_another(lengths: list[Fraction]) -> None:
    events = {k: event(30.0 * k, length) for k, length in enumerate(lengths)}
    found = measure_times(events, {}, SPACE, None)
    assert found.cost == 0
    assert [found.times[k].onset for k in events] == [sum(lengths[:k], Fraction(0)) for k in events]
    assert found.length == exact_length(events, {}, SPACE) == sum(lengths)


def test_a_measure_that_does_not_add_up_has_no_exact_length() -> None:
    """A half note above a quarter and a half, which ends later."""
    events = {0: event(0, Fraction(2)), 1: event(0, Fraction(1), 1), 2: event(40, Fraction(2), 1)}
    assert measure_times(events, {}, SPACE, None).cost > 0
    assert exact_length(events, {}, SPACE) is None


def test_a_measure_without_notes_has_no_exact_length() -> None:
    assert exact_length({}, {}, SPACE) is None


def test_a_measure_that_is_longer_than_its_meter() -> None:
    """It costs something, and its notes follow one another all the same."""
    events = {k: event(40.0 * k, Fraction(1)) for k in range(5)}
    found = measure_times(events, {}, SPACE, Fraction(4))
    assert found.cost > 0
    assert [found.times[k].onset for k in events] == list(range(5))


@pytest.mark.parametrize("beamed", [False, True])
def test_thousands_of_notes_in_one_measure(beamed: bool) -> None:  # noqa: FBT001
    """All of them stayed open, and each column looked at all for each row of times: it took hours."""
    rng = np.random.default_rng(0)
    events = {
        k: event(x, Fraction(1, 2 ** int(rng.integers(0, 5))), int(rng.integers(0, 20)), (k // 3,) * beamed)
        for k, x in enumerate(np.sort(rng.uniform(0, 3000, 3000)).tolist())
    }
    found = measure_times(events, {}, SPACE, Fraction(4))
    assert sorted(found.times) == sorted(events)
    assert found.cost > 0
