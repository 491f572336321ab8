"""Predictions as a dataset: pages with scores, in any format that can be read, matched by their names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from notehead.datasets.dataset import Dataset
from notehead.datasets.index import PageEntry
from notehead.datasets.predictions.predictions import Predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.page import Symbols
from notehead.vocabulary import class_map


class DatasetPredictions(Predictions):
    """The pages of a dataset as predictions for those of the same names in the truth.

    Classes are brought to the truth by their names.

    Raises:
        DatasetError: there is no dataset, or none of its pages or classes is one of the truth's.
    """

    def __init__(self, path: Path, truth: Dataset, options: ReadOptions) -> None:
        self.path = path
        self.vocabulary = truth.vocabulary
        self._predicted = Dataset(path, options=options)
        self.format = self._predicted.format
        self.complaints = self._predicted.complaints
        self._map = class_map(self._predicted.vocabulary, truth.vocabulary)
        self._entries = {entry.name: entry for entry in self._predicted.entries}
        names = {entry.name for entry in truth.entries}
        self.unmatched = [name for name in self._entries if name not in names]
        remedy = "Choose the dataset that it was made for."
        if self._entries and len(self.unmatched) == len(self._entries):
            message = f"{path}: none of its pages ({next(iter(self._entries))}, ...) is one of the truth's"
            raise DatasetError(message, remedy)
        if self._predicted.vocabulary and not self._map.names:
            message = (
                f"{path}: none of its classes ({next(iter(self._map.source))}, ...) is one of the truth's"
            )
            raise DatasetError(message, remedy)

    def has(self, entry: PageEntry) -> bool:
        """Whether there is a page of this name."""
        return entry.name in self._entries

    def unknown_classes(self) -> Counter[str]:
        """How often classes are predicted that the truth lacks; reads all pages if there are any."""
        dropped = set(self._map.dropped)
        found: Counter[str] = Counter()
        for _, symbols in self._predicted.annotations() if dropped else ():
            found.update(name for name in symbols.names if name in dropped)
        return found

    def _symbols(self, entry: PageEntry) -> Symbols:
        own = self._entries.get(entry.name)
        if own is None:
            return Symbols(vocabulary=self.vocabulary)
        sizes = (own.width, own.height), (entry.width, entry.height)
        if all(map(all, sizes)) and sizes[0] != sizes[1]:
            (width, height), (true_width, true_height) = sizes
            message = (
                f"{self.path}: page {entry.name}: predicted on {width} x {height} pixels, "
                f"the truth has {true_width} x {true_height}"
            )
            raise DatasetError(message, "Predict the page in the truth's size.")
        return self._predicted.symbols(entry.name).mapped(self._map)
