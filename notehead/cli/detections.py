"""What `notehead detect` writes into a folder, page by page: files of each page, COCO results of all."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any, Self

import orjson

from notehead.collection.names import plain_name
from notehead.collection.page_files import PageFiles, text, write_page
from notehead.datasets.predictions.coco_results import results_json
from notehead.detect.batch import Read
from notehead.files import GrowingFile, make_folder, write_file
from notehead.page import Page
from notehead.vocabulary import VOCABULARY, Vocabulary


class Names:
    """Names of files for pages: plain, and each used once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, stem: str, number: int, count: int) -> str:
        """The name of a page of a file with `count` pages.

        Example:
            >>> names = Names()
            >>> names.take("My scan", 1, 1), names.take("my scan", 1, 1), names.take("a", 3, 9)
            ('My-scan', 'my-scan-2', 'a-p3')
        """
        plain = plain_name(stem)
        name = first = f"{plain}-p{number}" if count > 1 else plain
        again = 2
        while name.casefold() in self._taken:
            name, again = f"{first}-{again}", again + 1
        self._taken.add(name.casefold())
        return name


class FolderOutput:
    """Writes pages into a folder; each file is whole or absent. A context manager.

    Args:
        folder: to write into.
        files: of each page.
        coco: whether there are results in COCO's form, too.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: Path, files: PageFiles, *, coco: bool = False) -> None:
        self._folder, self._files, self._names = make_folder(folder), files, Names()
        vocabulary = VOCABULARY if files.classes is None else files.classes.target
        self._results = _CocoResults(folder, vocabulary) if coco else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._results is not None:
            self._results.close(keep=kind is None)

    def add(self, read: Read) -> None:
        """Write a page."""
        scan = read.scan
        name = self._names.take(scan.name, scan.number, scan.count)
        page = write_page(self._folder, name, read, self._files)
        if self._results is not None:
            self._results.add(page, read)


class _CocoResults:
    """`results.json`, written page by page, and `images.json`: the images and classes that it speaks of."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._images: dict[int | str, dict[str, Any]] = {}
        self._file = GrowingFile(folder / "results.json")
        self._file.write(b"[")
        self._lead = b"\n"

    def add(self, page: Page, read: Read) -> None:
        image = image_id(page.name, self._images)
        width, height = read.scan.original
        self._images[image] = {"id": image, "file_name": text(read.file), "width": width, "height": height}
        records = b"".join(results_json([(image, page.symbols)])).strip(b"[]\n")
        if records:
            self._file.write(self._lead + records)
            self._lead = b",\n"

    def close(self, *, keep: bool) -> None:
        if not keep:
            self._file.discard()
            return
        self._file.write(b"\n]\n")
        rows = self._vocabulary.classes
        categories = [{"id": row.id, "name": row.name, "supercategory": row.kind} for row in rows]
        images = {"images": list(self._images.values()), "categories": categories}
        write_file(self._folder / "images.json", orjson.dumps(images, option=orjson.OPT_APPEND_NEWLINE))
        self._file.keep()


def image_id(name: str, taken: Container[int | str]) -> int | str:
    """The id of an image in COCO results: its name; the number that it is, as in COCO's own files.

    Example:
        >>> image_id("000000000139", set()), image_id("139", {139}), image_id("scan-p1", set())
        (139, '139', 'scan-p1')
    """
    if name.isascii() and name.isdigit() and len(name) < 19 and int(name) not in taken:
        return int(name)
    return name
