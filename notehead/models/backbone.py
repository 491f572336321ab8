"""The small residual backbone that all networks of a comparison share."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from notehead.models.layers import Block, convolution

WIDTHS = (32, 64, 96, 128)
"""Channels at strides 4, 8, 16 and 32."""


class Backbone(nn.Module):
    """A residual network (He et al., 2016): images to features at strides 4, 8, 16 and 32.

    In: float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink.
    Out: four maps, from the finest to the coarsest.

    Args:
        widths: channels of each map.
        dilated: the last map has a stride of 16, its convolutions dilated instead (Yu and Koltun, 2016).
    """

    def __init__(self, widths: tuple[int, int, int, int] = WIDTHS, *, dilated: bool = False) -> None:
        super().__init__()
        self.widths = widths
        self.stem = nn.Sequential(convolution(1, 24, 2), convolution(24, widths[0], 2))
        stages = []
        for level, width in enumerate(widths):
            down = [] if level == 0 else [convolution(widths[level - 1], width, 2)]
            stages.append(nn.Sequential(*down, Block(width)))
        self.stages = nn.ModuleList(stages)
        if dilated:
            _dilate(self.stages[-1])

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem(x)
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        return levels


def _dilate(stage: nn.Module) -> None:
    for layer in stage.modules():
        if isinstance(layer, nn.Conv2d):
            layer.stride, layer.dilation, layer.padding = (1, 1), (2, 2), (2, 2)


class Pyramid(nn.Module):
    """A feature pyramid (Lin et al., 2017): maps of equal width at strides 4, 8, 16 and 32."""

    def __init__(self, width: int = 64, backbone: Backbone | None = None) -> None:
        super().__init__()
        self.backbone = backbone or Backbone()
        self.width = width
        self.lateral = nn.ModuleList(nn.Conv2d(one, width, 1, bias=False) for one in self.backbone.widths)
        self.merge = nn.ModuleList(convolution(width, width) for _ in self.backbone.widths)

    def forward(self, x: Tensor) -> list[Tensor]:
        levels = self.backbone(x)
        maps = [self.lateral[-1](levels[-1])]
        for level in range(len(levels) - 2, -1, -1):
            above = functional.interpolate(maps[0], size=levels[level].shape[-2:], mode="nearest")
            maps.insert(0, self.lateral[level](levels[level]) + above)
        return [merge(one) for merge, one in zip(self.merge, maps, strict=True)]
