"""Which regions a network learns from, and what each should say: all networks with regions share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from notehead.models.boxes.base import Truth
from notehead.models.overlap import pairwise_iou

SAME = 0.5
"""IoU from which on a region shows a symbol."""


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """How many regions are learnt from.

    Attributes:
        count: regions of an image, at most.
        share: of these the share, at most, that show a symbol.
    """

    count: int = 256
    share: float = 0.25


@dataclass(frozen=True, eq=False)
class Sample:
    """Regions of a batch of images and what they show.

    Attributes:
        image: int64 (n,).
        box: float (n, 4), in pixels.
        label: int64 (n,), the class's number, 0 where no symbol is shown.
        owner: int64 (n,), the symbol's row in its image's truth; of no meaning where none is shown.
        true: float (n, 4), the symbol's box; likewise.
    """

    image: Tensor
    box: Tensor
    label: Tensor
    owner: Tensor
    true: Tensor


def sampled(
    proposals: Sequence[Tensor], truths: Sequence[Truth], options: SampleOptions | None = None
) -> Sample:
    """Draw regions to learn from: of each image's proposals and of its symbols' own boxes.

    Symbols themselves are among the regions since a stem of two pixels is hardly ever met by a proposal.

    Args:
        proposals: float (k, 4), for each image.
        truths: of each image.
        options: how many.
    """
    options = options or SampleOptions()
    parts = [
        _of_image(place, torch.cat((truth.box, boxes.to(truth.box))), truth, options)
        for place, (boxes, truth) in enumerate(zip(proposals, truths, strict=True))
    ]
    columns = zip(*parts, strict=True)
    return Sample(*(torch.cat(column) for column in columns))


def drawn(rows: Tensor, most: int) -> Tensor:
    """So many of these rows, at random; their number is the seed, so that a training goes on as it was."""
    if len(rows) <= most:
        return rows
    source = torch.Generator().manual_seed(len(rows))
    return rows[torch.randperm(len(rows), generator=source)[:most].to(rows.device)]


def _of_image(place: int, box: Tensor, truth: Truth, options: SampleOptions) -> tuple[Tensor, ...]:
    owner = torch.zeros(len(box), dtype=torch.int64, device=box.device)
    shown = torch.zeros_like(owner, dtype=torch.bool)
    if len(truth.box):
        share, owner = pairwise_iou(box, truth.box).max(dim=1)
        shown = share >= SAME
    symbols = drawn(shown.nonzero()[:, 0], int(options.count * options.share))
    rows = torch.cat((symbols, drawn((~shown).nonzero()[:, 0], options.count - len(symbols))))
    label = torch.zeros_like(rows)
    label[: len(symbols)] = truth.label[owner[symbols]]
    true = truth.box[owner[rows]] if len(truth.box) else box[rows]
    return torch.full_like(rows, place), box[rows], label, owner[rows], true
