"""What a network that classifies patches takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH
from notehead.models.data.table import ClassTable


class PatchNetwork(nn.Module):
    """Patches to logits of classes.

    Patches are float (n, 1, 170, 45), 0 for paper and 1 for ink, at the detector's staff space, with the
    symbol in their middle; logits are (n, classes), column 0 being class 1 of the table.

    Args:
        table: the classes that it tells apart.
    """

    def __init__(self, table: ClassTable) -> None:
        super().__init__()
        self.classes = len(table)
        self.register_buffer("labels", torch.tensor(table.labels, dtype=torch.int64))

    @property
    def table(self) -> ClassTable:
        """The classes, also of a network that was read from a checkpoint."""
        labels: Tensor = self.labels  # type: ignore[assignment]
        return ClassTable(tuple(labels.tolist()))

    @abstractmethod
    def forward(self, patches: Tensor) -> Tensor:
        """Logits of each patch."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(2, 1, PATCH_HEIGHT, PATCH_WIDTH),))}
