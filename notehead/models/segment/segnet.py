"""SegNet: values go back to where poolings took them (Badrinarayanan et al., 2017)."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork
from notehead.models.segment.task import SegmentTask

_WIDTHS = (16, 32, 64, 96, 128)
"""Channels of each stage, after each of which the sides are halved; the paper's VGG has 64 to 512."""


class SegNet(SegmentNetwork):
    """An encoder of its own with five poolings, and its mirror image as a decoder.

    It works at the image's own size, where it has one convolution each way, and two elsewhere.
    """

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        steps = list(itertools.pairwise(_WIDTHS))
        self.down = nn.ModuleList(
            [convolution(1, _WIDTHS[0]), *(_two(before, after, after) for before, after in steps)]
        )
        self.up = nn.ModuleList(
            [convolution(_WIDTHS[0], _WIDTHS[0]), *(_two(after, after, before) for before, after in steps)]
        )
        self.last = nn.Conv2d(_WIDTHS[0], self.outputs, 1)

    def scores_of(self, images: Tensor) -> Tensor:
        x, places = images, []
        for stage in self.down:
            x, place = pooled(stage(x))
            places.append(place)
        for level in range(len(places) - 1, -1, -1):
            x = self.up[level](unpooled(x, places[level]))
        result: Tensor = self.last(x)
        return result


def pooled(x: Tensor) -> tuple[Tensor, Tensor]:
    """The highest of each 2 x 2 values, and its place in its channel, row by row."""
    values, places = functional.max_pool2d(x, 2, return_indices=True)
    return values, places


def unpooled(x: Tensor, places: Tensor) -> Tensor:
    """Values back at their places, twice as high and wide, 0 elsewhere.

    It is `nn.MaxUnpool2d`, which cannot be exported to ONNX, as a scattering, which can.
    """
    n, channels, height, width = x.shape
    empty = torch.zeros(n, channels, 4 * height * width, dtype=x.dtype, device=x.device)
    return empty.scatter(2, places.flatten(2), x.flatten(2)).reshape(n, channels, 2 * height, 2 * width)


def _two(before: int, between: int, after: int) -> nn.Sequential:
    return nn.Sequential(convolution(before, between), convolution(between, after))


def task(setting: Setting) -> SegmentTask:
    """SegNet, small."""
    return SegmentTask(SegNet, setting)
