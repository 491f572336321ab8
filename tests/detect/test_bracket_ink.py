"""Brackets of tuplets that are found in the ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.bracket_ink import bracket_in_ink

NUMBER = np.array([145.0, 94.0, 155.0, 106.0])


def page(
    left: int = 80, right: int = 70, slope: float = 0.0, hook: int = 8, aside: int = 0, grey: int = 0
) -> NDArray[np.uint8]:
    """A number at (150, 100), and the bracket around it, so many pixels to the left and to the right."""
    image = np.full((200, 300), 255, np.uint8)
    cv2.ellipse(image, (150, 100), (4, 6), 0, 0, 360, (0,), 2)
    for side, length in ((-1, left), (1, right)):
        if length:
            near, far = (
                (150 + side * along, round(100 + aside + slope * side * along)) for along in (9, length)
            )
            cv2.line(image, near, far, (grey,), 1)
            cv2.line(image, far, (far[0], far[1] + hook), (grey,), 1)
    return image


@settings(max_examples=60)
@given(
    left=st.integers(20, 130),
    more=st.integers(-6, 6),
    slope=st.floats(-0.45, 0.45),
    hook=st.sampled_from([-12, -7, 7, 12]),
    aside=st.integers(-4, 4),
    grey=st.sampled_from([0, 120]),
)
@example(left=116, more=6, slope=0.09375, hook=-12, aside=0, grey=0)
def test_its_ends_and_hooks(left: int, more: int, slope: float, hook: int, aside: int, grey: int) -> None:
    found = bracket_in_ink(page(left, left + more, slope, hook, aside, grey), NUMBER)
    assert found is not None
    assert found.left == pytest.approx((150 - left, 100 + aside - slope * left), abs=2.5)
    assert found.right == pytest.approx((150 + left + more, 100 + aside + slope * (left + more)), abs=2.5)
    assert found.hook * hook > 0


def lines(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A staff, and stems at its ends, which hang like hooks."""
    image[60:140:20] = 0
    image[100:160, [60, 240]] = 0
    return image


@pytest.mark.parametrize(
    "image",
    [
        page(0, 0),
        page(80, 0),
        page(80, 80, hook=0),
        page(30, 100),
        page(80, 70, slope=0.9),
        lines(page(0, 0)),
        np.full((200, 300), 255, np.uint8),
        np.zeros((200, 300), np.uint8),
    ],
    ids=["none", "half", "no hooks", "uneven", "steep", "staff", "paper", "ink"],
)
def test_what_is_none(image: NDArray[np.uint8]) -> None:
    assert bracket_in_ink(image, NUMBER) is None


def test_hooks_point_one_way() -> None:
    image = page(80, 0)
    image[100, 159:230] = image[90:100, 229] = 0
    assert bracket_in_ink(image, NUMBER) is None


@pytest.mark.parametrize(
    "box", [(-30, 5, -20, 17), (290, 190, 310, 215), (0, 0, 5, 6), (400, 400, 410, 412), (0, 94, 299, 106)]
)
def test_numbers_at_the_edge_or_too_wide(box: tuple[float, float, float, float]) -> None:
    assert bracket_in_ink(page(), np.array(box, np.float64)) is None
