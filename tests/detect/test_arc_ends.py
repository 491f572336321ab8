"""Curves are followed in the ink beyond where they were seen: over staff lines, not into noteheads."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.detect.arc_ends import all_followed, followed

Pixels = NDArray[np.int32]
Image = NDArray[np.uint8]
FIRST, LAST = 40, 360
"""Pixels at which the curve begins and ends."""


def height(x: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(100 - 16 * (1 - ((x - 200) / 160) ** 2))


def drawn(*, lines: tuple[int, ...] = ()) -> Image:
    """A tie two pixels thick, and staff lines."""
    image = np.full((200, 500), 255, np.uint8)
    for y in lines:
        image[y] = 0
    x = np.arange(FIRST, LAST)
    for thick in (0, 1):
        image[np.rint(height(x)).astype(int) + thick, x] = 0
    return image


def seen(first: int, last: int) -> Pixels:
    """What of it was seen, in cells."""
    x = np.arange(first, last, 2)
    return np.stack((x // 2, np.floor(height(x) / 2)), axis=1).astype(np.int32)


def ends(arc: Pixels) -> tuple[int, int]:
    return int(arc[:, 0].min()) * 2, int(arc[:, 0].max()) * 2


@pytest.mark.parametrize("lines", [(), (92,), (96,)])
def test_a_curve_is_followed_to_its_ends(lines: tuple[int, ...]) -> None:
    """Over the staff lines that it crosses."""
    found = ends(followed(seen(120, 290), drawn(lines=lines)))
    assert found == pytest.approx((FIRST, LAST), abs=4)


def test_a_whole_curve_is_left_as_it_is() -> None:
    """Though there is a line at its end, and a notehead on that."""
    image = drawn(lines=(100,))
    cv2.ellipse(image, (LAST + 16, 100), (9, 6), 0, 0, 360, 0, -1)
    cv2.ellipse(image, (FIRST - 14, 100), (9, 6), 0, 0, 360, 0, 2)
    whole = seen(FIRST, LAST)
    assert ends(followed(whole, image)) == pytest.approx(ends(whole), abs=4)


def test_two_that_become_one_are_one() -> None:
    image = drawn(lines=(92,))
    found = all_followed([seen(60, 230), seen(210, 330)], image)
    assert len(found) == 1
    assert ends(found[0]) == pytest.approx((FIRST, LAST), abs=4)


def test_two_above_each_other_stay_two() -> None:
    image = np.minimum(drawn(), np.roll(drawn(), 14, axis=0))
    lower = seen(100, 300) + np.array([0, 7], np.int32)
    assert len(all_followed([seen(100, 300), lower], image)) == 2


def test_short_and_steep_ones_are_not_followed() -> None:
    image = np.zeros((200, 500), np.uint8)
    steep = np.stack((np.arange(40), np.arange(40)), axis=1).astype(np.int32)
    for arc in (seen(100, 110), steep):
        assert followed(arc, image) is arc


def test_at_the_edge_of_the_image_it_ends() -> None:
    arc = seen(100, 300) - np.array([0, 35], np.int32)
    assert len(followed(arc, np.zeros((40, 310), np.uint8))) >= len(arc)
