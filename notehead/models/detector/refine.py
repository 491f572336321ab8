"""The network that makes boxes more exact, and how it learns from the boxes that the first step has found."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.maps import CELL
from notehead.detect.refine import SIDE, cut_windows, windows
from notehead.models.detector.crops import Batch
from notehead.models.layers import convolution
from notehead.models.overlap import generalised_iou

_AT_MOST = 512
"""Boxes of a batch that are learnt from."""
_FOUND = 0.5
"""Boxes found that share less than this (IoU) with the true one are replaced by it, a little moved."""


class RefineNetwork(nn.Module):
    """Windows around boxes to how far each side of the box is off.

    In: windows (n, 1, side, side), 0 for paper and 1 for ink; class ids, int64 (n,); the boxes' sides in
    pixels (n, 2). Out: (n, 4), for left, upper, right and lower side, in widths and heights of the window.
    """

    def __init__(self, classes: int, width: int = 16, hidden: int = 96) -> None:
        super().__init__()
        self.look = nn.Sequential(
            convolution(1, width, 2),
            convolution(width, 2 * width, 2),
            convolution(2 * width, 2 * width),
            convolution(2 * width, 3 * width, 2),
            nn.Flatten(),
            nn.Linear(3 * width * (SIDE // 8) ** 2, hidden),
        )
        self.label = nn.Embedding(classes, hidden)
        self.size = nn.Linear(2, hidden)
        self.move = nn.Sequential(nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 4))
        last = self.move[-1]
        assert isinstance(last, nn.Linear)  # for the type checker
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, seen: Tensor, labels: Tensor, sides: Tensor) -> Tensor:
        size = (sides.clamp(min=0.1) / CELL).log()
        moved: Tensor = self.move(self.look(seen) + self.label(labels) + self.size(size))
        return moved


def refine_loss(network: RefineNetwork, batch: Batch, symbol: Tensor, found: Tensor) -> Tensor:
    """How far boxes are off, in their own widths and heights, and what of them is not shared.

    Args:
        network: to learn.
        batch: crops, and the true boxes on them.
        symbol: int64 (n,), which symbol of the batch each box found is of.
        found: boxes in pixels of the crop, (n, 4).
    """
    device = found.device
    rows, start = _starts(batch, symbol.cpu().numpy(), found.detach().double().cpu().numpy())
    if not len(rows):
        return found.sum() * 0
    window = windows(start)
    sides = torch.from_numpy((start[:, 2:] - start[:, :2]).astype(np.float32)).to(device)
    seen = torch.from_numpy(cut_windows(batch.image, batch.crop[rows], window)).to(device)
    moved = network(seen, torch.from_numpy(batch.label[rows]).to(device), sides)
    span = torch.from_numpy(np.tile(window[:, 2:] - window[:, :2], 2).astype(np.float32)).to(device)
    box = torch.from_numpy(start.astype(np.float32)).to(device) + moved * span
    true = torch.from_numpy(batch.box[rows]).to(device)
    own = (true[:, 2:] - true[:, :2]).clamp(min=1.0).repeat(1, 2)
    away = functional.smooth_l1_loss(box / own, true / own, beta=0.02)
    return 10 * away + 2 * (1 - generalised_iou(box, true)).mean()


def _starts(
    batch: Batch, symbol: NDArray[np.int64], found: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Boxes to begin from, of symbols that are wholly on their crop."""
    size = batch.image.shape[1]
    true = batch.box[symbol].astype(np.float64)
    rows = np.flatnonzero(((true >= 0) & (true <= size)).all(axis=1))
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), _AT_MOST)).astype(int)]
    symbol, true, found = symbol[rows], true[rows], found[rows]
    sides = np.tile(true[:, 2:] - true[:, :2], 2)
    shaken = batch.shake[symbol].astype(np.float64) * sides
    low, high = np.maximum(true[:, :2], found[:, :2]), np.minimum(true[:, 2:], found[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    union = (found[:, 2:] - found[:, :2]).prod(axis=1) + (true[:, 2:] - true[:, :2]).prod(axis=1) - shared
    good = (shared > _FOUND * union)[:, None]
    start = np.where(good, found + 0.02 * shaken, true + 0.08 * shaken)
    start[:, 2:] = np.maximum(start[:, 2:], start[:, :2] + 0.5)
    return symbol, start
