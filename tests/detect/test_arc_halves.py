"""Halves of a curve are one arc; curves that follow each other stay two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.arc_halves import joined_halves

INK = np.zeros((300, 800), np.uint8)
Pixels = NDArray[np.int32]


def arc(first: int, width: int, height: float, *, level: float = 60.0, slope: float = 0.0) -> Pixels:
    """A curve bowed upwards, of so much height above its ends, in cells."""
    x = np.arange(width + 1)
    y = level - height * (1 - (2 * x / width - 1) ** 2) + slope * (x - width / 2)
    return np.stack((x + first, np.rint(y)), axis=1).astype(np.int32)


@given(
    width=st.integers(50, 250), share=st.floats(0.05, 0.15), slope=st.floats(-0.1, 0.1),
    lost=st.tuples(st.floats(0.35, 0.5), st.floats(0.5, 0.65)), hangs=st.booleans(),
)  # fmt: skip
def test_an_arc_without_its_middle_is_one(
    width: int, share: float, slope: float, lost: tuple[float, float], *, hangs: bool
) -> None:
    whole = arc(20, width, max(share * width, 5.0), slope=slope)
    if hangs:
        whole = whole * (1, -1) + np.array([0, 120], np.int32)
    along = (whole[:, 0] - 20) / width
    left, right = whole[along < lost[0]], whole[along > lost[1]]
    (found,) = joined_halves([right, left], INK, hangs=hangs)
    assert len(found) == len(left) + len(right)
    assert len(joined_halves([right, left], INK, hangs=not hangs)) == 2


@pytest.mark.parametrize("height", [2.0, 4.0, 9.0])
def test_curves_that_follow_each_other_along_a_line_stay_two(height: float) -> None:
    """There is ink between them, too: a staff line."""
    assert len(joined_halves([arc(20, 60, height), arc(84, 60, height)], INK, hangs=False)) == 2


def test_three_halves_in_a_row_are_an_arc_and_a_half() -> None:
    whole = arc(20, 100, 8)
    third = arc(140, 60, 6)[:25]
    found = joined_halves([whole[:40], third, whole[60:]], INK, hangs=False)
    assert sorted(map(len, found)) == [25, 81]


def test_halves_off_each_other_stay_two() -> None:
    whole = arc(20, 120, 8)
    lower = whole[70:] + np.array([0, 4], np.int32)
    assert len(joined_halves([whole[:50], lower], INK, hangs=False)) == 2


def test_nothing_is_joined_beyond_the_image() -> None:
    whole = arc(790, 120, 8)
    assert len(joined_halves([whole[:50], whole[70:]], INK, hangs=False)) == 2
    assert joined_halves([], INK, hangs=False) == []
