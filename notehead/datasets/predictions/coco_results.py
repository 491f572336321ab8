"""COCO's result files: what detectors write and COCO's evaluation reads.

One array of `{"image_id": 1, "category_id": 5, "bbox": [x, y, width, height], "score": 0.9}`. Ours have
the corners of oriented boxes as `obb`, 8 numbers; Ultralytics' have them as `poly` and no bbox. Where
there is no box at all, it is that of the mask, `segmentation`.

`category_id` is the id that the class has in the truth. Ultralytics has the class's place instead, from
1: known by its `file_name`, or, where the truth counts from 0, by an id that is one too large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.dataset import Dataset
from notehead.datasets.formats.coco.masks import runs_of
from notehead.datasets.formats.coco.records import numbers
from notehead.datasets.json_index.index import Fields
from notehead.datasets.predictions.json_predictions import JsonPredictions, score_of
from notehead.datasets.predictions.predictions import Found, hull
from notehead.datasets.source import ReadOptions
from notehead.images.read import MOST_PIXELS
from notehead.page import Symbols

_HEAD = 1 << 16


class CocoResults(JsonPredictions):
    """Predictions in a COCO result file."""

    format = "coco-results"

    def __init__(self, path: Path, truth: Dataset, options: ReadOptions) -> None:
        super().__init__(path, None, Fields("image_id", "category_id"), truth, options)

    def _set_classes(self, truth: Dataset) -> None:
        with self.path.open("rb") as file:
            ultralytics = b'"file_name"' in file.read(_HEAD)
        count = len(truth.vocabulary)
        one_too_large = set(truth.vocabulary.by_id) == set(range(count)) and count in self._classes
        by_place = 0 not in self._classes and (ultralytics or one_too_large)
        ids = [row.id for row in truth.vocabulary.classes]
        self._labels = dict(enumerate(ids, start=1)) if by_place else {label: label for label in ids}

    def _label(self, category: int) -> int | None:
        return self._labels.get(category)

    def _found(self, label: int, record: dict[str, Any]) -> Found:
        corners = next((eight for key in ("obb", "poly") if (eight := numbers(record.get(key), 8))), None)
        box = _box(record.get("bbox"))
        if box is None and not record.get("bbox"):
            box = hull(corners) if corners is not None else _mask_box(record.get("segmentation"))
        if box is None:
            message = "its bbox is not made of 4 numbers"
            raise ValueError(message)
        return Found(label, box, score_of(record), corners)


def _box(value: object) -> tuple[float, float, float, float] | None:
    found = numbers(value, 4)
    return None if found is None else (found[0], found[1], found[0] + found[2], found[1] + found[3])


def _mask_box(segmentation: object) -> tuple[float, float, float, float] | None:
    """The box around a mask that knows the size of its page."""
    size = segmentation.get("size") if isinstance(segmentation, dict) else None
    height_width = numbers(size, 2)
    if height_width is None:
        return None
    height, width = map(int, height_width)
    if not 0 < width * height <= MOST_PIXELS:
        return None
    runs = runs_of(segmentation, (width, height))
    if not len(runs):
        return None
    columns, rows = np.divmod(runs[:, 0], height)
    last_columns, last_rows = np.divmod(runs.sum(axis=1) - 1, height)
    crossing = last_columns > columns  # the run goes on in the next column
    top = 0 if crossing.any() else int(rows.min())
    bottom = height if crossing.any() else int(last_rows.max()) + 1
    return int(columns.min()), top, int(last_columns.max()) + 1, bottom


def results_json(
    pages: Iterable[tuple[int | str, Symbols]],
) -> Iterator[bytes]:
    """The parts of a result file, from the id of each image and its symbols."""
    lead = b"[\n"
    for image, symbols in pages:
        if len(symbols):
            yield lead + b",\n".join(orjson.dumps(record) for record in _records(image, symbols))
            lead = b",\n"
    yield b"\n]\n" if lead != b"[\n" else b"[]\n"


def _records(image: int | str, symbols: Symbols) -> Iterator[dict[str, Any]]:
    boxes = symbols.box.round(3)
    sizes = (boxes[:, 2:] - boxes[:, :2]).round(3)
    corners = symbols.corners.round(3).reshape(-1, 8)
    oriented = (corners != boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]]).any(axis=1)
    columns = zip(
        symbols.label.tolist(),
        np.hstack((boxes[:, :2], sizes)).tolist(),
        symbols.score.round(6).tolist(),
        corners.tolist(),
        oriented.tolist(),
        strict=True,
    )
    for label, bbox, score, eight, turned in columns:
        record = {"image_id": image, "category_id": label, "bbox": bbox, "score": score}
        yield {**record, "obb": eight} if turned else record
