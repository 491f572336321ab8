"""R-CNN: pixels of each region, warped to a square, through a small network (Girshick et al., 2014)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.backbone import Backbone
from notehead.models.boxes.given import GivenRegions
from notehead.models.boxes.region_head import Outputs
from notehead.models.boxes.roi import Maps, aligned
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting

WINDOW = 48
"""Pixels of a window's side: a region costs as much as 48 x 48 pixels of a network that sees a page once."""
CONTEXT = 0.15
"""Share of a region's sides that is shown around it, on each side, and at least two pixels."""


class Rcnn(GivenRegions):
    """One network for classes and boxes at once, where the paper trains three models one after another."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone((32, 64, 128, 256))
        self.last = Outputs(256, self.classes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 1 + classes) and numbers (n, classes, 4) of windows (n, 1, 48, 48)."""
        logits, numbers = self.last(self.backbone(images)[-1].mean(dim=(2, 3)))
        return logits, numbers

    def see(self, images: Tensor, box: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        logits, numbers = self(windows(images, box, image))
        return logits, numbers

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        return {"network": (self, (torch.zeros(4, 1, WINDOW, WINDOW),))}


def windows(images: Tensor, box: Tensor, image: Tensor) -> Tensor:
    """Regions and a little around them, warped to squares: float (n, 1, 48, 48).

    Args:
        images: float (images, 1, height, width).
        box: float (n, 4), in pixels.
        image: int64 (n,), the image of each.
    """
    margin = ((box[:, 2:] - box[:, :2]) * CONTEXT).clamp(min=2.0)
    around = torch.cat((box[:, :2] - margin, box[:, 2:] + margin), dim=1)
    with torch.no_grad():
        return aligned(Maps.of([images], (1,)), around, image, WINDOW)


def task(setting: Setting) -> BoxTask:
    """R-CNN on the small backbone, with regions of ink."""
    return BoxTask(Rcnn, setting)
