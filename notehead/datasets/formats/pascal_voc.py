"""PASCAL VOC: an XML file for each page.

`Annotations/NAME.xml`, `JPEGImages/NAME.png`, `ImageSets/Main/SPLIT.txt` with names of pages, and, of ours,
`classes.csv` with the classes' ids.

Coordinates are those of VOC's development kit: pixels are numbered from 1, and xmax and ymax are the last
ones of the box. So a box x0, y0, x1, y1 of ours is (x0 + 1, y0 + 1, x1, y1), as detectron2 and supervision
read it too; ours may have decimals. A VOC box has at least one pixel: a symbol that is thinner is written
as one pixel around its middle. What VOC has no place for stands in `attributes` as CVAT writes them, where
it says something: `id`, `score`, and the `width` or `height` of thin symbols. They are read only in files
whose `source/database` is notehead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

import numpy as np
from lxml import etree

from notehead.datasets.boxes import good_boxes
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.common.xml import read_xml
from notehead.datasets.formats.format import Format, WriteOptions, Writer
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv, read_classes
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.images import ENDINGS, encode_png, image_size, read_sized_image
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

ANNOTATIONS, IMAGES, LISTS = "Annotations", "JPEGImages", "ImageSets/Main"
DATABASE = "notehead"
"""Says in `source/database` that the attributes of a file's objects are ours."""
MOST_ID = np.iinfo(np.uint16).max
_MOST_PIXELS = 2**31
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped."""
_REMEDY = "Fetch or export the file again."


class PascalVocSource(Source):
    """A PASCAL VOC folder. `entries` are all names that have an annotation or an image or are in a list."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        annotated = {name for name, _ in _files(folder / ANNOTATIONS, (".xml",), needed=True)}
        self._images = dict(_files(folder / IMAGES, ENDINGS))
        split_of = _splits(folder / LISTS, annotated | self._images.keys())
        names = sorted(annotated | self._images.keys() | split_of.keys())
        self.entries = [PageEntry(name, split_of.get(name, "")) for name in names]
        self.vocabulary, self._id_of = _classes(folder, options)

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._read(entry)[0]

    def page(self, entry: PageEntry) -> Page:
        symbols, size = self._read(entry)
        if entry.name not in self._images:
            raise self._missing_image(entry)
        return Page(entry.name, read_sized_image(self._image(entry), size), symbols)

    def _image(self, entry: PageEntry) -> Path:
        return self.folder / IMAGES / self._images[entry.name]

    def _missing_image(self, entry: PageEntry) -> DatasetError:
        """That a page has no image, by the name that its file has for it if that is one."""
        path = self.folder / ANNOTATIONS / f"{entry.name}.xml"
        given = PurePosixPath((read_xml(path).findtext("filename") or "").strip().replace("\\", "/")).name
        known = given.lower().endswith(ENDINGS)
        image = self.folder / IMAGES / (given if known else f"{entry.name}.jpg or {entry.name}.png")
        message = f"{path}: its image is not there: {image}"
        return DatasetError(message, f"Put it there, named as the XML file: {entry.name}.jpg or .png.")

    def _read(self, entry: PageEntry) -> tuple[Symbols, tuple[int, int]]:
        path = self.folder / ANNOTATIONS / f"{entry.name}.xml"
        root = read_xml(path)
        if root.tag != "annotation":
            message = f"{path}: it is no annotation but a {root.tag}"
            raise DatasetError(message, _REMEDY)
        size = _size(root)
        if not all(size) and entry.name in self._images:
            size = image_size(self._image(entry))
        found = list(self._objects(path, root))
        boxes = np.array([one.box for one in found], np.float64).reshape(-1, 4)
        where = [(str(path), f"object {one.number}") for one in found]
        good = good_boxes(boxes, size, self.complaints, where.__getitem__)
        found = [one for one, fine in zip(found, good.tolist(), strict=True) if fine]
        symbols = Symbols.build(
            [one.label for one in found],
            boxes[good],
            self.vocabulary,
            id=[one.identity for one in found],
            score=[one.score for one in found],
        )
        return symbols, size

    def _objects(self, path: Path, root: etree._Element) -> Iterator[_Object]:
        """The objects of a file that can be used."""
        ours = root.findtext("source/database") == DATABASE
        seen: set[int] = set()
        for number, node in enumerate(root.iterfind("object"), start=1):
            try:
                found = _object(number, node, self._id_of)
                if ours:
                    _put_attributes(found, node, seen)
            except ValueError as error:
                self.complaints.symbol(str(path), f"object {number}", *error.args)
            else:
                seen.add(found.identity)
                yield found


def _files(folder: Path, endings: tuple[str, ...], *, needed: bool = False) -> Iterator[tuple[str, str]]:
    """(stem, name) of the files in a folder."""
    try:
        names = sorted((path.name for path in folder.iterdir()), reverse=True)  # .png before .jpg
    except FileNotFoundError:
        if not needed:
            return
        message = f"{folder}: there is no such folder"
        raise DatasetError(message, "Give the folder that has Annotations and JPEGImages in it.") from None
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    yield from ((name.rpartition(".")[0], name) for name in names if name.lower().endswith(endings))


def _splits(folder: Path, pages: set[str]) -> dict[str, str]:
    """The split of each page that a list names.

    `trainval` says nothing where `train` and `val` do, nor do the lists for one class each, whose lines
    end in 1, 0 or -1.
    """
    names = [stem for stem, _ in _files(folder, (".txt",))]
    split_of: dict[str, str] = {}
    for split in sorted(names, key=lambda name: (name == "trainval", name)):
        path = folder / f"{split}.txt"
        try:
            text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
        except OSError as error:
            message = f"{path}: {error.strerror or error}"
            raise DatasetError(message, "Check that you may read it.") from error
        lines = [line for line in (line.strip() for line in text.split("\n")) if line]
        if any(line not in pages and re.search(r"\s(-1|0|1)$", line) for line in lines):
            continue
        for line in lines:
            split_of.setdefault(line, split)
    return split_of


def _classes(folder: Path, options: ReadOptions) -> tuple[Vocabulary, dict[str, int]]:
    """The vocabulary, and the ids of its classes under all names that the files may have for them."""
    if options.vocabulary is not None:
        vocabulary = options.vocabulary
    elif (folder / CLASSES).exists():
        vocabulary = read_classes(folder / CLASSES)
    else:
        return VOCABULARY, _known_names()
    return vocabulary, {row.name: row.id for row in vocabulary.classes}


@cache
def _known_names() -> dict[str, int]:
    """Our names, and DeepScoresV2's of classes that we call otherwise."""
    names = {row.deepscores_v2: row.id for row in VOCABULARY.classes if row.deepscores_v2 is not None}
    return names | {row.name: row.id for row in VOCABULARY.classes}


def _size(root: etree._Element) -> tuple[int, int]:
    """Width and height as the file says, 0 where it does not."""
    sides = (_number(root.findtext(f"size/{side}")) for side in ("width", "height"))
    width, height = (int(min(side, _MOST_PIXELS)) if side > 0 else 0 for side in sides)
    return width, height


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


@dataclass(slots=True)
class _Object:
    """One object: its place in the file from 1, class id, box, and what our files add."""

    number: int
    label: int
    box: list[float]
    identity: int
    score: float = 1.0


def _object(number: int, node: etree._Element, id_of: dict[str, int]) -> _Object:
    """An object as any tool writes it; raises ValueError with cause (and remedy) for one without a class."""
    name = node.findtext("name") or ""
    label = id_of.get(name, id_of.get(name.strip()))
    if label is None:
        cause = f"unknown class {name!r}" if name.strip() else "it has no name of a class"
        raise ValueError(
            cause, f"Put {CLASSES} with the columns id and name of all classes beside {ANNOTATIONS}."
        )
    given = {corner.tag: corner.text for corner in node.iterfind("bndbox/*")}
    x0, y0, x1, y1 = (_number(given.get(tag)) for tag in ("xmin", "ymin", "xmax", "ymax"))
    return _Object(number, label, [x0 - 1, y0 - 1, x1, y1], number)


def _put_attributes(found: _Object, node: etree._Element, seen: set[int]) -> None:
    """Put in what our files have beside the box; raises ValueError with the cause where it cannot be."""
    given = {
        attribute.findtext("name"): _number(attribute.findtext("value"))
        for attribute in node.iterfind("attributes/attribute")
    }
    identity, found.score = given.get("id", float(found.number)), given.get("score", 1.0)
    if not (1 <= identity <= MOST_ID and identity.is_integer()):
        message = f"its id is not from 1 to {MOST_ID}"
        raise ValueError(message)
    found.identity = int(identity)
    if found.identity in seen:
        message = f"the id {found.identity} is there twice"
        raise ValueError(message)
    if not 0 <= found.score <= 1:
        message = f"its score {found.score:g} is not from 0 to 1"
        raise ValueError(message)
    for axis, side in enumerate(("width", "height")):
        if side in given:
            middle, half = (found.box[axis] + found.box[axis + 2]) / 2, given[side] / 2
            found.box[axis], found.box[axis + 2] = middle - half, middle + half


class PascalVocWriter(Writer):
    """Writes PASCAL VOC."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._names_of: dict[str, list[str]] = {}
        for name in vocabulary:
            if _NO_XML.search(name) or name != name.strip() or not name:
                message = f"the class {name!r} cannot be named in XML"
                raise DatasetError(message, "Give it another name with --classes.")
        for place in (ANNOTATIONS, IMAGES):
            make_folder(folder / place)

    def page(self, entry: PageEntry, page: Page) -> None:
        name = plain_name(entry.name, "page")
        image = encode_png(page.image, page.origin.resolution)
        write_file(self.folder / IMAGES / f"{name}.png", image)
        write_file(self.folder / ANNOTATIONS / f"{name}.xml", page_xml(page))

    def add(self, entry: PageEntry, record: None) -> None:  # noqa: ARG002  # all is in the page's files
        if entry.split:
            self._names_of.setdefault(plain_name(entry.split, "split"), []).append(entry.name)

    def finish(self) -> None:
        for split, names in self._names_of.items():
            text = "".join(f"{name}\n" for name in names)
            path = make_folder(self.folder / LISTS) / f"{split}.txt"
            write_file(path, text.encode("utf-8", "surrogateescape"))
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))


def page_xml(page: Page) -> bytes:
    """The annotation file of a page.

    Example:
        >>> page = Page("p", np.zeros((9, 9), np.uint8), Symbols.build(["stem"], [[1, 1, 3, 8.25]]))
        >>> page_xml(page).decode().splitlines()[-2].partition("<bndbox>")[2]
        '<xmin>2</xmin><ymin>2</ymin><xmax>3</xmax><ymax>8.25</ymax></bndbox></object>'
    """
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<annotation>\n<folder>{IMAGES}</folder>\n'
        f"<filename>{_xml(page.name)}.png</filename>\n<source><database>{DATABASE}</database></source>\n"
        f"<size><width>{page.width}</width><height>{page.height}</height><depth>1</depth></size>\n"
        "<segmented>0</segmented>\n"
    )
    return "".join((head, *_object_lines(page.symbols), "</annotation>\n")).encode()


def _object_lines(symbols: Symbols) -> Iterator[str]:
    names = {row.id: _xml(row.name) for row in symbols.vocabulary.classes}
    low, high = symbols.box[:, :2], symbols.box[:, 2:]
    sides = high - low
    whole = np.maximum(sides, 1)
    boxes = np.hstack(((low + high - whole) / 2 + 1, (low + high + whole) / 2))
    numbered = not np.array_equal(symbols.id, np.arange(1, len(symbols) + 1))
    rows = zip(
        symbols.id.tolist(), symbols.label.tolist(), symbols.score.tolist(), sides.tolist(), boxes.tolist(),
        strict=True,
    )  # fmt: skip
    for identity, label, score, (width, height), box in rows:
        more = [
            f"<attribute><name>{name}</name><value>{_text(value)}</value></attribute>"
            for name, value, there in (
                ("id", identity, numbered),
                ("score", score, score != 1),
                ("width", width, width < 1),
                ("height", height, height < 1),
            )
            if there
        ]
        xmin, ymin, xmax, ymax = map(_text, box)
        yield (
            f"<object><name>{names[label]}</name><pose>Unspecified</pose><truncated>0</truncated>"
            f"<difficult>0</difficult><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax>"
            f"<ymax>{ymax}</ymax></bndbox>{_wrapped(more)}</object>\n"
        )


def _wrapped(attributes: list[str]) -> str:
    return f"<attributes>{''.join(attributes)}</attributes>" if attributes else ""


def _text(value: float) -> str:
    """A number as tools for whole numbers can read it where it is one."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})


FORMAT = Format(
    name="pascal_voc",
    title="PASCAL VOC",
    holds=frozenset({"ids", "scores", "split", "class ids"}),
    here=lambda path: (
        (path / ANNOTATIONS).is_dir() and ((path / IMAGES).is_dir() or any(path.glob(f"{ANNOTATIONS}/*.xml")))
    ),
    read=PascalVocSource,
    writer=PascalVocWriter,
)
