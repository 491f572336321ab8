"""FCOS: every cell says how far the four sides of its symbol are (Tian et al., 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Pyramid
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import best
from notehead.models.boxes.retinanet import tower
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.losses import focal
from notehead.models.overlap import generalised_iou
from notehead.models.registry import Setting

STRIDES = (4, 8, 16, 32)
REACH = (24.0, 64.0, 160.0)
"""Half of the longest side up to which a level learns a symbol; the last learns all that are longer."""
_RADIUS = 1.5
"""Cells around a symbol's centre that learn it (centre sampling)."""


class Fcos(BoxNetwork):
    """The one-stage detector without anchors."""

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table)
        self.pyramid = Pyramid(width)
        self.label_tower, self.box_tower = tower(width, 1), tower(width, 1)
        self.label = nn.Conv2d(width, self.classes, 3, padding=1)
        self.sides = nn.Conv2d(width, 4, 3, padding=1)
        self.centre = nn.Conv2d(width, 1, 3, padding=1)
        self.scale = nn.Parameter(torch.ones(len(STRIDES)))
        assert self.label.bias is not None  # for the type checker
        nn.init.constant_(self.label.bias, -4.6)  # a hundredth

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Per cell of all levels: class logits, sides in pixels, centre logits, its middle, its level."""
        rows = []
        for level, features in enumerate(self.pyramid(images)):
            label, box = self.label(self.label_tower(features)), self.box_tower(features)
            sides = functional.softplus(self.sides(box) * self.scale[level]) * STRIDES[level]
            height, width = features.shape[-2:]
            y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
            middle = (torch.stack((x, y), dim=-1).reshape(-1, 2).to(features) + 0.5) * STRIDES[level]
            flat = [part.flatten(2).transpose(1, 2) for part in (label, sides, self.centre(box))]
            rows.append((*flat, middle, torch.full((len(middle),), level, device=features.device)))
        label, sides, centre = (torch.cat([row[k] for row in rows], dim=1) for k in range(3))
        middle, levels = (torch.cat([row[k] for row in rows]) for k in (3, 4))
        return label, sides, centre[..., 0], middle, levels

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        label, sides, centre, middle, level = self(images)
        wanted = torch.zeros_like(label)
        picked: list[tuple[Tensor, Tensor, Tensor]] = []
        for place, truth in enumerate(truths):
            owner = _owners(truth, middle, level)
            rows = (owner >= 0).nonzero()[:, 0]
            wanted[place, rows, truth.label[owner[rows]] - 1] = 1
            picked.append((torch.full_like(rows, place), rows, truth.box[owner[rows]]))
        image, row = torch.cat([one[0] for one in picked]), torch.cat([one[1] for one in picked])
        true = torch.cat([one[2] for one in picked])
        count = max(len(row), 1)
        result = {"label": focal(label, wanted) / count}
        found = _boxes(middle[row], sides[image, row])
        inner = _centred(middle[row], true, level[row])
        weight = inner.sum().clamp(min=1e-6)
        result["box"] = ((1 - generalised_iou(found, true)) * inner).sum() / weight
        result["centre"] = (
            functional.binary_cross_entropy_with_logits(centre[image, row], inner, reduction="sum") / count
        )
        return result

    def find(self, images: Tensor) -> list[Boxes]:
        label, sides, centre, middle, _ = self(images)
        score = (label.sigmoid() * centre.sigmoid()[..., None]).sqrt()
        return [best(_boxes(middle, one), score[image], images.shape[-2:]) for image, one in enumerate(sides)]


def _owners(truth: Truth, middle: Tensor, level: Tensor) -> Tensor:
    """The symbol that each cell learns, the smallest of those that it may learn; -1 for none."""
    if not len(truth.box):
        return torch.full((len(middle),), -1, device=middle.device)
    sides = truth.box[:, 2:] - truth.box[:, :2]
    reach = torch.tensor(REACH, device=middle.device)
    own = torch.bucketize(sides.amax(dim=1) / 2, reach)
    stride = _stride(level, middle)[:, None]
    ways = _ways(middle[:, None], truth.box[None])
    away = (middle[:, None] - (truth.box[None, :, :2] + truth.box[None, :, 2:]) / 2).abs().amax(dim=2)
    # of symbols smaller than a cell the one that holds the centre learns
    inside = (ways.amin(dim=2) > 0) | (away <= stride / 2)
    good = (own == level[:, None]) & inside & (away <= stride * _RADIUS)
    area = sides.prod(dim=1)[None].expand_as(away)
    least, owner = torch.where(good, area, torch.inf).min(dim=1)
    return torch.where(torch.isfinite(least), owner, -1)


def _ways(middle: Tensor, box: Tensor) -> Tensor:
    """How far left, upper, right and lower sides are from points."""
    return torch.cat((middle - box[..., :2], box[..., 2:] - middle), dim=-1)


def _boxes(middle: Tensor, sides: Tensor) -> Tensor:
    return torch.cat((middle - sides[..., :2], middle + sides[..., 2:]), dim=-1)


def _stride(level: Tensor, like: Tensor) -> Tensor:
    return torch.tensor(STRIDES, device=level.device, dtype=like.dtype)[level]


def _centred(middle: Tensor, box: Tensor, level: Tensor) -> Tensor:
    """How near to its symbol's centre a cell is, 0 to 1; a thin symbol is as thick as two cells here."""
    half = torch.maximum((box[:, 2:] - box[:, :2]) / 2, _stride(level, middle)[:, None])
    away = (middle - (box[:, :2] + box[:, 2:]) / 2).abs()
    return ((half - away).clamp(min=0) / (half + away)).prod(dim=1).sqrt()


def task(setting: Setting) -> BoxTask:
    """FCOS on a small pyramid."""
    return BoxTask(Fcos, setting)
