"""Windows to learn from: at symbols, around them, and wherever there is ink."""

from __future__ import annotations

import torch
from torch import Tensor

from notehead.models.boxes.base import Truth
from notehead.models.classify.windows import SHAPES

AT, AROUND, ANYWHERE = 64, 64, 128
"""Windows of an image: on a symbol, some way off one, at any ink."""
SAME, OTHER = 0.5, 0.4
"""IoU with a symbol from which on a window shows it, and below which it shows none."""
UNSURE = -1
"""The class of windows between the two, which teach nothing."""
_EVENNESS = 0.65
"""Of n symbols of a class on an image, n ** -0.65 is each one's chance, as crops are aimed."""


def drawn_windows(image: Tensor, truth: Truth) -> tuple[Tensor, Tensor]:
    """Windows (n, 4) and the class of each, 0 for none: the same at each call.

    Args:
        image: float (1, height, width), 1 for ink.
        truth: what stands on it.
    """
    box, label, ink = truth.box.cpu(), truth.label.cpu(), image[0].cpu().float()
    seed = int(box.double().sum() * 64) + len(box)
    generator = torch.Generator().manual_seed(seed)
    parts = [_anywhere(ink, generator)]
    fit, shape = _fits(box[:, 2:] - box[:, :2])
    chance = (fit >= SAME) * _evened(label)
    if bool(chance.sum() > 0):
        rows = torch.multinomial(chance, AT + AROUND, replacement=True, generator=generator)
        middle = (box[rows, :2] + box[rows, 2:]) / 2
        shape = shape[rows]
        shape[AT:] = torch.randint(len(SHAPES), (AROUND,), generator=generator)
        reach = torch.full((AT + AROUND, 1), 1 / 6)  # as far off as the nearest window may be
        reach[AT:] = 1 / 2
        parts.append(_placed(middle, shape, reach, generator))
    windows = torch.cat(parts)
    return windows.to(image), classes_of(windows, box, label).to(image.device)


def classes_of(windows: Tensor, box: Tensor, label: Tensor) -> Tensor:
    """The class that each window shows: that of the symbol that it shares most with, 0 or `UNSURE`."""
    if not len(box):
        return torch.zeros(len(windows), dtype=torch.int64)
    low = torch.maximum(windows[:, None, :2], box[None, :, :2])
    high = torch.minimum(windows[:, None, 2:], box[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    area, other = ((one[:, 2:] - one[:, :2]).prod(dim=1) for one in (windows, box))
    best, row = (shared / (area[:, None] + other[None] - shared)).max(dim=1)
    found = torch.where(best >= SAME, label[row], UNSURE)
    return torch.where(best < OTHER, 0, found)


def _anywhere(ink: Tensor, generator: torch.Generator) -> Tensor:
    """Windows of any shape with some ink in them."""
    pixel = torch.multinomial(ink.flatten() + 1e-6, ANYWHERE, replacement=True, generator=generator)
    middle = torch.stack((pixel % ink.shape[1], pixel // ink.shape[1]), dim=1) + 0.5
    shape = torch.randint(len(SHAPES), (ANYWHERE,), generator=generator)
    return _placed(middle, shape, torch.full((ANYWHERE, 1), 1 / 2), generator)


def _placed(middle: Tensor, shape: Tensor, reach: Tensor, generator: torch.Generator) -> Tensor:
    """Windows of those shapes, each by at most this part of its sides away from its point."""
    side = torch.tensor(SHAPES, dtype=torch.float32)[shape]
    away = (torch.rand(side.shape, generator=generator) * 2 - 1) * reach * side
    low = middle + away - side / 2
    return torch.cat((low, low + side), dim=1)


def _fits(side: Tensor) -> tuple[Tensor, Tensor]:
    """How well the best shape fits each size, as IoU, and which one it is."""
    shape = torch.tensor(SHAPES, dtype=torch.float32)
    shared = torch.minimum(side[:, None], shape[None]).prod(dim=2)
    iou: Tensor = shared / (side.prod(dim=1)[:, None] + shape.prod(dim=1)[None] - shared)
    best, row = iou.max(dim=1)
    return best, row


def _evened(label: Tensor) -> Tensor:
    count = torch.bincount(label)[label].float()
    return count**-_EVENNESS
