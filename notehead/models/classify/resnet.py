"""A small residual CNN that classifies patches: the baseline of DeepScores (Tuggener et al., 2018).

It is trained by the loop of all models, with Adam whose decay of weights is apart (AdamW).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH
from notehead.models.backbone import Backbone
from notehead.models.classify.base import PatchNetwork
from notehead.models.classify.task import PatchTask
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting


class ResidualTrunk(nn.Module):
    """The residual backbone (He et al., 2016) and its last map as one row of numbers.

    The map is not averaged: around the symbol in the middle stand others, so it matters where something is.

    Args:
        size: height and width of the images.

    Attributes:
        width: how many numbers an image becomes.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.backbone = Backbone()
        height, width = (-(-side // 32) for side in size)
        self.width = self.backbone.widths[-1] * height * width

    def forward(self, images: Tensor) -> Tensor:
        last: Tensor = self.backbone(images)[-1]
        return torch.flatten(last, 1)


class ResNet(PatchNetwork):
    """The trunk and one layer above it."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.trunk = ResidualTrunk((PATCH_HEIGHT, PATCH_WIDTH))
        self.label = nn.Linear(self.trunk.width, self.classes)

    def forward(self, patches: Tensor) -> Tensor:
        logits: Tensor = self.label(self.trunk(patches))
        return logits


def task(setting: Setting) -> PatchTask:
    """The residual CNN on patches."""
    return PatchTask(ResNet, setting)
