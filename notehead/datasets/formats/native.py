"""notehead's own page file: all columns of `Symbols`, the second id layer, and how the page was made.

`pages/NAME.json.gz`, one JSON object:

- `format`: "notehead page 1"; `name`, `width`, `height`, `staff_space`, `staff_lines`, `origin`;
- `symbols`: one flat list per column of `Symbols` (4 numbers a box, 8 an oriented box, 2 a link), null
  for NaN; `text` only for symbols that have one, by id;
- `under`: runs (first pixel, length, id) of the second id layer, one flat list.

The image and the top id layer are in `images/` and `instance/`, as DeepScoresV2 has them.
"""

from __future__ import annotations

import gzip
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from zlib_ng import zlib_ng

from notehead.errors import DatasetError
from notehead.images import instance_ids, overlap_runs, put_runs, read_png
from notehead.page import COLUMNS, Origin, Page, Symbols

FORMAT = "notehead page 1"
_GZIP_BITS = 31
"""zlib's way to ask for a gzip file; it bears no date."""
_DECIMALS = {"box": 3, "corners": 3, "score": 6}
_PLAIN = [column for column in COLUMNS if column != "text"]


def page_bytes(page: Page) -> bytes:
    """The page file of a page; its image and ids are written elsewhere."""
    columns: dict[str, Any] = {}
    for column in _PLAIN:
        values = getattr(page.symbols, column)
        digits = _DECIMALS.get(column)
        columns[column] = (values if digits is None else values.round(digits)).ravel()
    texts = zip(page.symbols.id.tolist(), page.symbols.text, strict=True)
    columns["text"] = {str(identity): text for identity, text in texts if text is not None}
    under = page.under if page.under is not None else np.zeros((0, 0), np.uint16)
    document = {
        "format": FORMAT,
        "name": page.name,
        "width": page.width,
        "height": page.height,
        "staff_space": round(page.staff_space, 4),
        "staff_lines": page.staff_lines.round(3),
        "origin": asdict(page.origin),
        "symbols": columns,
        "under": overlap_runs(under).ravel(),
    }
    data = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    gzip_file = zlib_ng.compressobj(2, zlib_ng.DEFLATED, _GZIP_BITS)
    return bytes(gzip_file.compress(data) + gzip_file.flush())


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object of a page file.

    Raises:
        DatasetError: the file is missing, damaged, or of another format.
    """
    try:
        document = orjson.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        message = f"{path.name}: {getattr(error, 'strerror', None) or error}"
        raise DatasetError(message, "Run `notehead verify` to see what is damaged.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = f"{path.name}: not a page file of this version"
        raise DatasetError(message, f"Expected {FORMAT!r}.")
    return document


def symbols_of(document: dict[str, Any]) -> Symbols:
    """The symbols of a page file's object."""
    columns = dict(document["symbols"])
    texts = columns.pop("text")
    empty = Symbols()
    arrays: dict[str, NDArray[Any]] = {}
    for column in _PLAIN:
        pattern = getattr(empty, column)
        values = np.array(columns[column], pattern.dtype)
        arrays[column] = values.reshape(-1, *pattern.shape[1:])
    text = np.full(len(arrays["id"]), None, object)
    if texts:
        row_of = {str(identity): row for row, identity in enumerate(arrays["id"].tolist())}
        for identity, letters in texts.items():
            text[row_of[identity]] = letters
    return Symbols(**arrays, text=text)


def read_page(folder: Path, name: str) -> Page:
    """A page of a dataset in `folder`, with image and both id layers."""
    document = read_document(folder / "pages" / f"{name}.json.gz")
    known = {item.name for item in fields(Origin)}
    origin = Origin(**{key: value for key, value in document["origin"].items() if key in known})
    image = read_png(folder / "images" / f"{name}.png")
    shape = document["height"], document["width"]
    if image.shape != shape:
        message = (
            f"{name}.png is {image.shape[1]} x {image.shape[0]}, its page file says {shape[1]} x {shape[0]}"
        )
        raise DatasetError(message, "Run `notehead verify` to see what else differs.")
    runs = np.array(document["under"], np.int32).reshape(-1, 3)
    return Page(
        name=name,
        image=image,
        symbols=symbols_of(document),
        ids=instance_ids(read_png(folder / "instance" / f"{name}_inst.png")),
        under=put_runs(runs, shape),
        staff_lines=np.array(document["staff_lines"], np.float64).reshape(-1, 5),
        staff_space=document["staff_space"],
        origin=origin,
    )
