"""DeepScoresV2 as a format: any dataset in its layout.

`images/`, `segmentation/` and `instance/` for pages with masks, and one JSON file a split, or one for
each 2,000 pages of it: see `deepscores_v2.py`. Classes that notehead knows get V2's ids and names, where
it knows all of a dataset's; other vocabularies stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.formats.deepscores_v2.source import DeepScoresV2Source, is_deepscores_v2
from notehead.datasets.formats.format import Format, WriteOptions, Writer
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import GrowingFile, make_folder, output_error, write_file
from notehead.images import class_image, encode_png, instance_image
from notehead.page import Page
from notehead.version import RELEASED, __version__
from notehead.vocabulary import VOCABULARY, ClassMap, Vocabulary, class_map

_IDS = 1 << 16
"""Ids that masks can hold."""


class DeepScoresV2Writer(Writer):
    """Writes DeepScoresV2's layout."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._map = known_classes(vocabulary)
        info = {
            "description": options.description,
            "version": __version__,
            "year": int(RELEASED[:4]),
            "contributor": "notehead",
            "date_created": RELEASED,
            "url": "",
        }
        with _texts("the classes"):
            self._head = v2.json_head(info, vocabulary if self._map is None else VOCABULARY)
        self._splits: dict[str, _Split] = {}
        self._images = self._annotations = 1
        make_folder(folder / "images")

    def page(self, entry: PageEntry, page: Page) -> tuple[bytes, list[bytes]]:
        name = plain_name(entry.name, "page")
        symbols = page.symbols if self._map is None else page.symbols.mapped(self._map)
        with _texts(f"page {name!a}"):
            image = orjson.dumps({"filename": f"{name}.png", "width": page.width, "height": page.height})
        write_file(self.folder / "images" / f"{name}.png", encode_png(page.image, page.origin.resolution))
        if self.options.masks and page.ids is not None:
            greys = class_image(page.ids, v2.grey_table(symbols)[:_IDS])
            masks = {
                f"segmentation/{name}_seg.png": greys,
                f"instance/{name}_inst.png": instance_image(page.ids),
            }
            for path, pixels in masks.items():
                make_folder((self.folder / path).parent)
                write_file(self.folder / path, encode_png(pixels))
        return image, [_bytes_of(record) for record in v2.records(symbols, 0, every=True)]

    def add(self, entry: PageEntry, record: tuple[bytes, list[bytes]]) -> None:
        if entry.split not in self._splits:
            plain_name(entry.split or "-", "split")
            self._splits[entry.split] = _Split(self.folder, entry.split, self._head)
        image, records = record
        self._splits[entry.split].add(self._images, self._annotations, image, records)
        self._images += 1
        self._annotations += len(records)

    def finish(self) -> None:
        if not self._splits:
            self._splits["train"] = _Split(self.folder, "train", self._head)
        for split in self._splits.values():
            split.finish()

    def close(self) -> None:
        for split in self._splits.values():
            split.close()


def known_classes(vocabulary: Vocabulary) -> ClassMap | None:
    """The way to notehead's vocabulary, if each class has one of its own there; None where one has not."""
    mapping = class_map(vocabulary, VOCABULARY)
    if mapping.dropped or len(set(mapping.names.values())) < len(vocabulary):
        return None
    return mapping


@contextmanager
def _texts(what: str) -> Iterator[None]:
    """JSON is Unicode: names that are none of it, as files can have them, cannot be in it."""
    try:
        yield
    except TypeError as error:
        message = f"{what}: a name is no Unicode ({error})"
        raise DatasetError(message, "Rename the file or the class that it comes from.") from error


def _bytes_of(record: dict[str, Any]) -> bytes:
    """A record without its image, whose number is not known yet."""
    del record["img_id"]
    return orjson.dumps(record)


class _Split:
    """The JSON files of a split: one, or several where it has more pages than one holds."""

    def __init__(self, folder: Path, split: str, head: bytes) -> None:
        self._folder, self._split, self._head = folder, split, head
        self._ended: list[Path] = []
        self._begin()

    def _begin(self) -> None:
        """Begin the next file, named as one of several."""
        number = len(self._ended)
        names = v2.json_names(self._split, (number + 1) * v2.PAGES_PER_FILE + 1)
        self._file = GrowingFile(self._folder / names[number])
        self._file.write(self._head)
        self._images: list[bytes] = []
        self._lead = b""

    def add(self, image_id: int, first: int, image: bytes, records: list[bytes]) -> None:
        """Append a page, whose annotations are numbered from `first` on."""
        if len(self._images) == v2.PAGES_PER_FILE:
            self._end()
            self._begin()
        numbers = range(first, first + len(records))
        lines = [
            b'"%d":{"img_id":"%d",%b' % (number, image_id, record[1:])
            for number, record in zip(numbers, records, strict=True)
        ]
        if lines:
            self._file.write(self._lead + b",".join(lines))
            self._lead = b","
        identities = orjson.dumps([str(number) for number in numbers])
        self._images.append(b'{"id":%d,%b,"ann_ids":%b}' % (image_id, image[1:-1], identities))

    def _end(self) -> None:
        self._file.write(b'},"images":[' + b",".join(self._images) + b"]}")
        self._file.keep()
        self._ended.append(self._file.path)

    def finish(self) -> None:
        """End the last file; where it is the only one, it is called so."""
        self._end()
        if len(self._ended) == 1:
            only = self._folder / v2.json_names(self._split, 0)[0]
            try:
                self._ended[0].replace(only)
            except OSError as error:
                raise output_error(only, error) from error

    def close(self) -> None:
        """Leave nothing unfinished behind."""
        self._file.discard()


FORMAT = Format(
    name="deepscores_v2",
    title="DeepScoresV2",
    holds=frozenset({
        "ids", "oriented boxes", "areas", "masks", "onset", "duration", "staff position", "split",
    }),
    here=is_deepscores_v2,
    read=DeepScoresV2Source,
    writer=DeepScoresV2Writer,
)  # fmt: skip
