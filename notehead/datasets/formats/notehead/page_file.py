"""notehead's own page file: all columns of `Symbols`, the second id layer, and how the page was made.

`pages/NAME.json.gz`, one JSON object:

- `format`: "notehead page 1"; `name`, `width`, `height`, `staff_space`, `staff_lines`, `origin`;
- `symbols`: one flat list per column of `Symbols` (4 numbers a box, 8 an oriented box, 2 a link), null
  for NaN; `text` only for symbols that have one, by id;
- `under`: runs (first pixel, length, id) of the second id layer, one flat list;
- `masks`: false for a page that has none, else left out.

The image and the top id layer are in `images/` and `instance/`, as DeepScoresV2 has them.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
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
from notehead.vocabulary import VOCABULARY, Vocabulary

FORMAT = "notehead page 1"
_GZIP_BITS = 31
"""zlib's way to ask for a gzip file; it bears no date."""
_DECIMALS = {"box": 3, "corners": 3, "score": 6}
_PLAIN = [column for column in COLUMNS if column != "text"]
_PARTS: dict[str, type | tuple[type, ...]] = {
    "name": str, "width": int, "height": int, "staff_space": (int, float), "staff_lines": list,
    "origin": dict, "symbols": dict, "under": list,
}  # fmt: skip
_NO_TEXT = re.compile("[\ud800-\udfff]")
_MOST = np.iinfo(np.uint16).max
"""The largest id that a mask holds."""


def page_bytes(page: Page) -> bytes:
    """The page file of a page; its image and ids are written elsewhere."""
    columns: dict[str, Any] = {}
    for column in _PLAIN:
        values = getattr(page.symbols, column)
        digits = _DECIMALS.get(column)
        columns[column] = (values if digits is None else values.round(digits)).ravel()
    texts = zip(page.symbols.id.tolist(), page.symbols.text, strict=True)
    columns["text"] = {str(identity): _text(text) for identity, text in texts if text is not None}
    under = page.under if page.under is not None else np.zeros((0, 0), np.uint16)
    document = {
        "format": FORMAT,
        "name": _text(page.name),
        "width": page.width,
        "height": page.height,
        "staff_space": round(page.staff_space, 4),
        "staff_lines": page.staff_lines.round(3),
        "origin": {key: _text(value) for key, value in asdict(page.origin).items()},
        "symbols": columns,
        "under": overlap_runs(under).ravel(),
        **({"masks": False} if page.ids is None else {}),
    }
    data = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    gzip_file = zlib_ng.compressobj(2, zlib_ng.DEFLATED, _GZIP_BITS)
    return bytes(gzip_file.compress(data) + gzip_file.flush())


def _text(value: Any) -> Any:
    """Text that JSON can hold: file names may be none. Other values stay as they are."""
    return _NO_TEXT.sub("\ufffd", value) if isinstance(value, str) else value


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object of a page file.

    Raises:
        DatasetError: the file is missing, damaged, or of another format.
    """
    try:
        document = orjson.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        message = f"{path.name}: {getattr(error, 'strerror', None) or error}"
        raise DatasetError(message, "Run `notehead verify` to see what is damaged.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = f"{path.name}: not a page file of this version"
        raise DatasetError(message, f"Expected {FORMAT!r}.")
    strange = [part for part, kind in _PARTS.items() if not isinstance(document.get(part), kind)]
    if strange:
        raise _damaged(path.name, f"no good {strange[0]}")
    return document


def _damaged(name: str, what: object) -> DatasetError:
    return DatasetError(f"{name}: damaged ({what})", "Run `notehead verify` to see what else is.")


@contextmanager
def _checked(name: str) -> Iterator[None]:
    """Whatever goes wrong inside is the page file's damage."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _damaged(name + ".json.gz", error) from error


def symbols_of(document: dict[str, Any], vocabulary: Vocabulary = VOCABULARY) -> Symbols:
    """The symbols of a page file's object; raises DatasetError where they cannot be."""
    with _checked(document["name"]):
        symbols = _symbols_of(dict(document["symbols"])).replace(vocabulary=vocabulary)
        _check(symbols)
    return symbols


def _symbols_of(columns: dict[str, Any]) -> Symbols:
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
    arrays["text"] = text
    return empty.replace(**arrays)


def _check(symbols: Symbols) -> None:
    """Raise ValueError for symbols that would lead readers astray."""
    identities, count = symbols.id, len(symbols)
    checks = (
        (all(len(getattr(symbols, column)) == count for column in COLUMNS[:-1]), "columns differ in length"),
        (len(np.unique(identities)) == count, "two symbols have one id"),
        (((identities > 0) & (identities <= _MOST)).all(), "an id is out of range"),
        (np.isin(symbols.label, list(symbols.vocabulary.by_id)).all(), "a class is unknown"),
        (np.isfinite(symbols.box).all() and np.isfinite(symbols.corners).all(), "a box is no box"),
        (np.isin(symbols.links, identities).all(), "a link leads to no symbol"),
        (all(text is None or isinstance(text, str) for text in symbols.text), "a text is no text"),
    )
    for good, message in checks:
        if not good:
            raise ValueError(message)


def read_page(folder: Path, name: str, vocabulary: Vocabulary = VOCABULARY) -> Page:
    """A page of a dataset in `folder`, with image and both id layers.

    Raises:
        DatasetError: a file of the page is missing or damaged.
    """
    document = read_document(folder / "pages" / f"{name}.json.gz")
    known = {item.name for item in fields(Origin)}
    shape = document["height"], document["width"]
    image = _sized_png(folder / "images" / f"{name}.png", shape)
    masked = document.get("masks", True) is True
    ids = instance_ids(_sized_png(folder / "instance" / f"{name}_inst.png", (*shape, 3))) if masked else None
    with _checked(name):
        return Page(
            name=name,
            image=image,
            symbols=symbols_of(document, vocabulary),
            ids=ids,
            under=put_runs(_runs(document["under"], image.size), shape) if masked else None,
            staff_lines=np.array(document["staff_lines"], np.float64).reshape(-1, 5),
            staff_space=document["staff_space"],
            origin=Origin(**{key: value for key, value in document["origin"].items() if key in known}),
        )


def _sized_png(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    pixels = read_png(path)
    if pixels.shape != shape:
        message = f"{path.name} is {_size(pixels.shape)}, its page should have {_size(shape)}"
        raise DatasetError(message, "Run `notehead verify` to see what else differs.")
    return pixels


def _runs(numbers: list[int], pixels: int) -> NDArray[np.int32]:
    runs = np.array(numbers, np.int32).reshape(-1, 3)
    start, length, identity = runs.T.astype(np.int64)
    if (runs < 0).any() or (start + length > pixels).any() or (identity > _MOST).any():
        message = "a run of pixels leaves the page"
        raise ValueError(message)
    return runs


def _size(shape: tuple[int, ...]) -> str:
    """Say a shape as people do: width x height, and the channels if there are some."""
    return " x ".join(map(str, (shape[1], shape[0], *shape[2:])))
