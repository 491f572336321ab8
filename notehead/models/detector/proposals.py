"""What the first look gives to the second: cells of symbols, and places that only look like it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from notehead.detect.maps import DecodeOptions
from notehead.models.detector.crops import Batch

_MISTAKES = 256
"""Places of a batch where nothing is that are learnt from."""
_EACH = 96
"""Cells of a class that are learnt from: of rare classes all, of common ones these."""
_LEAST = math.log(DecodeOptions().least / (1 - DecodeOptions().least))


@dataclass(frozen=True, eq=False)
class Proposals:
    """Cells, with what was read there; nothing that is learnt from them changes the first look.

    Attributes:
        symbol: int64 (n,), the symbol of the batch that each belongs to, -1 for none.
        crop: int64 (n,), where it stands.
        kind: int64 (n,), its family.
        features: (n, features).
        centre: logits of being there, (n,).
        label: logits of class ids, (n, classes).
        box: in pixels of the crop, (n, 4).
    """

    symbol: Tensor
    crop: Tensor
    kind: Tensor
    features: Tensor
    centre: Tensor
    label: Tensor
    box: Tensor

    def __len__(self) -> int:
        return len(self.symbol)

    def __getitem__(self, rows: Tensor) -> Proposals:
        return Proposals(*(getattr(self, name)[rows] for name in Proposals.__annotations__))

    def __add__(self, other: Proposals) -> Proposals:
        parts = ((getattr(self, name), getattr(other, name)) for name in Proposals.__annotations__)
        return Proposals(*(torch.cat(pair) for pair in parts))

    @property
    def surest(self) -> Tensor:
        """Bool (n,): of the cells of a symbol the one that would be found, and all that are of none."""
        highest = torch.full((int(self.symbol.max()) + 1,), -torch.inf, device=self.centre.device)
        own = self.symbol >= 0
        highest.scatter_reduce_(0, self.symbol[own], self.centre[own], "amax")
        result = ~own
        result[own] = self.centre[own] >= highest[self.symbol[own]]
        return result

    def learnt(self, batch: Batch) -> Proposals:
        """Those that are wholly on their crop, and of common classes only some."""
        size = batch.image.shape[1]
        box = self.box.clone()
        own = self.symbol >= 0
        box[own] = torch.from_numpy(batch.box).to(box.device)[self.symbol[own]]
        rows = ((box >= 0) & (box <= size)).all(dim=1).nonzero()[:, 0]
        label = torch.full_like(self.symbol, -1)
        label[own] = torch.from_numpy(batch.label).to(box.device)[self.symbol[own]]
        order = rows[torch.argsort(label[rows], stable=True)]
        counts = torch.unique_consecutive(label[order], return_counts=True)[1]
        kept = [part[_some(len(part), _EACH)] for part in order.split(counts.tolist()) if label[part[0]] >= 0]
        return self[torch.cat((*kept, order[label[order] < 0]))]


def false_peaks(heat: Tensor, wanted: Tensor) -> Tensor:
    """Places that would be taken for centres, though no centre is near.

    Args:
        heat: logits (n, families, rows, columns).
        wanted: what they should have been.

    Returns:
        int64 (k, 4): image, family, row and column.
    """
    highest = heat == functional.max_pool2d(heat, 3, 1, 1)
    place = (highest & (heat > _LEAST) & (wanted <= 0)).nonzero()
    return place[_some(len(place), _MISTAKES)]


def _some(count: int, most: int) -> Tensor:
    """Evenly chosen numbers below a count."""
    return torch.linspace(0, count - 1, min(count, most)).long()
