"""Hairpins apart, and boxes along their axes."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.wedges import _BEYOND, wedge_boxes, wedges

Pixels = NDArray[np.int32]
BLANK = np.full((400, 800), 255, np.uint8)


def wedge(start: float, stop: float, first: float, last: float, slope: float = 0.0) -> Pixels:
    """Pixels between the arms of a wedge that is `first` high at its start and `last` at its end."""
    canvas = np.zeros((200, 400), np.uint8)
    left, right = 100 + slope * start, 100 + slope * stop
    corners = [
        [start, left - first / 2],
        [stop, right - last / 2],
        [stop, right + last / 2],
        [start, left + first / 2],
    ]
    cv2.fillPoly(canvas, [np.rint(np.array(corners)).astype(np.int32)], 1)
    y, x = np.nonzero(canvas)
    return np.stack((x, y), axis=1).astype(np.int32)


@given(length=st.integers(30, 120), height=st.integers(5, 14), opens=st.booleans())
def test_one_wedge_stays_one(length: int, height: int, *, opens: bool) -> None:
    ends = (0, height) if opens else (height, 0)
    assert len(wedges(wedge(10, 10 + length, *ends), BLANK)) == 1


@given(st.integers(30, 120), st.integers(30, 120), st.integers(8, 14))
def test_a_crescendo_that_meets_a_diminuendo_is_two(first: int, second: int, height: int) -> None:
    both = np.concatenate(
        (wedge(10, 10 + first, 0, height), wedge(11 + first, 11 + first + second, height, 0))
    )
    left, right = wedges(np.unique(both, axis=0), BLANK)
    step = max(first, second) / height  # heights are whole cells
    assert abs(left[:, 0].max() - (10 + first)) <= max(3, step)
    assert right[:, 0].min() == left[:, 0].max() + 1
    assert len(left) + len(right) == len(np.unique(both, axis=0))


def test_two_of_a_kind_that_meet_are_two() -> None:
    both = np.unique(np.concatenate((wedge(10, 70, 0, 12), wedge(71, 150, 0, 12))), axis=0)
    left, right = wedges(both, BLANK)
    assert abs(left[:, 0].max() - 70) <= 3
    assert right[:, 0].max() == 150


def test_a_wedge_that_a_slur_crosses_stays_one() -> None:
    slur = np.stack((np.arange(60, 90), np.arange(75, 105)), axis=1).astype(np.int32)
    crossed = np.unique(np.concatenate((wedge(10, 130, 0, 12), slur)), axis=0)
    assert len(wedges(crossed, BLANK)) == 1


@given(
    slope=st.floats(-0.08, 0.08),
    length=st.integers(60, 200),
    height=st.integers(6, 14),
    opens=st.booleans(),
)
def test_a_box_lies_along_the_axis_of_its_wedge(
    slope: float, length: int, height: int, *, opens: bool
) -> None:
    ends = (0, height) if opens else (height, 0)
    corners = wedge_boxes([wedge(20, 20 + length, *ends, slope)], BLANK, 0.0)[0]
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    left, right = middles[3], middles[1]
    np.testing.assert_allclose(left, [20, 100.5 + slope * 20], atol=1.5)
    np.testing.assert_allclose(right, [21 + length, 100.5 + slope * (20 + length)], atol=1.5)
    assert abs(np.linalg.norm(corners[0] - corners[3]) - height - 1) <= 2


def test_what_touches_a_wedge_does_not_tilt_its_box() -> None:
    stem = np.stack((np.full(40, 100), np.arange(70, 110)), axis=1).astype(np.int32)
    alone = wedge_boxes([wedge(20, 150, 0, 12)], BLANK, 0.0)[0]
    touched = wedge_boxes([np.unique(np.concatenate((wedge(20, 150, 0, 12), stem)), axis=0)], BLANK, 0.0)[0]
    np.testing.assert_allclose(touched, alone, atol=0.7)


def test_a_speck_has_a_box() -> None:
    corners = wedge_boxes([np.array([[5, 5]], np.int32), np.array([[5, 5], [6, 5]], np.int32)], BLANK, 0.45)
    assert np.isfinite(corners).all()


def test_the_line_that_is_left_where_the_arms_have_met_is_followed() -> None:
    image = BLANK.copy()
    image[200:202, 20:92] = 0  # from the cell 10 to the wedge and into it
    image[200:202, 8:12] = 0  # of another symbol
    whole = wedge(20, 160, 0, 12)
    seen = whole[whole[:, 0] >= 40]
    corners = wedge_boxes([seen], image, 0.0)[0]
    assert abs(corners[:, 0].min() - 20) <= _BEYOND + 0.5
    assert corners[:, 0].min() >= 10
    blank = wedge_boxes([seen], BLANK, 0.0)[0]
    assert blank[:, 0].min() == 40
    np.testing.assert_allclose(corners[1:3], blank[1:3], atol=0.3)


def test_two_wedges_are_parted_where_there_is_no_ink() -> None:
    image = BLANK.copy()
    for start, stop, first, last in ((20, 118, 0, 20), (124, 240, 20, 0)):
        cv2.line(image, (start, 200 - first), (stop, 200 - last), 0, 2)
        cv2.line(image, (start, 200 + first), (stop, 200 + last), 0, 2)
    seen = np.unique(np.concatenate((wedge(10, 63, 0, 22), wedge(63, 120, 22, 0))), axis=0)
    left, right = wedges(seen, image)
    assert left[:, 0].max() + 1 == right[:, 0].min()
    assert abs(right[:, 0].min() - 60.5) <= 1
