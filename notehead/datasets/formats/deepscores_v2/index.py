"""What DeepScoresV2's JSON files tell of their pages, as columns: a quarter of a million cost little."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.datasets.json_index.index import (
    Fields,
    Grouping,
    ImageIndex,
    JsonScan,
    read_range,
    read_ranges,
)
from notehead.datasets.json_index.remembered import Tables, remembered
from notehead.datasets.json_index.scan import as_integer
from notehead.datasets.source import AnnotationSet
from notehead.errors import DatasetError

SETS: tuple[AnnotationSet, ...] = ("deepscores", "muscima++")
"""The annotation sets, in the order of the classes in `cat_id`."""

FILE_NAME = re.compile(r"deepscores(?:-complete-(?P<number>\d+))?(?:_(?P<split>.+))?\.json", re.DOTALL)
PAGE_NAME = re.compile(r"lg-(?P<id>\d+)-aug-(?P<font>[^-]+)-(?:-page-(?P<number>\d{1,9}))?")

_VERSION = "deepscores_v2 1"
_MOST_THREADS = 4
_LARGEST_SIDE = 1 << 24
_REMEDY = "Mend the file, or fetch it again."


@dataclass(frozen=True, slots=True, eq=False)
class FileIndex:
    """What one JSON file tells of its pages.

    Attributes:
        path: the file.
        split: what its name says.
        label_at: place of the class in `cat_id`.
        head: its members `annotation_sets` and `categories`.
        image: int64 (n,), ids of the images, in their order in the file.
        width: int32 (n,), pixels.
        height: int32 (n,), pixels.
        names: file names of the images, one after the other, in UTF-8.
        name_end: int64 (n,), where each of them ends.
        annotations: where those of each image stand.
    """

    path: Path
    split: str
    label_at: int
    head: dict[str, Any]
    image: NDArray[np.int64]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    names: bytes
    name_end: NDArray[np.int64]
    annotations: ImageIndex

    def file_name(self, row: int) -> str:
        """The file name of an image, by its place in the file."""
        start = int(self.name_end[row - 1]) if row else 0
        return self.names[start : int(self.name_end[row])].decode()


def find_files(path: Path) -> list[tuple[Path, str]]:
    """The JSON files of a dataset with their splits: train, test, then others; or the one file itself."""
    if path.is_file():
        match = FILE_NAME.fullmatch(path.name)
        return [(path, (match["split"] or "") if match else "")]
    found = [
        (match, file) for file in path.glob("deepscores*.json") if (match := FILE_NAME.fullmatch(file.name))
    ]
    usual = {"train": 0, "test": 1}

    def order(item: tuple[re.Match[str], Path]) -> tuple[int, str, int]:
        split = item[0]["split"] or ""
        return usual.get(split, 2), split, int(item[0]["number"] or -1)

    return [(file, match["split"] or "") for match, file in sorted(found, key=order)]


def index_files(
    files: Sequence[tuple[Path, str]], annotation_set: AnnotationSet, complaints: Complaints
) -> list[FileIndex]:
    """The indices of some files, several at a time."""
    own = [Complaints(complaints.keep_going) for _ in files]
    pool = ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, _MOST_THREADS, len(files))))
    try:
        found = list(
            pool.map(lambda file, told: index_file(file[0], file[1], annotation_set, told), files, own)
        )
    finally:
        pool.shutdown(cancel_futures=True)
    for told in own:
        complaints.merge(told)
    return found


def index_file(path: Path, split: str, annotation_set: AnnotationSet, complaints: Complaints) -> FileIndex:
    """The index of one file, from the cache if it was read before.

    Raises:
        DatasetError: it is no such file, it has no such annotation set, it is damaged, or an image in it
            cannot be used.
    """
    label_at = SETS.index(annotation_set)
    while True:
        own = Complaints(complaints.keep_going)
        tables = remembered(path, f"{_VERSION} {label_at}", partial(_tables, path, label_at, own))
        head = json.loads(bytes(tables["head"]))
        sets = head.get("annotation_sets", list(SETS))
        if not isinstance(sets, list) or annotation_set not in sets:
            message = f"{path}: there is no annotation set {annotation_set!r}"
            raise DatasetError(message, "Choose another with `annotation_set`, or --annotation-set.")
        if sets.index(annotation_set) == label_at:
            complaints.merge(own)
            return _file_index(path, split, label_at, tables, head)
        label_at = sets.index(annotation_set)  # seldom: the sets stand in another order


def _file_index(path: Path, split: str, label_at: int, tables: Tables, head: dict[str, Any]) -> FileIndex:
    runs = {name: tables[f"runs_{name}"] for name in _RUNS if name != "keyed"}
    return FileIndex(
        path=path,
        split=split,
        label_at=label_at,
        head=head,
        image=tables["image"],
        width=tables["width"],
        height=tables["height"],
        names=bytes(tables["names"]),
        name_end=tables["name_end"],
        annotations=ImageIndex(bool(tables["runs_keyed"]), **runs),
    )


_HEAD = ("annotation_sets", "categories")
_RUNS = tuple(item.name for item in fields(ImageIndex))


def _tables(path: Path, label_at: int, complaints: Complaints) -> tuple[Tables, bool]:
    """What there is to know of a file: one pass over it, then a look at each image."""
    wanted: dict[str | None, Fields] = {
        "annotations": Fields("img_id", "cat_id", label_at),
        "images": Fields("id"),
    }
    scan, grouping = JsonScan(path, wanted, complaints), Grouping()
    places: list[tuple[int, int]] = []
    for name, block in scan.blocks():
        if name == "annotations":
            grouping.add(block)
        else:
            places += zip(block.start.tolist(), block.end.tolist(), strict=True)
    images = _image_tables(path, places, complaints)
    head = {name: read_range(path, *scan.ranges[name]) for name in _HEAD if name in scan.ranges}
    index = grouping.index()
    _complain_of_strays(path, index, images["image"], complaints)
    tables: Tables = {
        **images,
        **{f"runs_{name}": np.asarray(getattr(index, name)) for name in _RUNS},
        "head": np.frombuffer(json.dumps(head).encode(), np.uint8),
    }
    return tables, not complaints.counts


def _image_tables(path: Path, places: Sequence[tuple[int, int]], complaints: Complaints) -> Tables:
    """The list of images, one at a time: each bears the numbers of all of its annotations."""
    names: list[bytes] = []
    sizes: list[tuple[int, int]] = []
    first: dict[int, int] = {}
    for number, record in enumerate(read_ranges(path, places)):
        cause, identity = _fault(record), as_integer(record.get("id"))
        if identity in first:
            cause = f"its id {identity} is that of images[{first[identity]}]"
        if cause or identity is None:
            message = f"{path}: images[{number}]: {cause}"
            complaints.page(DatasetError(message, _REMEDY))
            continue
        first[identity] = number
        names.append(record["filename"].encode())
        sizes.append((record.get("width", 0), record.get("height", 0)))
    width, height = np.array(sizes, np.int32).reshape(-1, 2).T.copy()
    return {
        "image": np.array(list(first), np.int64),
        "width": width,
        "height": height,
        "names": np.frombuffer(b"".join(names), np.uint8),
        "name_end": np.cumsum([len(name) for name in names], dtype=np.int64),
    }


def _fault(record: dict[str, Any]) -> str:
    """What is wrong with an image's record, if anything is."""
    name = record.get("filename")
    if not isinstance(name, str) or not name or name.startswith(".") or not {*name}.isdisjoint("/\\\0"):
        return f"its file name {name!r} is not a plain name"
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"its file name {name!r} is no text"
    for side in ("width", "height"):
        length = record.get(side, 0)
        if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= _LARGEST_SIDE:
            return f"its {side} {length!r} is no number of pixels"
    return ""


def _complain_of_strays(
    path: Path, index: ImageIndex, images: NDArray[np.int64], complaints: Complaints
) -> None:
    for place in np.flatnonzero(~np.isin(index.images, images)).tolist():
        cause = f"{index.count[place]} annotations are of image {index.images[place]}, which is not listed"
        complaints.symbol(str(path), "annotations", cause)


class Entries(Sequence[PageEntry]):
    """A row for each page of some files; rows are made as they are asked for.

    Raises:
        DatasetError: two pages have one name.
    """

    def __init__(self, files: Sequence[FileIndex]) -> None:
        self._files = files
        self._start = np.cumsum([0, *(len(file.image) for file in files)], dtype=np.int64)
        self._image = np.concatenate([np.empty(0, np.int64), *(file.image for file in files)])
        self._order = np.argsort(self._image, kind="stable")
        self._symbols = [_counts(file) for file in files]
        self._check_names()

    def _check_names(self) -> None:
        first: dict[str, int] = {}
        for row in range(len(self)):
            file, place = self._place(row)
            name = _stem(self._files[file].file_name(place))
            other = first.setdefault(name, row)
            if other != row:
                paths = " and ".join(
                    dict.fromkeys(str(self._files[self._place(at)[0]].path) for at in (other, row))
                )
                message = f"{paths}: two pages are called {name!r}"
                raise DatasetError(message, "Keep one of them.")

    def __len__(self) -> int:
        return len(self._image)

    @overload
    def __getitem__(self, row: int) -> PageEntry: ...
    @overload
    def __getitem__(self, row: slice) -> list[PageEntry]: ...
    def __getitem__(self, row: int | slice) -> PageEntry | list[PageEntry]:
        if isinstance(row, slice):
            return [self._entry(each) for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._entry(int(row) % len(self))

    def __iter__(self) -> Iterator[PageEntry]:
        return map(self._entry, range(len(self)))

    def _place(self, row: int) -> tuple[int, int]:
        """The file of a page, and its place in the file."""
        file = int(np.searchsorted(self._start, row, "right")) - 1
        return file, row - int(self._start[file])

    def _entry(self, row: int) -> PageEntry:
        number, place = self._place(row)
        file = self._files[number]
        name = _stem(file.file_name(place))
        known = PAGE_NAME.fullmatch(name)
        return PageEntry(
            name=name,
            split=file.split,
            score=f"lg-{known['id']}" if known else "",
            score_id=known["id"] if known else "",
            font=known["font"] if known else "",
            number=int(known["number"] or 1) if known else 0,
            width=int(file.width[place]),
            height=int(file.height[place]),
            symbols=int(self._symbols[number][place]),
            key=str(file.image[place]),
        )

    def find(self, entry: PageEntry) -> tuple[FileIndex, int]:
        """The file of a page, and its place in the file; ids may come again in other files."""
        image = int(entry.key)
        low, high = (
            int(np.searchsorted(self._image, image, side, self._order)) for side in ("left", "right")
        )
        for row in self._order[low:high].tolist():
            number, place = self._place(row)
            if _stem(self._files[number].file_name(place)) == entry.name:
                return self._files[number], place
        raise KeyError(entry.name)

    def rows_with(self, labels: Sequence[int]) -> list[int]:
        """The rows of the pages with an annotation of one of these categories."""
        rows = [
            start + np.flatnonzero(np.isin(file.image, file.annotations.images_with(labels)))
            for start, file in zip(self._start.tolist(), self._files, strict=False)
        ]
        return [row for part in rows for row in part.tolist()]


def _counts(file: FileIndex) -> NDArray[np.int32]:
    """How many annotations with a class each image has."""
    index = file.annotations
    return np.append(index.labelled, np.int32(0))[index.places(file.image)]


def _stem(file_name: str) -> str:
    return file_name.rpartition(".")[0] or file_name
