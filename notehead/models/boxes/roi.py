"""Features of regions at a fixed size: pooling, align, and position-sensitive pooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_MOST = 4
"""Cells of a bin, along each axis, that pooling looks at; of longer bins as many, evenly spread."""
_FINEST = 56.0
"""Side in pixels of a square region from which on a coarser map is read: at most two cells a bin of seven."""


@dataclass(frozen=True, eq=False)
class Maps:
    """Feature maps of several strides as one table of cells, so that one look-up reads from all of them.

    Attributes:
        rows: float (cells, width), images one after another, and levels after that.
        first: int64 (levels,), the row where each level begins.
        height: int64 (levels,), cells.
        width: int64 (levels,), cells.
        stride: float (levels,), pixels of a cell.
    """

    rows: Tensor
    first: Tensor
    height: Tensor
    width: Tensor
    stride: Tensor

    @classmethod
    def of(cls, levels: Sequence[Tensor], strides: Sequence[int]) -> Maps:
        """Of maps (images, width, height, width), from the finest to the coarsest."""
        device = levels[0].device
        flat = [one.permute(0, 2, 3, 1).reshape(-1, one.shape[1]) for one in levels]
        first, height, width = (
            torch.tensor(one, device=device)
            for one in (
                [sum(len(one) for one in flat[:level]) for level in range(len(flat))],
                [one.shape[2] for one in levels],
                [one.shape[3] for one in levels],
            )
        )
        stride = torch.tensor(strides, device=device, dtype=torch.float32)
        return cls(torch.cat(flat), first, height, width, stride)

    def places(self, image: Tensor, level: Tensor, y: Tensor, x: Tensor) -> Tensor:
        """The rows of cells; cells beyond a map are those at its edge.

        Args:
            image: int64 (n,).
            level: int64 (n,).
            y: int64 (n, ...), anything that fits x.
            x: int64 (n, ...).
        """
        first, height, width, image = (
            one.reshape(-1, *[1] * (y.ndim - 1))
            for one in (self.first[level], self.height[level], self.width[level], image)
        )
        zero = torch.zeros_like(height)
        y = torch.minimum(torch.maximum(y, zero), height - 1)
        x = torch.minimum(torch.maximum(x, zero), width - 1)
        return first + (image * height + y) * width + x

    def read(self, place: Tensor) -> Tensor:
        """The features of cells: (..., width)."""
        return functional.embedding(place, self.rows)


def level_of(box: Tensor, levels: int) -> Tensor:
    """The map that a region is read from, the larger the coarser (Lin et al., 2017): int64 (n,).

    Example:
        >>> level_of(torch.tensor([[0.0, 0, 12, 12], [0, 0, 60, 60], [0, 0, 500, 500]]), 4).tolist()
        [0, 1, 3]
    """
    if levels == 1:
        return torch.zeros_like(box[:, 0], dtype=torch.int64)
    side = (box[:, 2:] - box[:, :2]).clamp(min=1).prod(dim=1).sqrt()
    return ((side / _FINEST).log2().floor() + 1).clamp(0, levels - 1).long()


def aligned(maps: Maps, box: Tensor, image: Tensor, side: int, samples: int = 2) -> Tensor:
    """RoI align (He et al., 2017): means of points read between cells, nothing is rounded.

    Args:
        maps: of the images.
        box: float (n, 4), regions in pixels.
        image: int64 (n,), the image of each.
        side: bins along each axis.
        samples: points of a bin along each axis.

    Returns:
        Float (n, width, side, side).
    """
    level = level_of(box, len(maps.first))
    share = (torch.arange(side * samples, device=box.device) + 0.5) / (side * samples)
    x, y = (
        (box[:, axis, None] + share * (box[:, axis + 2] - box[:, axis])[:, None])
        / maps.stride[level][:, None]
        - 0.5
        for axis in (0, 1)
    )
    left, top = x.floor(), y.floor()
    right_share, lower_share = x - left, y - top
    total: Tensor | None = None
    for down, part_y in ((0, 1 - lower_share), (1, lower_share)):
        for across, part_x in ((0, 1 - right_share), (1, right_share)):
            place = maps.places(
                image, level, (top.long() + down)[:, :, None], (left.long() + across)[:, None, :]
            )
            part = (part_y[:, :, None] * part_x[:, None, :])[..., None] * maps.read(place)
            total = part if total is None else total + part
    assert total is not None  # four corners
    return functional.avg_pool2d(total.permute(0, 3, 1, 2), samples)


def pooled(maps: Maps, box: Tensor, image: Tensor, side: int) -> Tensor:
    """RoI pooling (Girshick, 2015): maxima over bins of whole cells, the region rounded to cells first.

    Arguments and result are those of `aligned`. A bin of more than four cells along an axis is looked at in
    four of them: with seven bins that is a region of more than 28 cells.
    """
    level = level_of(box, len(maps.first))
    (x, _), (y, _) = (_cells(maps, box, level, axis, side) for axis in (0, 1))
    place = maps.places(image, level, y.flatten(1)[:, :, None], x.flatten(1)[:, None, :])
    return functional.max_pool2d(maps.read(place).permute(0, 3, 1, 2), _MOST)


def position_pooled(maps: Maps, box: Tensor, image: Tensor, side: int) -> Tensor:
    """Position-sensitive RoI pooling (Dai et al., 2016): each bin is the mean of a map of its own.

    Arguments are those of `aligned`; the maps have side * side * k channels, the first k of them of the
    upper left bin, the next ones of the bin to its right.

    Returns:
        Float (n, side, side, k).
    """
    level = level_of(box, len(maps.first))
    (x, x_true), (y, y_true) = (_cells(maps, box, level, axis, side) for axis in (0, 1))
    place = maps.places(image, level, y[:, :, None, :, None], x[:, None, :, None, :])
    own = torch.arange(side * side, device=box.device).reshape(1, side, side, 1, 1)
    table = maps.rows.reshape(len(maps.rows) * side * side, -1)
    values = functional.embedding((place * side * side + own).flatten(3), table)
    weight = (y_true[:, :, None, :, None] & x_true[:, None, :, None, :]).flatten(3).to(values)
    return (values * weight[..., None]).sum(dim=3) / weight.sum(dim=3)[..., None]


def _cells(maps: Maps, box: Tensor, level: Tensor, axis: int, side: int) -> tuple[Tensor, Tensor]:
    """The cells of each bin along an axis, int64 (n, side, 4), and which of them are not repeated."""
    stride = maps.stride[level]
    low = (box[:, axis] / stride + 0.5).floor().long()
    high = torch.maximum((box[:, axis + 2] / stride + 0.5).floor().long(), low + 1)
    length = (high - low)[:, None]
    number = torch.arange(side, device=box.device)[None]
    begin = torch.div(number * length, side, rounding_mode="floor")
    end = torch.div((number + 1) * length + side - 1, side, rounding_mode="floor")
    count = (end - begin)[..., None]
    step = torch.arange(_MOST, device=box.device)
    spread = torch.div(step * count, _MOST, rounding_mode="floor")
    inside = torch.where(count > _MOST, spread, torch.minimum(step, count - 1))
    return low[:, None, None] + begin[..., None] + inside, step < count
