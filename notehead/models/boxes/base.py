"""What a network that finds boxes takes and gives."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from notehead.models.classed import ClassedNetwork
from notehead.models.data.boxes import BoxBatch


@dataclass(frozen=True, eq=False)
class Truth:
    """What truly stands on an image.

    Attributes:
        box: float (m, 4), in pixels.
        label: int64 (m,), numbers of classes, from 1.
        mask: uint8 (m, height, width), what each symbol shows; None where nobody asked.
        corners: float (m, 4, 2), of the oriented boxes; None where they are not known.
    """

    box: Tensor
    label: Tensor
    mask: Tensor | None = None
    corners: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Boxes:
    """What was found on an image.

    Attributes:
        box: float (n, 4), in pixels.
        label: int64 (n,), numbers of classes, from 1.
        score: float (n,), 0 to 1.
        corners: float (n, 4, 2) of oriented boxes; None for a network that knows none.
        mask: float (n, side, side), the probability of the symbol in cells of its box; None likewise.
    """

    box: Tensor
    label: Tensor
    score: Tensor
    corners: Tensor | None = None
    mask: Tensor | None = None


class BoxNetwork(ClassedNetwork):
    """Images to boxes.

    Images are float (n, 1, height, width), sides multiples of 32, 0 for paper and 1 for ink, at the
    detector's staff space.

    Args:
        table: the classes that it tells apart.
    """

    masks = False
    """Whether it learns from masks."""

    @abstractmethod
    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The numbers from which boxes are made, the first step's of a network of two steps."""

    @abstractmethod
    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        """The parts of the loss, by name."""

    @abstractmethod
    def find(self, images: Tensor) -> list[Boxes]:
        """What stands on each image, doubles suppressed."""

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        """What is exported, by name, and inputs of each as an example: the network alone, as a rule."""
        return {"network": (self, (torch.zeros(1, 1, 128, 128),))}


def truths(batch: BoxBatch, device: torch.device, *, masks: bool = False) -> list[Truth]:
    """The symbols of a batch, image by image."""
    found = []
    for crop in range(len(batch.image)):
        rows = (batch.crop == crop).nonzero()[0]
        mask = None
        if masks:
            if batch.instances is None:
                message = "pages without instances"
                raise ValueError(message)
            mask = torch.from_numpy((batch.instances[crop][None] == rows[:, None, None] + 1).astype("uint8"))
            mask = mask.to(device)
        box, label = torch.from_numpy(batch.box[rows]), torch.from_numpy(batch.label[rows])
        corners = torch.from_numpy(batch.corners[rows]).to(device)
        found.append(Truth(box.to(device), label.to(device), mask, corners))
    return found
