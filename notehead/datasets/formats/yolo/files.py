"""The files of a YOLO dataset: its images, the label file of each, and whether they hold oriented boxes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from notehead.datasets.formats.yolo.config import CLASSES_TXT, Place, YoloConfig
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.images import ENDINGS

LABELS = ".txt"
_FOLDER = f"{os.sep}labels{os.sep}"
_LOOKED_AT = 500
_FILLED = 3
"""So many label files, and so many that are not empty, tell oriented boxes from upright ones."""
_HEAD = 4096
_MOST_BYTES = 256 * 2**20
"""Of a list of images; 255,000 of them take 20 MB."""


def list_pages(config: YoloConfig) -> list[PageEntry]:
    """All pages, sorted within each place; `key` is the image, or a label file that has no image.

    Pages are called after their images; those that occur twice get a number: `page`, `page-2`.

    Raises:
        DatasetError: a list of images cannot be read.
    """
    entries: list[PageEntry] = []
    names: set[str] = set()
    for place in config.places:
        for path in _paths(config, place):
            stem = path.rpartition(os.sep)[2].rpartition(".")[0]
            name, again = stem, 2
            while name in names:
                name, again = f"{stem}-{again}", again + 1
            names.add(name)
            entries.append(PageEntry(name, place.split, key=path))
    return entries


def _paths(config: YoloConfig, place: Place) -> list[str]:
    if _is_list(place.path):
        return sorted(_listed(config, place.path))
    images = list(_files(str(place.path), ENDINGS))
    labels = _label_folder(place.path)
    if labels != str(place.path):  # where they are together, other texts may lie there as well
        known = {*map(label_path, images), f"{labels}{os.sep}{CLASSES_TXT}"}
        images += [label for label in _files(labels, (LABELS,)) if label not in known]
    return sorted(images)


def _is_list(path: Path) -> bool:
    return path.suffix.lower() == LABELS and path.is_file()


def _listed(config: YoloConfig, file: Path) -> list[str]:
    """The images of a list; relative paths start at the list, or at the dataset where that is not so."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            message = f"{file}: larger than a list of images can be"
            raise DatasetError(message, "Give the folder of the images.")
        text = file.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    lines = [line.strip().removeprefix("./") for line in text.split("\n")]
    lines = [line for line in lines if line.lower().endswith(ENDINGS)]
    base = file.parent if lines and (file.parent / lines[0]).exists() else config.base
    return [line if line.startswith(os.sep) else _inside(config, file, base, line) for line in lines]


def _inside(config: YoloConfig, file: Path, base: Path, line: str) -> str:
    if ".." not in line:
        return f"{base}{os.sep}{line}"
    path = os.path.normpath(base / line)
    if not Path(path).is_relative_to(config.base):
        message = f"{file}: {line} leads out of the dataset's folder"
        raise DatasetError(message, "Write the whole path if you mean it.")
    return path


def label_path(image: str) -> str:
    """Where Ultralytics looks for the labels of an image.

    Example:
        >>> label_path("/data/images/train/a.b.png")
        '/data/labels/train/a.b.txt'
    """
    head, found, tail = image.rpartition(".")[0].rpartition(f"{os.sep}images{os.sep}")
    return f"{head}{found and _FOLDER}{tail}{LABELS}"


def _label_folder(images: Path) -> str:
    return label_path(f"{images}{os.sep}image.png").rpartition(os.sep)[0]


def _files(folder: str, endings: tuple[str, ...]) -> Iterator[str]:
    """All files in a folder and those below whose names end so, as they come.

    None where the folder is not there; raises DatasetError where it cannot be read.
    """
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name.lower().endswith(endings):
                        yield entry.path
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            message = f"{folder}: {error.strerror or error}"
            raise DatasetError(message, "Check that you may read it.") from error


def is_oriented(config: YoloConfig) -> bool:
    """Whether the labels are oriented boxes: by `task`, else by the numbers in the first ones.

    Four corners are also how a mask of four corners is written: such a dataset is taken for oriented boxes.
    """
    if config.task:
        return config.task == "obb"
    counts = list(itertools.islice(_columns(config), _FILLED))
    return bool(counts) and all(count in (9, 10) for count in counts) and not config.keypoints


def _columns(config: YoloConfig) -> Iterator[int]:
    """How many numbers the first line has, of the first label files that have a line."""
    for place in config.places:
        labels: Iterable[str]
        if _is_list(place.path):
            labels = map(label_path, _listed(config, place.path))
        else:
            labels = _files(_label_folder(place.path), (LABELS,))
        for file in itertools.islice(labels, _LOOKED_AT):
            try:
                with Path(file).open("rb") as opened:
                    line = opened.read(_HEAD).strip().partition(b"\n")[0]
            except OSError:
                continue
            if line:
                yield len(line.split())
