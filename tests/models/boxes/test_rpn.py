"""The region proposal network: what its anchors learn leads back to the symbols."""

from __future__ import annotations

import torch

from notehead.models.boxes.anchors import SYMBOLS, encode
from notehead.models.boxes.base import Truth
from notehead.models.boxes.rpn import Rpn, RpnOptions, proposals, rpn_losses
from notehead.models.overlap import pairwise_iou

SIZE = (128, 256)
BOX = torch.tensor(
    [[20.0, 20, 34, 32], [33, 22, 35, 64], [5, 60, 256, 108], [100, 10, 104, 14], [120, 20, 150, 95]]
)
TRUTH = Truth(BOX, torch.ones(len(BOX), dtype=torch.int64))
IMAGE = torch.zeros(1, 1, *SIZE)


def perfect() -> tuple[torch.Tensor, torch.Tensor]:
    anchor, owner = SYMBOLS.boxes(SIZE), SYMBOLS.match(BOX, SIZE, 0.5, 0.3)
    rows = (owner >= 0).nonzero()[:, 0]
    assert set(owner[rows].tolist()) == set(range(len(BOX)))
    sure, numbers = torch.full((1, len(anchor)), -20.0), torch.zeros(1, len(anchor), 4)
    sure[0, rows] = 20.0
    numbers[0, rows] = encode(anchor[rows], BOX[owner[rows]])
    return sure, numbers


def test_outputs_come_in_the_order_of_the_anchors() -> None:
    rpn = Rpn(8)
    sure, numbers = rpn(
        [torch.zeros(2, 8, SIZE[0] // stride, SIZE[1] // stride) for stride in (4, 8, 16, 32)]
    )
    count = len(SYMBOLS.boxes(SIZE))
    assert sure.shape == (2, count)
    assert numbers.shape == (2, count, 4)


def test_what_it_learns_proposes_all_symbols_thin_ones_too() -> None:
    outputs = perfect()
    parts = rpn_losses(outputs, [TRUTH], IMAGE, Rpn(8), RpnOptions())
    assert all(float(part) < 1e-5 for part in parts.values())
    (box,) = proposals(outputs, IMAGE, Rpn(8), RpnOptions())
    assert (pairwise_iou(BOX, box[: len(BOX)]).amax(dim=1) > 0.95).all()  # the surest ones, none twice


def test_proposals_are_few_within_the_image_and_apart() -> None:
    source = torch.Generator().manual_seed(0)
    count = len(SYMBOLS.boxes(SIZE))
    outputs = torch.randn(2, count, generator=source), torch.randn(2, count, 4, generator=source)
    found = proposals(outputs, IMAGE.repeat(2, 1, 1, 1), Rpn(8), RpnOptions(before=500, most=60))
    assert len(found) == 2
    for box in found:
        assert 0 < len(box) <= 60
        assert (box >= 0).all()
        assert (box <= torch.tensor([256.0, 128, 256, 128])).all()
        assert (box[:, 2:] - box[:, :2] >= 1).all()
        assert (pairwise_iou(box, box).fill_diagonal_(0) <= 0.7 + 1e-6).all()


def test_an_empty_image_teaches_that_there_is_nothing() -> None:
    sure, numbers = perfect()
    empty = Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    parts = rpn_losses((sure * 0, numbers), [empty], IMAGE, Rpn(8), RpnOptions())
    torch.testing.assert_close(parts["shown"], torch.tensor(2.0).log())
    assert float(parts["anchor"]) == 0
