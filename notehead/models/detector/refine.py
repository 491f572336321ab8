"""The network that looks at symbols once more, and how it learns from what the first look has found."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.classes import FAMILIES
from notehead.detect.maps import CELL
from notehead.detect.refine import SIDE, look_at, windows
from notehead.models.detector.crops import Batch
from notehead.models.detector.proposals import Proposals
from notehead.models.layers import window_reader
from notehead.models.overlap import generalised_iou

_FOUND = 0.5
"""Boxes found that share less than this (IoU) with the true one are replaced by it, a little moved."""


class RefineNetwork(nn.Module):
    """Windows around symbols to what is to be corrected.

    In: windows (n, 2, side, side), 0 for paper and 1 for ink: the box, and what is around; features of the
    cell (n, features); families, int64 (n,); the boxes' sides in pixels (n, 2). Out: how far left, upper,
    right and lower side are off (n, 4), in widths and heights of the window; what is to be added to the
    logits of being there (n,) and of class ids (n, classes).
    """

    def __init__(self, features: int, classes: int, width: int = 16, hidden: int = 128) -> None:
        super().__init__()
        self.look = window_reader(2, SIDE, width, hidden)
        self.known = nn.Linear(features, hidden)
        self.kind = nn.Embedding(len(FAMILIES), hidden)
        self.size = nn.Linear(2, hidden)
        self.think = nn.Sequential(nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.move, self.centre, self.label = (nn.Linear(hidden, count) for count in (4, 1, classes))
        for last in (self.move, self.centre, self.label):  # at first, nothing is corrected
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(
        self, seen: Tensor, features: Tensor, kinds: Tensor, sides: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        size = (sides.clamp(min=0.1) / CELL).log()
        hidden = self.think(self.look(seen) + self.known(features) + self.kind(kinds) + self.size(size))
        return self.move(hidden), self.centre(hidden)[:, 0], self.label(hidden)


def refine_loss(network: RefineNetwork, batch: Batch, proposals: Proposals) -> Tensor:
    """What is still wrong after a second look: boxes, classes, and whether a symbol is there at all.

    Args:
        network: to learn.
        batch: crops, and the true symbols on them.
        proposals: what the first look gave.
    """
    asked = proposals.learnt(batch)
    if not len(asked):
        return proposals.centre.sum() * 0
    device = asked.box.device
    start = _starts(batch, asked)
    window = windows(start)
    sides = torch.from_numpy((start[:, 2:] - start[:, :2]).astype(np.float32)).to(device)
    seen = torch.from_numpy(look_at(batch.image, asked.crop.cpu().numpy(), start)).to(device)
    moved, centre, label = network(seen, asked.features, asked.kind, sides)
    there, known = asked.symbol >= 0, asked.surest
    sure = functional.binary_cross_entropy_with_logits(asked.centre + centre, there.float(), reduction="none")
    loss: Tensor = sure[known].mean()
    if not there.any():
        return loss
    span = torch.from_numpy(np.tile(window[:, 2:] - window[:, :2], 2).astype(np.float32)).to(device)
    box = (torch.from_numpy(start.astype(np.float32)).to(device) + moved * span)[there]
    rows = asked.symbol[there]
    true = torch.from_numpy(batch.box).to(device)[rows]
    own = (true[:, 2:] - true[:, :2]).clamp(min=1.0).repeat(1, 2)
    away = functional.smooth_l1_loss(box / own, true / own, beta=0.02)
    named = torch.from_numpy(batch.label).to(device)[rows]
    mistaken = functional.cross_entropy((asked.label + label)[there], named)
    return loss + mistaken + 10 * away + 2 * (1 - generalised_iou(box, true)).mean()


def _starts(batch: Batch, asked: Proposals) -> NDArray[np.float64]:
    """Boxes to begin from: as they were found, where they were about right."""
    found = asked.box.double().cpu().numpy()
    rows = asked.symbol.cpu().numpy()
    own = rows >= 0
    rows = rows[own]
    start, near = found.copy(), found[own]
    true = batch.box[rows].astype(np.float64)
    shaken = batch.shake[rows].astype(np.float64) * np.tile(true[:, 2:] - true[:, :2], 2)
    low, high = np.maximum(true[:, :2], near[:, :2]), np.minimum(true[:, 2:], near[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    union = (near[:, 2:] - near[:, :2]).prod(axis=1) + (true[:, 2:] - true[:, :2]).prod(axis=1) - shared
    good = (shared > _FOUND * union)[:, None]
    start[own] = np.where(good, near + 0.02 * shaken, true + 0.08 * shaken)
    start[:, 2:] = np.maximum(start[:, 2:], start[:, :2] + 0.5)
    return start
