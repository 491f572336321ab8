"""One pass over a JSON file of any size, in little memory: where things stand, not what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.json_index import kernels
from notehead.datasets.json_index.window import Window, parse
from notehead.errors import DatasetError

CHUNK = 16 * 2**20
NO_IMAGE = int(kernels.NO_VALUE)
"""In `Members.image`: the element names none, which was complained of."""
NO_LABEL = -1

_BLOCK = 1 << 14
"""Elements at a time."""
_INTEGER = re.compile(r"-?[0-9]{1,30}")
_LARGEST_LABEL = int(np.iinfo(np.int32).max)
_NO_KEY = b'"'
"""No key is written like this."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Which keys of an element tell the image that it belongs to, and its class.

    Attributes:
        image: key of the image's id.
        label: key of the class; None where elements have none.
        label_at: where the class stands in it, if it is a list.
    """

    image: str
    label: str | None = None
    label_at: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Where the elements of an array or object stand in a file, in their order; arrays of (n,).

    Attributes:
        keyed: the container is an object: each element has a key.
        start: int64, first byte of an element.
        end: int64, the byte after it.
        key_start: int64, first byte of its key; `start` in an array.
        key_end: int64, the byte after its key.
        image: int64, the id of its image.
        label: int32, its class, `NO_LABEL` where it names none.
    """

    keyed: bool
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    key_start: NDArray[np.int64]
    key_end: NDArray[np.int64]
    image: NDArray[np.int64]
    label: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.start)


class JsonScan:
    """A pass over a JSON file that tells the places of the elements of some of its members.

    Args:
        path: the file: JSON in UTF-8.
        wanted: what to look for in the elements, by the name of the top-level member that holds them.
            None as a name is the file's own array or object.
        complaints: told of elements without an image; by default the first raises.
        chunk: bytes that are in memory at a time; more where one element needs more.

    Attributes:
        ranges: first byte and the byte after of each top-level member's value, as far as it was seen.

    Example:
        >>> scan = JsonScan(Path("instances.json"), {"annotations": Fields("image_id", "category_id")})
        >>> sum(len(block) for _, block in scan.blocks())  # doctest: +SKIP
        41
    """

    def __init__(
        self,
        path: Path,
        wanted: Mapping[str | None, Fields],
        complaints: Complaints | None = None,
        chunk: int = CHUNK,
    ) -> None:
        self.path = path
        self.ranges: dict[str, tuple[int, int]] = {}
        self._wanted = wanted
        self._complaints = complaints or Complaints()
        self._chunk = chunk

    def blocks(self) -> Iterator[tuple[str | None, Members]]:
        """Some thousand elements at a time, with the name of the member that they are in.

        Raises:
            DatasetError: the file cannot be read, is no JSON or cut off; a wanted member is missing; an
                element is no object, or it has no image and the complaints are not to be counted.
        """
        self.ranges = {}
        try:
            with self.path.open("rb", buffering=0) as file:
                window = Window(self.path, file, self._chunk)
                yield from self._whole(window)
                if window.byte(may_end=True):
                    window.fail("something follows after its end")
        except OSError as error:
            message = f"{self.path}: {error.strerror or error}"
            raise DatasetError(message, "Check the path, and that you may read it.") from error

    def _whole(self, window: Window) -> Iterator[tuple[str | None, Members]]:
        opening = window.byte()
        if None in self._wanted:
            if opening not in "[{":
                window.fail("the file holds no array and no object")
            yield from self._elements(window, None)
            return
        if opening != "{":
            window.fail("the file holds no object")
        window.take("{")
        while window.byte() != "}":
            if self.ranges:
                window.take(",")
            yield from self._member(window)
        window.take("}")
        for missing in self._wanted.keys() - self.ranges.keys():
            message = f"{self.path}: there is no {missing!r} in it"
            raise DatasetError(message, "Check that it is the right file.")

    def _member(self, window: Window) -> Iterator[tuple[str | None, Members]]:
        name = window.key()
        if name in self.ranges:
            window.fail(f"there is a second {name!r}")
        opening, start = window.byte(), window.offset
        if name not in self._wanted:
            window.skip()
        elif opening in "[{":
            yield from self._elements(window, name)
        else:
            window.fail(f"{name!r} is no array and no object")
        self.ranges[name] = start, window.offset

    def _elements(self, window: Window, name: str | None) -> Iterator[tuple[str | None, Members]]:
        fields = self._wanted[name]
        image_key, label_key = _key(fields.image), _key(fields.label)
        keyed = window.byte() == "{"
        window.at += 1
        table = np.empty((_BLOCK, kernels.COLUMNS + kernels.SCRATCH), np.int64)
        done, status = 0, kernels.FULL
        while status != kernels.OVER:
            count, window.at, status = kernels.elements(
                window.text, window.at, window.size, keyed, done == 0, image_key, label_key,
                fields.label_at, table,
            )  # fmt: skip
            rows = table[:count]
            image, label = rows[:, kernels.IMAGE], rows[:, kernels.LABEL]
            for row in np.flatnonzero((image <= kernels.ODD) | (label == kernels.ODD)).tolist():
                self._settle(window, rows[row], fields, f"{name or ''}[{done + row}]")
            if count:
                yield name, _members(rows, window.base, keyed=keyed)
            done += count
            if status == kernels.MORE:
                window.read()
            elif status == kernels.OTHER:
                window.fail(f"{name or ''}[{done}] is no object")
            elif status < 0:
                window.fail(at=kernels.bad(status))

    def _settle(self, window: Window, row: NDArray[np.int64], fields: Fields, place: str) -> None:
        """Find an element's image and class by parsing it, where the kernel could not."""
        start, end = int(row[kernels.START]), int(row[kernels.END])
        try:
            record = parse(bytes(window.text[start:end]))
        except ValueError as error:
            window.fail(f"{place} is no JSON ({error})", start)
        labels = record.get(fields.label)
        labels = labels if isinstance(labels, list) else [labels]
        label = as_integer(labels[fields.label_at]) if len(labels) > fields.label_at else None
        image = as_integer(record.get(fields.image))
        row[kernels.LABEL] = NO_LABEL if label is None else label
        row[kernels.IMAGE] = NO_IMAGE if image is None else image
        if image is None:
            cause = f"its {fields.image!r} is {'no integer' if fields.image in record else 'missing'}"
            self._complaints.symbol(str(self.path), place, cause)


def as_integer(value: Any) -> int | None:
    """An integer of 64 bits, given as a number or as a string of digits; None for all else.

    Example:
        >>> as_integer("17"), as_integer(17), as_integer(1.5), as_integer(True)
        (17, 17, None, None)
    """
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 - 2:
        return value
    return None


def _key(name: str | None) -> NDArray[np.uint8]:
    return np.frombuffer(_NO_KEY if name is None else name.encode(), np.uint8)


def _members(rows: NDArray[np.int64], base: int, *, keyed: bool) -> Members:
    label = rows[:, kernels.LABEL]
    known = (label >= 0) & (label <= _LARGEST_LABEL)
    return Members(
        keyed,
        rows[:, kernels.START] + base,
        rows[:, kernels.END] + base,
        rows[:, kernels.KEY_START] + base,
        rows[:, kernels.KEY_END] + base,
        rows[:, kernels.IMAGE].copy(),
        np.where(known, label, NO_LABEL).astype(np.int32),
    )
