"""What being wrong costs the Deep Watershed Detector, and how its three losses are weighed."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.boxes.dwd_decode import sampled
from notehead.models.boxes.dwd_targets import Targets

NAMES = ("energy", "class", "box")
PHASES = (("energy", 20), ("class", 20), ("box", 20), ("energy", 10), ("joint", 30))
"""What is learnt in how many hundredths of all steps, one after the other."""
_WEIGHTS = (2.0, 1.0, 1.0)
"""Of the losses in the joint phase."""
_WINDOW = 5
"""Steps whose mean a loss is divided by."""


class Weighing(nn.Module):
    """One loss after the other, at last all, each divided by its own running mean.

    What a phase does not learn is left out, not multiplied by 0: an optimiser that has seen no slopes for a
    thousand steps would take the first ones for huge. It counts the steps in buffers, so that a training that
    goes on weighs as it did.

    Args:
        steps: of the whole training; 0 for the joint phase from the beginning.
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._steps = steps
        self.done: Tensor
        self.recent: Tensor
        self.register_buffer("done", torch.zeros((), dtype=torch.int64))
        self.register_buffer("recent", torch.zeros(len(NAMES), _WINDOW))

    def phase(self) -> str:
        """What the next step learns."""
        left = int(self.done) * 100  # in hundredths of steps
        for name, length in PHASES:
            if left < length * self._steps:
                return name
            left -= length * self._steps
        return PHASES[-1][0]

    def forward(self, parts: dict[str, Tensor]) -> dict[str, Tensor]:
        phase = self.phase()
        if self.training:
            self.recent[:, int(self.done) % _WINDOW] = torch.stack([parts[name].detach() for name in NAMES])
            self.done += 1
        mean = self.recent.sum(dim=1) / self.done.clamp(min=1, max=_WINDOW)
        weights = zip(NAMES, _WEIGHTS, mean.clamp(min=1e-6), strict=True)
        return {
            name: parts[name] * (weight if phase == "joint" else 1.0) / usual
            for name, weight, usual in weights
            if phase in {"joint", name}
        }


def energy_loss(logits: Tensor, true: Targets) -> Tensor:
    """The mean over all pixels; the logits have the size of the targets."""
    return functional.cross_entropy(logits, true.energy)


def class_loss(logits: Tensor, true: Targets) -> Tensor:
    """The mean over pixels with a class; the logits may be coarser than the targets."""
    found, rows = _foreground(logits, true)
    wanted = true.label[rows[0], rows[1], rows[2]] - 1
    return functional.cross_entropy(found, wanted, reduction="sum") / max(len(wanted), 1)


def box_loss(sides: Tensor, true: Targets, unit: float) -> Tensor:
    """The mean square over pixels with a box, in squares of a unit of so many pixels; coarser likewise."""
    found, rows = _foreground(sides, true)
    wanted = true.size[rows[0], :, rows[1], rows[2]]
    return ((found - wanted) / unit).square().sum() / max(wanted.numel(), 1)


def _foreground(maps: Tensor, true: Targets) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """What maps say where there is a class, image by image, and where that is."""
    shape = (true.label.shape[1], true.label.shape[2])
    places = [one.nonzero(as_tuple=True) for one in true.label]
    found = [sampled(maps[image], y, x, shape) for image, (y, x) in enumerate(places)]
    image = torch.cat([torch.full_like(y, number) for number, (y, _) in enumerate(places)])
    y, x = (torch.cat([place[axis] for place in places]) for axis in range(2))
    return torch.cat(found), (image, y, x)
