"""Fast R-CNN: the image is seen once, and regions are pooled from its one map (Girshick, 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.boxes.given import GivenRegions
from notehead.models.boxes.region_head import RegionHead
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting

STRIDE = 4
"""Of the map; at the paper's 16 a notehead were less than a cell."""


class FastRcnn(GivenRegions):
    """Given regions, pooled and judged by two full layers."""

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table)
        self.backbone, self.width = Backbone(), width
        self.lateral = nn.ModuleList(nn.Conv2d(one, width, 1, bias=False) for one in self.backbone.widths)
        self.merge = convolution(width, width)
        self.head = RegionHead(width, self.classes, (STRIDE,), align=False)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """The map: what all strides of the backbone see, at the finest."""
        levels = [layer(one) for layer, one in zip(self.lateral, self.backbone(images), strict=True)]
        size = levels[0].shape[-2:]
        above = [functional.interpolate(one, size=size, mode="nearest") for one in levels[1:]]
        return (self.merge(torch.stack((levels[0], *above)).sum(dim=0)),)

    def see(self, images: Tensor, box: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        logits, numbers = self.head(box, image, *self(images))
        return logits, numbers

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        box, image = torch.tensor([[8.0, 8, 24, 40]]).repeat(8, 1), torch.zeros(8, dtype=torch.int64)
        features = torch.zeros(1, self.width, 128 // STRIDE, 128 // STRIDE)
        return {
            "network": (self, (torch.zeros(1, 1, 128, 128),)),
            "head": (self.head, (box, image, features)),
        }


def task(setting: Setting) -> BoxTask:
    """Fast R-CNN with regions of ink."""
    return BoxTask(FastRcnn, setting)
