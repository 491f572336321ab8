"""`convert`: a dataset in one format becomes one in another, whole or in slices."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from notehead.datasets.complaints import Complaints
from notehead.datasets.dataset import Dataset
from notehead.datasets.formats import Format, Part, WriteOptions, Writer, find_format, parts_of
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.index import PageEntry
from notehead.datasets.slicing import SliceOptions, slices
from notehead.errors import DatasetError, NoteheadError, OutputError
from notehead.files import whole_folder
from notehead.page import Page
from notehead.pool import WorkerDied, in_order
from notehead.progress import Progress, Silent

_BEYOND = ("notehead", "webdataset", "parquet")
"""Formats whose readers take boxes beyond the page; the others refuse them as damage."""


class LossWarning(UserWarning):
    """The format cannot hold all that the pages hold; said once for a conversion."""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """How a dataset is converted.

    Attributes:
        write: options of the format.
        change: what becomes of each page before it is written, a recipe of `notehead.degrade` for
            example; None leaves pages as they are.
        slicing: cut pages into slices; None leaves them whole.
        workers: processes; 0 for one per processor, 1 to work in this one.
    """

    write: WriteOptions = field(default_factory=WriteOptions)
    change: Callable[[Page], Page] | None = None
    slicing: SliceOptions | None = None
    workers: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be; raises NoteheadError."""
        if self.workers < 0:
            message = "the number of workers must not be negative"
            raise NoteheadError(message)


@dataclass(slots=True)
class Conversion:
    """What came of a conversion.

    Attributes:
        folder: the new dataset.
        pages: written; slices count as pages.
        symbols: written.
        lost: what the pages held and the format cannot hold.
        complaints: what was left out.
    """

    folder: Path
    pages: int = 0
    symbols: int = 0
    lost: set[Part] = field(default_factory=set)
    complaints: Complaints = field(default_factory=Complaints)


@dataclass(slots=True)
class _Done:
    """What became of one page: an entry, a record and the parts of each page or slice that was written."""

    written: list[tuple[PageEntry, Any]]
    parts: set[Part]
    complaints: Complaints


@dataclass(slots=True)
class _Job:
    """All that a worker needs."""

    dataset: Dataset
    writer: Writer
    change: Callable[[Page], Page] | None
    slicing: SliceOptions | None

    def do(self, place: int) -> _Done:
        """Write one page, or its slices."""
        done = _Done([], set(), Complaints())
        complaints = self.dataset.complaints
        try:
            page = self.dataset[place]
        except DatasetError as error:
            complaints.page(error)
        else:
            entry = self.dataset.entries[place]
            page = page if self.change is None else self.change(page)
            for part in [page] if self.slicing is None else slices(page, self.slicing):
                done.parts |= parts_of(part)
                done.written.append(self._write(entry, part))
        done.complaints = complaints.taken()
        return done

    def _write(self, entry: PageEntry, page: Page) -> tuple[PageEntry, Any]:
        plain_name(page.name, "page")  # names come from strangers' files, and become names of files
        if entry.split:
            plain_name(entry.split, "split")
        known = replace(
            entry, name=page.name, width=page.width, height=page.height, symbols=len(page.symbols)
        )
        return known, self.writer.page(known, page)


def convert(
    dataset: Dataset | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    to: str,
    options: ConvertOptions | None = None,
    progress: Progress | None = None,
) -> Conversion:
    """Write a dataset anew, in the format called `to`.

    The new dataset appears when it is whole: until then it grows beside its place.

    Raises:
        DatasetError: there is no such format, it cannot name the classes, or a page cannot be used and
            the dataset is not read with `keep_going`.
        OutputError: the folder holds something already, lies in the dataset, or cannot be written.

    Example:
        >>> convert("dataset", "yolo", "yolo")  # doctest: +SKIP
    """
    options, progress = options or ConvertOptions(), progress or Silent()
    dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
    target = find_format(to)
    if target.writer is None:
        message = f"{to} can only be read"
        raise DatasetError(message, "Choose another format.")
    if options.slicing is not None and options.slicing.cut == "whole" and to not in _BEYOND:
        message = f"{to} cannot hold boxes that leave their slice"
        raise DatasetError(message, f"Cut symbols otherwise, or write {', '.join(_BEYOND)}.")
    place = Path(folder)
    if any(place.resolve().is_relative_to(part.resolve()) for part in dataset.folders):
        message = f"{place}: it lies in the dataset that is read"
        raise OutputError(message, "Choose a folder outside of it.")
    with whole_folder(place) as aside, contextlib.ExitStack() as stack:
        stack.callback(progress.close)
        writer = target.writer(aside, dataset.vocabulary, options.write)
        stack.callback(writer.close)
        result = _run(dataset, writer, options, progress)
        writer.finish()
        result.folder = place
        _warn(result, target)
    return result


def _run(dataset: Dataset, writer: Writer, options: ConvertOptions, progress: Progress) -> Conversion:
    result = Conversion(writer.folder, complaints=dataset.complaints.taken())
    progress.stage("pages", len(dataset))
    job = _Job(dataset, writer, options.change, options.slicing)
    try:
        for done in in_order(job, len(dataset), options.workers):
            for entry, record in done.written:
                writer.add(entry, record)
                result.pages += 1
                result.symbols += entry.symbols
            result.lost |= done.parts
            result.complaints.merge(done.complaints)
            progress.step(pages=1)
    except WorkerDied as error:
        message = f"{dataset.folder}: a process died while it read a page"
        raise DatasetError(message, "Run it with --workers 1 to see at which.") from error
    return result


def _warn(result: Conversion, target: Format) -> None:
    result.lost -= target.holds
    if result.lost:
        lost = ", ".join(sorted(result.lost))
        warnings.warn(f"{target.name} cannot hold {lost}", LossWarning, stacklevel=3)
