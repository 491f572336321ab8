"""What a network that classifies patches takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH
from notehead.models.classed import ClassedNetwork


class PatchNetwork(ClassedNetwork):
    """Patches to logits of classes.

    Patches are float (n, 1, 170, 45), 0 for paper and 1 for ink, at the detector's staff space, with the
    symbol in their middle; logits are (n, classes), column 0 being class 1 of the table.

    Args:
        table: the classes that it tells apart.
    """

    @abstractmethod
    def forward(self, patches: Tensor) -> Tensor:
        """Logits of each patch."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(2, 1, PATCH_HEIGHT, PATCH_WIDTH),))}
