"""Regions of ink: each symbol is met by one, and nothing is proposed twice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from notehead.models.boxes.proposals import ProposalOptions, proposed, proposed_in
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.models.overlap import pairwise_iou
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page


@pytest.fixture(scope="module")
def page() -> TrainingPage:
    return prepare(music_page(width=700, staves=3), 12.0)


def test_every_symbol_is_met(page: TrainingPage) -> None:
    regions = proposed(page.image)
    share = pairwise_iou(torch.from_numpy(page.box), torch.from_numpy(regions)).amax(dim=1).numpy()
    for name, least in (
        ("staff", 0.8),
        ("stem", 0.4),
        ("noteheadBlackOnLine", 0.5),
        ("noteheadHalfOnLine", 0.5),
    ):
        mine = share[page.label == VOCABULARY[name].id]
        assert len(mine)
        assert (mine > least).mean() > 0.9, name


def test_regions_lie_within_the_image_and_differ(page: TrainingPage) -> None:
    regions = proposed(page.image)
    height, width = page.image.shape
    assert regions.dtype == np.float32
    assert (regions >= 0).all()
    assert (regions <= [width, height, width, height]).all()
    assert (regions[:, 2:] > regions[:, :2]).all()
    assert len(np.unique(regions, axis=0)) == len(regions) <= 1000


def test_of_too_many_the_likeliest_are_left(page: TrainingPage) -> None:
    np.testing.assert_array_equal(proposed(page.image, ProposalOptions(most=20)), proposed(page.image)[:20])


@pytest.mark.parametrize("grey", [0, 130, 255])
def test_without_ink_the_image_is_the_only_region(grey: int) -> None:
    image = np.full((40, 60), grey, np.uint8)
    image[3, 4] = min(grey + 20, 255)
    assert proposed(image).tolist() == [[0, 0, 60, 40]]


def test_a_batch_gives_what_its_images_give(page: TrainingPage) -> None:
    part = page.image[:160, :160]
    ink = (255 - torch.from_numpy(part.copy()).float())[None, None] / 255
    one, empty = proposed_in(torch.cat((ink, ink * 0)))
    np.testing.assert_array_equal(one.numpy(), proposed(part))
    assert len(empty) == 1
