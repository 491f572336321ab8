"""U-Net: a decoder that is given the encoder's maps of each size (Ronneberger et al., 2015)."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork, enlarged
from notehead.models.segment.task import SegmentTask


class UNet(SegmentNetwork):
    """The U on a residual encoder; its finest map has a stride of 2."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        widths = self.backbone.widths
        self.up = nn.ModuleList(
            nn.Sequential(convolution(below + own, own), convolution(own, own))
            for own, below in itertools.pairwise(widths)
        )
        self.fine = convolution(1, 16, 2)
        self.last = nn.Sequential(convolution(widths[0] + 16, 32), nn.Conv2d(32, self.outputs, 1))

    def scores_of(self, images: Tensor) -> Tensor:
        levels = self.backbone(images)
        x = levels[-1]
        for level in range(len(levels) - 2, -1, -1):
            x = self.up[level](torch.cat((_twice(x), levels[level]), dim=1))
        return enlarged(self.last(torch.cat((_twice(x), self.fine(images)), dim=1)), images)


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def task(setting: Setting) -> SegmentTask:
    """U-Net on the small backbone."""
    return SegmentTask(UNet, setting)
