"""What the Deep Watershed Detector learns at each pixel: energy, class and size around centres."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from notehead.models.boxes.base import Truth
from notehead.models.boxes.dwd_options import DwdOptions


@dataclass(frozen=True, eq=False)
class Targets:
    """Maps of images.

    Attributes:
        energy: int64 (n, height, width), 0 for none to the highest level at a centre.
        label: int64 (n, height, width), numbers of classes, from 1; 0 where none is learnt.
        size: float (n, 2, height, width), height and width of the box in pixels; 0 where none is learnt.
    """

    energy: Tensor
    label: Tensor
    size: Tensor

    def reduced(self, stride: int) -> Targets:
        """Smaller copies: of each square of so many pixels the middle one."""
        rows = slice(stride // 2, None, stride)
        return Targets(*(one[..., rows, rows] for one in (self.energy, self.label, self.size)))


def targets(truths: list[Truth], shape: tuple[int, int], options: DwdOptions) -> Targets:
    """The maps of images of one shape (height, width)."""
    parts = [_maps(truth, shape, options) for truth in truths]
    return Targets(*(torch.stack([part[at] for part in parts]) for at in range(3)))


def _maps(truth: Truth, shape: tuple[int, int], options: DwdOptions) -> tuple[Tensor, Tensor, Tensor]:
    box, count = truth.box, len(truth.box)
    centre = ((box[:, :2] + box[:, 2:]) / 2).floor().long()

    energy = torch.zeros(shape[0] * shape[1], dtype=torch.int64, device=box.device)
    pixel, _, apart = _ovals(centre, options.energy_side, shape)
    fallen = 1 - apart.double().sqrt() / (options.energy_side / 2)
    value = ((options.levels - 1) * fallen.clamp(min=0)).round().long()
    energy = energy.scatter_reduce(0, pixel, value, "amax")

    pixel, row, apart = _ovals(centre, options.class_side, shape)
    last = torch.zeros_like(energy).scatter_reduce(0, pixel, row + 1, "amax")  # later ones lie on top
    label = torch.cat((truth.label.new_zeros(1), truth.label))[last]

    none = torch.iinfo(torch.int64).max
    key = apart * count + row  # by distance, of equals the first
    nearest = torch.full_like(energy, none).scatter_reduce(0, pixel, key, "amin")
    owner = torch.where(nearest == none, 0, nearest % max(count, 1) + 1)
    sides = torch.stack((box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]), dim=1)
    size = torch.cat((sides.new_zeros(1, 2), sides))[owner]
    return energy.view(shape), label.view(shape), size.T.reshape(2, *shape)


def _ovals(centre: Tensor, side: int, shape: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """The pixels of ovals around centres: places in the flat map, rows of centres, distances squared."""
    reach = torch.arange(-(side // 2), side // 2 + 1, device=centre.device)
    down, across = torch.meshgrid(reach, reach, indexing="ij")
    apart = (down**2 + across**2).flatten()
    inside = apart <= (side / 2) ** 2
    away = torch.stack((across.flatten(), down.flatten()), dim=1)[inside]
    x, y = (centre[:, None] + away).unbind(dim=2)  # (centres, pixels of an oval)
    seen = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    row = torch.arange(len(centre), device=centre.device)[:, None].expand_as(x)
    return (y * shape[1] + x)[seen], row[seen], apart[inside].expand_as(x)[seen]
