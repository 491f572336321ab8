"""The detector as a task for the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from notehead.models.data.cutting import CropOptions, Pages, class_counts, class_weights
from notehead.models.detector.crops import Batch, Crops
from notehead.models.detector.losses import LossWeights, losses
from notehead.models.detector.network import DetectorNetwork, NetworkOptions
from notehead.models.detector.validate import validate
from notehead.models.registry import Setting
from notehead.page import Page


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """What is trained, and how it is asked.

    Attributes:
        network: how wide it is.
        crops: what a batch is made of.
        weights: how much each part of the loss counts.
        seed: of its first weights, and of all crops.
    """

    network: NetworkOptions = field(default_factory=NetworkOptions)
    crops: CropOptions = field(default_factory=CropOptions)
    weights: LossWeights = field(default_factory=LossWeights)
    seed: int = 0


class DetectorTask:
    """Trains a `DetectorNetwork` on prepared pages.

    Args:
        paths: the prepared pages.
        options: what is trained, and how.
        device: where it is trained.
        pages: by which it is judged.
    """

    def __init__(
        self,
        paths: Pages,
        options: TaskOptions,
        device: torch.device | None = None,
        pages: Sequence[Page] = (),
    ) -> None:
        torch.manual_seed(options.seed)
        made = DetectorNetwork(options.network).to(device or torch.device("cpu"))
        self.network = made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._pages, self._weights, crops = pages, options.weights, options.crops
        weights = class_weights(class_counts(paths), crops.evenness)
        self._crops = Crops(paths, weights, crops, options.seed)

    def batch(self, number: int) -> Batch:
        return self._crops.batch(number)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        return losses(self.network, batch, self._weights)

    def judge(self, network: nn.Module) -> dict[str, float]:
        if not self._pages:
            return {}
        assert isinstance(network, DetectorNetwork)  # what this task has made
        return validate(network, self._pages)


def task(setting: Setting) -> DetectorTask:
    """The detector that comes with the package."""
    options = TaskOptions(crops=setting.crops, seed=setting.seed)
    return DetectorTask(setting.paths, options, setting.device, setting.pages)
