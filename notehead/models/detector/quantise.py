"""The exported network in whole numbers of eight bits: smaller, and faster where the processor can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from notehead.detect.model_files import FILES, PAGE_FILE
from notehead.files import write_file
from notehead.models.data.prepare import read_image

PAGES = 100
"""Pages by which the ranges of numbers are found."""

SIDE = 768
"""Pixels of a side of the crops by which the ranges of numbers are found."""


class _Crops(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, crops: Iterator[NDArray[np.float32]]) -> None:
        self._crops = crops

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        crop = next(self._crops, None)
        return None if crop is None else {"ink": crop[None, None]}


def quantise(model: Path, folder: Path, pages: list[Path]) -> None:
    """Write a model's network of pages in eight bits; the small ones stay as they are.

    Args:
        model: folder with the networks.
        folder: where the new ones go.
        pages: prepared pages, from which the ranges of numbers are learnt; a hundred, degraded, will do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / "ready.part.onnx"
    try:
        quant_pre_process(model / PAGE_FILE, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            folder / PAGE_FILE,
            _Crops(_crops(pages)),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"ActivationSymmetric": False, "CalibMovingAverage": True},
        )
    finally:
        ready.unlink(missing_ok=True)
    network = onnx.load(folder / PAGE_FILE)
    shuffle_in_bytes(network)
    write_file(folder / PAGE_FILE, network.SerializeToString())
    for name in FILES:
        if name == PAGE_FILE:
            continue
        shutil.copyfile(model / name, folder / name)


def shuffle_in_bytes(network: onnx.ModelProto) -> None:
    """Let maps be shuffled (`DepthToSpace`) before their bytes become floats, not after.

    That moves a quarter of the memory, and changes no number.
    """
    nodes = list(network.graph.node)
    made_by = {name: node for node in nodes for name in node.output}
    for node in nodes:
        before = made_by.get(node.input[0]) if node.op_type == "DepthToSpace" else None
        if before is None or before.op_type != "DequantizeLinear":
            continue
        in_bytes, in_floats = f"{node.output[0]}_bytes", node.output[0]
        node.input[0], node.output[0] = before.input[0], in_bytes
        after = helper.make_node(
            "DequantizeLinear", [in_bytes, *before.input[1:]], [in_floats], name=f"{node.name}_floats"
        )
        if not any(before.output[0] in other.input for other in nodes):
            network.graph.node.remove(before)
        network.graph.node.insert(list(network.graph.node).index(node) + 1, after)


def _crops(paths: list[Path]) -> Iterator[NDArray[np.float32]]:
    for path in paths:
        image = read_image(path)
        y, x = (max(0, (side - SIDE) // 2) for side in image.shape)
        crop = np.full((SIDE, SIDE), np.median(image), np.float32)
        part = image[y : y + SIDE, x : x + SIDE]
        crop[: part.shape[0], : part.shape[1]] = part
        yield (np.float32(255) - crop) / np.float32(255)
