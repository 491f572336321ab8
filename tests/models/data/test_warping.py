"""Bent crops: pixels, traces, boxes and corners move together."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.detect.maps import DOT
from notehead.models.data.cutting import cropped
from notehead.models.data.prepare import TrainingPage
from notehead.models.data.warping import WarpOptions, warped_crop
from notehead.vocabulary import VOCABULARY

SIDE = 512
ALWAYS = WarpOptions(share=1)


def page_with(*boxes: tuple[int, int, int, int], row: int = 300) -> TrainingPage:
    """White, with black boxes of noteheads, and a staff line one dot thick."""
    image, traces = np.full((SIDE, SIDE), 255, np.uint8), np.zeros((SIDE // DOT, SIDE // DOT), np.uint16)
    for x0, y0, x1, y1 in boxes:
        image[y0:y1, x0:x1] = 0
    traces[row // DOT] = 1
    count = len(boxes)
    corners = [[[x0, y0], [x1, y0], [x1, y1], [x0, y1]] for x0, y0, x1, y1 in boxes]
    return TrainingPage(
        image,
        traces,
        np.full(count, VOCABULARY.id("noteheadBlackOnLine"), np.int32),
        np.zeros(count, np.int32),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(corners, np.float32).reshape(-1, 4, 2),
    )


def ink(image: np.ndarray) -> list[int]:
    y, x = np.nonzero(image < 128)
    return [int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), x=st.integers(150, 330), y=st.integers(150, 250))
def test_a_box_goes_with_its_ink(seed: int, x: int, y: int) -> None:
    crop = warped_crop(page_with((x, y, x + 15, y + 12)), (0, 0), SIDE, np.random.default_rng(seed), ALWAYS)
    # a box through the middles of bent sides may lie within their farthest points
    np.testing.assert_allclose(crop.box[0], ink(crop.image), atol=2.5)
    np.testing.assert_allclose(crop.corners[0].mean(axis=0), crop.box[0].reshape(2, 2).mean(axis=0), atol=1.5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_line_stays_one_part(seed: int) -> None:
    crop = warped_crop(page_with(), (0, 0), SIDE, np.random.default_rng(seed), ALWAYS)
    inner = crop.traces[:, 40:-40]  # the page ends within what a crop may show
    parts, _ = cv2.connectedComponents((inner > 0).astype(np.uint8), connectivity=8)
    assert parts == 2
    assert (inner > 0).any(axis=0).all()


def test_share_of_none_is_the_crop_itself() -> None:
    page = page_with((100, 100, 115, 112), (400, 80, 415, 92))
    for corner in ((0, 0), (64, 32), (-32, -64)):
        plain = cropped(page, corner, 256)
        crop = warped_crop(page, corner, 256, np.random.default_rng(0), WarpOptions(share=0))
        np.testing.assert_array_equal(crop.image, plain.image)
        np.testing.assert_array_equal(crop.box, plain.box)
        assert crop.image.shape == (256, 256)
        assert crop.traces.shape == (256 // DOT, 256 // DOT)


def test_no_bend_changes_nothing_and_the_same_seed_bends_alike() -> None:
    page = page_with((200, 200, 215, 212))
    still = warped_crop(page, (0, 0), SIDE, np.random.default_rng(3), WarpOptions(1, 0, 0, 0, 0))
    np.testing.assert_array_equal(still.image, page.image)
    np.testing.assert_array_equal(still.traces, page.traces)
    np.testing.assert_allclose(still.box, page.box, atol=0.01)
    first, second = (warped_crop(page, (0, 0), SIDE, np.random.default_rng(4), ALWAYS) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    assert not np.array_equal(first.image, page.image)


def test_what_lies_beyond_the_crop_stays_beyond() -> None:
    page = page_with((200, 200, 215, 212), (490, 490, 505, 502))
    crop = warped_crop(page, (-200, -200), 256, np.random.default_rng(1), ALWAYS)
    assert len(crop.box) == len(crop.kind) == 2
    assert (crop.box[1] > 256).all()
