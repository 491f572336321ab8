"""RefineNet's decoder: each map made better by what coarser ones know (Lin et al., 2017)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional


class RefineDecoder(nn.Module):
    """A chain of refining blocks, from the coarsest map to the finest.

    In: four maps (or any number), from the finest to the coarsest, each (n, its width, height, width).
    Out: as many of the same sizes, the finest first, all of one width. The first knows of all maps, the last
    of the coarsest alone.

    Args:
        widths: channels of the maps that come in.
        width: channels of the maps that go out; the paper's coarsest map has twice those of the others.

    Example:
        >>> import torch
        >>> maps = [torch.zeros(1, 8, side, side) for side in (16, 8, 4, 2)]
        >>> [tuple(one.shape) for one in RefineDecoder((8, 8, 8, 8), 4)(maps)]
        [(1, 4, 16, 16), (1, 4, 8, 8), (1, 4, 4, 4), (1, 4, 2, 2)]
    """

    def __init__(self, widths: Sequence[int], width: int) -> None:
        super().__init__()
        self.width = width
        self.adapt = nn.ModuleList(nn.Conv2d(one, width, 3, padding=1, bias=False) for one in widths)
        self.blocks = nn.ModuleList(
            RefineBlock(width, 1 if level == len(widths) - 1 else 2) for level in range(len(widths))
        )

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        result: list[Tensor] = []
        for level in range(len(levels) - 1, -1, -1):
            own = self.adapt[level](levels[level])
            result.insert(0, self.blocks[level]([own, *result[:1]]))
        return result


class RefineBlock(nn.Module):
    """Maps of one or two sizes become one of the finer size.

    Args:
        width: channels of all maps.
        paths: how many maps come in.
    """

    def __init__(self, width: int, paths: int) -> None:
        super().__init__()
        self.units = nn.ModuleList(
            nn.Sequential(ResidualUnit(width), ResidualUnit(width)) for _ in range(paths)
        )
        self.fuse = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(paths if paths > 1 else 0)
        )
        self.pooling = ChainedPooling(width)
        self.last = ResidualUnit(width)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """The finest map of those given, the finest first, and what the others add to it."""
        parts = [unit(one) for unit, one in zip(self.units, maps, strict=True)]
        x = parts[0]
        if len(parts) > 1:  # one path alone goes through as it is
            parts = [fuse(one) for fuse, one in zip(self.fuse, parts, strict=True)]
            x = parts[0]
            for one in parts[1:]:
                x = x + functional.interpolate(one, size=x.shape[-2:], mode="bilinear", align_corners=False)
        result: Tensor = self.last(self.pooling(x))
        return result


class ResidualUnit(nn.Module):
    """Two convolutions and the way around them; not normalised, so that what passes by stays as it was."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.second(functional.relu(self.first(functional.relu(x))))
        return x + change


class ChainedPooling(nn.Module):
    """What is near each pixel, from near to far: each pooling begins with what the one before gave.

    Args:
        width: channels.
        steps: poolings, each of which reaches 2 cells farther.
    """

    def __init__(self, width: int, steps: int = 2) -> None:
        super().__init__()
        self.weigh = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(steps))

    def forward(self, x: Tensor) -> Tensor:
        x = pooled = functional.relu(x)
        for weigh in self.weigh:
            pooled = weigh(functional.max_pool2d(pooled, 5, stride=1, padding=2))
            x = x + pooled
        return x
