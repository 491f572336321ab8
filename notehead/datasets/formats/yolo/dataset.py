"""YOLO as Ultralytics lays it out, with upright boxes (`yolo`) or oriented ones (`yolo-obb`).

`data.yaml` (see `config.py`), `images/SPLIT/NAME.png`, `labels/SPLIT/NAME.txt` (see `labels.py`)
and, of ours, `classes.csv` with the classes' ids: in the labels they are numbered from 0. Ultralytics
wants a `val`: where a dataset has none, its `test` pages (else its `train` pages) are named as both.
Pages of no split lie in `images/all`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.format import Format, WriteOptions, Writer
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv, read_classes
from notehead.datasets.formats.yolo.config import (
    NO_SPLITS,
    SPLITS,
    WHOLE,
    YAML,
    YoloConfig,
    find_config,
    read_config,
)
from notehead.datasets.formats.yolo.files import LABELS, is_oriented, label_path, list_pages
from notehead.datasets.formats.yolo.labels import label_lines, read_labels
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.images import encode_png, image_size, read_image
from notehead.page import Page, Symbols
from notehead.vocabulary import Vocabulary


class YoloSource(Source):
    """A YOLO dataset: a folder with `data.yaml`, or such a file. Images without labels are blank pages."""

    oriented = False

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self.complaints = Complaints(options.keep_going)
        try:
            self.folder, self._config = _found(path)
            self.entries = list_pages(self._config)
        except OSError as error:
            message = f"{error.filename or path}: {error.strerror or error}"
            raise DatasetError(message, f"Check the path, and those in {YAML}.") from error
        self.vocabulary = _vocabulary(self._config)
        self._id_of_number = np.zeros(max(self._config.vocabulary.by_id) + 1, np.int32)
        for number, row in zip(self._config.vocabulary.by_id, self.vocabulary.classes, strict=True):
            self._id_of_number[number] = row.id

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._symbols(entry, image_size(_image(entry)))

    def page(self, entry: PageEntry) -> Page:
        image = read_image(_image(entry))
        return Page(entry.name, image, self._symbols(entry, (image.shape[1], image.shape[0])))

    def _symbols(self, entry: PageEntry, size: tuple[int, int]) -> Symbols:
        file = Path(label_path(entry.key))
        symbols = read_labels(file, size, self._config, self.complaints, oriented=self.oriented)
        return symbols.replace(label=self._id_of_number[symbols.label], vocabulary=self.vocabulary)


class ObbSource(YoloSource):
    """A YOLO dataset of oriented boxes; a symbol's upright box is what its oriented one fills."""

    oriented = True


def _found(path: Path) -> tuple[Path, YoloConfig]:
    """The folder of a dataset, and what its `data.yaml` says."""
    file = find_config(path)
    if file is None:
        message = f"{path}: there is no {YAML} with the names of the classes and the images' folders"
        raise DatasetError(message, "Give the folder that holds it, or the file itself.")
    config = read_config(file)
    if not any(place.path.exists() for place in config.places):
        places = ", ".join(str(place.path) for place in config.places) or "it says nothing"
        message = f"{file}: no images are where it says ({places})"
        raise DatasetError(message, "Mend the paths in the file, or fetch the images.")
    return file.parent, config


def _image(entry: PageEntry) -> Path:
    if entry.key.lower().endswith(LABELS):
        message = f"{entry.key}: there is no image to it"
        raise DatasetError(message, "Fetch the image, or delete the file.")
    return Path(entry.key)


def _vocabulary(config: YoloConfig) -> Vocabulary:
    """The classes under the ids that they had before they were written, where `classes.csv` tells them."""
    path = config.file.parent / CLASSES
    if not path.exists():
        return config.vocabulary
    vocabulary = read_classes(path)
    if list(vocabulary) != list(config.vocabulary):
        message = f"{path}: it names other classes than {config.file.name}"
        raise DatasetError(message, "Mend it, or delete it to number the classes as the labels do.")
    return vocabulary


class YoloWriter(Writer):
    """Writes YOLO with upright boxes."""

    oriented = False

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._splits: list[str] = []
        self._number_of_id = np.zeros(max(vocabulary.by_id, default=0) + 1, np.int64)
        for number, row in enumerate(vocabulary.classes):
            self._number_of_id[row.id] = number

    def page(self, entry: PageEntry, page: Page) -> None:
        name, place = plain_name(entry.name, "page"), _place(entry.split)
        size = page.width, page.height
        labels = label_lines(page.symbols, size, self._number_of_id, oriented=self.oriented)
        image = encode_png(page.image, page.origin.resolution)
        write_file(make_folder(self.folder / "images" / place) / f"{name}.png", image)
        write_file(make_folder(self.folder / "labels" / place) / f"{name}{LABELS}", labels)

    def add(self, entry: PageEntry, record: None) -> None:  # noqa: ARG002  # all is in the page's files
        if entry.split not in self._splits:
            self._splits.append(entry.split)

    def finish(self) -> None:
        splits = self._splits or ["train"]
        make_folder(self.folder / "images" / _place(splits[0]))
        first = "train" if "train" in splits else splits[0]
        second = next((split for split in ("val", "test") if split in splits), first)
        places = {"train": first, "val": second} | {_place(split): split for split in splits}
        document = {
            **{key: f"images/{_place(split)}" for key, split in places.items()},
            **({"task": "obb"} if self.oriented else {}),
            "names": dict(enumerate(self.vocabulary)),
        }
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
        write_file(self.folder / YAML, text.encode())
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))


class ObbWriter(YoloWriter):
    """Writes YOLO with oriented boxes."""

    oriented = True


def _place(split: str) -> str:
    """The folder of a split, and its key in `data.yaml`."""
    if split in NO_SPLITS:
        message = f"{split!r} cannot be a split: {YAML} means something else by it"
        raise DatasetError(message, f"Choose another name; YOLO knows {', '.join(SPLITS[:3])}.")
    return plain_name(split or WHOLE, "split")


def _is_yolo(path: Path) -> bool:
    return find_config(path) is not None


def _is_obb(path: Path) -> bool:
    try:
        file = find_config(path)
        return file is not None and is_oriented(read_config(file))
    except (DatasetError, OSError):
        return False  # `yolo` says what is wrong


OBB_FORMAT = Format(
    name="yolo-obb",
    title="YOLO with oriented boxes",
    holds=frozenset({"oriented boxes", "scores", "split", "class ids"}),
    here=_is_obb,
    read=ObbSource,
    writer=ObbWriter,
)
FORMAT = Format(
    name="yolo",
    title="YOLO",
    holds=frozenset({"scores", "split", "class ids"}),
    here=_is_yolo,
    read=YoloSource,
    writer=YoloWriter,
)
