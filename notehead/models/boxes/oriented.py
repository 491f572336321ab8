"""Oriented boxes: FCOS whose cells tell centre, sides and angle of their symbol (Tian et al., 2019).

The angle is told as cosine and sine of twice itself: a box turned by half a circle is the same box.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Pyramid
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import LEAST, MOST, SAME
from notehead.models.boxes.oriented_nms import suppressed_oriented
from notehead.models.boxes.retinanet import tower
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.losses import focal
from notehead.models.registry import Setting

_STRIDES = (4, 8, 16, 32)
_REACH = (24.0, 64.0, 160.0)
"""Half of the longest side, up to which a level learns a symbol; the last learns all that are longer."""
_RADIUS = 1.5
"""Cells around a symbol's centre that learn it."""
_THIN = 4.0
"""Pixels of a side from which on errors count by its share."""
_LONGEST = 8.0
"""How much more the angle of a long symbol counts than that of a square one."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Oriented boxes as the network tells them.

    Attributes:
        middle: float (..., 2), in pixels.
        sides: float (..., 2), in pixels, the first one along the box's direction.
        twice: float (..., 2), cosine and sine of twice the direction's angle.
    """

    middle: Tensor
    sides: Tensor
    twice: Tensor

    @classmethod
    def of(cls, corners: Tensor) -> Spans:
        """Of corners (n, 4, 2), the longer side first; sides have at least one pixel."""
        across, down = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
        wide = (across.norm(dim=1) >= down.norm(dim=1))[:, None]
        longer, shorter = torch.where(wide, across, down), torch.where(wide, down, across)
        x, y = longer.unbind(dim=1)
        square = (x * x + y * y).clamp(min=1e-6)
        twice = torch.stack(((x * x - y * y) / square, 2 * x * y / square), dim=1)
        sides = torch.stack((longer.norm(dim=1), shorter.norm(dim=1)), dim=1).clamp(min=1)
        return cls(corners.mean(dim=1), sides, twice)

    def axis(self) -> Tensor:
        """The direction, of length 1: float (..., 2)."""
        angle = torch.atan2(self.twice[..., 1], self.twice[..., 0]) / 2
        return torch.stack((angle.cos(), angle.sin()), dim=-1)

    def corners(self) -> Tensor:
        """The corners in order around the box: float (..., 4, 2)."""
        axis = self.axis()
        across = axis * self.sides[..., :1] / 2
        down = torch.stack((-axis[..., 1], axis[..., 0]), dim=-1) * self.sides[..., 1:] / 2
        ways = (-across - down, across - down, across + down, down - across)
        return self.middle[..., None, :] + torch.stack(ways, dim=-2)

    def within(self, point: Tensor) -> Tensor:
        """How far points are from the middles, along the first and the second side."""
        away, axis = point - self.middle, self.axis()
        u = (away * axis).sum(dim=-1)
        v = away[..., 1] * axis[..., 0] - away[..., 0] * axis[..., 1]
        return torch.stack((u, v), dim=-1)


class Oriented(BoxNetwork):
    """The one-stage detector of oriented boxes."""

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table)
        self.pyramid = Pyramid(width)
        self.label_tower, self.box_tower = tower(width, 1), tower(width, 1)
        self.label = nn.Conv2d(width, self.classes, 3, padding=1)
        self.box = nn.Conv2d(width, 7, 3, padding=1)
        self.scale = nn.Parameter(torch.ones(len(_STRIDES)))
        assert self.label.bias is not None  # for the type checker
        assert self.box.bias is not None
        nn.init.constant_(self.label.bias, -4.6)  # a hundredth
        with torch.no_grad():
            self.box.bias.copy_(torch.tensor([0.0, 0, 1, 1, 1, 0, 0]))  # upright, where nothing is known

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Per cell: class logits, middle, sides, twice the angle, centre logits; then its place and level."""
        rows = []
        for level, features in enumerate(self.pyramid(images)):
            stride = _STRIDES[level]
            label, box = self.label(self.label_tower(features)), self.box(self.box_tower(features))
            height, width = features.shape[-2:]
            y, x = torch.meshgrid(
                torch.arange(height, device=box.device), torch.arange(width, device=box.device), indexing="ij"
            )
            cell = (torch.stack((x, y), dim=-1).reshape(-1, 2) + 0.5) * stride
            label, box = label.flatten(2).transpose(1, 2), box.flatten(2).transpose(1, 2)
            sides = functional.softplus(box[..., 2:4] * self.scale[level]) * stride
            twice = functional.normalize(box[..., 4:6], dim=-1, eps=1e-6)
            places = torch.full((len(cell),), level, device=box.device)
            rows.append((label, cell + box[..., :2] * stride, sides, twice, box[..., 6], cell, places))
        return tuple(
            torch.cat(parts, dim=0 if k > 4 else 1) for k, parts in enumerate(zip(*rows, strict=True))
        )

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        label, middle, sides, twice, centre, cell, level = self(images)
        spans = [Spans.of(_corners(truth)) for truth in truths]
        owner = torch.stack([_owners(span, cell, level) for span in spans])
        image, row = (owner >= 0).nonzero(as_tuple=True)
        starts = torch.tensor([0, *(len(span.sides) for span in spans)], device=owner.device).cumsum(0)
        symbol = owner[image, row] + starts[image]
        true = Spans(
            torch.cat([span.middle for span in spans])[symbol],
            torch.cat([span.sides for span in spans])[symbol],
            torch.cat([span.twice for span in spans])[symbol],
        )
        wanted = torch.zeros_like(label)
        wanted[image, row, torch.cat([truth.label for truth in truths])[symbol] - 1] = 1
        inner = _centred(true, cell[row], level[row])
        weight, count = inner.sum().clamp(min=1e-6), max(len(row), 1)
        found = Spans(middle[image, row], sides[image, row], twice[image, row])
        place, shape = _errors(found, true)
        return {
            "label": focal(label, wanted) / count,
            "middle": (place * inner).sum() / weight,
            "shape": (shape * inner).sum() / weight,
            "centre": functional.binary_cross_entropy_with_logits(centre[image, row], inner, reduction="sum")
            / count,
        }

    def find(self, images: Tensor) -> list[Boxes]:
        label, middle, sides, twice, centre, _, _ = self(images)
        score = (label.sigmoid() * centre.sigmoid()[..., None]).sqrt()
        corners = Spans(middle, sides, twice).corners()
        return [_best(corners[k], score[k], images.shape[-2:]) for k in range(len(images))]


def _corners(truth: Truth) -> Tensor:
    if truth.corners is None:
        message = "symbols without oriented boxes"
        raise ValueError(message)
    return truth.corners


def _owners(span: Spans, cell: Tensor, level: Tensor) -> Tensor:
    """The symbol that each cell learns, the smallest of those around it; -1 for none."""
    if not len(span.sides):
        return torch.full((len(cell),), -1, device=cell.device)
    stride = _stride(level, cell)[:, None]
    reach = torch.tensor(_REACH, device=cell.device)
    own = torch.bucketize(span.sides.amax(dim=1) / 2, reach)
    away = (cell[:, None] - span.middle).abs().amax(dim=2)
    # across a thin symbol there is always one cell
    inside = (span.within(cell[:, None]).abs() <= (span.sides / 2).clamp(min=stride[..., None] / 2)).all(
        dim=2
    )
    good = (own == level[:, None]) & ((inside & (away <= stride * _RADIUS)) | (away <= stride / 2))
    area = torch.where(good, span.sides.prod(dim=1), torch.inf)
    least, owner = area.min(dim=1)
    return torch.where(torch.isfinite(least), owner, -1)


def _stride(level: Tensor, like: Tensor) -> Tensor:
    return torch.tensor(_STRIDES, device=level.device, dtype=like.dtype)[level]


def _centred(span: Spans, cell: Tensor, level: Tensor) -> Tensor:
    """How near to its symbol's centre a cell is, 0 to 1; a thin symbol is as thick as two cells here."""
    half = torch.maximum(span.sides / 2, _stride(level, cell)[:, None])
    away = span.within(cell).abs()
    return ((half - away).clamp(min=0) / (half + away)).prod(dim=1).sqrt()


def _errors(found: Spans, true: Spans) -> tuple[Tensor, Tensor]:
    """How wrong middles are, in the true box's sides, and how wrong sides and angles are.

    A box is the same with its sides exchanged and turned by a right angle: it counts which of both the
    found one is nearer to. So nothing jumps where sides are equal.
    """
    away = true.within(found.middle) / true.sides.clamp(min=_THIN)
    place = functional.smooth_l1_loss(away, torch.zeros_like(away), reduction="none", beta=0.1).sum(dim=1)
    long = true.sides.amax(dim=1, keepdim=True) / true.sides.amin(dim=1, keepdim=True).clamp(min=_THIN)
    shapes = [
        functional.smooth_l1_loss(found.sides.log(), sides.log(), reduction="none", beta=0.1)
        + functional.smooth_l1_loss(found.twice, twice, reduction="none", beta=0.1) * long.clamp(1, _LONGEST)
        for sides, twice in ((true.sides, true.twice), (true.sides.flip(1), -true.twice))
    ]
    return place, torch.stack([shape.sum(dim=1) for shape in shapes]).amin(dim=0)


def _best(corners: Tensor, score: Tensor, size: torch.Size) -> Boxes:
    """The surest boxes of an image, class by class without doubles."""
    place, label = (score > LEAST).nonzero(as_tuple=True)
    value = score[place, label]
    if len(value) > MOST:
        value, order = value.topk(MOST)
        place, label = place[order], label[order]
    found = corners[place]
    limit = torch.tensor([size[1], size[0]], device=found.device, dtype=found.dtype)
    box = torch.cat(
        [torch.minimum(end.clamp(min=0), limit) for end in (found.amin(dim=1), found.amax(dim=1))], dim=1
    )
    whole = (box[:, 2:] > box[:, :2]).all(dim=1)
    box, found, label, value = box[whole], found[whole], label[whole], value[whole]
    rows = suppressed_oriented(
        found.detach().double().cpu().numpy(), value.detach().cpu().numpy(), SAME, label.cpu().numpy()
    )
    kept = torch.from_numpy(rows).to(found.device)
    return Boxes(box[kept], label[kept] + 1, value[kept], found[kept])


def task(setting: Setting) -> BoxTask:
    """Oriented boxes on a small pyramid."""
    return BoxTask(Oriented, setting)
