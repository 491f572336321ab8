"""Prediction files in JSON: one object for each predicted symbol, found through an index, page by page."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.dataset import Dataset
from notehead.datasets.index import PageEntry
from notehead.datasets.json_index import kernels
from notehead.datasets.json_index.index import Fields, Grouping, JsonScan
from notehead.datasets.json_index.scan import NO_LABEL, as_integer
from notehead.datasets.json_index.window import Window, parse
from notehead.datasets.predictions.matching import Matched, match_images
from notehead.datasets.predictions.predictions import Found, Predictions, symbols_of
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.page import Symbols

_LARGEST_CLASS = np.iinfo(np.int32).max
_TEXTS = -(2**62)
"""The number that stands for the first image that is named by a text; no image has such an id."""


class JsonPredictions(Predictions):
    """Predictions that are elements of one array in a JSON file.

    Opening reads the file once, in little memory; a page costs a seek and the parsing of its elements.

    Args:
        path: the file.
        member: the array; None where the file is it.
        fields: keys of an element that name its image and its class.
        truth: the dataset whose pages are predicted.
        options: how it is read.

    Raises:
        DatasetError: the file is missing, damaged or cut off; none of its images is a page of the truth,
            or none of its classes one of the truth's.
    """

    def __init__(
        self, path: Path, member: str | None, fields: Fields, truth: Dataset, options: ReadOptions
    ) -> None:
        self.path = path
        self.vocabulary = truth.vocabulary
        self.complaints = Complaints(options.keep_going)
        scan, grouping = _Scan(path, {member: fields}, self.complaints), Grouping()
        self._classes: Counter[int] = Counter()
        for _, block in scan.blocks():
            grouping.add(block)
            labels, counts = np.unique(block.label[block.label >= 0], return_counts=True)
            self._classes.update(dict(zip(labels.tolist(), counts.tolist(), strict=True)))
        self._index = grouping.index()
        self._ranges, self._texts = scan.ranges, scan.texts
        self._set_classes(truth)
        self._check_classes()
        matched = self._match(truth.entries)
        self.unmatched = matched.unmatched
        self._images = {
            name: [image if isinstance(image, int) else self._texts[image] for image in images]
            for name, images in matched.images.items()
        }

    _class_key = "category_id"
    _names = True
    """Whether an integer may be a page's name."""

    def _match(self, entries: Sequence[PageEntry]) -> Matched:
        """Find the pages that the file's images are."""
        of_number = {number: text for text, number in self._texts.items()}
        images = [of_number.get(image, image) for image in self._index.images.tolist()]
        return match_images(self.path, images, entries, names=self._names)

    @abstractmethod
    def _set_classes(self, truth: Dataset) -> None:
        """Find what the classes in the file, `_classes`, are in the truth."""

    @abstractmethod
    def _label(self, category: int) -> int | None:
        """The truth's class of a class in the file, None where it has none."""

    @abstractmethod
    def _found(self, label: int, record: dict[str, Any]) -> Found:
        """A predicted symbol; raises ValueError with what is wrong with it."""

    def _check_classes(self) -> None:
        if self._classes and all(self._label(category) is None for category in self._classes):
            some = ", ".join(map(str, sorted(self._classes)[:3]))
            message = f"{self.path}: none of its classes ({some}, ...) is one of the truth's"
            raise DatasetError(message, "Choose the dataset that it was made for.")

    def has(self, entry: PageEntry) -> bool:
        """Whether the page has predictions."""
        return entry.name in self._images

    def unknown_classes(self) -> Counter[str]:
        """How often classes are predicted that the truth lacks, by their ids in the file."""
        return Counter(
            {
                str(category): count
                for category, count in sorted(self._classes.items())
                if self._label(category) is None
            }
        )

    def _symbols(self, entry: PageEntry) -> Symbols:
        found = []
        for image in self._images.get(entry.name, ()):
            for place, (_, record) in enumerate(self._index.load(self.path, image), start=1):
                try:
                    category = self._category(record)
                    label = self._label(category)
                    if label is not None:
                        found.append(self._found(label, record))
                except ValueError as error:
                    self.complaints.symbol(
                        str(self.path), f"page {entry.name}: prediction number {place}", str(error)
                    )
        return symbols_of(found, self.vocabulary)

    def _category(self, record: dict[str, Any]) -> int:
        key = self._class_key
        category = as_integer(record.get(key))
        if category is None or not 0 <= category <= _LARGEST_CLASS:
            message = f"its {key} is no class ({record.get(key)!r:.40})"
            raise ValueError(message)
        return category


def score_of(record: dict[str, Any]) -> float:
    """The score of a prediction; raises ValueError where it has none, or one that is no number."""
    given = record.get("score")
    if given is None:
        message = "it has no score"
        raise ValueError(message)
    if isinstance(given, bool) or not isinstance(given, int | float):
        message = f"its score is no number ({given!r:.40})"
        raise ValueError(message)  # noqa: TRY004  # one kind for all that can be wrong
    return float(given)


class _Scan(JsonScan):
    """A scan of elements that may name their images by texts; `texts` has a number for each."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.texts: dict[str, int] = {}

    def _settle(self, window: Window, row: NDArray[np.int64], fields: Fields, place: str) -> None:
        try:
            record = parse(bytes(window.text[row[kernels.START] : row[kernels.END]]))
        except ValueError:
            record = {}  # which is complained of below
        image = record.get(fields.image)
        if isinstance(image, str) and as_integer(image) is None:
            label = as_integer(record.get(fields.label))
            row[kernels.LABEL] = NO_LABEL if label is None else label
            row[kernels.IMAGE] = self.texts.setdefault(image, _TEXTS + len(self.texts))
        else:
            super()._settle(window, row, fields, place)
