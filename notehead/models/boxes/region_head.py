"""What a region shows and where it ends: the last step of the networks with regions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.boxes.anchors import decode, encode
from notehead.models.boxes.base import Boxes
from notehead.models.boxes.choosing import best
from notehead.models.boxes.roi import Maps, aligned, pooled
from notehead.models.boxes.sampling import Sample

SIDE = 7
"""Bins along each axis of a region."""
_SPREAD = (0.1, 0.2)
"""By how much boxes differ from their regions."""


class RegionHead(nn.Module):
    """The features of regions, at a fixed size, through two full layers to classes and boxes.

    Args:
        width: channels of the maps.
        classes: without none.
        strides: of the maps.
        align: whether regions are read by RoI align; by RoI pooling otherwise.
    """

    def __init__(self, width: int, classes: int, strides: Sequence[int], *, align: bool = True) -> None:
        super().__init__()
        self.strides, self.align = tuple(strides), align
        self.full = nn.Sequential(
            nn.Flatten(), nn.Linear(width * SIDE * SIDE, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU()
        )
        self.last = Outputs(256, classes)

    def forward(self, box: Tensor, image: Tensor, *levels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 1 + classes), class 0 being none, and numbers of boxes (n, classes, 4).

        Args:
            box: float (n, 4), regions in pixels.
            image: int64 (n,), the image of each.
            levels: maps of the images.
        """
        read = aligned if self.align else pooled
        logits, numbers = self.last(self.full(read(Maps.of(levels, self.strides), box, image, SIDE)))
        return logits, numbers


class Outputs(nn.Module):
    """Features (n, width) to logits (n, 1 + classes) and numbers of boxes (n, classes, 4)."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.label, self.numbers = nn.Linear(width, classes + 1), nn.Linear(width, classes * 4)
        nn.init.normal_(self.numbers.weight, std=0.001)
        nn.init.zeros_(self.numbers.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.label(x), self.numbers(x).unflatten(1, (-1, 4))


def region_losses(logits: Tensor, numbers: Tensor, sample: Sample) -> dict[str, Tensor]:
    """The loss of classes, and that of boxes where a symbol is shown (Girshick, 2015).

    Args:
        logits: float (n, 1 + classes).
        numbers: float (n, classes, 4), or (n, 1, 4) where all classes share a box.
        sample: the regions.
    """
    rows = sample.label.nonzero()[:, 0]
    column = (sample.label[rows] - 1).clamp(max=numbers.shape[1] - 1)
    wanted = encode(sample.box[rows], sample.true[rows], _SPREAD)
    count = max(len(sample.label), 1)
    return {
        "region": functional.cross_entropy(logits, sample.label, reduction="sum") / count,
        "move": functional.smooth_l1_loss(numbers[rows, column], wanted, reduction="sum") / count,
    }


def region_boxes(logits: Tensor, numbers: Tensor, box: Tensor, size: torch.Size | tuple[int, int]) -> Boxes:
    """What was found in the regions of an image, doubles suppressed.

    Args:
        logits: float (n, 1 + classes).
        numbers: float (n, classes, 4), or (n, 1, 4).
        box: float (n, 4), the regions.
        size: height and width of the image.
    """
    score = logits.softmax(dim=1)[:, 1:]
    found = decode(box[:, None], numbers, _SPREAD).expand(-1, score.shape[1], -1)
    return best(found, score, size)
