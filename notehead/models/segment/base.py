"""What a network that tells each pixel's class takes and gives."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.classed import ClassedNetwork
from notehead.models.data.table import ClassTable


class SegmentNetwork(ClassedNetwork):
    """Images to logits of classes at each pixel: what is seen there, and how frequent each class is.

    Images are float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink, at the
    detector's staff space; logits are (n, 1 + classes, height, width), class 0 being none.

    Args:
        table: the classes that it tells apart.
    """

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.outputs = self.classes + 1
        self.prior = nn.Parameter(torch.zeros(self.outputs))

    def forward(self, images: Tensor) -> Tensor:
        """Logits at each pixel."""
        return self.scores_of(images) + self.prior[:, None, None]

    @abstractmethod
    def scores_of(self, images: Tensor) -> Tensor:
        """What is seen at each pixel, (n, 1 + classes, height, width)."""

    def expect(self, counts: Tensor) -> None:
        """Begin with classes as frequent as in some pixels, (1 + classes,): a hundred steps would learn that.

        As the bias of RetinaNet's last layer (Lin et al., 2017).
        """
        with torch.no_grad():
            self.prior.copy_(torch.log((counts.float() + 1) / (counts.sum() + self.outputs)))

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example."""
        return {"network": (self, (torch.zeros(1, 1, 128, 128),))}


def enlarged(logits: Tensor, images: Tensor) -> Tensor:
    """Logits at the size of the images, bilinearly."""
    return functional.interpolate(logits, size=images.shape[-2:], mode="bilinear", align_corners=False)
