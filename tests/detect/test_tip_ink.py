"""Curves go on beyond their tips for as long as there is ink that is theirs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.known_ink import known_ink
from notehead.detect.tip_ink import Ink, beyond
from notehead.detect.tip_kernels import CURVE, ENDS, HIDDEN
from tests.detect.pages import NO_GLYPHS, no_traces

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
SIZE = 400


def arc(angle: float, bow: float = 0.15) -> Points:
    """Points of a flat curve 240 pixels long around the middle of the image, one at each pixel."""
    along = np.linspace(-120, 120, 241)
    across = bow * 240 * (1 - (along / 120) ** 2)
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points: Points = np.stack((along, across), axis=1) @ turned + SIZE / 2
    return points


def drawn(points: Points, thick: int = 2) -> Image:
    image = np.full((SIZE, SIZE), 255, np.uint8)
    fine = np.rint((points + 0.5) * 16).astype(np.int32)
    cv2.polylines(image, [fine], False, 0, thick, cv2.LINE_AA, 4)
    return image


def moved(
    image: Image, points: Points, known: Image | None = None, share: tuple[float, float] = (0.2, 0.85)
) -> Points:
    """Where the tips, in pixels, of a curve are of which a part is seen."""
    part = points[round(share[0] * len(points)) : round(share[1] * len(points))]
    cells = np.unique((part // 2).astype(np.int32), axis=0)
    cells = np.unique(np.concatenate([cells + step for step in ((0, 0), (1, 0), (0, 1))]), axis=0).astype(
        np.int32
    )
    tips = (part[[0, -1]] + 0.5) / 2 - 0.5
    found: Points = beyond(Ink(image, np.zeros_like(image) if known is None else known), [cells], tips[None])[
        0
    ]
    return np.asarray((found + 0.5) * 2 - 0.5)


@given(
    angle=st.floats(-0.8, 0.8).flatmap(lambda one: st.sampled_from([one, one + np.pi])),
    bow=st.floats(0.03, 0.25),
)
def test_it_is_followed_to_its_ends_in_any_direction(angle: float, bow: float) -> None:
    """But straight up or down, where it may be a stem."""
    points = arc(angle, bow)
    np.testing.assert_allclose(moved(drawn(points), points), points[[0, -1]], atol=3.5)


@given(angle=st.floats(0, 2 * np.pi))
def test_a_whole_one_stays(angle: float) -> None:
    points = arc(angle)
    np.testing.assert_allclose(moved(drawn(points), points, share=(0, 1)), points[[0, -1]], atol=3.5)


def test_nothing_is_followed_over_paper() -> None:
    points = arc(0.3)
    image = np.full((SIZE, SIZE), 255, np.uint8)
    part = points[round(0.2 * len(points)) : round(0.85 * len(points))]
    np.testing.assert_allclose(moved(image, points), part[[0, -1]], atol=1e-9)


def test_it_goes_on_behind_a_barline() -> None:
    points = arc(0.2)
    image = drawn(points)
    image[:, 300:303] = 0
    np.testing.assert_allclose(moved(image, points), points[[0, -1]], atol=3.5)


def test_it_does_not_go_on_along_a_stem() -> None:
    points = arc(np.pi / 2, bow=0.1)
    image = drawn(points)
    tip = points[-1]
    x = round(tip[0])
    image[round(tip[1]) :, x - 1 : x + 1] = 0
    assert abs(moved(image, points)[1] - tip).max() < 6


@pytest.mark.parametrize("off", [0, 3])
def test_it_does_not_go_on_along_a_staff_line(off: int) -> None:
    points = arc(0.0, bow=0.08)
    image = drawn(points)
    image[round(points[-1][1]) + off] = 0
    known = known_ink(image, no_traces(image.shape), NO_GLYPHS)
    assert abs(moved(image, points, known)[1] - points[-1]).max() < 9


def test_it_does_not_go_on_where_another_begins() -> None:
    """Two in a row: the ink of the one leads to that of the other."""
    points = arc(0.0, bow=0.1)
    image = np.minimum(drawn(points - [60, 0]), drawn(points - [-180, 0]))
    known = np.zeros_like(image)
    known[:, 260:] = CURVE
    assert moved(image, points - [60, 0], known)[1][0] < 265


def test_it_goes_on_into_a_part_of_itself_that_was_seen_apart() -> None:
    points = arc(0.3)
    known = np.zeros((SIZE, SIZE), np.uint8)
    x, y = np.rint(points[210:]).astype(int).T
    for step in range(-2, 3):
        known[y + step, x] = CURVE
    np.testing.assert_allclose(moved(drawn(points), points, known)[1], points[-1], atol=3.5)


def test_it_ends_at_a_notehead() -> None:
    points = arc(0.0)
    known = np.zeros((SIZE, SIZE), np.uint8)
    known[:, 310:] = ENDS
    assert 300 < moved(drawn(points), points, known)[1][0] < 312


def test_what_is_hidden_does_not_count() -> None:
    points = arc(0.0)
    known = np.zeros((SIZE, SIZE), np.uint8)
    known[:, 305:] = HIDDEN
    assert moved(drawn(points), points, known)[1][0] < 306


def test_what_leaves_the_image_ends_there() -> None:
    points = arc(0.0) - [-90, 0]
    end = moved(drawn(points), points)[1]
    assert 385 < end[0] < SIZE


def test_a_speck_says_nothing() -> None:
    image = np.full((SIZE, SIZE), 255, np.uint8)
    tips = np.array([[[10.0, 10], [10, 10]]])
    found: Points = beyond(Ink(image, np.zeros_like(image)), [np.array([[10, 10]], np.int32)], tips)
    assert found.tolist() == tips.tolist()
