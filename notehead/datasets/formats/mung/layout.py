"""Where the files of a MuNG dataset lie: annotations, images, classes and splits; see `mung.py`."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from notehead.datasets.formats.common.xml import read_xml
from notehead.datasets.formats.mung.nodes import ROOTS
from notehead.datasets.formats.notehead.dataset import CLASSES, read_classes
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.images import ENDINGS
from notehead.vocabulary import VOCABULARY, Vocabulary, named_vocabulary

OWN, IMAGES = "annotations", "images"
"""The folders of annotations and images in datasets that we write."""
SPLITS = "splits.csv"
_PLACES = (
    "", "annotations", "data/annotations", "v2.0/data/annotations", "v2.1/data/annotations",
    "data/cropobjects_withstaff", "v1.0/data/cropobjects_withstaff", "data/cropobjects_manual",
)  # fmt: skip
_OWN_FOLDERS = {Path(place).name for place in _PLACES if place}
_CLASS_LIST = "specifications/mff-muscima-mlclasses-annot.xml"
_TEST_LISTS = ("specifications/testset-independent.txt", "specifications/testset-dependent.txt")
_HEAD = re.compile(rb"<(" + "|".join(ROOTS).encode() + rb")[\s>/]")
_MUSCIMA = re.compile(r"CVC-MUSCIMA_W-(\d+)_N-(\d+)_D-([\w-]+)")


def find_annotations(path: Path) -> Path | None:
    """The folder of MuNG files in a dataset, by the head of its first file; None where there is none.

    A dataset that we wrote without pages has such a folder too.
    """
    for place in _PLACES:
        folder = path / place
        first = min(_xml_files(folder).values(), default=None)
        if first is not None and _HEAD.search(_head(folder / first)):
            return folder
    return path / OWN if _is_empty(path) else None


def _is_empty(path: Path) -> bool:
    """Whether it is a dataset without pages, as we write it: two empty folders beside the classes."""
    folders = path / OWN, path / IMAGES
    written = (path / CLASSES).is_file() and all(folder.is_dir() for folder in folders)
    return written and not any(any(folder.iterdir()) for folder in folders)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


def _names(folder: Path) -> list[str]:
    """The names of the files in a folder; none where there is no folder."""
    try:
        with os.scandir(folder) as found:
            return [entry.name for entry in found if entry.is_file()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


def _xml_files(folder: Path) -> dict[str, str]:
    return {name[:-4]: name for name in sorted(_names(folder)) if name.lower().endswith(".xml")}


@dataclass(frozen=True)
class Layout:
    """The files of one dataset.

    Attributes:
        folder: what the user called it.
        annotations: the folder of its MuNG files.
    """

    folder: Path
    annotations: Path

    @cached_property
    def files(self) -> dict[str, str]:
        """The annotation file of each page, by the page's name, sorted."""
        return _xml_files(self.annotations)

    def _first(self, *names: str) -> Path | None:
        """The first of these files that lies with the annotations, or above if their folder has its name."""
        above = list(self.annotations.absolute().parents)[
            : 2 if self.annotations.parent.name == "data" else 1
        ]
        places = (self.folder, self.annotations, *(above if self.annotations.name in _OWN_FOLDERS else ()))
        return next((path for name in names for place in places if (path := place / name).is_file()), None)

    def vocabulary(self) -> Vocabulary:
        """The classes: those listed beside the annotations, or MUSCIMA++ 2.0's.

        Raises:
            DatasetError: the list is damaged.
        """
        if (path := self._first(CLASSES)) is not None:
            found = read_classes(path)
            return VOCABULARY if _rows(found) == _rows(VOCABULARY) else found
        mung = named_vocabulary("mung")
        if (path := self._first(_CLASS_LIST)) is not None:
            listed = _listed_classes(path)
            return mung if set(listed) <= set(mung) else listed
        return mung

    def entries(self) -> list[PageEntry]:
        """A row per annotation file.

        Raises:
            DatasetError: the list of splits is damaged.
        """
        splits = self._splits()
        rest = splits.get("", "")
        entries = []
        for name in self.files:
            music = _MUSCIMA.fullmatch(name)
            score = f"CVC-MUSCIMA N-{music[2]}" if music else ""
            entries.append(PageEntry(name, split=splits.get(name, rest), score=score, score_id=score))
        return entries

    def _splits(self) -> dict[str, str]:
        """The split of each page that is listed; under the empty name that of the others."""
        try:
            if (path := self._first(SPLITS)) is not None:
                with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
                    return {row["name"]: row["split"] or "" for row in csv.DictReader(file)}
            if (path := self._first(*_TEST_LISTS)) is not None:
                return {"": "train", **dict.fromkeys(path.read_text(encoding="utf-8").split(), "test")}
        except OSError as error:
            message = f"{path}: {error.strerror or error}"
            raise DatasetError(message, "Check that you may read it.") from error
        except (KeyError, ValueError, csv.Error) as error:
            message = f"{path}: no list of splits ({error})"
            raise DatasetError(message, f"{SPLITS} has the columns name and split.") from error
        return {}

    def images(self) -> Iterator[tuple[str, Path]]:
        """The image of each page that has one; of several the nearest."""
        bases = list(dict.fromkeys((self.annotations, self.annotations.parent, self.folder)))
        subs = ("images", "fulls", "data/images", "data/fulls")
        known: dict[str, Path] = {}
        for where in (self.annotations, *(base / sub for base in bases for sub in subs)):
            for name in sorted(_names(where)):
                path = where / name
                if path.suffix.lower() in ENDINGS:
                    known.setdefault(path.stem, path)
        roots = [
            root for base in (*bases, self.folder.parent) for root in (base, base / "CvcMuscima-Distortions")
        ]
        for name in self.files:
            image = known.get(name) or _scan(name, roots)
            if image is not None:
                yield name, image


def _scan(name: str, roots: list[Path]) -> Path | None:
    """The page's image in CVC-MUSCIMA's own folders."""
    music = _MUSCIMA.fullmatch(name)
    if music is None:
        return None
    path = f"{music[3]}/w-{int(music[1]):02}/image/p{int(music[2]):03}.png"
    return next((root / path for root in roots if (root / path).is_file()), None)


def _rows(vocabulary: Vocabulary) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in vocabulary.classes]


def _listed_classes(path: Path) -> Vocabulary:
    """The classes that MUSCIMA++'s own list has, under its ids."""
    try:
        return Vocabulary.of(
            (int(row.findtext("Id", "")), row.findtext("Name", "").strip())
            for row in read_xml(path).iter("NodeClass")
        )
    except ValueError as error:
        message = f"{path}: no list of classes ({error})"
        raise DatasetError(message, "Fetch the dataset again, or put classes.csv beside it.") from error
