"""Folders of patches for classification, one folder per class, as DeepScores v1 has them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from notehead.datasets.formats.deepscores_v1.layout import CLASSIFICATION
from notehead.datasets.formats.deepscores_v1.source import CLASS_NAMES, read_class_names
from notehead.errors import DatasetError
from notehead.images import ENDINGS

_PLACES = ("", Path(CLASSIFICATION).name, CLASSIFICATION)


class PatchFolder(Sequence[tuple[Path, str]]):
    """Patches as (path, class), by class and then by file name; the files are listed when first asked for.

    Attributes:
        folder: where the classes' folders are.
        classes: the names of all classes, those without patches, too: in the order of `class_names.csv`,
            or sorted where there is no such list.
    """

    def __init__(self, folder: Path, classes: tuple[str, ...], filled: tuple[str, ...]) -> None:
        self.folder = folder
        self.classes = classes
        self._filled = filled

    @cached_property
    def _files(self) -> list[tuple[str, str]]:
        """Class and file name of each patch."""
        return [(name, file) for name in self._filled for file in _images(self.folder / name)]

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, place: int) -> tuple[Path, str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Path, str]]: ...
    def __getitem__(self, place: Any) -> tuple[Path, str] | list[tuple[Path, str]]:
        if isinstance(place, slice):
            return [self._patch(name, file) for name, file in self._files[place]]
        return self._patch(*self._files[place])

    def __iter__(self) -> Iterator[tuple[Path, str]]:
        return (self._patch(name, file) for name, file in self._files)

    def _patch(self, name: str, file: str) -> tuple[Path, str]:
        return self.folder / name / file, name


def read_patches(folder: str | os.PathLike[str]) -> PatchFolder:
    """The patches of a folder: `DeepScores_classification`, one like it, or a dataset that has one.

    Raises:
        DatasetError: there are no folders of patches, or one is of no class that is listed.

    Example:
        >>> patches = read_patches("dataset")  # doctest: +SKIP
        >>> path, name = patches[0]  # doctest: +SKIP
    """
    root = Path(folder)
    place = next((one for sub in reversed(_PLACES) if (one := root / sub).is_dir()), None)
    folders = [] if place is None else _folders(place)
    if place is None or not folders:
        message = f"{root}: there are no folders of patches"
        raise DatasetError(message, "It has one folder of images per class.")
    if not (place / CLASS_NAMES).is_file():
        return PatchFolder(place, tuple(folders), tuple(folders))
    classes = tuple(read_class_names(place / CLASS_NAMES))
    strange = [name for name in folders if name not in classes]
    if strange:
        message = f"{place}: the folder {strange[0]} is of no class that {CLASS_NAMES} lists"
        raise DatasetError(message, "Enter the class there, or move the folder away.")
    there = set(folders)
    return PatchFolder(place, classes, tuple(name for name in classes if name in there))


def _folders(place: Path) -> list[str]:
    try:
        with os.scandir(place) as found:
            names = [entry.name for entry in found if entry.is_dir()]
    except OSError as error:
        message = f"{place}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    return sorted(name for name in names if not name.startswith((".", "__")))


def _images(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            return sorted(entry.name for entry in found if entry.name.lower().endswith(ENDINGS))
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
