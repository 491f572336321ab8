"""All formats, one line each, in the order in which they are tried."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from notehead.datasets.archive import archive_kind
from notehead.datasets.formats import (
    coco,
    deepscores_v1,
    deepscores_v2,
    mung,
    notehead,
    parquet,
    pascal_voc,
    webdataset,
    yolo,
)
from notehead.datasets.formats.format import Format
from notehead.datasets.formats.notehead.dataset import NoteheadSource
from notehead.datasets.formats.parquet.source import ParquetSource
from notehead.datasets.index import NO_DATASET
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.stores import is_url

BUILD = ".build"
_NAMED = 8

Read: TypeAlias = Callable[[Path, ReadOptions], Source]

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        notehead.FORMAT,
        webdataset.FORMAT,
        parquet.FORMAT,
        deepscores_v2.FORMAT,
        deepscores_v1.FORMAT,
        mung.FORMAT,
        coco.FORMAT,
        yolo.OBB_FORMAT,
        yolo.FORMAT,
        pascal_voc.FORMAT,
    )
}  # fmt: skip


def find_format(name: str) -> Format:
    """The format of a name; raises DatasetError where there is none."""
    if name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, 1, 0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Choose among {', '.join(FORMATS)}."
        message = f"there is no format {name!r}"
        raise DatasetError(message, hint)
    return FORMATS[name]


def open_source(path: Path, options: ReadOptions, name: str | None = None) -> Source:
    """Open a dataset, in the format of that name or in the first that it looks like.

    Raises:
        DatasetError: there is no dataset, or its lists are damaged.
    """
    if name is not None:
        wanted = find_format(name)
        if wanted.read is None:
            message = f"{wanted.name} can only be written"
            raise DatasetError(message, "Read the dataset that it was made from.")
        return _open(wanted, wanted.read, path, options)
    if is_url(path):  # of all formats, this one is made for object stores
        return _open(parquet.FORMAT, ParquetSource, path, options)
    if archive_kind(path) is not None:
        message = f"{path}: an archive, not yet a dataset"
        raise DatasetError(message, f"Unpack it first: `notehead unpack {path} -o FOLDER`.")
    for found in FORMATS.values():
        if found.read is not None and _is_here(found, path):
            return _open(found, found.read, path, options)
    if path.is_dir() and not (path / BUILD).is_dir():
        raise _no_dataset(path)
    return NoteheadSource(path, options)  # says what is missing


def _no_dataset(path: Path) -> DatasetError:
    """None here, but perhaps in the folders below."""
    below = [folder.name for folder in sorted(path.iterdir()) if folder.is_dir() and _any_here(folder)]
    message = f"{path}: no dataset here"
    if below:
        names = ", ".join(below[:_NAMED]) + (" ..." if len(below) > _NAMED else "")
        return DatasetError(message, f"There are some in its folders: {names}.")
    return DatasetError(message, NO_DATASET)


def _any_here(path: Path) -> bool:
    return any(found.read is not None and _is_here(found, path) for found in FORMATS.values())


def _open(found: Format, read: Read, path: Path, options: ReadOptions) -> Source:
    source = read(path, options)
    source.format = found.name
    return source


def _is_here(found: Format, path: Path) -> bool:
    try:
        return found.here(path)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check the path.") from error
