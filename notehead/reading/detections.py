"""What `notehead detect` wrote, read again: a page as JSON on each line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from notehead.images.failure import DocumentError
from notehead.images.options import MOST_SIDE
from notehead.page import ABSENT, Origin, Page, Symbols
from notehead.vocabulary import VOCABULARY

FORMAT = "notehead detection 1"
ENDINGS = (".json", ".jsonl")
_HEAD = b'{"format":"' + FORMAT.encode()
_MOST_BYTES = 500_000_000
_MOST_SYMBOLS = 100_000
_FAR = 10.0
"""So many times its size beyond a page no symbol lies."""
_AGAIN = "Write it anew with `notehead detect`."


@dataclass(frozen=True, eq=False)
class Detection:
    """A page as `notehead detect` wrote it.

    Attributes:
        page: in the pixels of its file; its image is blank.
        file: where it was read from.
        number: of the page in that file, from 1.
        count: pages of that file.
        turned: degrees by which it is turned to the left to be read.
        skew: degrees by which its staves then fall.
        note: why there is nothing on it, else empty.
    """

    page: Page
    file: str
    number: int
    count: int
    turned: int
    skew: float
    note: str


def holds_detections(file: Path) -> bool:
    """Whether a file begins as `notehead detect` begins one."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(_HEAD)) == _HEAD
    except OSError:
        return False


def read_detections(file: Path) -> Iterator[Detection | DocumentError]:
    """The pages of a file, one on each line; what cannot be used comes as an error in its place."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            message = "it is larger than any file that `notehead detect` writes"
            yield DocumentError(message, _AGAIN).at(str(file))
            return
        lines = file.read_bytes().splitlines()
    except OSError as error:
        message = f"it cannot be read ({error.strerror or error})"
        yield DocumentError(message).at(str(file))
        return
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        yield DocumentError("it is empty", _AGAIN).at(str(file))
    for number, line in rows:
        try:
            yield detection_of(line)
        except DocumentError as error:
            yield error.at(str(file), number if len(rows) > 1 else 0)


def detection_of(line: bytes) -> Detection:
    """A page from its JSON.

    Raises:
        DocumentError: it is no page, or it is damaged.
    """
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        message = "it is no JSON"
        raise DocumentError(message, _AGAIN) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        message = "`notehead detect` did not write it"
        raise DocumentError(message, _AGAIN)
    try:
        return _detection(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"it is damaged ({type(error).__name__}: {error})"[:200]
        raise DocumentError(message, _AGAIN) from error


def _detection(found: dict[str, Any]) -> Detection:
    width, height = _whole(found["width"], 1, MOST_SIDE), _whole(found["height"], 1, MOST_SIDE)
    rows = found["symbols"]
    if len(rows) > _MOST_SYMBOLS:
        message = f"{len(rows):,} symbols are more than any page has"
        raise ValueError(message)
    reach = _FAR * max(width, height)
    number = _whole(found["page"], 1, 10_000_000)
    page = Page(
        str(found["name"]),
        np.broadcast_to(np.uint8(255), (height, width)),
        _symbols(rows, reach),
        staff_lines=_numbers(found["staff_lines"], (5,), reach),
        staff_space=float(_numbers([found["staff_space"]], (), reach)[0]),
        origin=Origin(number=number),
    )
    turned = _whole(found["turned"], 0, 270) // 90 * 90
    skew = float(_numbers([found["skew"]], (), 45.0)[0])
    count = _whole(found["pages"], number, 10_000_000)
    return Detection(page, str(found["file"]), number, count, turned, skew, str(found["note"]))


def _symbols(rows: list[dict[str, Any]], reach: float) -> Symbols:
    unknown = {str(row["class"]) for row in rows} - {row.name for row in VOCABULARY.classes}
    if unknown:
        message = f"unknown class {min(unknown)!r}; detect without --classes"
        raise ValueError(message)
    box = _numbers([row["box"] for row in rows], (4,), reach)
    corners = _numbers([row["corners"] for row in rows], (4, 2), reach)
    return Symbols.build(
        [str(row["class"]) for row in rows],
        np.hstack((np.minimum(box[:, :2], box[:, 2:]), np.maximum(box[:, :2], box[:, 2:]))),
        corners=corners,
        score=_numbers([row["score"] for row in rows], (), 1.0),
        staff=[_whole(row.get("staff", ABSENT), ABSENT, 10_000) for row in rows],
        position=[_whole(row.get("position", ABSENT), ABSENT, 10_000) for row in rows],
    )


def _numbers(values: Any, shape: tuple[int, ...], reach: float) -> NDArray[np.float64]:
    """Finite numbers up to `reach`, an array (n, *shape)."""
    array = np.asarray(values, np.float64).reshape(-1, *shape)
    if len(array) != len(values) or not (np.abs(array) <= reach).all():
        message = "a number is out of range"
        raise ValueError(message)
    return array


def _whole(value: object, least: int, most: int) -> int:
    number = float(value) if isinstance(value, int | float) else math.nan
    if not least <= number <= most:
        message = f"{value!r} is out of range"
        raise ValueError(message)
    return int(number)
