"""Boxes looked at once more."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.maps import Candidates
from notehead.detect.refine import SIDE, Correction, Glance, cut_windows, refined, surroundings, windows

Boxes = NDArray[np.float64]


def test_a_window_is_the_image_where_cells_are_pixels() -> None:
    image = np.random.default_rng(0).integers(0, 256, (60, 70)).astype(np.uint8)
    window = np.array([[11.0, 5, 11 + SIDE, 5 + SIDE]])
    seen = cut_windows(image[None], np.array([0]), window)
    wanted = (255 - image[5 : 5 + SIDE, 11 : 11 + SIDE].astype(np.float32)) / 255
    np.testing.assert_allclose(seen[0, 0], wanted, atol=1e-6)


def test_cells_of_many_pixels_are_their_means() -> None:
    image = np.random.default_rng(0).integers(0, 256, (3 * SIDE, 5 * SIDE)).astype(np.uint8)
    seen = cut_windows(image[None], np.array([0]), np.array([[0.0, 0, 5 * SIDE, 3 * SIDE]]))
    wanted = cv2.resize(255 - image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / 255
    np.testing.assert_allclose(seen[0, 0], wanted, atol=0.6 / 255)


@given(st.floats(-30, 60), st.floats(-30, 60), st.floats(1, 90), st.floats(1, 90))
def test_no_ink_is_lost_or_won(x: float, y: float, width: float, height: float) -> None:
    image = np.full((40, 40), 255, np.uint8)
    image[12:19, 9:31] = 55
    window = np.array([[x, y, x + width, y + height]])
    seen = cut_windows(np.stack((np.full_like(image, 0), image)), np.array([1]), window)
    across = max(0.0, min(x + width, 31) - max(x, 9))
    down = max(0.0, min(y + height, 19) - max(y, 12))
    ink = seen.sum() * width * height / SIDE**2
    np.testing.assert_allclose(ink, across * down * 200 / 255, atol=1e-3 * width * height + 1e-3)


@given(st.floats(-30, 60), st.floats(-30, 60))
def test_surroundings_are_cells_of_two_by_two_pixels(x: float, y: float) -> None:
    image = np.random.default_rng(0).integers(0, 256, (41, 35)).astype(np.uint8)
    seen = surroundings(np.stack((np.zeros_like(image), image)), np.array([1]), np.array([[x, y]]))
    paper = np.full((41 + 200, 35 + 200), 255, np.uint8)
    paper[100:141, 100:135] = image
    left, top = (2 * min(max(int(at // 2), 0), last) - SIDE + 100 for at, last in ((x, 18), (y, 21)))
    part = 255 - paper[top : top + 2 * SIDE, left : left + 2 * SIDE].astype(float)
    wanted = part.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3)) / 255
    np.testing.assert_allclose(seen[0, 0], wanted, atol=0.6 / 255)


def candidates(boxes: Boxes) -> Candidates:
    count = len(boxes)
    return Candidates(
        np.zeros(count, np.int64),
        np.zeros(count, np.float32),
        np.zeros((count, 5), np.float32),
        np.zeros((count, 2), np.float32),
        boxes,
    )


def bounds_of_ink(glance: Glance) -> Correction:
    """What a perfect network says of a window with one black symbol."""
    count = len(glance.kind)
    moved = np.zeros((count, 4), np.float32)
    for row, (window, size) in enumerate(zip(glance.seen[:, 0], glance.sides, strict=True)):
        whole = windows(np.array([[0, 0, *size]], float))[0]
        given = (np.array([0, 0, *size]) - np.tile(whole[:2], 2)) / np.tile(whole[2:] - whole[:2], 2)
        for axis in range(2):
            cells = window.max(axis=axis)
            dark = np.flatnonzero(cells > 0)
            ends = (dark[0] + 1 - cells[dark[0]]) / SIDE, (dark[-1] + cells[dark[-1]]) / SIDE
            moved[row, axis::2] = np.array(ends) - given[axis::2]
    return Correction(moved, np.zeros(count, np.float32), np.zeros((count, 5), np.float32))


@given(st.integers(0, 1000))
def test_boxes_are_put_around_the_ink(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.full((120, 200), 255, np.uint8)
    true = np.array([[20, 30, 26, 35], [60, 20, 90, 100], [120, 60, 180, 66]], float)
    for x0, y0, x1, y1 in true.astype(int):
        image[y0:y1, x0:x1] = 0
    sides = np.tile(true[:, 2:] - true[:, :2], 2)
    boxes = true + rng.uniform(-0.1, 0.1, (3, 4)) * sides
    better = refined(image, candidates(boxes), bounds_of_ink)
    np.testing.assert_allclose(better.box, true, atol=0.05)


def test_a_box_turned_inside_out_stays_as_it_was() -> None:
    image = np.zeros((50, 50), np.uint8)
    boxes = np.array([[10.0, 10, 20, 20], [20, 20, 40, 40]])

    def crossed(glance: Glance) -> Correction:
        del glance
        moved = np.array([[1, 0, -1, 0], [0.1, 0, 0, 0]], np.float32)
        return Correction(moved, np.zeros(2, np.float32), np.zeros((2, 5), np.float32))

    better = refined(image, candidates(boxes), crossed).box
    assert better[0].tolist() == boxes[0].tolist()
    assert better[1, 0] > 20


def test_a_second_look_corrects_class_and_score() -> None:
    image = np.full((50, 50), 255, np.uint8)
    given_ = replace(candidates(np.array([[10.0, 10, 20, 20]])), centre=np.array([2], np.float32))

    def other(glance: Glance) -> Correction:
        assert glance.features.shape == (1, 2)
        label = np.array([[0, 0, 3, 0, 0]], np.float32)
        return Correction(np.zeros((1, 4), np.float32), np.array([-3], np.float32), label)

    better = refined(image, given_, other)
    assert better.centre.tolist() == [-1]
    assert better.label.argmax() == 2
    half = refined(image, given_, other, 0.5)
    assert half.centre.tolist() == [0.5]
    assert half.label.max() == 1.5


def test_a_page_without_candidates_needs_no_network() -> None:
    def never(glance: Glance) -> Correction:
        raise AssertionError

    none = candidates(np.empty((0, 4)))
    assert refined(np.zeros((5, 5), np.uint8), none, never) is none
