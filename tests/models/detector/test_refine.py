"""The network that makes boxes more exact."""

from __future__ import annotations

import numpy as np
import torch

from notehead.models.detector.crops import Batch
from notehead.models.detector.refine import RefineNetwork, refine_loss
from notehead.models.overlap import generalised_iou


def batch_of_blots(seed: int, count: int = 60) -> Batch:
    rng = np.random.default_rng(seed)
    images = np.full((count, 64, 64), 255, np.uint8)
    low = rng.integers(12, 30, (count, 2))
    high = low + rng.integers(4, 24, (count, 2))
    for image, (x0, y0), (x1, y1) in zip(images, low, high, strict=True):
        image[y0:y1, x0:x1] = 0
    numbers = np.arange(count)
    return Batch(
        image=images,
        traces=np.zeros((count, 32, 32), np.uint16),
        crop=numbers,
        kind=np.zeros(count, np.int64),
        label=np.zeros(count, np.int64),
        box=np.concatenate((low, high), axis=1).astype(np.float32),
        shake=rng.standard_normal((count, 4), np.float32),
        point=np.empty((0, 5), np.int64),
    )


def test_it_learns_to_mend_boxes() -> None:
    torch.manual_seed(0)
    network = RefineNetwork(3)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)

    def loss(seed: int) -> torch.Tensor:
        batch = batch_of_blots(seed)
        return refine_loss(network, batch, torch.arange(60), torch.zeros(60, 4))  # nothing was found

    before = float(loss(1000).detach())
    for step in range(120):
        optimiser.zero_grad()
        loss(step).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert float(loss(1000).detach()) < 0.35 * before


def test_boxes_that_reach_beyond_their_crop_are_left_out() -> None:
    batch = batch_of_blots(0)
    batch.box[:, 0] = -1
    found = torch.zeros(60, 4, requires_grad=True)
    loss = refine_loss(RefineNetwork(3), batch, torch.arange(60), found)
    assert loss.detach().item() == 0
    loss.backward()  # type: ignore[no-untyped-call]


def test_what_boxes_share() -> None:
    boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 1, 1], [3, 3, 4, 4]])
    others = torch.tensor([[0.0, 0, 2, 2], [3, 0, 4, 1], [3, 3, 5, 5]])
    shares = generalised_iou(boxes, others)
    assert torch.allclose(shares, torch.tensor([1.0, -0.5, 0.25]))
