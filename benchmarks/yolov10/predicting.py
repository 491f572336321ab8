"""Pages read by a trained network: cut, found, merged, and written as label files."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.yolov10.cutting import CutOptions, corners, scaled
from benchmarks.yolov10.merging import Found, MergeOptions, merged
from benchmarks.yolov10.program import Program
from notehead.datasets import Dataset
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.yolo.config import YoloConfig, read_config
from notehead.datasets.formats.yolo.labels import label_lines, read_labels
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.images import encode_png
from notehead.page import Symbols
from notehead.progress import Progress
from notehead.vocabulary import Vocabulary

MOST_FOUND = 300
"""In a slice: as many as a YOLOv10 gives."""
_TOGETHER = 32
"""Pages for one start of the program."""


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """How pages are read.

    Attributes:
        confidence: the least score.
        imgsz: pixels of the network's input.
        batch: slices at a time.
        device: `cpu`, `0`, ...; empty for the best there is.
    """

    confidence: float = 0.4
    imgsz: int = 640
    batch: int = 16
    device: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the pages of a dataset.

    Attributes:
        program: Ultralytics.
        folder: of the run; it holds the network and the slices that it was trained on.
        cut: how pages are cut.
        options: how they are read.
    """

    program: Program
    folder: Path
    cut: CutOptions
    options: PredictOptions

    def read(self, dataset: Dataset, found: Path, progress: Progress) -> None:
        """Write `found/labels/NAME.txt` for each page that has none, in the dataset's classes.

        Raises:
            DatasetError: a page cannot be read, or the network was trained on other classes.
            NoteheadError: Ultralytics ended with an error.
        """
        trained = read_config(self.folder / "slices" / "data.yaml").vocabulary
        if list(trained) != list(dataset.vocabulary):
            message = (
                f"{self.folder}: its network was trained on other classes than those of {dataset.folder}"
            )
            raise DatasetError(message, "Choose another folder, or the dataset that it was trained on.")
        labels = make_folder(found / "labels")
        waiting = [
            entry
            for entry in dataset.entries
            if not (labels / f"{plain_name(entry.name, 'page')}.txt").exists()
        ]
        progress.stage("reading", len(waiting))
        for begin in range(0, len(waiting), _TOGETHER):
            entries = waiting[begin : begin + _TOGETHER]
            self._read_some(dataset, entries, labels)
            for _ in entries:
                progress.step(pages=1)
        progress.close()

    def _read_some(self, dataset: Dataset, entries: Sequence[PageEntry], labels: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="slices-", dir=self.folder) as name:
            place = Path(name).resolve()
            images = make_folder(place / "images")
            sizes = [self._cut(dataset, entry, images, number) for number, entry in enumerate(entries)]
            self._find(images, place)
            for number, (entry, (seen, size)) in enumerate(zip(entries, sizes, strict=True)):
                parts = self._parts(place / "found" / "labels", number, seen, dataset.vocabulary)
                whole = merged(parts, seen, self.cut.slicing(), MergeOptions())
                text = _lines(whole, (size[0] / seen[0], size[1] / seen[1]), size, dataset.vocabulary)
                write_file(labels / f"{entry.name}.txt", text)

    def _find(self, images: Path, place: Path) -> None:
        """Have the slices read, into `place/found/labels`."""
        options = self.options
        network = {"model": (self.folder / "model.pt").resolve(), "imgsz": options.imgsz}
        given = {"source": images, "conf": options.confidence, "batch": options.batch, "max_det": MOST_FOUND}
        wanted = {"save": False, "save_txt": True, "save_conf": True, "verbose": False}
        where = {"project": place, "name": "found", "exist_ok": True}
        on = {"device": options.device} if options.device else {}
        self.program.run("predict", {**network, **given, **wanted, **where, **on}, self.folder)

    def _cut(
        self, dataset: Dataset, entry: PageEntry, images: Path, number: int
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """Write the slices of a page; its width and height as the network sees it, and its own."""
        page = dataset[entry.name].image
        short, side = self.cut.short, self.cut.size
        seen = scaled(page, short) if short and min(page.shape) != short else page
        for left, top in corners(seen, self.cut.slicing()):
            part = np.ascontiguousarray(seen[top : top + side, left : left + side])
            write_file(images / f"{_stem(number, left, top)}.png", encode_png(part))
        return (seen.shape[1], seen.shape[0]), (page.shape[1], page.shape[0])

    def _parts(
        self, labels: Path, number: int, size: tuple[int, int], vocabulary: Vocabulary
    ) -> dict[tuple[int, int], Found]:
        """What was found in the slices of a page of this size."""
        slicing, complaints = self.cut.slicing(), Complaints()
        classes = Vocabulary.of(enumerate(vocabulary))
        ids = np.array([row.id for row in vocabulary.classes], np.int64)
        side = min(slicing.size, size[0]), min(slicing.size, size[1])
        parts = {}
        for left, top in corners(np.empty(size[::-1], np.uint8), slicing):
            file = labels / f"{_stem(number, left, top)}.txt"  # none where nothing was found
            config = YoloConfig(file, labels, classes, ())
            found = read_labels(file, side, config, complaints, oriented=False)
            parts[left, top] = Found(found.box, ids[found.label], found.score)
        return parts


def _stem(number: int, left: int, top: int) -> str:
    """What the files of a slice are called: names of pages may hold anything."""
    return f"{number}-{left}-{top}"


def _lines(found: Found, scale: tuple[float, float], size: tuple[int, int], vocabulary: Vocabulary) -> bytes:
    """The label file of a page."""
    number = np.zeros(max(vocabulary.by_id) + 1, np.int64)
    number[[row.id for row in vocabulary.classes]] = np.arange(len(vocabulary))
    box = found.box * np.array(list(itertools.chain(scale, scale)))
    symbols = Symbols.build(found.label.tolist(), box, vocabulary, score=found.score)
    return label_lines(symbols, size, number, oriented=False)
