"""RetinaNet's focal loss of few positives among many anchors."""

from __future__ import annotations

import torch

from notehead.models.boxes.base import Truth
from notehead.models.boxes.retinanet import RetinaNet, sparse_focal
from notehead.models.data.table import ClassTable
from notehead.models.losses import focal


def test_the_sparse_focal_loss_is_the_focal_loss() -> None:
    generator = torch.Generator().manual_seed(3)
    logits = (torch.randn(2, 9, 4, generator=generator) * 3).requires_grad_()
    unsure = torch.zeros(2, 9, dtype=torch.bool)
    unsure[0, 3], unsure[1, 7] = True, True
    there = (torch.tensor([0, 0, 1]), torch.tensor([1, 8, 2]), torch.tensor([3, 0, 2]))
    wanted = torch.zeros(2, 9, 4)
    wanted[there] = 1
    found, true = sparse_focal(logits, there, unsure), focal(logits[~unsure], wanted[~unsure])
    torch.testing.assert_close(found, true)
    gradients = [torch.autograd.grad(one, logits, retain_graph=True)[0] for one in (found, true)]
    torch.testing.assert_close(*gradients)


def test_an_image_without_symbols_has_a_loss() -> None:
    torch.manual_seed(0)
    network = RetinaNet(ClassTable((1, 2)))
    empty = Truth(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))
    parts = network.losses(torch.zeros(2, 1, 64, 64), [empty, empty])
    assert float(parts["label"].detach()) > 0
    assert float(parts["box"].detach()) == 0
