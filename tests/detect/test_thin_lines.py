"""Straight thin lines that are followed in the ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.thin_lines import ThinInk


def page() -> NDArray[np.uint8]:
    return np.full((300, 400), 255, np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    first=st.integers(5, 250),
    length=st.integers(30, 140),
    height=st.integers(80, 220),
    slope=st.floats(-0.45, 0.45),
    thick=st.integers(1, 2),
    paper=st.sampled_from([255, 180]),
)
def test_a_line_is_found_from_end_to_end(
    first: int, length: int, height: int, slope: float, thick: int, paper: int
) -> None:
    image = np.minimum(page(), np.uint8(paper))
    last = first + length, height + round(slope * length)
    cv2.line(image, (first, height), last, (0,), thick)
    lines = ThinInk(image).lines()
    assert len(lines.slope) >= 1
    assert (lines.first[0], lines.last[0]) == pytest.approx((first, first + length), abs=3)
    assert lines.slope[0] == pytest.approx((last[1] - height) / length, abs=0.03)
    assert lines.begins[0]
    assert lines.ends[0]


def test_it_goes_on_behind_what_crosses_it() -> None:
    image = cv2.line(page(), (30, 150), (330, 120), (0,), 2)
    image[:, 100:104] = image[:, 250:254] = 0
    lines = ThinInk(np.asarray(image, np.uint8)).lines()
    assert (lines.first[0], lines.last[0]) == pytest.approx((30, 330), abs=3)


def test_it_ends_where_a_hole_is() -> None:
    image = np.asarray(cv2.line(page(), (30, 150), (330, 150), (0,), 2), np.uint8)
    image[:, 200:206] = 255
    lines = ThinInk(image).lines()
    assert sorted(zip(lines.first.tolist(), lines.last.tolist(), strict=True)) == [(29, 199), (206, 331)]


def test_what_is_thick_is_no_line() -> None:
    image = np.asarray(cv2.line(page(), (30, 150), (330, 120), (0,), 8), np.uint8)
    assert not len(ThinInk(image).lines().slope)


def test_noise_has_a_bounded_number_of_lines() -> None:
    rng = np.random.default_rng(2)
    image = np.where(rng.random((200, 3000)) < 0.3, 0, 255).astype(np.uint8)
    assert len(ThinInk(image).lines().slope) <= 300
