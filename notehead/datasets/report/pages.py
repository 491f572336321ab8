"""`PageSummary` and what the gallery needs of a page: its data as a script, and a thumbnail."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import cv2
import numpy as np

from notehead.datasets.overlay import class_colours
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.page import ABSENT
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from notehead.page import Symbols

_THUMBNAIL = 380, 540  # at most so wide and so high: twice what the gallery shows, for fine screens
_LONGEST_KEY = 180  # bytes; file systems allow 255
_INTEGERS = "staff", "system", "measure", "voice", "position", "diatonic", "alter"
_FRACTIONS = "onset", "duration"


@dataclass(frozen=True, slots=True)
class PageSummary:
    """A page in the gallery.

    Attributes:
        name: unique in the dataset.
        image: its file, relative to the dataset's folder, with forward slashes.
        width: in pixels.
        height: in pixels.
        symbols: what stands on it.
        split: "train" or "test".
        score: name of its score.
        font: music font.
        staff_space: in pixels, 0 where it is not known.
    """

    name: str
    image: str
    width: int
    height: int
    symbols: Symbols
    split: str
    score: str = ""
    font: str = ""
    staff_space: float = 0.0

    @property
    def key(self) -> str:
        """Its name with only letters, digits, `_`, `-` and `.`: fit for file names and addresses.

        Example:
            >>> from notehead.page import Symbols
            >>> PageSummary("a b--page-1", "images/a b.png", 9, 9, Symbols(), "train").key
            'a~20b--page-1'
        """
        key = re.sub(r"[^\w.-]", lambda match: f"~{ord(match[0]):X}", self.name)
        if len(key.encode()) <= _LONGEST_KEY:
            return key
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return f"{key.encode()[: _LONGEST_KEY - 17].decode(errors='ignore')}~{digest}"

    @property
    def url(self) -> str:
        """The image's address, relative to the report.

        Raises:
            DatasetError: the image lies outside of the dataset's folder.
        """
        path = PurePosixPath(self.image)
        if path.is_absolute() or ".." in path.parts:
            message = f"the image of page {self.name} lies outside of the dataset: {self.image}"
            raise DatasetError(message, "Run `notehead verify`.")
        return quote(os.fsencode(str(path)))


def safe_json(value: Any) -> str:
    r"""Compact JSON in ASCII that neither a script nor a page takes for markup.

    Example:
        >>> safe_json({"a": "</script>"})
        '{"a":"\\u003c/script>"}'
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def page_script(page: PageSummary) -> str:
    """The script that hands a page's data to the viewer."""
    return f"notehead.pages.set({safe_json(page.key)},{safe_json(_page_data(page))});\n"


def thumbnail(folder: Path, page: PageSummary) -> bytes:
    """A small PNG of a page.

    Raises:
        DatasetError: its image cannot be read.
    """
    image = _read_grey(folder / page.image)
    if image is None:
        message = f"the image of page {page.name} cannot be read: {page.image}"
        raise DatasetError(message, "Run `notehead verify`.")
    height, width = image.shape
    scale = min(1.0, _THUMBNAIL[0] / width, _THUMBNAIL[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return encode_png(small.astype(np.uint8))


def _read_grey(path: Path) -> NDArray[np.uint8] | None:
    try:  # not cv2.imread: on Windows it opens no file whose name is not plain
        encoded = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None
    image = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE) if encoded.size else None
    return None if image is None else np.asarray(image, np.uint8)


def _page_data(page: PageSummary) -> dict[str, Any]:
    symbols = page.symbols
    labels, place, counts = np.unique(symbols.label, return_inverse=True, return_counts=True)
    ranked = np.argsort(-counts, kind="stable")
    rank_of = np.argsort(ranked)
    colours = class_colours()[labels]
    data: dict[str, Any] = {
        "key": page.key,
        "name": page.name,
        "image": page.url,
        "width": page.width,
        "height": page.height,
        "split": page.split,
        "score": page.score,
        "font": page.font,
        "space": round(page.staff_space, 2),
        "classes": [
            [VOCABULARY.by_id[int(labels[i])].name, f"#{colours[i].tobytes().hex()}", int(counts[i])]
            for i in ranked
        ],
        "label": rank_of[place].tolist(),
        "id": symbols.id.tolist(),
        "box": _numbers(symbols.box.ravel(), 1),
        "oriented": _oriented(symbols),
        "links": _link_rows(symbols),
    }
    return data | _known_columns(symbols)


def _known_columns(symbols: Symbols) -> dict[str, Any]:
    """The columns in which any symbol has a value."""
    columns: dict[str, list[Any]] = {
        name: [None if value == ABSENT else value for value in getattr(symbols, name).tolist()]
        for name in _INTEGERS
    }
    columns |= {name: _numbers(getattr(symbols, name), 4) for name in _FRACTIONS}
    columns["text"] = [None if text is None else str(text) for text in symbols.text]
    columns["confidence"] = [None if score == 1 else round(score, 3) for score in symbols.score.tolist()]
    return {name: values for name, values in columns.items() if any(value is not None for value in values)}


def _oriented(symbols: Symbols) -> dict[int, list[Any]]:
    """The corners of the symbols whose oriented box is not their upright one, by row."""
    upright = symbols.box[:, [0, 1, 2, 1, 2, 3, 0, 3]]
    corners = symbols.corners.reshape(-1, 8)
    differ = np.flatnonzero((np.abs(corners - upright) > 0.05).any(axis=1))
    return {row: _numbers(corners[row], 1) for row in differ.tolist()}


def _link_rows(symbols: Symbols) -> list[int]:
    row_of = {number: row for row, number in enumerate(symbols.id.tolist())}
    known = [(row_of[a], row_of[b]) for a, b in symbols.links.tolist() if a in row_of and b in row_of]
    return [row for pair in known for row in pair]


def _numbers(values: NDArray[np.float64], digits: int) -> list[Any]:
    """Rounded for JSON: whole numbers without a point, None for what is no number."""
    rounded = np.round(values, digits).tolist()
    return [(int(v) if v == int(v) else v) if np.isfinite(v) else None for v in rounded]
