"""What `notehead detect` writes: JSON, COCO results, MuNG files, pictures.

A page as JSON is one object. Lengths are pixels of the image in the file, upright as far as the file says:

- `format`: "notehead detection 1"; `name`; `file`; `page`, `pages`: number in the file, how many it has;
- `width`, `height`; `staff_space`; `confidence` in that the page has staves, 0 to 1;
- `turned`: degrees by which the page was turned to the left to be read; `skew`: degrees by which its staves
  then fall; `note`: why there is nothing on it, else empty;
- `staff_lines`: staff, x0, y0, x1, y1 of each;
- `symbols`: `class`, `score`, `box` (x0, y0, x1, y1), `corners` (four x, y), and where there are such `staff`
  (from 0 at the top) and `position` (half staff spaces above the middle line).
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson

from notehead.datasets.formats.mung.nodes import nodes_xml
from notehead.datasets.formats.mung.writer import mung_nodes
from notehead.datasets.overlay import overlay
from notehead.datasets.predictions.coco_results import results_json
from notehead.detect.batch import Read
from notehead.files import GrowingFile, make_folder, write_file
from notehead.images import encode_png
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import VOCABULARY, ClassMap, Vocabulary

FORMAT = "notehead detection 1"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written of each page, and the classes it is brought to; None to leave them."""

    json: bool = True
    coco: bool = False
    muscima: bool = False
    overlay: bool = False
    classes: ClassMap | None = None


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
        plain = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:150] or "page"
        name = first = f"{plain}-p{number}" if count > 1 else plain
        again = 2
        while name.casefold() in self._taken:
            name, again = f"{first}-{again}", again + 1
        self._taken.add(name.casefold())
        return name


class FolderOutput:
    """Writes pages into a folder; each file is whole or absent. A context manager.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: Path, outputs: Outputs) -> None:
        self._folder, self._outputs, self._names = make_folder(folder), outputs, Names()
        self._results = _CocoResults(folder, outputs) if outputs.coco else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._results is not None:
            self._results.close(keep=kind is None)

    def add(self, read: Read) -> None:
        """Write a page."""
        outputs, scan = self._outputs, read.scan
        name = self._names.take(scan.name, scan.number, scan.count)
        page = in_file(read, name, outputs.classes)
        if outputs.json:
            write_file(self._folder / f"{name}.json", page_json(read, page))
        if outputs.muscima:
            write_file(self._folder / f"{name}.xml", nodes_xml(name, mung_nodes(page, masked=False)))
        if outputs.overlay:
            seen = read.reading.page
            picture = overlay(replace(seen, symbols=mapped(seen.symbols, outputs.classes)))
            write_file(self._folder / f"{name}.png", encode_png(picture))
        if self._results is not None:
            self._results.add(page, read)


class _CocoResults:
    """`results.json`, written page by page, and `images.json`: the images and classes that it speaks of."""

    def __init__(self, folder: Path, outputs: Outputs) -> None:
        self._folder = folder
        self._vocabulary: Vocabulary = VOCABULARY if outputs.classes is None else outputs.classes.target
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


def mapped(symbols: Symbols, classes: ClassMap | None) -> Symbols:
    """The symbols in other classes."""
    return symbols if classes is None else symbols.mapped(classes)


def in_file(read: Read, name: str, classes: ClassMap | None = None) -> Page:
    """The page in the pixels of the file's own image, which may be larger than what was read."""
    page, (width, height) = read.reading.page, read.scan.original
    symbols = mapped(page.symbols, classes)
    scale = np.array([width / max(page.width, 1), height / max(page.height, 1)])
    return replace(
        page,
        name=name,
        image=np.empty((0, 0), np.uint8),
        symbols=symbols.replace(box=symbols.box * np.tile(scale, 2), corners=symbols.corners * scale),
        staff_lines=page.staff_lines * np.concatenate(([1.0], np.tile(scale, 2))),
        staff_space=page.staff_space * float(scale[1]),
    )


def page_json(read: Read, page: Page) -> bytes:
    """A page as JSON, on one line."""
    reading, (width, height) = read.reading, read.scan.original
    space = reading.staff_space
    document = {
        "format": FORMAT,
        "name": text(page.name),
        "file": text(read.file),
        "page": read.scan.number,
        "pages": read.scan.count,
        "width": width,
        "height": height,
        "staff_space": round(page.staff_space, 3),
        "confidence": round(reading.confidence, 4),
        "turned": reading.turned,
        "skew": round(space.skew, 2) if space else 0.0,
        "note": "; ".join(reading.notes),
        "staff_lines": page.staff_lines.round(2).tolist(),
        "symbols": _symbols_json(page.symbols),
    }
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def text(name: str | Path) -> str:
    """The name of a file, which need not be text, as JSON can hold it."""
    return str(name).encode("utf-8", "replace").decode()


def _symbols_json(symbols: Symbols) -> list[dict[str, Any]]:
    columns = zip(
        symbols.names,
        symbols.score.round(4).tolist(),
        symbols.box.round(2).tolist(),
        symbols.corners.round(2).tolist(),
        symbols.staff.tolist(),
        symbols.position.tolist(),
        strict=True,
    )
    found = []
    for name, score, box, corners, staff, position in columns:
        row: dict[str, Any] = {"class": name, "score": score, "box": box, "corners": corners}
        row |= {} if staff == ABSENT else {"staff": staff}
        row |= {} if position == ABSENT else {"position": position}
        found.append(row)
    return found
