"""FCN-8s: scores of three sizes, enlarged and summed (Long et al., 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork, enlarged
from notehead.models.segment.task import SegmentTask


class Fcn(SegmentNetwork):
    """Class scores at strides 8, 16 and 32; the coarser ones, twice as large, are added to the finer ones.

    As in the paper nothing finer than a stride of 8 is seen, and the last step is no more than bilinear:
    what is thinner than a cell, as stems are, comes out blurred.
    """

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        _, *widths = self.backbone.widths
        self.top = convolution(widths[-1], widths[-1])
        self.scores = nn.ModuleList(nn.Conv2d(width, self.outputs, 1) for width in widths)
        self.up = nn.ModuleList(twice_as_large(self.outputs) for _ in widths[1:])

    def scores_of(self, images: Tensor) -> Tensor:
        _, fine, middle, coarse = self.backbone(images)
        x = self.scores[2](self.top(coarse))
        x = self.scores[1](middle) + self.up[1](x)
        x = self.scores[0](fine) + self.up[0](x)
        return enlarged(x, images)


def twice_as_large(channels: int) -> nn.ConvTranspose2d:
    """A convolution that enlarges each channel, learned, bilinear at first."""
    layer = nn.ConvTranspose2d(channels, channels, 4, 2, 1, groups=channels, bias=False)
    ramp = torch.tensor([0.25, 0.75, 0.75, 0.25])
    with torch.no_grad():
        layer.weight.copy_((ramp[:, None] * ramp).expand_as(layer.weight))
    return layer


def task(setting: Setting) -> SegmentTask:
    """FCN-8s on the small backbone."""
    return SegmentTask(Fcn, setting)
