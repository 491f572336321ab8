"""Masks: what is learnt of a symbol, pasted back, is the symbol."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.models.boxes.base import Boxes, Truth
from notehead.models.boxes.mask_rcnn import MaskRcnn, pasted, targets
from notehead.models.boxes.rpn import RpnOptions
from notehead.models.boxes.sampling import Sample
from notehead.models.data.table import ClassTable


def ellipses() -> Truth:
    box = torch.tensor([[5.0, 6, 35, 30], [40, 10, 54, 22], [58, 4, 61, 50]])
    y, x = torch.meshgrid(torch.arange(60) + 0.5, torch.arange(70) + 0.5, indexing="ij")
    middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
    away = [((x - m[0]) / h[0]) ** 2 + ((y - m[1]) / h[1]) ** 2 for m, h in zip(middle, half, strict=True)]
    return Truth(box, torch.tensor([1, 2, 1]), (torch.stack(away) <= 1).byte())


def sample_of(truth: Truth) -> Sample:
    rows = torch.arange(len(truth.box))
    return Sample(torch.ones_like(rows), truth.box, truth.label, rows, truth.box)


def test_pasted_targets_are_the_symbols() -> None:
    truth = ellipses()
    assert truth.mask is not None
    empty = Truth(
        torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(0, 60, 70, dtype=torch.uint8)
    )
    wanted = targets(sample_of(truth), torch.arange(3), [empty, truth])
    assert wanted.shape == (3, 28, 28)
    ids = pasted(Boxes(truth.box, truth.label, torch.ones(3), mask=wanted), (60, 70))
    for row in range(3):
        shown, true = ids == row + 1, truth.mask[row].numpy() > 0
        assert (shown & true).sum() / (shown | true).sum() > 0.93


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-20, 90, width=32), min_size=4, max_size=4))
def test_a_full_mask_covers_the_pixels_of_its_box(sides: list[float]) -> None:
    x, y = sorted(sides[:2]), sorted(sides[2:])
    box = torch.tensor([[x[0], y[0], x[1], y[1]]])
    ids = pasted(Boxes(box, torch.ones(1), torch.ones(1), mask=torch.ones(1, 28, 28)), (60, 70))
    across, down = np.arange(70) + 0.5, np.arange(60) + 0.5
    wanted = ((across >= x[0]) & (across < x[1]))[None] & ((down >= y[0]) & (down < y[1]))[:, None]
    np.testing.assert_array_equal(ids > 0, wanted)


def test_the_surer_mask_shows() -> None:
    box = torch.tensor([[0.0, 0, 8, 8], [4, 0, 12, 8]])
    mask = torch.stack((torch.full((4, 4), 0.9), torch.full((4, 4), 0.7)))
    ids = pasted(Boxes(box, torch.ones(2), torch.ones(2), mask=mask), (8, 12))
    assert (ids == [[1] * 8 + [2] * 4] * 8).all()


def test_without_masks_nothing_is_pasted() -> None:
    with pytest.raises(ValueError, match="without masks"):
        pasted(Boxes(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0)), (8, 8))


def test_it_gives_a_mask_for_each_box_and_learns_of_an_empty_image() -> None:
    torch.manual_seed(0)
    network, images = MaskRcnn(ClassTable((1, 2)), 16), torch.rand(1, 1, 64, 64)
    empty = Truth(
        torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(0, 64, 64, dtype=torch.uint8)
    )
    parts = network.losses(images, [empty])
    assert float(parts["mask"].detach()) == 0
    torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert all(value.grad is not None for value in network.parameters())
    network.options = RpnOptions(most=20)
    with torch.inference_mode():
        (found,) = network.eval().find(images)
    assert found.mask is not None
    assert found.mask.shape == (len(found.box), 28, 28)
    assert ((found.mask >= 0) & (found.mask <= 1)).all()
