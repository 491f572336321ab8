"""The files of a page that was detected: JSON, MuNG, a picture.

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

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.formats.mung.nodes import nodes_xml
from notehead.datasets.formats.mung.writer import mung_nodes
from notehead.datasets.overlay import overlay
from notehead.detect.batch import Read
from notehead.files import write_file
from notehead.images import encode_png
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import ClassMap

FORMAT = "notehead detection 1"


@dataclass(frozen=True, slots=True)
class PageFiles:
    """What is written of each page, and the classes it is brought to; None to leave them."""

    json: bool = True
    muscima: bool = False
    overlay: bool = False
    classes: ClassMap | None = None


def write_page(folder: Path, name: str, read: Read, files: PageFiles) -> Page:
    """Write the files of a page; the page as they have it.

    Raises:
        OutputError: the folder cannot be written.
    """
    page = in_file(read, name, files.classes)
    if files.json:
        write_file(folder / f"{name}.json", page_json(read, page))
    if files.muscima:
        write_file(folder / f"{name}.xml", nodes_xml(name, mung_nodes(page, masked=False)))
    if files.overlay:
        seen = read.reading.page
        picture = overlay(replace(seen, symbols=_mapped(seen.symbols, files.classes)))
        write_file(folder / f"{name}.png", encode_png(picture))
    return page


def in_file(read: Read, name: str, classes: ClassMap | None = None) -> Page:
    """The page in the pixels of the file's own image, which may be larger than what was read."""
    page, (width, height) = read.reading.page, read.scan.original
    symbols = _mapped(page.symbols, classes)
    scale = np.array([width / max(page.width, 1), height / max(page.height, 1)])
    return replace(
        page,
        name=name,
        image=np.empty((0, 0), np.uint8),
        symbols=symbols.replace(box=symbols.box * np.tile(scale, 2), corners=symbols.corners * scale),
        staff_lines=page.staff_lines * np.concatenate(([1.0], np.tile(scale, 2))),
        staff_space=page.staff_space * float(scale[1]),
    )


def _mapped(symbols: Symbols, classes: ClassMap | None) -> Symbols:
    """The symbols in other classes."""
    return symbols if classes is None else symbols.mapped(classes)


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
