"""Faster R-CNN, with regions read in either way."""

from __future__ import annotations

import pytest
import torch

from notehead.models.boxes.base import Truth
from notehead.models.boxes.faster_rcnn import FasterRcnn
from notehead.models.data.table import ClassTable

TRUTH = Truth(torch.tensor([[10.0, 10, 24, 22], [23, 12, 25, 54]]), torch.tensor([2, 1]))


@pytest.mark.parametrize("align", [True, False])
def test_both_steps_learn(align: bool) -> None:  # noqa: FBT001
    torch.manual_seed(0)
    network = FasterRcnn(ClassTable((1, 2)), 16, align=align)
    parts = network.losses(torch.rand(1, 1, 64, 64), [TRUTH])
    assert set(parts) == {"shown", "anchor", "region", "move"}
    torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
    for name, value in network.named_parameters():
        assert value.grad is not None, name
        assert torch.isfinite(value.grad).all(), name
    stem = dict(network.named_parameters())["pyramid.backbone.stem.0.0.weight"].grad
    assert stem is not None
    assert stem.abs().sum() > 0


def test_images_do_not_depend_on_each_other() -> None:
    torch.manual_seed(0)
    network, images = FasterRcnn(ClassTable((1, 2)), 16).eval(), torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        second, (alone,) = network.find(images)[1], network.find(images[1:])
    torch.testing.assert_close(second.score.sort().values, alone.score.sort().values, atol=1e-4, rtol=1e-3)
