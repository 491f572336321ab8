"""Where curves end on crops, and how that is learnt."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, trace_kind
from notehead.detect.maps import DOT
from notehead.models.data.cutting import cropped
from notehead.models.data.prepare import TrainingPage
from notehead.models.detector.crops import Batch
from notehead.models.detector.curve_tips import curve_tips
from notehead.models.detector.tips import TipNetwork, tips_loss
from notehead.vocabulary import VOCABULARY

SIDE = 256


def page_with_bow(first: int = 40, last: int = 200, top: int = 60) -> TrainingPage:
    """A page with one slur, bowed upwards."""
    x = np.arange(first, last)
    y = np.rint(top + 20 * ((2 * x - first - last) / (last - first)) ** 2).astype(int)
    image, dots = np.full((SIDE, SIDE), 255, np.uint8), np.zeros((SIDE // DOT, SIDE // DOT), np.uint16)
    for k in range(3):
        image[y + k, x] = 0
    kind = trace_kind("slursAbove")
    dots[(y + 1) // DOT, x // DOT] = 1 << (kind - len(FAMILIES))
    corners = np.array([[first, top], [last, top], [last, top + 23], [first, top + 23]], np.float32)
    box = np.array([[first, top, last, top + 23]], np.float32)
    label = np.array([VOCABULARY.id("slur")], np.int32)
    return TrainingPage(image, dots, label, np.array([kind], np.int32), box, corners[None])


def tips_of(page: TrainingPage, corner: tuple[int, int] = (0, 0), seed: int = 0) -> NDArray[np.float64]:
    return curve_tips(cropped(page, corner, SIDE), np.random.default_rng(seed))


def test_tips_are_where_the_curve_ends() -> None:
    left, right = tips_of(page_with_bow())
    np.testing.assert_allclose(left[4:6], [41, 80], atol=2.5)
    np.testing.assert_allclose(right[4:6], [199, 80], atol=2.5)
    np.testing.assert_allclose(left[6:8], [-1, 0], atol=0.02)
    np.testing.assert_allclose(right[6:8], [1, 0], atol=0.02)
    np.testing.assert_allclose(left[8], 160, atol=4)


def test_places_near_tips_lie_on_the_curve_or_just_beyond() -> None:
    page = page_with_bow()
    for seed in range(30):
        for row in tips_of(page, seed=seed):
            x, y = row[2:4]
            on = 60 + 20 * ((2 * np.clip(x, 40, 200) - 240) / 160) ** 2
            assert abs(y - on) < 5
            assert np.abs(row[2:4] - row[4:6]).max() <= 10 * DOT + 3


def test_tips_beyond_the_crop_are_left_out() -> None:
    (right,) = tips_of(page_with_bow(), (100, 0))
    np.testing.assert_allclose(right[4:6], [99, 80], atol=2.5)
    assert len(tips_of(page_with_bow(), (210, 0))) == 0


def test_a_curve_whose_end_is_not_to_be_seen_has_no_tip_there() -> None:
    page = page_with_bow()
    page.traces[:, :40] = 0
    (right,) = tips_of(page)
    assert right[6] > 0


@pytest.fixture(scope="module")
def batches() -> list[Batch]:
    made = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        pages = [page_with_bow(*rng.integers((20, 150, 40), (90, 235, 120)).tolist()) for _ in range(6)]
        tips = [tips_of(page, seed=seed) + np.eye(1, 9) * place for place, page in enumerate(pages)]
        empty = np.empty(0, np.int64)
        made.append(
            Batch(
                np.stack([page.image for page in pages]),
                np.stack([page.traces for page in pages]),
                empty, empty, empty,
                np.empty((0, 4), np.float32), np.empty((0, 4), np.float32), np.empty((0, 5), np.int64),
                np.concatenate(tips),
            )
        )  # fmt: skip
    return made


def test_it_learns_where_tips_are(batches: list[Batch]) -> None:
    torch.manual_seed(0)
    network = TipNetwork()
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    blank = torch.zeros(6, 13, SIDE // DOT, SIDE // DOT)
    seen = []
    for batch in 3 * batches:
        loss = tips_loss(network, batch, blank)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        seen.append(float(loss.detach()))
    assert np.mean(seen[-20:]) < 0.3 * np.mean(seen[:5])


def test_crops_without_curves_cost_nothing() -> None:
    none = np.empty(0, np.int64)
    batch = Batch(
        np.full((1, 64, 64), 255, np.uint8), np.zeros((1, 32, 32), np.uint16), none, none, none,
        np.empty((0, 4), np.float32), np.empty((0, 4), np.float32), np.empty((0, 5), np.int64),
    )  # fmt: skip
    assert tips_loss(TipNetwork(), batch, torch.zeros(1, 13, 32, 32)).item() == 0
