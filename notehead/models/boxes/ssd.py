"""SSD: default boxes on maps of several sizes, each read as it is (Liu et al., 2016)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.boxes.anchors import SYMBOLS, Anchors, as_rows, decode, encode
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import best
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting

# one map more than the pyramid has, for what fills a crop
_ANCHORS = Anchors((*SYMBOLS.strides, 64), (*SYMBOLS.shapes, ((256.0, 256.0), (64.0, 400.0), (512.0, 130.0))))
_SPREAD = (0.1, 0.2)
_SAME = 0.5
"""IoU from which on an anchor learns a symbol."""
_NEGATIVES = 3
"""Anchors without a symbol that are learnt, for each one with a symbol."""
_FEWEST = 32
"""Such anchors of an image with hardly a symbol."""


class Ssd(BoxNetwork):
    """The one-stage detector whose anchors are classes or background, by softmax."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        last = self.backbone.widths[-1]
        self.further = convolution(last, last, 2)
        widths = (*self.backbone.widths, last)
        self.label = nn.ModuleList(
            nn.Conv2d(width, count * (1 + self.classes), 3, padding=1)
            for width, count in zip(widths, _ANCHORS.counts, strict=True)
        )
        self.box = nn.ModuleList(
            nn.Conv2d(width, count * 4, 3, padding=1)
            for width, count in zip(widths, _ANCHORS.counts, strict=True)
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Per anchor of all levels: logits, column 0 for background, code of the box, the anchor itself."""
        levels = self.backbone(images)
        levels.append(self.further(levels[-1]))
        label = [as_rows(head(one), 1 + self.classes) for head, one in zip(self.label, levels, strict=True)]
        code = [as_rows(head(one), 4) for head, one in zip(self.box, levels, strict=True)]
        size = (images.shape[-2], images.shape[-1])
        return torch.cat(label, dim=1), torch.cat(code, dim=1), _ANCHORS.boxes(size, images.device)

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        label, code, anchor = self(images)
        size = (images.shape[-2], images.shape[-1])
        found: list[Tensor] = []
        wrong, count = label.new_zeros(()), 0
        for image, truth in enumerate(truths):
            owner = _ANCHORS.match(truth.box, size, _SAME)
            rows = (owner >= 0).nonzero()[:, 0]
            symbol = owner[rows]
            hard = _hardest(label[image].detach(), owner, max(_NEGATIVES * len(rows), _FEWEST))
            wanted = torch.cat((truth.label[symbol], torch.zeros_like(hard)))
            wrong = wrong + functional.cross_entropy(
                label[image, torch.cat((rows, hard))], wanted, reduction="sum"
            )
            far = encode(anchor[rows], truth.box[symbol], _SPREAD) - code[image, rows]
            found.append(functional.smooth_l1_loss(far, torch.zeros_like(far), reduction="sum"))
            count += len(rows)
        return {"label": wrong / max(count, 1), "box": torch.stack(found).sum() / max(count, 1)}

    def find(self, images: Tensor) -> list[Boxes]:
        label, code, anchor = self(images)
        box, score = decode(anchor, code, _SPREAD), label.softmax(dim=-1)[..., 1:]
        return [best(box[image], score[image], images.shape[-2:]) for image in range(len(images))]


def _hardest(label: Tensor, owner: Tensor, count: int) -> Tensor:
    """The anchors without a symbol that look least like background (hard negative mining)."""
    wrong = label.logsumexp(dim=1) - label[:, 0]
    wrong = torch.where(owner < 0, wrong, -torch.inf)
    return wrong.topk(min(count, int((owner < 0).sum()))).indices


def task(setting: Setting) -> BoxTask:
    """SSD on the small backbone."""
    return BoxTask(Ssd, setting)
