"""Any `PatchNetwork` as a task for the training loop, and patches classified by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.datasets.formats.deepscores_v1.layout import v1_name
from notehead.evaluate.class_scores import ClassificationFigures
from notehead.models.classify.base import PatchNetwork
from notehead.models.classify.patches import PatchBatch, PatchCrops, held_patches
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting

_JUDGED = 100
"""Patches of a class, at most, by which a network is judged."""
_TOGETHER = 256
"""Patches that are classified at once."""


class PatchTask:
    """Trains a network that tells the class of a symbol in its surroundings.

    It is judged by patches of pages that are held back, drawn as a build draws them, and by the names of
    the folders that a build writes them to, which do not say whether a head is on a line: by the share of
    those that are right (`accuracy`), and by the mean of this share over classes (`balanced`). Classes that
    it never learnt are left out.

    Args:
        make: from the table of classes to the network.
        setting: pages, crops, seed, device.
    """

    def __init__(self, make: Callable[[ClassTable], PatchNetwork], setting: Setting) -> None:
        torch.manual_seed(setting.seed)
        self._crops = PatchCrops(setting.paths, setting.crops, setting.seed)
        self._setting = setting
        self.network: nn.Module = make(self._crops.table).to(setting.device)

    def batch(self, number: int) -> PatchBatch:
        return self._crops.batch(number)

    def loss(self, batch: PatchBatch) -> tuple[Tensor, dict[str, float]]:
        if not len(batch.label):  # nothing to learn, and nothing that could be normalised
            return torch.stack([value.sum() for value in self.network.parameters()]).sum() * 0, {"label": 0.0}
        wanted = torch.from_numpy(batch.label - 1).to(self._setting.device)
        logits = self.network(ink(batch.image, self._setting.device))
        loss = functional.cross_entropy(logits, wanted)
        return loss, {"label": float(loss.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        held = self._held
        if not len(held.label):
            return {}
        assert isinstance(network, PatchNetwork)  # a copy of what `make` has made
        found = probabilities(network.eval(), held.image).argmax(axis=1) + 1
        ids = network.table.ids
        truth, told = ([v1_name(label) for label in ids[rows].tolist()] for rows in (held.label, found))
        figures = ClassificationFigures.of(truth, told)
        return {"accuracy": figures.accuracy, "balanced": figures.balanced_accuracy}

    @cached_property
    def _held(self) -> PatchBatch:
        return held_patches(self._setting.pages, self._crops.table, _JUDGED, self._setting.seed)


def probabilities(network: PatchNetwork, patches: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How probable each class is for each patch: float32 (n, classes), column 0 being class 1.

    Args:
        network: trained, in evaluation mode.
        patches: uint8 (n, 170, 45), 0 black.
    """
    device = next(network.parameters()).device
    found = [np.empty((0, network.classes), np.float32)]
    for first in range(0, len(patches), _TOGETHER):
        with torch.inference_mode():
            logits = network(ink(patches[first : first + _TOGETHER], device))
        found.append(logits.softmax(dim=1).float().cpu().numpy())
    return np.concatenate(found)


def ink(patches: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Patches (n, height, width) as networks take them."""
    return (255 - torch.from_numpy(patches).to(device).float())[:, None] / 255
