"""Fast R-CNN looks at the image once, and into given regions."""

from __future__ import annotations

import torch

from notehead.models.boxes.fast_rcnn import FastRcnn
from notehead.models.data.table import ClassTable


def test_the_image_is_seen_once_whatever_the_regions() -> None:
    torch.manual_seed(0)
    network, images = FastRcnn(ClassTable((1, 2))).eval(), torch.rand(2, 1, 64, 96)
    seen: list[torch.Size] = []
    network.backbone.register_forward_hook(lambda _, given, __: seen.append(given[0].shape))
    regions = [torch.zeros(0, 4), torch.tensor([[10.0, 10, 30, 30], [60, 20, 80, 50]])]
    with torch.inference_mode():
        none, some = network.find(images, regions)
    assert seen == [images.shape]
    assert len(none.box) == 0
    assert len(some.box) >= 2
    away = (
        (some.box[:, None, :2] + some.box[:, None, 2:]) / 2 - (regions[1][:, :2] + regions[1][:, 2:]) / 2
    ).abs()
    assert (away.amax(dim=2).amin(dim=1) < 6).all()


def test_regions_of_one_image_do_not_see_another() -> None:
    torch.manual_seed(0)
    network, images = FastRcnn(ClassTable((1, 2))).eval(), torch.rand(2, 1, 64, 64)
    box = torch.tensor([[10.0, 10, 30, 30]])
    with torch.inference_mode():
        logits, _ = network.see(images, box.repeat(2, 1), torch.tensor([0, 1]))
        alone, _ = network.see(images[1:], box, torch.tensor([0]))
    torch.testing.assert_close(logits[1:], alone, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(logits[0], logits[1])
