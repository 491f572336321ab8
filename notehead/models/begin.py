"""A training that begins with the weights of another, or of an exported model, as far as they fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from notehead.detect.model_files import PAGE_FILE
from notehead.errors import DatasetError
from notehead.models.loop import CHECKPOINT, UNREADABLE

PACKAGE = "package"
"""What stands for the model that comes with the package."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """Weights to begin with.

    Attributes:
        origin: where they come from, for messages.
        weights: by their names in the network.
        folded: whether what normalises was multiplied into what comes before it: see `settle`.
    """

    origin: str
    weights: dict[str, Tensor]
    folded: bool = False

    def give(self, network: nn.Module) -> tuple[int, int]:
        """Give a network what fits; how many weights did, and how many it has.

        Weights fit that have the same name and shape: networks may differ in some of their parts.

        Args:
            network: whose other weights stay as they are.

        Raises:
            DatasetError: nothing fits.
        """
        own = network.state_dict()
        fitting = {
            name: value
            for name, value in self.weights.items()
            if name in own and own[name].shape == value.shape
        }
        if not fitting:
            message = f"{self.origin}: no weights of this training fit"
            raise DatasetError(message, "Give a training of the same model.")
        network.load_state_dict(own | fitting)
        return len(fitting), len(own)


def read_beginning(origin: str) -> Beginning:
    """The averaged weights of a training, or those of an exported detector.

    Args:
        origin: the folder of either; `package` for the detector that comes with the package.

    Raises:
        DatasetError: the folder holds neither.
    """
    run = Path(origin)
    if origin == PACKAGE or ((run / PAGE_FILE).exists() and not (run / CHECKPOINT).exists()):
        from notehead.models.detector.exported import exported_weights  # noqa: PLC0415  # loads onnx

        return Beginning(origin, exported_weights(None if origin == PACKAGE else run), folded=True)
    try:
        weights = dict(torch.load(run / CHECKPOINT, weights_only=True)["average"])
        shapes = {name: value.shape for name, value in weights.items()}
    except UNREADABLE as error:
        message = f"{run}: no training, or it has no checkpoint yet"
        raise DatasetError(
            message, "Give the folder of a training by `notehead train`, or of a model by `notehead export`."
        ) from error
    return Beginning(origin, {name: weights[name] for name in shapes})
