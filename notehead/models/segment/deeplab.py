"""DeepLabV3+: atrous convolutions of several reaches, and a decoder for the edges (Chen et al., 2018)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork, enlarged
from notehead.models.segment.task import SegmentTask

_RATES = (2, 4, 8)
"""How far the taps of each atrous convolution are apart, in cells of 16 px: up to 11 staff spaces. The
paper's 6, 12 and 18 are for things as large as the image."""
_LOW = 24
"""Channels of the fine map that the decoder is given: few, so that they do not outweigh the others."""


class DeepLab(SegmentNetwork):
    """Atrous spatial pyramid on a backbone with a stride of 16, and a decoder at a stride of 4."""

    def __init__(self, table: ClassTable, width: int = 96) -> None:
        super().__init__(table)
        self.backbone = Backbone(dilated=True)
        self.pyramid = AtrousPyramid(self.backbone.widths[-1], width)
        self.low = _pointwise(self.backbone.widths[0], _LOW)
        self.decoder = nn.Sequential(_separable(width + _LOW, width), _separable(width, width))
        self.last = nn.Conv2d(width, self.outputs, 1)

    def scores_of(self, images: Tensor) -> Tensor:
        fine, *_, coarse = self.backbone(images)
        wide = functional.interpolate(
            self.pyramid(coarse), size=fine.shape[-2:], mode="bilinear", align_corners=False
        )
        return enlarged(self.last(self.decoder(torch.cat((wide, self.low(fine)), dim=1))), images)


class AtrousPyramid(nn.Module):
    """A map seen at several reaches side by side, the farthest of which is the mean of all of it."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.reaches = nn.ModuleList(
            (_pointwise(before, after), *(_separable(before, after, rate) for rate in _RATES))
        )
        # not normalised: a batch has too few means
        self.mean = nn.Sequential(nn.Conv2d(before, after, 1), nn.ReLU(inplace=True))
        self.join = _pointwise((len(self.reaches) + 1) * after, after)

    def forward(self, x: Tensor) -> Tensor:
        parts = [reach(x) for reach in self.reaches]
        mean = self.mean(x.mean(dim=(2, 3), keepdim=True)).expand_as(parts[0])
        result: Tensor = self.join(torch.cat((*parts, mean), dim=1))
        return result


def _separable(before: int, after: int, rate: int = 1) -> nn.Sequential:
    """A convolution of 3 x 3 within each channel, then one of all channels at each pixel."""
    return nn.Sequential(
        nn.Conv2d(before, before, 3, padding=rate, dilation=rate, groups=before, bias=False),
        nn.BatchNorm2d(before),
        nn.ReLU(inplace=True),
        _pointwise(before, after),
    )


def _pointwise(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


def task(setting: Setting) -> SegmentTask:
    """DeepLabV3+ on the small backbone, dilated."""
    return SegmentTask(DeepLab, setting)
