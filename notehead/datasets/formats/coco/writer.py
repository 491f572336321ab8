"""Writes COCO's format: pages one by one, annotations straight into the files of their parts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from notehead.datasets.formats.coco.layout import FOLDER, WHOLE
from notehead.datasets.formats.coco.records import page_records
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.format import WriteOptions, Writer
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import GrowingFile, make_folder, write_file
from notehead.images import encode_png
from notehead.page import Origin, Page
from notehead.vocabulary import Vocabulary


class CocoWriter(Writer):
    """Writes COCO's format."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._files: dict[str, _SplitFile] = {}
        self._licences: dict[str, int] = {}
        self._pages = self._symbols = 0
        self._head = _head(vocabulary, options.description)
        for name in ("images", FOLDER):
            make_folder(folder / name)

    def page(self, entry: PageEntry, page: Page) -> tuple[bytes, list[bytes]]:
        path = self.folder / "images" / f"{plain_name(entry.name, 'page')}.png"
        with _texts(f"page {entry.name!a}"):
            image = orjson.dumps(_image_record(entry, page, masks=self.options.masks))
            records = page_records(page, masks=self.options.masks)
        write_file(path, encode_png(page.image, page.origin.resolution))
        return image, records

    def add(self, entry: PageEntry, record: tuple[bytes, list[bytes]]) -> None:
        split = entry.split
        if split not in self._files:
            self._files[split] = _SplitFile(self.folder / FOLDER, split, self._head)
        self._pages += 1
        image, records = record
        licence = b""
        if entry.licence:
            licence = b'"license":%d,' % self._licences.setdefault(entry.licence, len(self._licences) + 1)
        self._files[split].add(self._pages, licence + image[1:], self._symbols + 1, records)
        self._symbols += len(records)

    def finish(self) -> None:
        if not self._files:
            self._files[""] = _SplitFile(self.folder / FOLDER, "", self._head)
        licences = [{"id": number, "name": name, "url": ""} for name, number in self._licences.items()]
        for file in self._files.values():
            with _texts("the licences"):
                file.finish(orjson.dumps(licences))

    def close(self) -> None:
        for file in self._files.values():
            file.close()


@contextmanager
def _texts(what: str) -> Iterator[None]:
    """JSON is Unicode: names that are none of it, as files can have them, cannot be in it."""
    try:
        yield
    except TypeError as error:
        message = f"{what}: a name or text is no Unicode ({error})"
        raise DatasetError(message, "Rename the file, the class or the score that it comes from.") from error


def _head(vocabulary: Vocabulary, description: str) -> bytes:
    """All that stands before the annotations."""
    info = {"description": description, "version": "1.0", "contributor": "notehead"}
    categories = [{"id": row.id, "name": row.name, "supercategory": row.kind} for row in vocabulary.classes]
    with _texts("the classes"):
        return orjson.dumps({"info": info, "categories": categories})[:-1] + b',"annotations":['


def _image_record(entry: PageEntry, page: Page, *, masks: bool) -> dict[str, Any]:
    """What an image's record holds beside its id and licence."""
    attributes: dict[str, Any] = {}
    if page.ids is not None and masks:
        attributes["masks"] = True
    if page.staff_space:
        attributes["staff_space"] = round(page.staff_space, 4)
    if len(page.staff_lines):
        attributes["staff_lines"] = page.staff_lines.round(3).tolist()
    if page.origin != Origin():
        attributes["origin"] = asdict(page.origin)
    return {
        "file_name": f"{entry.name}.png",
        "width": page.width,
        "height": page.height,
        "attributes": attributes,
    }


class _SplitFile:
    """One file in the making: annotations go straight into it, images wait for the end."""

    def __init__(self, folder: Path, split: str, head: bytes) -> None:
        name = f"instances_{plain_name(split, 'split')}.json" if split else WHOLE
        self._file = GrowingFile(folder / name)
        self._images = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by `close`
        self._annotations = self._pages = 0
        self._file.write(head)

    def add(self, image_id: int, image: bytes, first: int, records: list[bytes]) -> None:
        """Enter an image and its annotations, which are numbered from `first` on."""
        lines = [
            b'{"id":%d,"image_id":%d,%b' % (place, image_id, record)
            for place, record in enumerate(records, first)
        ]
        if lines:
            self._file.write((b",\n" if self._annotations else b"\n") + b",\n".join(lines))
        self._annotations += len(records)
        self._images.write((b",\n" if self._pages else b"\n") + b'{"id":%d,' % image_id + image)
        self._pages += 1

    def finish(self, licences: bytes) -> None:
        self._file.write(b'],"licenses":' + licences + b',"images":[')
        self._images.seek(0)
        shutil.copyfileobj(self._images, self._file)
        self._file.write(b"]}\n")
        self._file.keep()
        self._images.close()

    def close(self) -> None:
        self._file.discard()
        self._images.close()
