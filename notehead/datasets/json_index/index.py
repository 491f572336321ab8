"""Where the annotations of each image stand in a JSON file, so that a page costs a few seeks.

A file of a million annotations becomes some numbers per page: nothing is kept of the annotations but
the place of those of an image, how many they are, and which classes they have. See `scan.py` for
how they are found.

Example:
    >>> index = by_image(scan_members(path, "annotations", "image_id", "category_id"))  # doctest: +SKIP
    >>> [(key, record["bbox"]) for key, record in index.load(path, 17)]  # doctest: +SKIP
    [('', [1, 2, 30, 40]), ('', [5, 6, 70, 80])]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.json_index.scan import NO_IMAGE, Fields, JsonScan, Members
from notehead.datasets.json_index.window import parse, place_in
from notehead.errors import DatasetError

__all__ = [
    "NO_IMAGE", "Fields", "Grouping", "ImageIndex", "JsonScan", "Members", "by_image", "read_member",
    "read_range", "read_ranges", "scan_members",
]  # fmt: skip

_CHANGED = "Open the dataset again if the file was changed, or fetch the file again."


def scan_members(
    path: Path,
    member: str | None,
    image_key: str,
    class_key: str | None,
    complaints: Complaints | None = None,
) -> Members:
    """The places of all elements of one member of a JSON file: some 50 bytes of memory for each.

    Args:
        path: the file.
        member: a top-level array or object; None where the file itself is it.
        image_key: what an element calls its image: an integer, as a number or as a string.
        class_key: what it calls its class: the same, or a list of which the first is taken.
        complaints: told of elements without image; by default the first raises.

    Raises:
        DatasetError: as `JsonScan.blocks`.
    """
    scan = JsonScan(path, {member: Fields(image_key, class_key)}, complaints)
    blocks = [block for _, block in scan.blocks()]
    if not blocks:
        none = np.empty(0, np.int64)
        return Members(False, none, none, none, none, none, np.empty(0, np.int32))
    start, end, key_start, key_end, image = (
        np.concatenate([getattr(block, name) for block in blocks])
        for name in ("start", "end", "key_start", "key_end", "image")
    )
    label = np.concatenate([block.label for block in blocks])
    return Members(blocks[0].keyed, start, end, key_start, key_end, image, label)


def read_member(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Some small top-level members of a JSON file as objects, without parsing the large ones.

    Raises:
        DatasetError: as `JsonScan.blocks`; names that are not there are left out.
    """
    scan = JsonScan(path, {})
    for _ in scan.blocks():
        pass
    return {name: read_range(path, *scan.ranges[name]) for name in names if name in scan.ranges}


def read_range(path: Path, start: int, end: int) -> Any:
    """The JSON value that stands from one byte of a file to another; raises DatasetError."""
    return next(read_ranges(path, [(start, end)]))


def read_ranges(path: Path, ranges: Sequence[tuple[int, int]]) -> Iterator[Any]:
    """The JSON values that stand at some places of a file, one at a time; raises DatasetError."""
    for (start, _), text in zip(ranges, _read(path, ranges), strict=True):
        try:
            yield parse(text)
        except ValueError as error:
            message = f"{place_in(path, start)}: what stands here is no JSON ({error})"
            raise DatasetError(message, _CHANGED) from error


@dataclass(frozen=True, slots=True, eq=False)
class ImageIndex:
    """Where the elements of each image stand, in runs of elements that follow each other.

    Attributes:
        keyed: the elements are members of an object, their runs begin with a key.
        images: int64 (n,), ids of the images that have elements, ascending.
        first: int64 (n + 1,), the first run of each image; the runs of image i end where the next begin.
        start: int64, first byte of each run.
        end: int64, the byte after it.
        count: int32 (n,), elements of each image.
        labelled: int32 (n,), how many of them have a class.
        labels: int32 (c,), the classes that occur, ascending.
        present: uint8 (c, ceil(n / 8)), packed bits: which images have an element of a class.
    """

    keyed: bool
    images: NDArray[np.int64]
    first: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    count: NDArray[np.int32]
    labelled: NDArray[np.int32]
    labels: NDArray[np.int32]
    present: NDArray[np.uint8]

    def places(self, images: NDArray[np.int64]) -> NDArray[np.int64]:
        """The place of each of these images in `images`, -1 for one without elements."""
        if not len(self.images):
            return np.full(len(images), -1)
        place = np.searchsorted(self.images, images).clip(max=len(self.images) - 1)
        return np.asarray(np.where(self.images[place] == images, place, -1), np.int64)

    def ranges(self, image: int) -> list[tuple[int, int]]:
        """The runs of an image: first byte and the byte after."""
        (place,) = self.places(np.array([image])).tolist()
        if place < 0:
            return []
        runs = slice(self.first[place], self.first[place + 1])
        return list(zip(self.start[runs].tolist(), self.end[runs].tolist(), strict=True))

    def images_with(self, labels: Iterable[int]) -> NDArray[np.int64]:
        """The ids of the images that have an element of one of these classes, ascending."""
        rows = np.isin(self.labels, list(labels))
        bits: NDArray[np.uint8] = np.bitwise_or.reduce(self.present[rows], axis=0)
        return self.images[np.unpackbits(bits, count=len(self.images)).astype(np.bool_)]

    def load(self, path: Path, image: int) -> list[tuple[str, Any]]:
        """The elements of an image, in the file's order, each with its key ("" in an array).

        Raises:
            DatasetError: the file cannot be read, or what stands there is no JSON.
        """
        ranges = self.ranges(image)
        if not ranges:
            return []
        text = b",".join(_read(path, ranges))
        (place,) = self.places(np.array([image])).tolist()
        try:
            return _elements(text, int(self.count[place]), keyed=self.keyed)
        except ValueError as error:
            message = f"{place_in(path, ranges[0][0])}: what stands here is no JSON ({error})"
            raise DatasetError(message, _CHANGED) from error


class Grouping:
    """An `ImageIndex` in the making: takes the elements of a member block by block.

    Example:
        >>> grouping = Grouping()
        >>> for _, block in JsonScan(path, {"annotations": fields}).blocks():  # doctest: +SKIP
        ...     grouping.add(block)
        >>> grouping.index().images.tolist()
        []
    """

    def __init__(self) -> None:
        self._keyed = False
        self._runs: list[NDArray[np.int64]] = []
        self._classes: list[NDArray[np.int64]] = []

    def add(self, block: Members) -> None:
        """Take the elements that follow those of the last block."""
        if not len(block):
            return
        self._keyed = block.keyed
        first = _firsts(block.image)
        last = np.append(first[1:], len(block)) - 1
        known = block.label >= 0
        image, start, end = block.image[first], block.key_start[first], block.end[last]
        self._runs.append(
            np.stack((image, start, end, last - first + 1, np.add.reduceat(known.astype(np.int64), first)))
        )
        run = np.repeat(np.arange(len(first)), last - first + 1)
        classes = np.unique(run[known] << _LABEL_BITS | block.label[known])
        self._classes.append(np.stack((image[classes >> _LABEL_BITS], classes & ((1 << _LABEL_BITS) - 1))))

    def index(self) -> ImageIndex:
        """The index of all that was taken; elements without image are not in it."""
        image, start, end, count, labelled = _joined(self._runs, 5)
        first = _firsts(image)  # an image's run may have been cut by the end of a block
        if len(first):
            end = end[np.append(first[1:], len(image)) - 1]
            count, labelled = np.add.reduceat(count, first), np.add.reduceat(labelled, first)
        image, start = image[first], start[first]
        order = np.argsort(image, kind="stable")
        order = order[image[order] != NO_IMAGE]
        images, begin = np.unique(image[order], return_index=True)
        return ImageIndex(
            self._keyed,
            images,
            np.append(begin, len(order)),
            start[order],
            end[order],
            _sums(count[order], begin),
            _sums(labelled[order], begin),
            *self._presence(images),
        )

    def _presence(self, images: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        image, label = _joined(self._classes, 2)
        image, label = image[image != NO_IMAGE], label[image != NO_IMAGE]
        labels, row = np.unique(label, return_inverse=True)
        there = np.zeros((len(labels), len(images)), np.bool_)
        there[row, np.searchsorted(images, image)] = True
        return labels.astype(np.int32), np.packbits(there, axis=1)


def by_image(members: Members) -> ImageIndex:
    """Where the elements of each image stand; those that follow each other as one range."""
    grouping = Grouping()
    grouping.add(members)
    return grouping.index()


_LABEL_BITS = 32


def _firsts(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where runs of one value begin."""
    changes = values[1:] != values[:-1]
    return np.flatnonzero(np.concatenate((np.ones(min(1, len(values)), np.bool_), changes)))


def _joined(parts: list[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    return np.concatenate([np.empty((rows, 0), np.int64), *parts], axis=1)


def _sums(values: NDArray[np.int64], begin: NDArray[np.int64]) -> NDArray[np.int32]:
    return (np.add.reduceat(values, begin) if len(begin) else values).astype(np.int32)


def _read(path: Path, ranges: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            for start, end in ranges:
                file.seek(start)
                yield file.read(end - start)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, _CHANGED) from error


def _elements(text: bytes, count: int, *, keyed: bool) -> list[tuple[str, Any]]:
    """So many elements, each with its key; raises ValueError where they are not there."""
    if keyed:
        found = list(parse(b"{" + text + b"}").items())
        if len(found) < count:
            found = _pairs(text.decode())  # an object keeps one of several with the same key
    else:
        found = [("", element) for element in parse(b"[" + text + b"]")]
    if len(found) != count:
        message = f"{len(found)} annotations instead of {count}"
        raise ValueError(message)
    return found


def _pairs(text: str) -> list[tuple[str, Any]]:
    """The members of an object without its braces, also those whose key comes again."""
    decode, place = json.JSONDecoder().raw_decode, 0
    found: list[tuple[str, Any]] = []
    while (place := _after(text, place, " \t\r\n,")) < len(text):
        key, place = decode(text, place)
        value, place = decode(text, _after(text, place, " \t\r\n:"))
        found.append((key, value))
    return found


def _after(text: str, place: int, characters: str) -> int:
    while place < len(text) and text[place] in characters:
        place += 1
    return place
