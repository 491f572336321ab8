"""Reads DeepScoresV2: dense, complete, or one of its JSON files; either of its annotation sets."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.deepscores_v2.classes import classes_of, read_categories, united_categories
from notehead.datasets.formats.deepscores_v2.index import FILE_NAME, Entries, find_files, index_files
from notehead.datasets.formats.deepscores_v2.masks import read_instances
from notehead.datasets.formats.deepscores_v2.records import LARGEST_INSTANCE, Classes, page_symbols
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import read_sized_image
from notehead.page import Origin, Page, Symbols

_HEAD = 1 << 16
_REMEDY = "A DeepScoresV2 folder holds deepscores_train.json, or deepscores-complete-0_train.json."


class DeepScoresV2Source(Source):
    """A dataset as DeepScoresV2 is published: a folder, or one of its JSON files.

    Opening it reads each JSON file once, and keeps of it where the annotations of each page stand; a
    page's annotations are parsed when they are asked for. Large files are only read the first time: see
    `remembered.py`.
    """

    format = "deepscores_v2"

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self.folder = path.parent if path.is_file() else path
        self.complaints = Complaints(options.keep_going)
        found = find_files(path)
        if not found:
            message = f"{path}: no DeepScoresV2 here"
            raise DatasetError(message, _REMEDY)
        files = index_files(found, options.annotation_set, self.complaints)
        wanted = options.annotation_set
        names = united_categories(
            [(file.path, read_categories(file.path, file.head.get("categories"), wanted)) for file in files]
        )
        self.vocabulary, self._label_of = classes_of(files[0].path, names, wanted)
        self.entries: Entries = Entries(files)

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._symbols(entry)[0]

    def _symbols(self, entry: PageEntry) -> tuple[Symbols, NDArray[np.int32]]:
        """The symbols, and the ids that instance masks know."""
        file, place = self.entries.find(entry)
        records = file.annotations.load(file.path, int(file.image[place]))
        classes = Classes(self.vocabulary, self._label_of, file.label_at)
        size = entry.width, entry.height
        return page_symbols(records, classes, size, self.complaints, (str(file.path), entry.name))

    def page(self, entry: PageEntry) -> Page:
        file, place = self.entries.find(entry)
        image = read_sized_image(self.folder / "images" / file.file_name(place), (entry.width, entry.height))
        symbols, known = self._symbols(entry)
        path = self.folder / "instance" / f"{entry.name}_inst.png"
        ids = None
        if path.is_file():
            kept = np.zeros(LARGEST_INSTANCE + 1, np.uint16)
            kept[known] = known
            ids = kept[read_instances(path, (image.shape[1], image.shape[0]))]
        origin = Origin(entry.score, entry.score_id, entry.number or 1, font=entry.font)
        return Page(entry.name, image, symbols, ids, origin=origin)

    def rows_with(self, labels: Sequence[int]) -> Sequence[int]:
        wanted = set(labels)
        return self.entries.rows_with([own for own, label in self._label_of.items() if label in wanted])


def is_deepscores_v2(path: Path) -> bool:
    """Whether it is a DeepScoresV2 folder or file, by its name or the first of its bytes."""
    if path.is_dir():
        return any(FILE_NAME.fullmatch(file.name) for file in path.glob("deepscores*.json"))
    if path.suffix != ".json" or not path.is_file():
        return False
    if FILE_NAME.fullmatch(path.name):
        return True
    with contextlib.suppress(OSError), path.open("rb") as file:
        return b'"annotation_sets"' in file.read(_HEAD)
    return False
