"""Networks that need no training: one that sees blobs of ink as symbols, and a tiny exported one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from notehead.detect.classes import FAMILIES, KINDS, TRACES
from notehead.detect.maps import CELL, DOT, Maps, ReadSymbols
from notehead.detect.refine import SIDE, Correction, Glance
from notehead.detect.score_map import ScoreMap
from notehead.detect.tips import KNOWN as TIP_KNOWN
from notehead.detect.tips import SIDE as TIP_SIDE
from notehead.vocabulary import VOCABULARY

CLASSES = max(VOCABULARY.by_id) + 1
STAFFS = list(TRACES).index("staffs")
SIZES = {"centres": len(FAMILIES), "traces": len(TRACES), "features": 4}
"""Channels of the tiny network's maps."""
TALL = 36
"""Pixels, three staff spaces: taller blobs are clefs."""

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class LooksOnce:
    """Networks that find all as it should be when they look again."""

    def refine(self, glance: Glance) -> Correction:
        count = len(glance.kind)
        moved, centre, label = ((count, 4), count, (count, CLASSES))
        return Correction(*(np.zeros(shape, np.float32) for shape in (moved, centre, label)))

    def tips(self, seen: Floats, known: Floats) -> Floats:
        del known
        return np.zeros((len(seen), 2), np.float32)


class InkModel(LooksOnce):
    """Sees five long lines as a staff, tall blobs as clefs, other blobs as noteheads.

    A clef is broad at its top. Upside down it is hardly one.
    """

    def __init__(self) -> None:
        self.probability = ScoreMap()
        self.sizes: list[tuple[int, ...]] = []

    def maps(self, ink: Floats) -> Maps:
        self.sizes.append(ink.shape)
        height, width = ink.shape
        dark = np.pad((ink > 0.35).astype(np.uint8), 96)
        lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, 81), np.uint8))
        lines = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, 161), np.uint8))
        bands = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((17, 1), np.uint8))[96:-96, 96:-96]
        staffs = bands.reshape(height // DOT, DOT, -1, DOT).max(axis=(1, 3))
        traces = np.full((len(TRACES), *staffs.shape), -8, np.float32)
        traces[STAFFS][staffs > 0] = 8
        thick = cv2.dilate(lines, np.ones((3, 1), np.uint8))
        blobs = cv2.morphologyEx(cv2.subtract(dark, thick), cv2.MORPH_CLOSE, np.ones((7, 1), np.uint8))
        centres = np.full((len(FAMILIES), height // CELL, width // CELL), -9, np.float32)
        features = np.zeros((5, *centres.shape[1:]), np.float32)
        count, _, boxes, weights = cv2.connectedComponentsWithStats(blobs[96:-96, 96:-96])
        for (x, y, w, h, area), (_, heavy) in zip(
            boxes[1:count].tolist(), weights[1:count].tolist(), strict=True
        ):
            if area >= 40:
                cx, cy = x + w / 2, y + h / 2
                row, column = int(cy // CELL), int(cx // CELL)
                on_line = lines[96 + int(cy) - 2 : 96 + int(cy) + 3, 96 + int(cx)].any()
                name = "clefG" if h > TALL else f"noteheadBlack{'OnLine' if on_line else 'InSpace'}"
                upright = h <= TALL or heavy < cy - 2
                centres[FAMILIES.index("signs" if h > TALL else "noteheads"), row, column] = (
                    6 if upright else 0
                )
                place = (cx / CELL - column - 0.5, cy / CELL - row - 0.5)
                features[:, row, column] = (
                    VOCABULARY.id(name), *place, np.log(w / CELL), np.log(h / CELL),
                )  # fmt: skip
        return Maps(centres, traces, features)

    def read(self, features: Floats, kinds: NDArray[np.int64]) -> tuple[Floats, Floats]:
        label = np.where(kinds == len(FAMILIES) + STAFFS, VOCABULARY.id("staff"), features[:, 0].astype(int))
        return (np.eye(CLASSES, dtype=np.float32) * 30)[label], features[:, 1:].astype(np.float32)


class Reads(LooksOnce):
    """Networks of which one is given as a function."""

    def __init__(self, read: ReadSymbols) -> None:
        self.read = read


def music(
    spaces: list[float], notes: int = 6, width: float = 60.0
) -> tuple[Pixels, list[tuple[int, int, float, float]]]:
    """A page of staves, each with a clef and noteheads; and of each notehead its staff, position, x and y."""
    fine, largest = 4, max(spaces)
    page = np.full(
        (int((sum(spaces) * 14 + 10 * largest) * fine), int((width + 8) * largest * fine)), 255, np.uint8
    )
    placed: list[tuple[int, int, float, float]] = []
    top = 8.0 * largest
    for staff, space in enumerate(spaces):
        middle = top + 6 * space
        left, right = 4 * largest, (width + 4) * largest
        for line in range(-2, 3):
            row = round((middle + line * space) * fine)
            page[
                row - round(0.06 * space * fine) : row + round(0.06 * space * fine),
                int(left * fine) : int(right * fine),
            ] = 0
        for note in range(notes):
            position = (3 * note + 2 * staff) % 9 - 4
            x, y = left + (8 + 6 * note) * space, middle - position * space / 2
            at, axes = (
                (round(x * fine), round(y * fine)),
                (round(0.62 * space * fine), round(0.45 * space * fine)),
            )
            cv2.ellipse(page, at, axes, 0, 0, 360, 0, -1)
            placed.append((staff, position, x, y))
        x = left + 2 * space
        wedge = [[x - space, middle - 3 * space], [x + space, middle - 3 * space], [x, middle + 3 * space]]
        cv2.fillPoly(page, [np.rint(np.array(wedge) * fine).astype(np.int32)], 0)
        top += 14 * space
    small = cv2.resize(page, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), placed


def tiny_model(folder: Path) -> Path:
    """An exported network of a few weights: dark cells are noteheads, dark dots are stems."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    families, traces = np.full((len(FAMILIES), 1, 1, 1), 0.0), np.zeros((len(TRACES), 1, 1, 1))
    families[0], traces[1] = 12, 12
    _save(
        folder / "page.onnx",
        [
            helper.make_node("AveragePool", ["ink"], ["cells"], kernel_shape=[CELL] * 2, strides=[CELL] * 2),
            helper.make_node("AveragePool", ["ink"], ["dots"], kernel_shape=[DOT] * 2, strides=[DOT] * 2),
            helper.make_node("Conv", ["cells", "w0", "b0"], ["centres"]),
            helper.make_node("Conv", ["dots", "w1", "b1"], ["traces"]),
            helper.make_node("Conv", ["cells", "w2"], ["features"]),
        ],
        {
            "w0": families, "b0": np.full(len(FAMILIES), -8.0),
            "w1": traces, "b1": np.full(len(TRACES), -8.0),
            "w2": rng.normal(size=(4, 1, 1, 1)),
        },
        [("ink", TensorProto.FLOAT, [1, 1, "height", "width"])],
        {name: [1, size, f"{name} rows", f"{name} columns"] for name, size in SIZES.items()},
    )  # fmt: skip
    _save_readers(folder)
    return folder


def _save_readers(folder: Path) -> None:
    """The networks that are asked at single places."""
    kind = np.zeros((KINDS, CLASSES))
    kind[:, VOCABULARY.id("noteheadBlackOnLine")] = 30
    _save(
        folder / "symbol.onnx",
        [
            helper.make_node("Gather", ["table", "kind"], ["label"]),
            helper.make_node("MatMul", ["features", "w"], ["box"]),
        ],
        {"table": kind, "w": np.zeros((4, 4))},
        [("features", TensorProto.FLOAT, ["n", 4]), ("kind", TensorProto.INT64, ["n"])],
        {"label": ["n", CLASSES], "box": ["n", 4]},
    )
    _save(
        folder / "refine.onnx",
        [
            helper.make_node("MatMul", ["sides", "w0"], ["moved"]),
            helper.make_node("MatMul", ["sides", "w1"], ["centre"]),
            helper.make_node("MatMul", ["sides", "w2"], ["label"]),
        ],
        {"w0": np.zeros((2, 4)), "w1": np.zeros(2), "w2": np.zeros((2, CLASSES))},
        [
            ("seen", TensorProto.FLOAT, ["n", 2, SIDE, SIDE]),
            ("features", TensorProto.FLOAT, ["n", 4]),
            ("kind", TensorProto.INT64, ["n"]),
            ("sides", TensorProto.FLOAT, ["n", 2]),
        ],
        {"moved": ["n", 4], "centre": ["n"], "label": ["n", CLASSES]},
    )
    _save(
        folder / "tips.onnx",
        [helper.make_node("MatMul", ["known", "w"], ["away"])],
        {"w": np.zeros((TIP_KNOWN, 2))},
        [
            ("seen", TensorProto.FLOAT, ["n", 3, TIP_SIDE, TIP_SIDE]),
            ("known", TensorProto.FLOAT, ["n", TIP_KNOWN]),
        ],
        {"away": ["n", 2]},
    )


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    weights: dict[str, NDArray[np.float64]],
    inputs: list[tuple[str, int, list[int | str]]],
    outputs: dict[str, list[int | str]],
) -> None:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
