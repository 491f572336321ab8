"""Reads DeepScores v1 (2018) and v1-extended.

A folder with `images_png/NAME.png`, `xml_annotations/NAME.xml` and, not read here but for `class_image`,
`pix_annotations_png/NAME.png`; or the folder around `segmentation_detection`. Boxes are fractions of the
page. Of v1-extended's tags `instance` (a colour #RRGGBB or a number) is the symbol's id, where all
symbols have one up to 65535, else they are numbered; `onset`, `duration` and `rel_position` are read
where they are; the position grows upwards, as we write it, which v1 does not document.

Classes are, of these the first: the vocabulary of `ReadOptions`; `class_names.csv` (number,name, without a
head) in the folder, beside it, or in `DeepScores_classification`; `classes.csv` (id,name); v1's names
with numbers of ours. Splits: `train_val_test/SPLIT.txt` beside the folder, or `SPLIT_names.csv` in it,
both with lines of number,name.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import good_boxes
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.xml import read_xml
from notehead.datasets.formats.deepscores_v1.layout import CLASSIFICATION, DETECTION
from notehead.datasets.formats.notehead.dataset import CLASSES, read_classes
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import image_size, read_sized_image
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import Vocabulary, named_vocabulary

if TYPE_CHECKING:
    from lxml import etree

CLASS_NAMES = "class_names.csv"
SPLIT_LISTS = "train_val_test"
_NAMES_ENDING = "_names.csv"
_PLACES = ("", Path(DETECTION).name, DETECTION)
_LARGEST_ID = int(np.iinfo(np.uint16).max)
_MOST = 1.5
"""No fraction of a page is larger: what is, is a pixel."""
_CLASS_REMEDY = (
    "List the classes in class_names.csv (number,name), or give ReadOptions a vocabulary; "
    "or leave such symbols out with --keep-going."
)


def find_detection(path: Path, *, built: bool = True) -> Path | None:
    """The folder that has `xml_annotations` and `images_png`; None where there is none.

    Args:
        path: it, or a folder around it.
        built: look also where `notehead build` puts it.
    """
    places = (path / place for place in (_PLACES if built else _PLACES[:-1]))
    return next(
        (one for one in places if all((one / sub).is_dir() for sub in ("xml_annotations", "images_png"))),
        None,
    )


class DeepScoresV1Source(Source):
    """DeepScores v1 or v1-extended, or what notehead writes as such."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        place = find_detection(folder)
        if place is None:
            message = f"{folder}: this is not DeepScores v1"
            raise DatasetError(message, "It has the folders xml_annotations and images_png.")
        self._place = place
        self.vocabulary = options.vocabulary or _classes(place)
        self._files = _pages(place / "xml_annotations")
        splits = _splits(place, set(self._files))
        self.entries = [PageEntry(name, split=splits.get(name, "")) for name in self._files]

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._read(entry)[0]

    def page(self, entry: PageEntry) -> Page:
        symbols, size = self._read(entry)
        return Page(entry.name, read_sized_image(self._image(entry), size), symbols)

    def class_image(self, entry: PageEntry) -> NDArray[np.uint8]:
        """For each pixel the number of its class, 0 for paper: uint8 (height, width).

        Raises:
            DatasetError: the image is missing, damaged, or of another size than the page's.
        """
        names = (f"{entry.name}.png", f"{entry.name}_seg.png")
        paths = [self._place / "pix_annotations_png" / name for name in names]
        path = next((path for path in paths if path.is_file()), paths[0])
        return read_sized_image(path, image_size(self._image(entry)))

    def _image(self, entry: PageEntry) -> Path:
        return self._place / "images_png" / f"{entry.name}.png"

    def _read(self, entry: PageEntry) -> tuple[Symbols, tuple[int, int]]:
        """The symbols of a page, and its width and height."""
        path = self._files[entry.name]
        root = read_xml(path)
        size = _size(path, root) or image_size(self._image(entry))
        found = list(self._objects(path, root))
        where = [(str(path), one.name) for one in found]
        good = good_boxes(_pixels(found, size), size, self.complaints, where.__getitem__)
        found = self._numbered(path, [one for one, fine in zip(found, good.tolist(), strict=True) if fine])
        symbols = Symbols.build(
            [one.label for one in found],
            _pixels(found, size),
            self.vocabulary,
            id=[one.instance or one.number for one in found],
            onset=[one.onset for one in found],
            duration=[one.duration for one in found],
            position=[one.position for one in found],
        )
        return symbols, size

    def _objects(self, path: Path, root: etree._Element) -> Iterator[_Object]:
        """The objects of a file that can be used, as far as they themselves tell."""
        for number, element in enumerate(root.iter("object"), start=1):
            name = (element.findtext("name") or "").strip()
            if name not in self.vocabulary:
                cause = f"its class {name!r} is unknown"
                self.complaints.symbol(str(path), f"object {number}", cause, _CLASS_REMEDY)
                continue
            try:
                yield _object(element, number, self.vocabulary.id(name))
            except ValueError as error:
                self.complaints.symbol(str(path), f"object {number}", str(error))

    def _numbered(self, path: Path, found: list[_Object]) -> list[_Object]:
        """The objects with their instances as ids where all have one; without any where not."""
        if not all(0 < one.instance <= _LARGEST_ID for one in found):
            for one in found:
                one.instance = 0
            return found
        kept: dict[int, _Object] = {}
        for one in found:
            if one.instance in kept:
                cause = f"{kept[one.instance].name} is the same instance"
                self.complaints.symbol(str(path), one.name, cause)
            else:
                kept[one.instance] = one
        return list(kept.values())


@dataclass(slots=True)
class _Object:
    """One object of a file; its box in fractions of the page, its instance 0 where it has none."""

    number: int
    label: int
    box: tuple[float, ...]
    instance: int
    onset: float
    duration: float
    position: int

    @property
    def name(self) -> str:
        return f"object {self.number}"


def _pixels(found: list[_Object], size: tuple[int, int]) -> NDArray[np.float64]:
    """The boxes in pixels (n, 4), to a thousandth: files have eight decimals of a page."""
    return (np.array([one.box for one in found], np.float64).reshape(-1, 4) * (*size, *size)).round(3)


def _object(element: etree._Element, number: int, label: int) -> _Object:
    """Raises ValueError, with the cause as its message, where the object cannot be used."""
    box = tuple(_number(element.findtext(f"bndbox/{tag}"), tag) for tag in ("xmin", "ymin", "xmax", "ymax"))
    if any(abs(side) > _MOST for side in box if math.isfinite(side)):
        message = f"its box is not made of fractions of the page ({', '.join(f'{side:g}' for side in box)})"
        raise ValueError(message)
    position = _optional(element, "rel_position")
    if not math.isnan(position) and not (position.is_integer() and abs(position) < -ABSENT):
        message = f"its rel_position is no whole number ({position:g})"
        raise ValueError(message)
    return _Object(
        number=number,
        label=label,
        box=box,
        instance=_instance(element.findtext("instance") or "0"),
        onset=_optional(element, "onset"),
        duration=_optional(element, "duration"),
        position=ABSENT if math.isnan(position) else int(position),
    )


def _number(text: str | None, tag: str) -> float:
    try:
        return float(text or "")
    except ValueError:
        message = f"its {tag} is no number ({text!r})" if text else f"it has no {tag}"
        raise ValueError(message) from None


def _optional(element: etree._Element, tag: str) -> float:
    """The number of a tag that may be missing, then NaN."""
    number = _number(element.findtext(tag) or "nan", tag)
    if math.isinf(number):
        message = f"its {tag} is no number ({number})"
        raise ValueError(message)
    return number


def _instance(text: str) -> int:
    text = text.strip()
    try:
        return int(text[1:], 16) if text.startswith("#") else int(text)
    except ValueError:
        message = f"its instance is neither a colour nor a number ({text!r})"
        raise ValueError(message) from None


def _size(path: Path, root: etree._Element) -> tuple[int, int] | None:
    """Width and height as a file says them; None where it does not."""
    texts = [root.findtext(f"size/{side}") for side in ("width", "height")]
    if not all(texts):
        return None
    try:
        width, height = (round(float(text or "")) for text in texts)
    except (OverflowError, ValueError):
        width = height = 0
    if min(width, height) < 1:
        message = f"{path}: its size is none ({texts[0]} x {texts[1]})"
        raise DatasetError(message, "Mend the size, or take it out: then the image's is used.")
    return width, height


# Lists.


def _pages(folder: Path) -> dict[str, Path]:
    """The annotation file of each page, by the page's name, sorted."""
    try:
        names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".xml"))
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    return {name.removesuffix(".xml"): folder / name for name in names}


def _classes(place: Path) -> Vocabulary:
    published = place.name == Path(DETECTION).name
    around = (place, *([place.parent] if published else []), place.parent / Path(CLASSIFICATION).name)
    for folder in around:
        if (folder / CLASS_NAMES).is_file():
            return read_class_names(folder / CLASS_NAMES)
        if (folder / CLASSES).is_file():
            return read_classes(folder / CLASSES)
    return named_vocabulary("deepscores_v1")


def read_class_names(path: Path) -> Vocabulary:
    """The vocabulary of a `class_names.csv`: number and name in each line.

    Raises:
        DatasetError: it is missing or no such list.
    """
    try:
        rows = _rows(path)
        if rows and not rows[0][0].strip().isdigit():
            rows = rows[1:]  # a head
        return Vocabulary.of((int(row[0]), row[1].strip()) for row in rows)
    except (LookupError, ValueError, csv.Error) as error:
        message = f"{path}: no list of classes ({error})"
        raise DatasetError(message, "Each line has a number and a name, and each of both once.") from error


def _rows(path: Path) -> list[list[str]]:
    """The lines of a list that are not empty, cut at their commas."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return [row for row in csv.reader(file) if row]
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


def _splits(place: Path, pages: set[str]) -> dict[str, str]:
    """The split of each page that a list names."""
    lists = [(path.stem, path) for path in sorted((place.parent / SPLIT_LISTS).glob("*.txt"))]
    inside = [path for path in sorted(place.glob(f"*{_NAMES_ENDING}")) if path.name != CLASS_NAMES]
    lists += [(path.name.removesuffix(_NAMES_ENDING), path) for path in inside]
    splits: dict[str, str] = {}
    for split, path in lists:
        try:
            names = [row[-1] for row in _rows(path)]
        except (ValueError, csv.Error) as error:
            message = f"{path}: no list of pages ({error})"
            raise DatasetError(message, "Each line has a number and the name of a page.") from error
        known = (name if name in pages else name.strip() for name in names)
        splits.update((name, split) for name in known if name in pages)
    return splits
