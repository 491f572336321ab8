"""DeepScores v1 as a format: writes it as published, with the tags of v1-extended.

`segmentation_detection/` with `images_png/`, `xml_annotations/` and, where the pages have masks and the
classes' numbers fit into a byte, `pix_annotations_png/`; `DeepScores_classification/class_names.csv`;
`train_val_test/SPLIT.txt`. `source.py` says what is read.

notehead's own classes become v1's, several finer ones one of v1's; other vocabularies keep theirs.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.common.xml_text import can_be_named
from notehead.datasets.formats.deepscores_v1.layout import (
    CLASSIFICATION,
    DETECTION,
    class_names_csv,
    have_pixel_values,
    number_table,
    page_xml,
)
from notehead.datasets.formats.deepscores_v1.source import (
    CLASS_NAMES,
    SPLIT_LISTS,
    DeepScoresV1Source,
    find_detection,
)
from notehead.datasets.formats.format import Format, WriteOptions, Writer
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.images import class_image, encode_png
from notehead.page import Page
from notehead.vocabulary import Vocabulary


class DeepScoresV1Writer(Writer):
    """Writes DeepScores v1's layout."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        for name in vocabulary:
            if not can_be_named(name):
                message = f"XML cannot hold the name of the class {name!r}"
                raise DatasetError(message, "Give it another name with --classes.")
        self._place = folder / Path(DETECTION).name
        self._splits: dict[str, list[str]] = {}
        for name in ("images_png", "xml_annotations", "pix_annotations_png"):
            make_folder(self._place / name)

    def page(self, entry: PageEntry, page: Page) -> None:
        name = plain_name(entry.name, "page")
        xml = page_xml(name, (page.width, page.height), page.symbols, every=True)
        write_file(self._place / "xml_annotations" / f"{name}.xml", xml)
        image = encode_png(page.image, page.origin.resolution)
        write_file(self._place / "images_png" / f"{name}.png", image)
        if self.options.masks and page.ids is not None and have_pixel_values(self.vocabulary):
            numbers = encode_png(class_image(page.ids, number_table(page.symbols)))
            write_file(self._place / "pix_annotations_png" / f"{name}.png", numbers)

    def add(self, entry: PageEntry, record: None) -> None:  # noqa: ARG002  # pages need no other entry
        if entry.split:
            self._splits.setdefault(plain_name(entry.split, "split"), []).append(entry.name)

    def finish(self) -> None:
        lists = {f"{SPLIT_LISTS}/{split}.txt": _list(names) for split, names in self._splits.items()}
        classes = class_names_csv(self.vocabulary).encode("utf-8", "surrogateescape")
        for path, data in {f"{Path(CLASSIFICATION).name}/{CLASS_NAMES}": classes, **lists}.items():
            make_folder((self.folder / path).parent)
            write_file(self.folder / path, data)


def _list(names: list[str]) -> bytes:
    """A list of pages: number and name in each line."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(enumerate(names))
    return text.getvalue().encode("utf-8", "surrogateescape")


FORMAT = Format(
    name="deepscores_v1",
    title="DeepScores v1 (2018), with v1-extended's tags",
    holds=frozenset({"ids", "onset", "duration", "staff position", "split"}),
    here=lambda path: find_detection(path, built=False) is not None,
    read=DeepScoresV1Source,
    writer=DeepScoresV1Writer,
)
