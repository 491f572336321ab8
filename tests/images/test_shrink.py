"""Images shrink to the means of what each pixel covers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.images.shrink import area_shrunk


@given(st.data())
def test_as_opencv_has_it(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 600)), data.draw(st.integers(1, 40))
    size = data.draw(st.integers(1, width)), data.draw(st.integers(1, height))
    seed = data.draw(st.integers(0, 999))
    image = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    theirs = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(int)
    ours = area_shrunk(image, *size)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 4


@given(st.integers(0, 255), st.integers(1, 50), st.integers(1, 60))
def test_plain_grey_stays(grey: int, width: int, height: int) -> None:
    assert (area_shrunk(np.full((60, 50), grey, np.uint8), width, height) == grey).all()


def test_a_view_of_some_rows_shrinks_like_its_copy() -> None:
    page: NDArray[np.uint8] = np.random.default_rng(1).integers(0, 256, (90, 70), np.uint8)
    part = page[11:80, 3:60]
    assert np.array_equal(area_shrunk(part, 30, 33), area_shrunk(part.copy(), 30, 33))


@pytest.mark.parametrize("size", [(0, 3), (3, 0), (5, 3), (3, 5)])
def test_what_cannot_shrink(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="4 x 4 pixels cannot shrink to"):
        area_shrunk(np.zeros((4, 4), np.uint8), *size)
