"""The network that looks at the tips of curves, and how it learns where they are."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.classes import BELOW, CURVES, FAMILIES, trace_kind
from notehead.detect.tips import KNOWN, SIDE, Tips, tip_windows
from notehead.models.detector.crops import Batch
from notehead.models.layers import window_reader

_HANGING = [trace_kind(name) for name in BELOW.values()]
_TIES = [trace_kind(name) for name in CURVES if name.startswith("tie")]


class TipNetwork(nn.Module):
    """Windows around tips to how far they are off.

    In: windows (n, 3, side, side), as `tip_windows` has them, and what else is known (n, 4). Out: (n, 2), in
    staff spaces, outwards and away from the bow.
    """

    def __init__(self, width: int = 16, hidden: int = 96) -> None:
        super().__init__()
        self.look = window_reader(3, SIDE, width, hidden)
        self.known = nn.Linear(KNOWN, hidden)
        self.move = nn.Sequential(nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2))

    def forward(self, seen: Tensor, known: Tensor) -> Tensor:
        away: Tensor = self.move(self.look(seen) + self.known(known))
        return away


def tips_loss(network: TipNetwork, batch: Batch, traces: Tensor) -> Tensor:
    """How far tips are said to be from where they are.

    Args:
        network: to learn.
        batch: crops, and the tips on them.
        traces: logits of traces that were seen on the crops; they do not learn from this.
    """
    if len(batch.tip) < 2:  # which no batch can be normalised by
        return traces.sum() * 0
    crop, kind = batch.tip[:, :2].astype(np.int64).T
    tips = Tips(
        batch.tip[:, 2:4],
        batch.tip[:, 6:8],
        batch.tip[:, 8],
        np.isin(kind, _HANGING),
        np.isin(kind, _TIES),
    )
    maps = traces.detach().flatten(0, 1).cpu().numpy()
    place = crop * traces.shape[1] + kind - len(FAMILIES)
    device = traces.device
    seen = torch.from_numpy(tip_windows(batch.image, maps, tips, (crop, place))).to(device)
    away = network(seen, torch.from_numpy(tips.known).to(device))
    true = torch.from_numpy(tips.away(batch.tip[:, 4:6])).to(device)
    return 4 * functional.smooth_l1_loss(away, true, beta=0.05)
