"""Networks that tell classes apart, and say which."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.data.table import ClassTable


class ClassedNetwork(nn.Module):
    """A network with its table of classes, which a checkpoint holds with the weights.

    Args:
        table: the classes that it tells apart.

    Attributes:
        classes: how many.
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
