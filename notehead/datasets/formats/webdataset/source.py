"""Reads WebDatasets of notehead's: pages are found by the tar files' headers, read from their places."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.embedded import embedded_png, layer_of_runs
from notehead.datasets.formats.common.symbol_columns import own_or, symbols_of
from notehead.datasets.formats.notehead.dataset import CLASSES, read_classes
from notehead.datasets.formats.webdataset.layout import PAGES, RENAMED, SHARDS, VERSION, page_key
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import instance_ids
from notehead.page import COLUMNS, Origin, Page, Symbols

_FETCH = "Fetch or convert the dataset again."
_MOST_SHARDS = 64
"""Whose pages' places are remembered at a time."""

Members = dict[str, tuple[int, int]]
"""Where each file of a page begins in its shard, and its size, by what follows the key."""


class WebDatasetSource(Source):
    """Pages in shards: found by the headers of the tar files, read from their places."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        self.vocabulary = own_or(read_classes(folder / CLASSES))
        self.entries = _read_entries(folder)
        self._pages_of: dict[str, dict[str, Members]] = {}

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._symbols(entry, self._document(entry))

    def staff_space(self, entry: PageEntry) -> float:
        document = self._document(entry)
        with _checked(self._where(entry, "json")):
            return float(document["staff_space"])

    def page(self, entry: PageEntry) -> Page:
        document = self._document(entry)
        with _checked(self._where(entry, "json")):
            shape = int(document["height"]), int(document["width"])
            known = {item.name for item in fields(Origin)}
            origin = Origin(**{key: value for key, value in document["origin"].items() if key in known})
            lines = np.asarray(document["staff_lines"], np.float64).reshape(-1, 5)
            staff_space = float(document["staff_space"])
            under = layer_of_runs(document["covered"], shape) if document["masks"] else None
        ids = None
        if under is not None:
            ids = instance_ids(self._image(entry, "instance.png", (*shape, 3)))
        image = self._image(entry, "png", shape)
        return Page(entry.name, image, self._symbols(entry, document), ids, under, lines, staff_space, origin)

    def _symbols(self, entry: PageEntry, document: dict[str, Any]) -> Symbols:
        where = self._where(entry, "json")
        with _checked(where):
            named = document["symbols"]
            columns = {column: named[RENAMED.get(column, column)] for column in COLUMNS[:-1]}
            columns["links"] = document["links"]
            return symbols_of(columns, self.vocabulary, self.complaints, where)

    def _document(self, entry: PageEntry) -> dict[str, Any]:
        where = self._where(entry, "json")
        with _checked(where):
            document: dict[str, Any] = dict(orjson.loads(self._read(entry, "json")))
        return document

    def _image(self, entry: PageEntry, ending: str, shape: tuple[int, ...]) -> Any:
        return embedded_png(self._read(entry, ending), shape, self._where(entry, ending))

    def _where(self, entry: PageEntry, ending: str) -> str:
        return f"{self.folder / entry.key}: {page_key(entry.name)}.{ending}"

    def _members(self, entry: PageEntry) -> Members:
        if entry.key not in self._pages_of:
            if len(self._pages_of) == _MOST_SHARDS:
                self._pages_of.clear()
            self._pages_of[entry.key] = _scan(self.folder / entry.key)
        return self._pages_of[entry.key].get(page_key(entry.name), {})

    def _read(self, entry: PageEntry, ending: str) -> bytes:
        """A file of a page; raises DatasetError where it is not there."""
        offset, size = self._members(entry).get(ending, (0, -1))
        if size < 0:
            message = f"{self._where(entry, ending)}: not there"
            raise DatasetError(message, _FETCH)
        try:
            with (self.folder / entry.key).open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as error:
            message = f"{self.folder / entry.key}: {error.strerror or error}"
            raise DatasetError(message, _FETCH) from error


def _read_entries(folder: Path) -> list[PageEntry]:
    """The pages of `pages.jsonl`, each with the name of its shard as its key."""
    index, pages = folder / SHARDS, folder / PAGES
    known = {item.name for item in fields(PageEntry)}
    try:
        with _checked(str(index)):
            document = orjson.loads(index.read_bytes())
            shards = {str(shard["name"]) for shard in document["shards"]}
            if document["format"] != VERSION or any(not _SHARD.fullmatch(name) for name in shards):
                message = f"it is not {VERSION!r}, or names a file that is no shard"
                raise ValueError(message)
        with _checked(str(pages)):
            lines = pages.read_bytes().splitlines()
            rows = [{**_BLANK, **orjson.loads(line)} for line in lines]
            entries = [_entry({key: row[key] for key in known}) for row in rows]
            strange = {entry.key for entry in entries} - shards
            if strange or len({entry.name for entry in entries}) < len(entries):
                message = f"no shard {min(strange)}" if strange else "two pages have one name"
                raise ValueError(message)
    except OSError as error:
        message = f"{error.filename}: {error.strerror or error}"
        raise DatasetError(message, _FETCH) from error
    return entries


_SHARD = re.compile(r"[\w-]+\.tar")
_BLANK = asdict(PageEntry(""))


def _entry(row: dict[str, Any]) -> PageEntry:
    for name, value in _BLANK.items():
        if type(row[name]) is not type(value):
            message = f"{name} is {row[name]!r}"
            raise TypeError(message)
    return PageEntry(**row)


def _scan(path: Path) -> dict[str, Members]:
    """Where the files of each page lie in a shard: one pass over its headers. Names are no paths here."""
    found: dict[str, Members] = {}
    try:
        size = path.stat().st_size
        with tarfile.open(path, "r:") as shard:
            for member in shard:
                key, _, ending = member.name.partition(".")
                place = member.offset_data, member.size
                if not member.isreg() or member.issparse() or member.size < 0 or sum(place) > size:
                    message = f"{member.name!r} is no file, or cut off"
                    raise tarfile.ReadError(message)
                if found.setdefault(key, {}).setdefault(ending, place) != place:
                    message = f"{member.name!r} occurs twice"
                    raise tarfile.ReadError(message)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, _FETCH) from error
    except (tarfile.TarError, ArithmeticError, LookupError, RuntimeError, ValueError) as error:
        message = f"{path}: damaged ({error})"
        raise DatasetError(message, _FETCH) from error
    return found


@contextmanager
def _checked(where: str) -> Iterator[None]:
    """Whatever goes wrong inside is the file's damage."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"{where}: damaged ({error})"
        raise DatasetError(message, _FETCH) from error
