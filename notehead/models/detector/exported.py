"""The detector's weights out of an exported model, so that a training can begin with them.

The exporter multiplies what normalises a convolution into it. Here the convolution keeps those weights, and
its normalisation is what changes nothing but adds the bias; `notehead.models.settle` gives it back what is
usual there, with which alone it can go on learning.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from notehead.detect.model_files import PAGE_FILE, REFINE_FILE, SYMBOL_FILE, TIPS_FILE
from notehead.detect.shipped import model_folder
from notehead.errors import DatasetError
from notehead.models.settle import unsettled

if TYPE_CHECKING:
    import onnx

PARTS = {"page": PAGE_FILE, "symbol": SYMBOL_FILE, "refine": REFINE_FILE, "tips": TIPS_FILE}
"""The networks of a `DetectorNetwork`, and their files."""

_IN_BYTES = "_quantized"
_TIMES, _PLUS = 1, 2  # what a convolution multiplies by, and what it adds


def exported_weights(folder: str | PathLike[str] | None = None) -> dict[str, Tensor]:
    """The weights of an exported model, by their names in a `DetectorNetwork`.

    Weights in whole numbers of eight bits are those numbers times their scales.

    Args:
        folder: of the model; None for the one that comes with the package.

    Raises:
        DatasetError: it is no model, damaged, or of other classes.
    """
    place = model_folder(folder)
    weights: dict[str, Tensor] = {}
    for part, file in PARTS.items():
        try:
            given = _weights(place / file)
        except Exception as error:  # whatever a file that is no network leads to
            message = f"{place / file}: the network cannot be read"
            raise DatasetError(message, "Export it again with `notehead export`.") from error
        weights |= {f"{part}.{name}": value for name, value in given.items()}
    return weights


def _weights(path: Path) -> dict[str, Tensor]:
    """The weights of one network: of all layers by name, and of normalisations after convolutions."""
    import onnx  # noqa: PLC0415  # heavy

    graph = onnx.load(path, load_external_data=False).graph
    constants = _constants(graph)
    origin = {
        node.output[0]: _plain(node.input[0]) for node in graph.node if node.op_type == "DequantizeLinear"
    }
    found = {name: torch.from_numpy(value.copy()) for name, value in constants.items()}
    for node in graph.node:
        if node.op_type != "Conv" or len(node.input) <= _PLUS:
            continue
        weight, bias = (origin.get(node.input[place], node.input[place]) for place in (_TIMES, _PLUS))
        layer = weight.removesuffix(".weight")
        head, _, number = layer.rpartition(".")
        if bias != f"{layer}.bias" and number.isdecimal():
            found |= unsettled(f"{head}.{int(number) + 1}", found[bias])
    return found


def _constants(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """What a network knows from the start, in single precision, by its name before it was put in bytes."""
    from onnx import numpy_helper  # noqa: PLC0415  # heavy

    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    constants = {name: value for name, value in known.items() if value.dtype == np.float32}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in known:
            value, scale, zero = (known[name] for name in node.input)
            axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
            shape = [-1 if place == axis and scale.ndim else 1 for place in range(value.ndim)]
            scale, zero = scale.reshape(shape), zero.reshape(shape).astype(np.float32)
            constants[_plain(node.input[0])] = ((value - zero) * scale).astype(np.float32)
    return constants


def _plain(name: str) -> str:
    return name.removesuffix(_IN_BYTES)
