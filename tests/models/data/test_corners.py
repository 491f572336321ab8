"""Oriented boxes cut at the edge of a crop, against OpenCV's intersection."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.models.data.corners import cut_corners

SIZE = 64


def _box(x: float, y: float, width: float, height: float, turn: float) -> NDArray[np.float32]:
    rectangle = ((x, y), (width, height), turn)
    return np.asarray(cv2.boxPoints(rectangle), np.float32)


@settings(deadline=None, max_examples=150)
@given(st.floats(-20, 84), st.floats(-20, 84), st.floats(2, 150), st.floats(2, 30), st.floats(-90, 90))
def test_it_is_the_box_around_what_is_left(
    x: float, y: float, width: float, height: float, turn: float
) -> None:
    corners = _box(x, y, width, height, turn)
    found = cut_corners(corners[None], SIZE)[0]
    square = np.array([[0, 0], [SIZE, 0], [SIZE, SIZE], [0, SIZE]], np.float32)
    area, shared = cv2.intersectConvexConvex(corners, square)
    if area < 1:
        assert np.isfinite(found).all()
        return
    # along the box's own sides, it reaches just as far as what is left
    for one, other in ((0, 1), (0, 3)):
        axis = (corners[other] - corners[one]) / np.linalg.norm(corners[other] - corners[one])
        places, wanted = found @ axis, shared.reshape(-1, 2) @ axis
        assert abs(places.min() - wanted.min()) < 0.05
        assert abs(places.max() - wanted.max()) < 0.05
        side = found[other] - found[one]
        np.testing.assert_allclose(side, axis * np.linalg.norm(side), atol=0.05)


def test_what_is_inside_stays_as_it_is() -> None:
    corners = np.stack([_box(30, 30, 20, 6, 30), _box(20, 40, 10, 10, 0)])
    np.testing.assert_array_equal(cut_corners(corners, SIZE), corners)


def test_lines_without_thickness_are_cut_too() -> None:
    corners = np.array(
        [[[-10, 8], [90, 8], [90, 8], [-10, 8]], [[9, -5], [9, -5], [9, 20], [9, 20]]], np.float32
    )
    found = cut_corners(corners, SIZE)
    np.testing.assert_allclose(found[0], [[0, 8], [64, 8], [64, 8], [0, 8]], atol=1e-4)
    np.testing.assert_allclose(found[1][:, 1].max(), 20, atol=1e-4)
    np.testing.assert_allclose(found[1][:, 1].min(), 0, atol=1e-4)


def test_none_are_none() -> None:
    assert cut_corners(np.empty((0, 4, 2), np.float32), SIZE).shape == (0, 4, 2)
