"""Oriented boxes of straight lines."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.straight import straight_boxes


def pixels_of(length: int, thickness: int, slope: float, *, stands: bool) -> NDArray[np.int32]:
    """A line's pixels, cut by cut, from (20, 20) on."""
    along = np.repeat(np.arange(length), thickness)
    across = np.tile(np.arange(thickness), length) + np.round(along * slope).astype(int)
    pair = (across, along) if stands else (along, across)
    return (np.stack(pair, axis=1) + 20).astype(np.int32)


def sides(box: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(box - np.roll(box, -1, axis=0), axis=1))


@given(st.integers(12, 200), st.integers(1, 6), st.floats(-0.08, 0.08), st.booleans(), st.floats(0.0, 0.4))
def test_a_line_has_its_length_and_thickness(
    length: int,
    thickness: int,
    slope: float,
    stands: bool,  # noqa: FBT001
    grown: float,
) -> None:
    pixels = pixels_of(length, thickness, slope, stands=stands)
    box = straight_boxes(pixels, np.array([0, len(pixels)]), grown)[0]
    found = np.sort(sides(box))
    assert abs(found[0] - max(thickness - 2 * grown, 0.3)) < 0.02
    assert abs(found[-1] - (length - 2 * grown) * np.hypot(1, slope)) < 0.6
    low, high = pixels.min(axis=0) - 1.1, pixels.max(axis=0) + 2.1
    assert (box >= low).all()
    assert (box <= high).all()


@given(st.integers(20, 100), st.booleans(), st.integers(0, 2**32 - 1))
def test_stray_pixels_spoil_nothing(length: int, stands: bool, seed: int) -> None:  # noqa: FBT001
    rng = np.random.default_rng(seed)
    pixels = pixels_of(length, 3, 0.0, stands=stands)
    across = 0 if stands else 1
    stray = pixels[rng.integers(len(pixels), size=length // 10)].copy()
    stray[:, across] += rng.integers(1, 4, len(stray)).astype(np.int32)
    both = np.concatenate((pixels, stray))
    clean = straight_boxes(pixels, np.array([0, len(pixels)]), 0.0)[0]
    found = straight_boxes(both, np.array([0, len(both)]), 0.0)[0]
    assert np.abs(found - clean).max() < 0.75  # the box of all pixels would be up to 3 off


def test_several_lines_are_told_apart_and_corners_go_round_one_way() -> None:
    lines = [
        pixels_of(30, 2, 0.0, stands=stands) + np.int32(50 * k) for k, stands in enumerate((False, True))
    ]
    bounds = np.array([0, 60, 120])
    boxes = straight_boxes(np.concatenate(lines), bounds, 0.0)
    assert boxes[0].tolist() == [[20, 20], [50, 20], [50, 22], [20, 22]]
    assert sorted(boxes[1].tolist()) == [[70, 70], [70, 100], [72, 70], [72, 100]]
    for box in boxes:
        area = np.sum(box[:, 0] * np.roll(box[:, 1], -1) - box[:, 1] * np.roll(box[:, 0], -1)) / 2
        assert area == 60  # clockwise on the screen


def test_one_pixel_is_a_box() -> None:
    box = straight_boxes(np.array([[4, 5]], np.int32), np.array([0, 1]), 0.35)[0]
    assert np.isfinite(box).all()
    assert (sides(box) > 0).all()
