"""COCO (2014): one JSON file for each part of a dataset, with boxes and masks of its images.

Written as `images/NAME.png` and `annotations/instances_<split>.json`, as COCO has them, with
`annotations/instances.json` for pages of no split; read as others lay it out, too:

- `annotations/instances_*.json`; `_annotations.coco.json` in a folder for each part (Roboflow); other
  JSON files in `annotations/` or in the folder itself; or one such file, given as the path;
- images by their `file_name` in `images/<split>/`, `<split>/`, beside the file, in `images/`, or in the
  folder itself.

`records.py` says what an annotation holds. An image has in `attributes` what we know of the page:
`staff_space`, `staff_lines`, `origin`, and `masks` where it has some. The numbers of images and of
annotations are unique in a dataset that we write; in others' the latter may be so in a page only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.coco import records
from notehead.datasets.formats.coco.layout import (
    FOLDER,
    annotation_files,
    find_image,
    plain_path,
    root_of,
    split_of,
)
from notehead.datasets.formats.coco.masks import LayerPainter
from notehead.datasets.formats.coco.records import attributes_of
from notehead.datasets.formats.coco.writer import CocoWriter
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.format import PARTS, Format
from notehead.datasets.index import PageEntry
from notehead.datasets.json_index.index import Fields, Grouping, ImageIndex, JsonScan, Members, read_range
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import image_size, read_sized_image
from notehead.images.read import MOST_PIXELS
from notehead.page import Origin, Page, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

_REMEDY = "Fetch or export the file again."
_MOST_SYMBOLS = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """One JSON file: where it is, its part of the dataset, and where things stand in it."""

    path: Path
    split: str
    index: ImageIndex
    images: dict[int, tuple[int, int]]


class CocoSource(Source):
    """A dataset in COCO's format."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        paths = annotation_files(folder)
        if not paths:
            message = f"{folder}: no COCO dataset here"
            raise DatasetError(message, f"It holds {FOLDER}/instances_train.json, say, and images/.")
        self._root = root_of(folder)
        self._files: list[_File] = []
        self._where: dict[str, tuple[int, int]] = {}
        self._file_names: dict[str, str] = {}
        self.entries: list[PageEntry] = []
        categories: dict[int, str] = {}
        for path in paths:
            self._open(path, split_of(path, alone=len(paths) == 1), categories)
        self.vocabulary = _vocabulary(categories, paths[0])

    def _open(self, path: Path, split: str, categories: dict[int, str]) -> None:
        grouping, images = Grouping(), _Images([], [])
        wanted: dict[str | None, Fields] = {
            "annotations": Fields("image_id", "category_id"),
            "images": Fields("id"),
        }
        scan = JsonScan(path, wanted, self.complaints)
        for name, block in scan.blocks():
            if name == "images":
                images.add(block)
            else:
                grouping.add(block)
        _add_categories(path, _member(scan, "categories"), categories)
        licences = _licences(_member(scan, "licenses"))
        file = _File(path, split, grouping.index(), {})
        self._files.append(file)
        for identity, start, end in images.in_order():
            try:
                if identity in file.images:
                    message = f"{path}: two images have the id {identity}"
                    raise DatasetError(message, _REMEDY)  # noqa: TRY301  # one place that counts pages
                self._enter(file, identity, read_range(path, start, end), licences)
            except DatasetError as error:
                self.complaints.page(error)
            else:
                file.images[identity] = start, end
        for identity in np.setdiff1d(file.index.images, np.array(list(file.images), np.int64)).tolist():
            self.complaints.symbol(str(path), f"annotations of image {identity}", "there is no such image")

    def _enter(self, file: _File, identity: int, image: Any, licences: dict[int, str]) -> None:
        file_name = image.get("file_name")
        if not isinstance(file_name, str):
            message = f"{file.path}: image {identity}: it has no file_name"
            raise DatasetError(message, _REMEDY)
        stem = plain_name(plain_path(file_name).stem, "page")
        name, again = stem, 2
        while name in self._where:
            name, again = f"{stem}-{again}", again + 1
        origin = _origin(image)
        width, height = (_length(image.get(key)) for key in ("width", "height"))
        if width * height > MOST_PIXELS:
            message = (
                f"{file.path}: image {identity}: {width} x {height} pixels are more than a page can have"
            )
            raise DatasetError(message, _REMEDY)
        (place,) = file.index.places(np.array([identity])).tolist()
        self._where[name] = len(self._files) - 1, identity
        self._file_names[name] = file_name
        self.entries.append(
            PageEntry(
                name=name, split=file.split, score=origin.score, score_id=origin.score_id, font=origin.font,
                number=origin.number if attributes_of(image).get("origin") else 0, width=width, height=height,
                symbols=int(file.index.count[place]) if place >= 0 else 0,
                licence=origin.licence or licences.get(records.whole_number(image.get("license")) or 0, ""),
                key=str(identity),
            )
        )  # fmt: skip

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._annotated(entry, self._size(entry)).symbols

    def page(self, entry: PageEntry) -> Page:
        pixels = read_sized_image(self._image_path(entry), (entry.width, entry.height))
        size = pixels.shape[1], pixels.shape[0]
        found = self._annotated(entry, size)
        image = self._image(entry)
        ids, under = self._layers(entry, found, size, attributes_of(image).get("masks") is True)
        return Page(
            name=entry.name,
            image=pixels,
            symbols=found.symbols,
            ids=ids,
            under=under,
            staff_lines=_staff_lines(image),
            staff_space=_positive(attributes_of(image).get("staff_space")),
            origin=_origin(image),
        )

    def staff_space(self, entry: PageEntry) -> float:
        return _positive(attributes_of(self._image(entry)).get("staff_space"))

    def rows_with(self, labels: Sequence[int]) -> list[int]:
        there = [set(file.index.images_with(labels).tolist()) for file in self._files]
        places = (self._where[entry.name] for entry in self.entries)
        return [row for row, (file, image) in enumerate(places) if image in there[file]]

    def _annotated(self, entry: PageEntry, size: tuple[int, int]) -> records.Annotated:
        file, image = self._place(entry)
        found = [record for _, record in file.index.load(file.path, image)]
        place = records.Place(str(file.path), entry.name, size)
        return records.read_annotations(found, place, self.vocabulary, self.complaints)

    def _layers(
        self,
        entry: PageEntry,
        found: records.Annotated,
        size: tuple[int, int],
        masks: bool,  # noqa: FBT001
    ) -> tuple[NDArray[np.uint16] | None, NDArray[np.uint16] | None]:
        """The id layers: larger symbols first, so that small ones stay on top."""
        if not masks and not any(len(runs) for runs in found.runs):
            return None, None
        if len(found.symbols) and found.symbols.id.max() > _MOST_SYMBOLS:
            message = f"page {entry.name}: more than {_MOST_SYMBOLS:,} symbols with masks"
            raise DatasetError(message, "Cut the page into slices before it is annotated.")
        painter = LayerPainter(size)
        pixels = [int(runs[:, 1].sum()) for runs in found.runs]
        for row in np.argsort(-np.array(pixels), kind="stable").tolist():
            painter.put(int(found.symbols.id[row]), found.runs[row], found.covered[row])
        return painter.layers()

    def _place(self, entry: PageEntry) -> tuple[_File, int]:
        place, image = self._where[entry.name]
        return self._files[place], image

    def _image(self, entry: PageEntry) -> Any:
        file, image = self._place(entry)
        return read_range(file.path, *file.images[image])

    def _size(self, entry: PageEntry) -> tuple[int, int]:
        """Width and height of a page, from the image itself where the list does not tell."""
        known = entry.width and entry.height
        return (entry.width, entry.height) if known else image_size(self._image_path(entry))

    def _image_path(self, entry: PageEntry) -> Path:
        file, _ = self._place(entry)
        return find_image(self._root, file.path, file.split, self._file_names[entry.name])


@dataclass(slots=True)
class _Images:
    """Where the images of a file stand in it."""

    ids: list[NDArray[np.int64]]
    ranges: list[NDArray[np.int64]]

    def add(self, block: Members) -> None:
        self.ids.append(block.image)
        self.ranges.append(np.stack((block.start, block.end), axis=1))

    def in_order(self) -> Iterator[tuple[int, int, int]]:
        for ids, ranges in zip(self.ids, self.ranges, strict=True):
            for identity, (start, end) in zip(ids.tolist(), ranges.tolist(), strict=True):
                yield identity, start, end


def _member(scan: JsonScan, name: str) -> Any:
    return read_range(scan.path, *scan.ranges[name]) if name in scan.ranges else None


def _add_categories(path: Path, found: Any, categories: dict[int, str]) -> None:
    """Enter a file's categories into those of the dataset; raises DatasetError where they disagree."""
    if not isinstance(found, list):
        message = f"{path}: it has no list of categories"
        raise DatasetError(message, _REMEDY)
    own: dict[int, str] = {}
    for row in found:
        identity = records.whole_number(row.get("id")) if isinstance(row, dict) else None
        name = row.get("name") if isinstance(row, dict) else None
        if identity is None or not isinstance(name, str):
            message = f"{path}: a category has no id and name: {row!r:.60}"
            raise DatasetError(message, _REMEDY)
        if identity in own:
            message = f"{path}: two categories have the id {identity}"
            raise DatasetError(message, _REMEDY)
        if categories.setdefault(identity, name) != name:
            message = f"{path}: category {identity} is {name!r} here and {categories[identity]!r} before"
            raise DatasetError(message, "Read one file after the other.")
        own[identity] = name


def _vocabulary(categories: dict[int, str], path: Path) -> Vocabulary:
    if list(categories.items()) == [(row.id, row.name) for row in VOCABULARY.classes]:
        return VOCABULARY  # with its greys
    try:
        return Vocabulary.of(categories.items())
    except ValueError as error:
        message = f"{path}: categories: {error}"
        raise DatasetError(message, _REMEDY) from error


def _licences(found: Any) -> dict[int, str]:
    """The names of the licences by their ids."""
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return {records.whole_number(row.get("id")) or 0: str(row.get("name", "")) for row in rows}


def _length(value: Any) -> int:
    """Pixels, 0 where the file does not tell."""
    found = records.whole_number(value)
    return found if found is not None and 0 < found < 2**31 else 0


def _positive(value: Any) -> float:
    found = records.number(value)
    return found if 0 < found < np.inf else 0.0


def _staff_lines(image: Any) -> NDArray[np.float64]:
    found = attributes_of(image).get("staff_lines")
    rows = [records.numbers(row, 5) for row in found] if isinstance(found, list) else []
    return np.array([row for row in rows if row is not None], np.float64).reshape(-1, 5)


_KINDS = {item.name: type(getattr(Origin(), item.name)) for item in fields(Origin)}


def _origin(image: Any) -> Origin:
    """How the page came to be, as far as its image's attributes tell."""
    found = attributes_of(image).get("origin")
    known = {
        name: _KINDS[name](value)
        for name, value in (found.items() if isinstance(found, dict) else ())
        if name in _KINDS and (type(value) is _KINDS[name] or (_KINDS[name] is float and type(value) is int))
    }
    return Origin(**known)


FORMAT = Format(
    name="coco",
    title="COCO",
    holds=frozenset(PARTS),
    here=lambda path: bool(annotation_files(path)),
    read=CocoSource,
    writer=CocoWriter,
)
