"""The detector's network: fully convolutional; class and box are read only where a symbol is.

It follows the Deep Watershed Detector's idea (energy, class and box, each a map) and mends its flaws: the
energy is a confidence; boxes belong to centres and families, so that none is the mean of two; class and box
cost nothing where nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.classes import FAMILIES, KINDS, TRACES, labels_of_kind
from notehead.models.detector.refine import RefineNetwork
from notehead.models.detector.tips import TipNetwork
from notehead.models.layers import Block, convolution


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """How wide the network is.

    Attributes:
        widths: channels at strides 4, 8, 16 and 32.
        blocks: residual blocks at each of them.
        features: channels of the features that are read at centres.
        hidden: of the layer that reads them.
    """

    widths: tuple[int, int, int, int] = (48, 80, 128, 160)
    blocks: tuple[int, int, int, int] = (1, 2, 2, 1)
    features: int = 64
    hidden: int = 128


class PageNetwork(nn.Module):
    """Pixels to maps: centres of each family, pixels of each trace, and features.

    In: float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink.
    Out: logits of centres (n, families, height / 4, width / 4); logits of traces (n, traces, height / 2,
    width / 2); features (n, features, height / 4, width / 4).
    """

    def __init__(self, options: NetworkOptions) -> None:
        super().__init__()
        widths = options.widths
        self.stem = nn.Sequential(convolution(1, 24, 2), convolution(24, widths[0], 2))
        stages = []
        for level, width in enumerate(widths):
            down = [] if level == 0 else [convolution(widths[level - 1], width, 2)]
            stages.append(nn.Sequential(*down, *(Block(width) for _ in range(options.blocks[level]))))
        self.stages = nn.ModuleList(stages)
        inner = options.features
        self.lateral = nn.ModuleList(nn.Conv2d(width, inner, 1, bias=False) for width in widths)
        self.merge = nn.ModuleList(convolution(inner, inner) for _ in widths)
        self.centres = nn.Conv2d(inner, len(FAMILIES), 1)
        self.traces = nn.Conv2d(inner, len(TRACES) * 4, 1)
        nn.init.constant_(self._bias(self.centres), -5.0)  # nearly all is paper
        nn.init.constant_(self._bias(self.traces), -3.0)

    @staticmethod
    def _bias(layer: nn.Conv2d) -> Tensor:
        assert layer.bias is not None  # for the type checker
        return layer.bias

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stem(x)
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        merged = self.merge[-1](self.lateral[-1](levels[-1]))
        for level in range(len(levels) - 2, -1, -1):
            upsampled = functional.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = self.merge[level](self.lateral[level](levels[level]) + upsampled)
        traces = functional.pixel_shuffle(self.traces(merged), 2)
        return self.centres(merged), traces, merged


class SymbolNetwork(nn.Module):
    """Features at a symbol and its kind to class and box.

    In: features (n, features) and kinds, int64 (n,). Out: logits of class ids (n, classes), those of other
    kinds at -1e4; and (n, 4): the centre's place from the cell's middle in cells, and the logarithms of
    width and height in cells.
    """

    def __init__(self, options: NetworkOptions) -> None:
        super().__init__()
        allowed = torch.from_numpy(labels_of_kind())
        self.kind = nn.Embedding(KINDS, options.hidden)
        self.read = nn.Linear(options.features, options.hidden)
        self.label = nn.Sequential(nn.ReLU(), nn.Linear(options.hidden, allowed.shape[1]))
        self.box = nn.Sequential(
            nn.ReLU(), nn.Linear(options.hidden, options.hidden), nn.ReLU(), nn.Linear(options.hidden, 4)
        )
        self.register_buffer("barred", torch.where(allowed, 0.0, -1e4), persistent=False)

    def forward(self, features: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.read(features) + self.kind(kinds)
        barred: Tensor = self.barred  # type: ignore[assignment]
        return self.label(hidden) + barred[kinds], self.box(hidden)


class DetectorNetwork(nn.Module):
    """All parts, as they are trained together."""

    def __init__(self, options: NetworkOptions | None = None) -> None:
        super().__init__()
        options = options or NetworkOptions()
        self.page = PageNetwork(options)
        self.symbol = SymbolNetwork(options)
        self.tips = TipNetwork()
        self.refine = RefineNetwork(options.features, labels_of_kind().shape[1])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.page(x)  # type: ignore[no-any-return]
