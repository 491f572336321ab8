"""Boxes of glyphs that stand alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.snap import is_drawn, snapped

SPACE = 16.0


def page() -> NDArray[np.uint8]:
    """Paper with a blot of 20 x 10 pixels at (40, 30), whose edges are shaded."""
    image = np.full((100, 120), 255, np.uint8)
    image[30:40, 40:60] = 120
    image[31:39, 41:59] = 0
    return image


BLOT = [40.0, 30.0, 60.0, 40.0]


def moved(image: NDArray[np.uint8], box: list[float]) -> list[float]:
    (result,) = snapped(image, np.array([box]), SPACE).tolist()
    return list(result)


@given(st.lists(st.integers(-1, 1), min_size=4, max_size=4))
def test_a_box_is_put_around_its_ink(off: list[int]) -> None:
    assert moved(page(), [side + by for side, by in zip(BLOT, off, strict=True)]) == BLOT


@given(st.lists(st.integers(-1, 1), min_size=4, max_size=4))
def test_a_hyphen_may_be_a_pixel_high(off: list[int]) -> None:
    image = np.full((60, 60), 255, np.uint8)
    image[30, 20:31] = 0
    image[[29, 31], 20:31] = 150
    box = [20.0, 30.0, 31.0, 31.0]
    wrong = [side + by for side, by in zip(box, off, strict=True)]
    if wrong[1] <= box[1] and wrong[3] >= box[3]:
        assert moved(image, wrong) == box


def test_faint_edges_are_paper() -> None:
    image = page()
    image[29, 40:60] = 140
    assert moved(image, BLOT) == BLOT


@pytest.mark.parametrize(
    "touched",
    [
        (slice(34, 36), slice(0, 120)),  # a staff line
        (slice(0, 35), slice(58, 60)),  # a stem
        (slice(30, 40), slice(58, 66)),  # a neighbour
    ],
)
def test_what_is_touched_stays(touched: tuple[slice, slice]) -> None:
    image = page()
    image[touched] = 0
    box = [41.0, 31.0, 61.0, 41.0]
    assert moved(image, box) == box


def test_what_lies_beside_does_not_count() -> None:
    image = page()
    image[30:40, 64:90] = 0
    image[20:27, 40:60] = 0
    assert moved(image, [41.0, 30.0, 61.0, 41.0]) == BLOT


def test_parts_of_a_glyph_are_in_one_box() -> None:
    image = page()
    image[45:48, 48:52] = 0
    assert moved(image, [41.0, 29.0, 60.0, 49.0]) == [40.0, 30.0, 60.0, 48.0]


def test_boxes_of_nothing_or_beyond_the_page_stay() -> None:
    for box in ([5.0, 5, 15, 15], [-20.0, -20, -5, -5], [110.0, 90, 150, 130], [30.0, 30, 90, 90]):
        assert moved(page(), box) == box
    assert snapped(page(), np.empty((0, 4)), SPACE).shape == (0, 4)


def test_scans_are_not_drawn() -> None:
    shaded = page()
    shaded[30:40, 40] = np.arange(20, 30) * 8
    shaded[50, 10:40] = np.arange(30) * 8
    assert is_drawn(shaded)
    assert not is_drawn(np.where(shaded > 128, 255, 0).astype(np.uint8))
    noise = np.random.default_rng(0).normal(-8, 4, shaded.shape)
    assert not is_drawn(np.clip(shaded + noise, 0, 255).astype(np.uint8))
