"""YOLO's label files alone, as Ultralytics' `save_txt` and `save_conf` leave them: `labels/NAME.txt`.

Their classes are places in the truth's list of classes, from 0, as `data.yaml` lists them; the sizes of
the pages are the truth's. `formats/yolo_labels.py` says what a line is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from notehead.datasets.complaints import Complaints
from notehead.datasets.dataset import Dataset
from notehead.datasets.formats.yolo.config import YoloConfig
from notehead.datasets.formats.yolo.labels import read_labels
from notehead.datasets.index import PageEntry
from notehead.datasets.predictions.predictions import Predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.page import Symbols
from notehead.vocabulary import Vocabulary

_OTHERS = ("classes.txt", "labels.txt", "README.txt")


def label_files(folder: Path) -> list[Path]:
    """The label files in a folder, or in its `labels`."""
    found = (sorted(place.glob("*.txt")) for place in (folder / "labels", folder))
    return next(filter(None, ([path for path in paths if path.name not in _OTHERS] for paths in found)), [])


class YoloLabelPredictions(Predictions):
    """Predictions in label files, one for each page that has some, matched by their names.

    Raises:
        DatasetError: none of the files is named as a page of the truth.
    """

    format = "yolo-labels"

    def __init__(self, path: Path, truth: Dataset, options: ReadOptions) -> None:
        self.path = path
        self.vocabulary = truth.vocabulary
        self.complaints = Complaints(options.keep_going)
        self._truth = truth
        self._files = {file.stem: file for file in label_files(path)}
        names = {entry.name for entry in truth.entries}
        self.unmatched = [name for name in self._files if name not in names]
        if len(self.unmatched) == len(self._files):
            some = next(iter(self._files), "")
            message = f"{path}: none of its files ({some}.txt, ...) is named as a page of the truth"
            raise DatasetError(message, "Choose the dataset that it was made for.")

    def has(self, entry: PageEntry) -> bool:
        """Whether there is a file for the page; Ultralytics writes none without symbols."""
        return entry.name in self._files

    def unknown_classes(self) -> Counter[str]:
        """None: a number that is no class cannot be used."""
        return Counter()

    def _symbols(self, entry: PageEntry) -> Symbols:
        file = self._files.get(entry.name)
        if file is None:
            return Symbols(vocabulary=self.vocabulary)
        size = entry.width, entry.height
        if not all(size):  # YOLO lists no sizes
            page = self._truth[entry.name]
            size = page.width, page.height
        ids = np.array([row.id for row in self.vocabulary.classes], np.int32)
        config = YoloConfig(file, file.parent, Vocabulary.of(enumerate(self.vocabulary)), ())
        found = read_labels(file, size, config, self.complaints, oriented=_is_oriented(file))
        return found.replace(label=ids[found.label], vocabulary=self.vocabulary)


def _is_oriented(file: Path) -> bool:
    """Whether the first line has four corners."""
    try:
        with file.open("rb") as lines:
            return len(lines.readline(1000).split()) in (9, 10)
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
