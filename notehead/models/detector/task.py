"""The detector as a task for the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from notehead.models.detector.crops import Batch, CropOptions, Crops, class_weights
from notehead.models.detector.losses import LossWeights, losses
from notehead.models.detector.network import DetectorNetwork, NetworkOptions
from notehead.models.detector.validate import validate
from notehead.page import Page
from notehead.vocabulary import VOCABULARY


class DetectorTask:
    """Trains a `DetectorNetwork` on prepared pages.

    Args:
        paths: the prepared pages.
        network: how wide it is.
        crops: what a batch is made of.
        device: where it is trained.
        pages: by which it is judged.
        seed: of its first weights, and of all crops.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        network: NetworkOptions,
        crops: CropOptions,
        *,
        device: torch.device | None = None,
        pages: Sequence[Page] = (),
        seed: int = 0,
    ) -> None:
        torch.manual_seed(seed)
        made = DetectorNetwork(network).to(device or torch.device("cpu"))
        self.network = made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._pages = pages
        self._crops = Crops(list(paths), class_weights(_counts(paths), crops.evenness), crops, seed)

    def batch(self, number: int) -> Batch:
        return self._crops.batch(number)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        return losses(self.network, batch, LossWeights())

    def judge(self, network: nn.Module) -> dict[str, float]:
        if not self._pages:
            return {}
        assert isinstance(network, DetectorNetwork)  # what this task has made
        return validate(network, self._pages)


def _counts(paths: Sequence[Path]) -> NDArray[np.int64]:
    counts = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    for path in paths:
        with np.load(path, allow_pickle=False) as arrays:
            counts += np.bincount(arrays["label"], minlength=len(counts))
    return counts
