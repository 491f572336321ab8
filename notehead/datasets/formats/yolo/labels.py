"""A label file of YOLO's: for each symbol a line with its class and fractions of the page's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import ROUNDING, good_boxes
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.yolo.config import YoloConfig
from notehead.errors import DatasetError
from notehead.page import Symbols, upright_corners

MOST_BYTES = 64 * 2**20
"""Of a label file; a page of 10,000 symbols takes 1 MB."""
DIGITS = 8
"""Decimals of a fraction: on a page of 10,000 pixels a box comes back within 0.0001 of them."""


@dataclass(slots=True)
class _Rows:
    """The lines of a file that can be read, so far."""

    lines: list[int]
    labels: list[int]
    scores: list[float]
    shapes: list[list[float]]


def read_labels(
    file: Path, size: tuple[int, int], config: YoloConfig, complaints: Complaints, *, oriented: bool
) -> Symbols:
    """The symbols of a label file; none where it is not there.

    A line is a class and a box (centre, width, height), or the corners of a shape; a last number more is
    the confidence. A symbol's box is what stands on the page of its shape; oriented boxes keep their four
    corners.

    Args:
        file: the label file.
        size: width and height of the page.
        config: the dataset's.
        complaints: told of each line that is no symbol.
        oriented: every line must have four corners.

    Raises:
        DatasetError: the file cannot be read; a line is no symbol, and these are not to be counted.
    """
    rows = _Rows([], [], [], [])
    for number, line in enumerate(_lines(file), start=1):
        if fields := line.split():
            try:
                label, shape, score = _symbol(fields, config, oriented=oriented)
            except ValueError as error:
                complaints.symbol(str(file), f"line {number}", str(error))
                continue
            rows.lines.append(number)
            rows.labels.append(label)
            rows.shapes.append(shape)
            rows.scores.append(score)
    with np.errstate(over="ignore", invalid="ignore"):
        corners = np.array(rows.shapes, np.float64).reshape(-1, 4, 2) * size
        boxes = _turned_boxes(corners, size) if oriented else np.hstack((corners[:, 0], corners[:, 2]))
    good = good_boxes(boxes, size, complaints, lambda row: (str(file), f"line {rows.lines[row]}"))
    return Symbols.build(
        np.array(rows.labels, np.int64)[good].tolist(),
        boxes[good],
        config.vocabulary,
        corners=corners[good],
        score=np.array(rows.scores)[good],
    )


def _lines(file: Path) -> Sequence[str]:
    try:
        if file.stat().st_size > MOST_BYTES:
            message = f"{file}: larger than a page's labels can be"
            raise DatasetError(message, "Export the file again.")
        return file.read_bytes().decode("utf-8-sig", "replace").splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


def _symbol(fields: list[str], config: YoloConfig, *, oriented: bool) -> tuple[int, list[float], float]:
    """Class, corners (8 fractions) and score of a line; raises ValueError with the cause."""
    try:
        label, *values = map(float, fields)
    except ValueError:
        message = "it is not made of numbers"
        raise ValueError(message) from None
    if label not in config.vocabulary.by_id:
        message = f"class {fields[0]} is unknown: {config.file.name} has {_numbers(config)}"
        raise ValueError(message)
    score = 1.0
    if len(values) == 4 + config.keypoints:
        values = values[:4]
    elif len(values) % 2:
        score = values.pop()
    if len(values) < 4 or (oriented and len(values) != 8):
        message = f"it has {len(fields)} numbers, not {'9 or 10' if oriented else '5 or 6'}"
        raise ValueError(message)
    if not 0 <= score <= 1:
        message = f"its confidence {score:g} is not from 0 to 1"
        raise ValueError(message)
    return int(label), _corners(values) if not oriented else values, score


def _numbers(config: YoloConfig) -> str:
    numbers = sorted(config.vocabulary.by_id)
    return f"{numbers[0]} to {numbers[-1]}"


def _corners(values: list[float]) -> list[float]:
    """Of an upright box: of (centre, width, height), or around the points of an outline."""
    if len(values) == 4:
        x, y, width, height = values
        x0, y0, x1, y1 = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    else:
        points = np.array(values).reshape(-1, 2)
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return [x0, y0, x1, y0, x1, y1, x0, y1]


def _turned_boxes(corners: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """The upright boxes (n, 4) of turned ones.

    A turned box may leave the page at its corners where its symbol does not: that part is cut off, of
    boxes whose centre is on the page and that are not larger than it.
    """
    boxes = np.hstack((corners.min(axis=1), corners.max(axis=1)))
    low, high = boxes[:, :2], boxes[:, 2:]
    centre = (low + high) / 2
    here = (centre >= 0) & (centre <= size) & (high - low <= np.add(size, ROUNDING))
    cut = np.clip(boxes, 0, (*size, *size))
    return np.where(here.all(axis=1, keepdims=True), cut, boxes)


def label_lines(
    symbols: Symbols, size: tuple[int, int], index: NDArray[np.int64], *, oriented: bool
) -> bytes:
    """The label file of a page of (width, height).

    Boxes are cut off at the page's edge, since Ultralytics refuses files with numbers beyond it. Lines
    have a confidence where a score is not 1.

    Args:
        symbols: of the page.
        size: of the page.
        index: number of a class in the file, by its id.
        oriented: write corners instead of boxes.
    """
    box = np.clip(symbols.box, 0, (*size, *size))
    if oriented:
        numbers = _oriented(symbols.corners, box, size) / size
    else:
        low, high = box[:, :2], box[:, 2:]
        numbers = np.stack(((low + high) / 2, high - low), axis=1) / size
    columns = numbers.reshape(len(symbols), 8 if oriented else 4)
    if (symbols.score != 1).any():
        columns = np.column_stack((columns, symbols.score))
    columns = columns.round(DIGITS) + 0.0  # no -0
    form = " ".join(["%d", *[f"%.{DIGITS}f"] * columns.shape[1]]) + "\n"
    rows = zip(index[symbols.label].tolist(), columns.tolist(), strict=True)
    return "".join(form % (label, *values) for label, values in rows).encode()


def _oriented(
    corners: NDArray[np.float64], box: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """The corners (n, 4, 2), or those of the upright box where Ultralytics would refuse them."""
    low, high = corners.min(axis=1, initial=np.inf), corners.max(axis=1, initial=-np.inf)
    centre = (low + high) / 2
    fine = ((centre >= 0) & (centre <= size) & (high - low <= size)).all(axis=1)
    upright = upright_corners(box)
    return np.where(fine[:, None, None], corners, upright)
