"""The proposals of DeepScoresV2's toolkit (obb_anns): `{"annotation_set": ..., "proposals": [...]}`.

A proposal is `{"bbox": [...], "cat_id": 5, "img_id": 1, "score": 0.9}`. Its bbox has 4 numbers, x0, y0,
x1, y1, or the 8 of an oriented box's corners, in all proposals alike. Older files have the place of the
image from 0, `img_idx`, for `img_id`. Ids may be integers or strings of them, and are those of the truth,
which must have some: notehead's own format has none, the same dataset in DeepScoresV2's has.

`cat_id` is the id that DeepScoresV2 gives a class in the annotation set; a class's id in the truth where
V2 has no such id. Classes are brought to the truth by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.dataset import Dataset
from notehead.datasets.formats.coco.records import numbers
from notehead.datasets.index import PageEntry
from notehead.datasets.json_index.index import Fields, read_range
from notehead.datasets.predictions.json_predictions import JsonPredictions, score_of
from notehead.datasets.predictions.matching import Matched, is_number
from notehead.datasets.predictions.predictions import Found, hull
from notehead.datasets.source import AnnotationSet, ReadOptions
from notehead.errors import DatasetError
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary, class_map, named_vocabulary

SETS: tuple[AnnotationSet, ...] = ("deepscores", "muscima++")
_HEAD = 1 << 16


def set_vocabulary(annotation_set: AnnotationSet) -> Vocabulary:
    """The classes of an annotation set, with those that notehead has beyond DeepScoresV2.

    Example:
        >>> set_vocabulary("deepscores").by_id[2].name, set_vocabulary("muscima++").by_id[161].name
        ('legerLine', 'stem')
    """
    if annotation_set == "muscima++":
        return named_vocabulary(annotation_set)
    return Vocabulary.of((row.id, row.deepscores_v2 or row.name) for row in VOCABULARY.classes)


class DeepScoresProposals(JsonPredictions):
    """Predictions in a proposals file."""

    format = "deepscores-proposals"
    _class_key = "cat_id"
    _names = False

    def __init__(self, path: Path, truth: Dataset, options: ReadOptions) -> None:
        with path.open("rb") as file:
            self._by_place = b'"img_id"' not in file.read(_HEAD)
        fields = Fields("img_idx" if self._by_place else "img_id", "cat_id")
        super().__init__(path, "proposals", fields, truth, options)

    def _set_classes(self, truth: Dataset) -> None:
        place = self._ranges.get("annotation_set")
        named = None if place is None else read_range(self.path, *place)
        annotation_set = next((known for known in SETS if known == named), None)
        if annotation_set is None:
            message = f"{self.path}: there is no annotation set {named!r:.40}"
            raise DatasetError(message, f"It says one of {', '.join(SETS)}.")
        theirs, ours = set_vocabulary(annotation_set), truth.vocabulary
        names = class_map(theirs, ours).names
        self._labels = {identity: identity for identity in ours.by_id if identity not in theirs.by_id}
        self._labels |= {theirs.id(name): ours.id(becomes) for name, becomes in names.items()}

    def _match(self, entries: Sequence[PageEntry]) -> Matched:
        if not all(is_number(entry.key) for entry in entries):
            message = f"{self.path}: the pages of the truth have no image ids that proposals could mean"
            raise DatasetError(message, "Open the truth in DeepScoresV2's format.")
        if self._by_place:
            if len({entry.split for entry in entries}) > 1:
                message = f"{self.path}: it numbers the images of one part of the truth (img_idx)"
                raise DatasetError(message, "Take that split of the truth alone.")
            entries = [replace(entry, key=str(place)) for place, entry in enumerate(entries)]
        return super()._match(entries)

    def _label(self, category: int) -> int | None:
        return self._labels.get(category)

    def _found(self, label: int, record: dict[str, Any]) -> Found:
        score, bbox = score_of(record), record.get("bbox")
        corners, box = numbers(bbox, 8), numbers(bbox, 4)
        if corners is not None:
            return Found(label, hull(corners), score, corners)
        if box is None:
            message = "its bbox is not made of 4 or 8 numbers"
            raise ValueError(message)
        return Found(label, (box[0], box[1], box[2], box[3]), score)


def proposals_json(
    truth: Dataset,
    pages: Iterable[tuple[int, Symbols]],
    annotation_set: AnnotationSet | None,
    *,
    oriented: bool,
) -> Iterator[bytes]:
    """The parts of a proposals file, from the id of each image and its symbols.

    Raises:
        DatasetError: the annotation set cannot name a class that is predicted.
    """
    chosen = annotation_set or _set_of(truth.vocabulary)
    theirs = set_vocabulary(chosen)
    names = class_map(truth.vocabulary, theirs).names
    ids = {truth.vocabulary.id(name): theirs.id(becomes) for name, becomes in names.items()}
    yield orjson.dumps({"annotation_set": chosen})[:-1] + b',"proposals":['
    lead = b"\n"
    for image, symbols in pages:
        unknown = np.setdiff1d(symbols.label, list(ids))
        if len(unknown):
            name = truth.vocabulary.by_id[int(unknown[0])].name
            message = f"the annotation set {chosen} has no class for {name!r}"
            raise DatasetError(message, "Write a COCO result file instead, or leave the class out.")
        boxes = symbols.corners.reshape(-1, 8) if oriented else symbols.box
        columns = zip(boxes.round(3).tolist(), symbols.label.tolist(), symbols.score.tolist(), strict=True)
        for bbox, label, score in columns:
            record = {"bbox": bbox, "cat_id": ids[label], "img_id": image, "score": round(score, 6)}
            yield lead + orjson.dumps(record)
            lead = b",\n"
    yield b"\n]}\n"


def _set_of(vocabulary: Vocabulary) -> AnnotationSet:
    """The annotation set that a vocabulary is of."""
    muscima = named_vocabulary("muscima++")
    inside = all(name in muscima and muscima.id(name) == vocabulary.id(name) for name in vocabulary)
    return "muscima++" if inside else "deepscores"
