"""What a network that tells each pixel's class takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.classed import ClassedNetwork
from notehead.models.data.table import ClassTable


class SegmentNetwork(ClassedNetwork):
    """Images to logits of classes at each pixel.

    Images are float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink, at the
    detector's staff space; logits are (n, 1 + classes, height, width), class 0 being none.

    Args:
        table: the classes that it tells apart.
    """

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.outputs = self.classes + 1

    @abstractmethod
    def forward(self, images: Tensor) -> Tensor:
        """Logits at each pixel."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(1, 1, 128, 128),))}


def enlarged(logits: Tensor, images: Tensor) -> Tensor:
    """Logits at the size of the images, bilinearly."""
    return functional.interpolate(logits, size=images.shape[-2:], mode="bilinear", align_corners=False)
