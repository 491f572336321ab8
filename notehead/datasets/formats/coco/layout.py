"""Where a COCO dataset has its files: the annotations of each part, and the images."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from notehead.errors import DatasetError

FOLDER = "annotations"
WHOLE = "instances.json"
"""The file of the pages that are in no part."""
_PATTERNS = (f"{FOLDER}/instances_*.json", "_annotations.coco.json", "*/_annotations.coco.json",
             f"{FOLDER}/{WHOLE}", f"{FOLDER}/*.json", "*.json")  # fmt: skip
_MOST_FILES = 100
"""A folder with more JSON files than this is something else."""
_HEAD = 1 << 16
_OURS = re.compile(rb'"(images|annotations|categories)"\s*:')
_WRITTEN = b'"contributor":"notehead"'
_OTHERS = re.compile(rb'"(annotation_sets?|proposals)"\s*:')
_PARTS = {"train", "val", "valid", "validation", "test"}


def looks_like_coco(path: Path) -> bool:
    """Whether the head of a file is that of a COCO dataset."""
    head = _head(path)
    inside = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return inside and _OURS.search(head) is not None and _OTHERS.search(head) is None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def annotation_files(path: Path) -> list[Path]:
    """The files of a dataset in a folder, or the one that the path is."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" and looks_like_coco(path) else []
    for pattern in _PATTERNS:
        found = sorted(path.glob(pattern))
        files = [file for file in found[: _MOST_FILES + 1] if file.is_file() and looks_like_coco(file)]
        if files and len(found) <= _MOST_FILES:
            return files + (_without_part(path) if pattern == _PATTERNS[0] else [])
    return []


def _without_part(path: Path) -> list[Path]:
    """Our file of the pages that are in no part; others' beside those of parts has all pages once more."""
    file = path / FOLDER / WHOLE
    return [file] if file.is_file() and looks_like_coco(file) and _WRITTEN in _head(file) else []


def split_of(path: Path, *, alone: bool) -> str:
    """Which part of a dataset a file is, by its name.

    Example:
        >>> split_of(Path("annotations/instances_val2017.json"), alone=True)
        'val2017'
        >>> split_of(Path("valid/_annotations.coco.json"), alone=False), split_of(Path("a.json"), alone=True)
        ('valid', '')
    """
    name = path.stem
    if name == "_annotations.coco":
        name = path.parent.name
    elif name.startswith("instances_"):
        return name.removeprefix("instances_")
    return name if name in _PARTS or not (alone or path.name == WHOLE) else ""


def root_of(path: Path) -> Path:
    """The folder of a dataset that is opened by this path."""
    if path.is_dir():
        return path
    return path.parent.parent if path.parent.name == FOLDER else path.parent


def plain_path(file_name: str) -> PurePosixPath:
    """A path inside of the dataset; of one that leads elsewhere, the file's name alone."""
    path = PurePosixPath(file_name.replace("\\", "/"))
    return PurePosixPath(path.name) if path.is_absolute() or ".." in path.parts else path


def find_image(root: Path, annotations: Path, split: str, file_name: str) -> Path:
    """The image that a file of annotations calls by this name; raises DatasetError where there is none."""
    whole = plain_path(file_name)
    folders = (root / "images" / split, root / split, annotations.parent, root / "images", root)
    paths = [folder / name for name in (whole, whole.name) for folder in folders]
    try:
        found = next((path for path in paths if path.is_file()), None)
    except (OSError, ValueError):  # names that no file can have
        found = None
    if found is None:
        message = f"{annotations}: image {str(whole)!r:.100}: there is no such file"
        raise DatasetError(message, f"Put the images into {root / 'images'}.")
    return found
