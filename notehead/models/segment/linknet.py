"""LinkNet: a light decoder to which the encoder's maps are added (Chaurasia and Culurciello, 2017)."""

from __future__ import annotations

from torch import Tensor, nn

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork
from notehead.models.segment.task import SegmentTask


class LinkNet(SegmentNetwork):
    """Decoder blocks, between them sums where U-Net puts maps side by side."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        first, second, third, fourth = self.backbone.widths
        self.blocks = nn.ModuleList(
            (
                _decoder(first, first, 1),  # at a stride of 4 all the way, as its partner in the encoder
                _decoder(second, first, 2),
                _decoder(third, second, 2),
                _decoder(fourth, third, 2),
            )
        )
        self.last = nn.Sequential(
            _larger(first, first, 2),
            convolution(first, first),
            nn.ConvTranspose2d(first, self.outputs, 2, 2),
        )

    def scores_of(self, images: Tensor) -> Tensor:
        levels = self.backbone(images)
        x = self.blocks[3](levels[3])
        for level in (2, 1, 0):
            x = self.blocks[level](x + levels[level])
        result: Tensor = self.last(x)
        return result


def _decoder(before: int, after: int, stride: int) -> nn.Sequential:
    """Fewer channels, a larger map, as many channels as the partner in the encoder has."""
    narrow = before // 4
    return nn.Sequential(
        _pointwise(before, narrow), _larger(narrow, narrow, stride), _pointwise(narrow, after)
    )


def _pointwise(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


def _larger(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(before, after, 3, stride, 1, output_padding=stride - 1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def task(setting: Setting) -> SegmentTask:
    """LinkNet on the small backbone."""
    return SegmentTask(LinkNet, setting)
