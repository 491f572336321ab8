"""RetinaNet: anchors on a pyramid, all of them learnt by the focal loss (Lin et al., 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Pyramid
from notehead.models.boxes.anchors import SYMBOLS, UNSURE, as_rows, decode, encode
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import best
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.losses import focal
from notehead.models.registry import Setting

_SPREAD = (0.1, 0.2)
_SAME, _OTHER = 0.5, 0.4
"""IoU from which on an anchor learns a symbol, and below which it learns that there is none."""
_DEPTH = 2
"""Convolutions of a tower."""


def tower(width: int, depth: int = _DEPTH) -> nn.Sequential:
    """Convolutions that all levels share; normalised in groups, since levels have statistics of their own."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.GroupNorm(width // 8, width),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class RetinaNet(BoxNetwork):
    """The one-stage detector with two towers on each level of a pyramid."""

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table)
        self.pyramid = Pyramid(width)
        count = SYMBOLS.counts[0]  # the same on each level
        self.label = nn.Sequential(tower(width), nn.Conv2d(width, count * self.classes, 3, padding=1))
        self.box = nn.Sequential(tower(width), nn.Conv2d(width, count * 4, 3, padding=1))
        last = self.label[-1]
        assert isinstance(last, nn.Conv2d)  # for the type checker
        assert last.bias is not None
        nn.init.normal_(last.weight, std=0.01)
        nn.init.constant_(last.bias, -4.6)  # a hundredth

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Per anchor of all levels: logits of the classes, code of the box, the anchor itself."""
        levels = self.pyramid(images)
        label = torch.cat([as_rows(self.label(one), self.classes) for one in levels], dim=1)
        code = torch.cat([as_rows(self.box(one), 4) for one in levels], dim=1)
        return label, code, SYMBOLS.boxes((images.shape[-2], images.shape[-1]), images.device)

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        label, code, anchor = self(images)
        size = (images.shape[-2], images.shape[-1])
        owner = torch.stack([SYMBOLS.match(truth.box, size, _SAME, _OTHER) for truth in truths])
        image, row = (owner >= 0).nonzero(as_tuple=True)
        starts = torch.tensor([0, *(len(truth.box) for truth in truths)], device=owner.device).cumsum(0)
        symbol = owner[image, row] + starts[image]
        box = torch.cat([truth.box for truth in truths])[symbol]
        true = torch.cat([truth.label for truth in truths])[symbol] - 1
        far = encode(anchor[row], box, _SPREAD) - code[image, row]
        count = max(len(row), 1)
        return {
            "label": sparse_focal(label, (image, row, true), owner == UNSURE) / count,
            "box": functional.smooth_l1_loss(far, torch.zeros_like(far), reduction="sum") / count,
        }

    def find(self, images: Tensor) -> list[Boxes]:
        label, code, anchor = self(images)
        box, score = decode(anchor, code, _SPREAD), label.sigmoid()
        return [best(box[image], score[image], images.shape[-2:]) for image in range(len(images))]


def sparse_focal(logits: Tensor, there: tuple[Tensor, Tensor, Tensor], unsure: Tensor) -> Tensor:
    """The focal loss, summed, of logits nearly all of which should be low; it needs little memory.

    Args:
        logits: (n, anchors, classes).
        there: indices of those that should be high.
        unsure: (n, anchors), what counts for nothing unless it should be high.
    """
    low = 0.75 * (logits.sigmoid().square() * functional.softplus(logits)).sum()
    high, rest = logits[there], logits[unsure]
    return (
        low
        + focal(high, torch.ones_like(high))
        - focal(high, torch.zeros_like(high))
        - focal(rest, torch.zeros_like(rest))
    )


def task(setting: Setting) -> BoxTask:
    """RetinaNet on a small pyramid."""
    return BoxTask(RetinaNet, setting)
