"""R-FCN: maps that each score one part of a symbol, so that regions cost nothing (Dai et al., 2016)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.boxes.faster_rcnn import FasterRcnn
from notehead.models.boxes.roi import Maps, position_pooled
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting

PARTS = 3
"""Parts of a symbol along each axis: with the 7 of the paper a dot's parts were less than a pixel."""
_LEVEL, _STRIDE = 1, 8
"""Of the maps; of maps four times as large, a score for each class and part needs a gigabyte a batch."""


class Rfcn(FasterRcnn):
    """The detector whose second step has no weights: parts of a region vote."""

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table, width, head=Votes())
        self.tower = convolution(width, width)
        self.label = nn.Conv2d(width, PARTS**2 * (self.classes + 1), 1)
        self.numbers = nn.Conv2d(width, PARTS**2 * 4, 1)

    def shared(self, levels: list[Tensor]) -> list[Tensor]:
        x = self.tower(levels[_LEVEL])
        return [self.label(x), self.numbers(x)]

    def examples(self) -> list[Tensor]:
        side = 128 // _STRIDE
        return [torch.zeros(1, PARTS**2 * one, side, side) for one in (self.classes + 1, 4)]


class Votes(nn.Module):
    """Means of what the parts of regions say."""

    def forward(self, box: Tensor, image: Tensor, label: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 1 + classes) and the numbers of a box that all classes share (n, 1, 4).

        Args:
            box: float (n, 4), regions in pixels.
            image: int64 (n,), the image of each.
            label: scores of classes (images, parts * (1 + classes), height, width).
            numbers: of boxes (images, parts * 4, height, width).
        """
        logits, moves = (
            position_pooled(Maps.of([one], (_STRIDE,)), box, image, PARTS).mean(dim=(1, 2))
            for one in (label, numbers)
        )
        return logits, moves[:, None]


def task(setting: Setting) -> BoxTask:
    """R-FCN on a small pyramid."""
    return BoxTask(Rfcn, setting)
