"""Faster R-CNN: a network proposes the regions that another one looks into (Ren et al., 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.backbone import Pyramid
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.region_head import RegionHead, region_boxes, region_losses
from notehead.models.boxes.rpn import Rpn, RpnOptions, proposals, rpn_losses
from notehead.models.boxes.sampling import Sample, SampleOptions, sampled
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting

STRIDES = (4, 8, 16, 32)


class FasterRcnn(BoxNetwork):
    """The detector of two steps, on a feature pyramid.

    Args:
        table: the classes.
        width: channels of the pyramid.
        align: whether regions are read by RoI align, as it came to be; by RoI pooling, as the paper does,
            otherwise.
        head: what looks into regions, in place of two full layers.
    """

    def __init__(
        self, table: ClassTable, width: int = 64, *, align: bool = True, head: nn.Module | None = None
    ) -> None:
        super().__init__(table)
        self.pyramid, self.rpn = Pyramid(width), Rpn(width)
        self.head = head or RegionHead(width, self.classes, STRIDES, align=align)
        self.options, self.sample = RpnOptions(), SampleOptions()

    def shared(self, levels: list[Tensor]) -> list[Tensor]:
        """The maps that regions are read from."""
        return levels

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The first step: a logit and the numbers of a box for each anchor, and the maps of the next step."""
        levels = self.pyramid(images)
        return (*self.rpn(levels), *self.shared(levels))

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        return self.learn(images, truths)[0]

    def learn(self, images: Tensor, truths: list[Truth]) -> tuple[dict[str, Tensor], Sample, list[Tensor]]:
        """The losses, the regions that were learnt from, and the maps that they were read from."""
        sure, numbers, *maps = self(images)
        regions = proposals((sure, numbers), images, self.rpn, self.options)
        sample = sampled(regions, truths, self.sample)
        parts = rpn_losses((sure, numbers), truths, images, self.rpn, self.options)
        logits, moves = self.head(sample.box, sample.image, *maps)
        return parts | region_losses(logits, moves, sample), sample, maps

    def find(self, images: Tensor) -> list[Boxes]:
        return self.look(images)[0]

    def look(self, images: Tensor) -> tuple[list[Boxes], list[Tensor]]:
        """What stands on each image, and the maps that it was read from."""
        sure, numbers, *maps = self(images)
        found = []
        for place, box in enumerate(proposals((sure, numbers), images, self.rpn, self.options)):
            image = torch.full((len(box),), place, device=box.device)
            logits, moves = self.head(box, image, *maps)
            found.append(region_boxes(logits, moves, box, images.shape[-2:]))
        return found, maps

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        box, image = torch.tensor([[8.0, 8, 24, 40]]).repeat(8, 1), torch.zeros(8, dtype=torch.int64)
        return {
            "network": (self, (torch.zeros(1, 1, 128, 128),)),
            "head": (self.head, (box, image, *self.examples())),
        }

    def examples(self) -> list[Tensor]:
        """Maps as the second step takes them, of an image of 128 pixels."""
        return [torch.zeros(1, self.pyramid.width, 128 // stride, 128 // stride) for stride in STRIDES]


def task(setting: Setting) -> BoxTask:
    """Faster R-CNN with RoI align."""
    return BoxTask(FasterRcnn, setting)
