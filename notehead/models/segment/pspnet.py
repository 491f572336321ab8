"""PSPNet: each pixel beside the means of its surroundings, near and far (Zhao et al., 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork, enlarged
from notehead.models.segment.task import SegmentTask

_BINS = (1, 2, 3, 6)
"""Into how many parts each side of the map is divided; the image's size decides how large they are."""


class PspNet(SegmentNetwork):
    """Pyramid pooling on a backbone that stays at a stride of 8; the paper's second loss is left out."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        # symbols are small: what is wider than a stride of 8 is dilated, as in the paper
        _dilate(self.backbone.stages[2], 2)
        _dilate(self.backbone.stages[3], 4)
        width = self.backbone.widths[-1]
        self.pyramid = PyramidPooling(width)
        self.last = nn.Sequential(convolution(2 * width, 96), nn.Conv2d(96, self.outputs, 1))

    def scores_of(self, images: Tensor) -> Tensor:
        return enlarged(self.last(self.pyramid(self.backbone(images)[-1])), images)


class PyramidPooling(nn.Module):
    """A map and, beside it, its means in parts of four sizes: as many channels again.

    The means are not normalised: a batch has too few of the largest part.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.shrink = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width // len(_BINS), 1), nn.ReLU(inplace=True)) for _ in _BINS
        )

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-2:]
        means = [
            shrink(functional.adaptive_avg_pool2d(x, bins))
            for bins, shrink in zip(_BINS, self.shrink, strict=True)
        ]
        wide = [functional.interpolate(one, size=size, mode="bilinear", align_corners=False) for one in means]
        return torch.cat((x, *wide), dim=1)


def _dilate(stage: nn.Module, by: int) -> None:
    """A stage that keeps its map's size, its convolutions reaching as far as before."""
    for layer in stage.modules():
        if isinstance(layer, nn.Conv2d):
            layer.stride, layer.dilation, layer.padding = (1, 1), (by, by), (by, by)


def task(setting: Setting) -> SegmentTask:
    """PSPNet on the small backbone, dilated."""
    return SegmentTask(PspNet, setting)
