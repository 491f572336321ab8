"""Pieces of staff lines become the stretches that a reader sees."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.stretches import joined

ends = st.tuples(st.integers(-100, 100), st.integers(0, 30)).map(lambda it: (float(it[0]), float(sum(it))))
stretches = st.lists(ends, min_size=1, max_size=12).map(sorted)
gaps = st.integers(0, 20).map(float)


def test_a_gap_is_closed_up_to_its_full_width() -> None:
    assert joined([(0, 10), (13, 20)], 3) == [(0, 20)]
    assert joined([(0, 10), (13.5, 20)], 3) == [(0, 10), (13.5, 20)]


def test_a_stretch_within_another_does_not_shorten_it() -> None:
    assert joined([(0, 30), (5, 10), (31, 40)], 2) == [(0, 40)]


@given(stretches, gaps)
def test_what_stays_apart_is_further_apart_than_the_gap(
    pieces: list[tuple[float, float]], gap: float
) -> None:
    found = joined(pieces, gap)
    assert all(after[0] - before[1] > gap for before, after in pairwise(found))


@given(stretches, gaps)
def test_no_piece_is_lost_and_no_end_is_new(pieces: list[tuple[float, float]], gap: float) -> None:
    found = joined(pieces, gap)
    assert all(any(x0 <= a and b <= x1 for x0, x1 in found) for a, b in pieces)
    assert {x0 for x0, _ in found} <= {x0 for x0, _ in pieces}
    assert {x1 for _, x1 in found} <= {x1 for _, x1 in pieces}
