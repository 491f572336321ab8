"""Staves of a page, and heights on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead.page import Page
from notehead.transcribe.staves import Staff, staves_of
from tests.transcribe.by_hand import lines, page, staff


def test_staves_come_from_the_top_and_those_beside_each_other_from_the_left() -> None:
    lower, right, left = staff(220, number=0), staff(120, 210, 400, number=1), staff(120, 0, 200, number=2)
    assert [one.number for one in staves_of(page([lower, right, left]))] == [2, 1, 0]


def test_lines_in_any_order_make_the_same_staff() -> None:
    one = page([staff()])
    mixed = replace(one, staff_lines=one.staff_lines[[3, 0, 4, 2, 1]])
    (found,) = staves_of(mixed)
    np.testing.assert_array_equal(found.lines, lines(120))
    assert (found.top, found.bottom, found.left, found.right, found.space) == (100, 140, 0, 400, 10)


def test_a_staff_of_one_line_has_the_space_of_the_page() -> None:
    line = np.array([[0, 0, 120, 400, 120]], float)
    (found,) = staves_of(replace(page([]), staff_lines=line, staff_space=8.0))
    assert found.space == 8.0
    assert found.above(np.array([[10.0, 116.0]])).tolist() == [1.0]


@pytest.mark.parametrize(
    "table",
    [
        [[0, 0, y, np.nan, y] for y in (10, 20, 30)],
        [[0, 50, y, 50, y] for y in (10, 20, 30)],
        [[0, 60, y, 50, y] for y in (10, 20, 30)],
        [[0, 0, 10, 50, 10]] * 5,
    ],
)
def test_lines_that_are_none_are_no_staff(table: list[list[float]]) -> None:
    broken = replace(page([]), staff_lines=np.array(table, float))
    assert staves_of(broken) == []
    assert staves_of(Page("empty", np.zeros((1, 1), np.uint8))) == []


def test_heights_follow_a_staff_that_leans() -> None:
    leaning = Staff(0, lines(120) + np.array([0, 0, 0, 40]), 10.0)
    points = np.array([[0.0, 120.0], [200.0, 140.0], [400.0, 160.0], [400.0, 150.0], [0.0, 125.0]])
    assert leaning.above(points).tolist() == [0, 0, 0, 2, -1]


def test_beyond_its_ends_it_goes_on() -> None:
    one = staff(left=100, right=300)
    points = np.array([[40.0, 120.0], [100.0, 120.0], [300.0, 120.0], [330.0, 100.0]])
    assert one.beyond(points).tolist() == [60, 0, 0, 30]
    assert one.above(points).tolist() == [0, 0, 0, 4]
