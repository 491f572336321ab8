"""What a network that reads staffs takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from notehead.models.staffs.cut import HEIGHT

STRIDE = 4
"""Pixels of a column: a third of a staff space, so that a chord of several heads has columns enough."""


class StaffNetwork(nn.Module):
    """Strips to the tokens of their columns.

    Strips are float (n, 1, 192, width), width a multiple of 4, 0 for paper and 1 for ink, at the detector's
    staff space; logits are (n, width / 4, 1 + tokens), 0 being the blank.
    """

    @abstractmethod
    def forward(self, strips: Tensor) -> Tensor:
        """Logits of each column."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(1, 1, HEIGHT, 128),))}
