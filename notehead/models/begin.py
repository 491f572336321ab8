"""A training that begins with the weights of another, as far as they fit."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from notehead.errors import DatasetError
from notehead.models.loop import CHECKPOINT, UNREADABLE


def begin_from(network: nn.Module, run: Path) -> tuple[int, int]:
    """Give a network the averaged weights of another training; how many fit, and how many it has.

    Weights fit that have the same name and shape: networks may differ in some of their parts.

    Args:
        network: whose other weights stay as they are.
        run: folder of the other training.

    Raises:
        DatasetError: the folder holds no training, or one of which nothing fits.
    """
    try:
        given = torch.load(run / CHECKPOINT, weights_only=True)["average"]
        own = network.state_dict()
        fitting = {
            name: value for name, value in given.items() if name in own and own[name].shape == value.shape
        }
    except UNREADABLE as error:
        message = f"{run}: no training, or it has no checkpoint yet"
        raise DatasetError(message, "Give the folder of a training by `notehead train`.") from error
    if not fitting:
        message = f"{run}: no weights of this training fit"
        raise DatasetError(message, "Give a training of the same model.")
    network.load_state_dict(own | fitting)
    return len(fitting), len(own)
