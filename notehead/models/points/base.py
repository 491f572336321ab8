"""What a network that finds points takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from notehead.models.points.truth import Points, Targets


class PointNetwork(nn.Module):
    """Images to points.

    Images are float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink, at the
    detector's staff space.
    """

    @abstractmethod
    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The maps from which points are made."""

    @abstractmethod
    def losses(self, images: Tensor, wanted: Targets) -> dict[str, Tensor]:
        """The parts of the loss, by name."""

    @abstractmethod
    def find(self, images: Tensor) -> list[Points]:
        """The points of each image, in its pixels."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(1, 1, 128, 128),))}
