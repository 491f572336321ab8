"""Halves are means of whole pixels, and nothing is left of what is too small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.detect.halves import Halves, folded

Picture = NDArray[np.uint8]
pictures = st.tuples(st.integers(4, 23), st.integers(4, 23)).flatmap(lambda shape: arrays(np.uint8, shape))


@given(pictures, st.integers(0, 2))
def test_each_pixel_is_the_mean_of_those_it_covers(image: Picture, times: int) -> None:
    side = 1 << times
    height, width = image.shape[0] // side, image.shape[1] // side
    covered = image[: height * side, : width * side].reshape(height, side, width, side)
    half = Halves(image).at(times)
    assert half.shape == (height, width)
    assert np.abs(half - covered.mean((1, 3))).max() <= 0.5 * times


@given(pictures, st.integers(0, 2))
def test_folded_rows_are_means(image: Picture, times: int) -> None:
    rows = len(image) >> times
    covered = image[: rows << times].reshape(rows, 1 << times, -1)
    assert np.abs(folded(image, times) - covered.mean(1)).max(initial=0) <= 0.5 * times


@pytest.mark.parametrize("shape", [(0, 0), (1, 9), (9, 1), (3, 3)])
def test_nothing_is_left(shape: tuple[int, int]) -> None:
    halves = Halves(np.zeros(shape, np.uint8))
    assert halves.at(2).size == 0
    assert halves.image.shape == shape
