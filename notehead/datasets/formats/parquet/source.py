"""Reads notehead's Parquet files: pages are listed by a few columns, and read by row group."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.embedded import embedded_png, layer_of_runs
from notehead.datasets.formats.common.symbol_columns import DECIMALS, own_or, symbols_of
from notehead.datasets.formats.notehead.dataset import CLASSES, read_classes
from notehead.datasets.formats.parquet.index import read_index
from notehead.datasets.formats.parquet.rows import digest
from notehead.datasets.formats.parquet.schema import (
    CARD,
    DATA,
    DIGEST,
    FACTS,
    INDEX,
    METADATA,
    RENAMED,
    SYMBOLS,
    VERSION,
    pyarrow,
)
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import instance_ids
from notehead.page import ABSENT, Origin, Page, Symbols
from notehead.stores import is_url
from notehead.vocabulary import Vocabulary

_LARGEST_GROUP = 4 * 2**30
"""Bytes of a row group, which is read as a whole."""
_REMEDY = "Fetch or convert the dataset again."


class ParquetSource(Source):
    """Pages in tables that notehead wrote: listed by a few columns, read by row group."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        pyarrow()
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        vocabularies: list[Vocabulary] = []
        self.entries: list[PageEntry] = []
        if (folder / INDEX).is_file():
            self._list(folder, vocabularies)
        elif (folder / ".build").is_dir():
            message = f"{folder}: this build is not finished"
            raise DatasetError(message, "Run the same `notehead build` again.")
        else:
            self._search(folder, vocabularies)
        if any(vocabulary != vocabularies[0] for vocabulary in vocabularies):
            message = f"{self._in}: the files have different classes"
            raise DatasetError(message, "Keep the files of different datasets in different folders.")
        if len({entry.name for entry in self.entries}) < len(self.entries):
            message = f"{self._in}: two pages have one name"
            raise DatasetError(message, "Keep the files of different datasets in different folders.")
        self.vocabulary = vocabularies[0]
        self._label = np.array([*(row.id for row in self.vocabulary.classes), -1], np.int32)

    def _list(self, folder: Path, vocabularies: list[Vocabulary]) -> None:
        """Take the pages from the list of them, and the classes from the first file."""
        self._in = folder / DATA
        with _checked(str(folder / INDEX)):
            self.entries += read_index(folder / INDEX)
        files = dict.fromkeys(entry.key.partition(":")[0] for entry in self.entries)
        for name in list(files)[:1]:
            with _opened(self._in / name) as table:
                vocabularies.append(_vocabulary(table))
        if not files:
            vocabularies.append(own_or(read_classes(folder / CLASSES)))

    def _search(self, folder: Path, vocabularies: list[Vocabulary]) -> None:
        """Look into every file."""
        files = parquet_files(folder)
        if not files and not is_empty(folder):
            message = f"{folder}: no Parquet files here"
            raise DatasetError(message, "They are in its folder `data`.")
        self._in = files[0].parent if files else folder / DATA
        if not files:
            vocabularies.append(own_or(read_classes(folder / CLASSES)))
        for file in files:
            with _opened(file) as table:
                vocabularies.append(_vocabulary(table))
                self.entries += _entries(file.name, table)

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._symbols(entry, self._row(entry, ["objects", "links"]))

    def staff_space(self, entry: PageEntry) -> float:
        row = self._row(entry, ["staff_space"])
        with _checked(self._where(entry)):
            return float(row["staff_space"].as_py())

    def page(self, entry: PageEntry) -> Page:
        row = self._row(entry, None)
        where = self._where(entry)
        with _checked(where):
            shape = row["height"].as_py(), row["width"].as_py()
            image = embedded_png(row["image"].as_py()["bytes"], shape, f"{where}: image")
            mask = row["instance_mask"].as_py() if "instance_mask" in row else None
            ids = under = None
            if mask is not None:
                ids = instance_ids(embedded_png(mask["bytes"], (*shape, 3), f"{where}: instance_mask"))
                under = layer_of_runs(_numbers(row["covered"].values), shape)
            known = {item.name for item in fields(Origin)}
            origin = orjson.loads(row["origin"].as_py())
            return Page(
                entry.name,
                image,
                self._symbols(entry, row),
                ids,
                under,
                np.array(row["staff_lines"].as_py(), np.float64).reshape(-1, 5),
                float(row["staff_space"].as_py()),
                Origin(**{key: value for key, value in origin.items() if key in known}),
            )

    def intact(self, entry: PageEntry) -> bool | None:
        """Whether a page is as it was written, to the bit; None where its file keeps no digests.

        Raises:
            DatasetError: it cannot be read at all.
        """
        name, group, row = entry.key.split(":")
        with _opened(self._in / name, self._where(entry)) as table:
            if DIGEST not in table.schema_arrow.names:
                return None
            found = table.read_row_group(int(group)).slice(int(row), 1).to_pylist()[0]
            return bool(digest(found) == found[DIGEST])

    def _where(self, entry: PageEntry) -> str:
        return f"{self._in / entry.key.partition(':')[0]}: {entry.name}"

    def _row(self, entry: PageEntry, columns: list[str] | None) -> dict[str, Any]:
        """The values of a page's row, read with its row group."""
        name, group, row = entry.key.split(":")
        with _opened(self._in / name, self._where(entry)) as table:
            if table.metadata.row_group(int(group)).total_byte_size > _LARGEST_GROUP:
                message = "a row group is larger than pages can be"
                raise ValueError(message)
            found = table.read_row_group(int(group), columns=columns)
            return {column: found.column(column)[int(row)] for column in found.column_names}

    def _symbols(self, entry: PageEntry, row: dict[str, Any]) -> Symbols:
        where = self._where(entry)
        with _checked(where):
            columns: dict[str, Any] = {"links": row["links"].as_py()}
            for name, kind in SYMBOLS.items():
                values = row["objects"][name].values
                columns[RENAMED.get(name, name)] = (
                    values.to_pylist() if kind == "string" else _numbers(values)
                )
            place = columns["label"]
            known = (place >= 0) & (place < len(self._label) - 1)
            columns["label"] = self._label[np.where(known, place, -1)]
            box = columns["box"].reshape(-1, 4)
            box[:, 2:] = (box[:, :2] + box[:, 2:]).round(DECIMALS)
            columns["box"] = box
            return symbols_of(columns, self.vocabulary, self.complaints, where)


def _numbers(values: Any) -> Any:
    """The numbers of an Arrow array, those of fixed lists one after the other; NaN or ABSENT for null."""
    arrow, _ = pyarrow()
    if arrow.types.is_fixed_size_list(values.type):
        values = values.flatten()
    missing = np.nan if arrow.types.is_floating(values.type) else ABSENT
    return values.fill_null(missing).to_numpy(zero_copy_only=False).copy()


def parquet_files(folder: Path) -> list[Path]:
    """The Parquet files of a folder: those in its `data`, or its own."""
    return sorted((folder / DATA).glob("*.parquet")) or sorted(folder.glob("*.parquet"))


def is_empty(folder: Path) -> bool:
    """Whether it is a dataset without pages, as we write it: `data` is empty, and the card is beside."""
    data = folder / DATA
    written = all((folder / name).is_file() for name in (CLASSES, CARD))
    return written and data.is_dir() and not any(data.iterdir())


@contextmanager
def _opened(path: Path, where: str = "") -> Iterator[Any]:
    """An open Parquet file; whatever goes wrong inside is its damage, at `where` or in the whole file."""
    _, parquet = pyarrow()
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb")) if is_url(path) else path
            stack.enter_context(_checked(where or str(path)))
            yield stack.enter_context(parquet.ParquetFile(file, page_checksum_verification=True))
    except OSError as error:
        cause = (error.strerror or str(error)).partition("\n")[0]
        message = f"{where or path}: {cause}"
        raise DatasetError(message, _REMEDY) from error


@contextmanager
def _checked(where: str) -> Iterator[None]:
    arrow, _ = pyarrow()
    own = arrow.lib.ArrowException  # some of pyarrow's errors are of no other kind
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, own) as error:
        cause = str(error).partition("\n")[0]
        message = f"{where}: damaged ({cause})"
        raise DatasetError(message, _REMEDY) from error


def _vocabulary(table: Any) -> Vocabulary:
    """The classes that a file states; raises ValueError where notehead did not write it."""
    own = orjson.loads((table.schema_arrow.metadata or {}).get(METADATA, b"{}"))
    if own.get("format") != VERSION:
        message = f"it is not {VERSION!r}"
        raise ValueError(message)
    return own_or(Vocabulary.of((int(row["id"]), str(row["name"])) for row in own["classes"]))


def _entries(name: str, table: Any) -> Iterator[PageEntry]:
    for group in range(table.num_row_groups):
        rows = table.read_row_group(group, columns=list(FACTS)).to_pylist()
        for place, row in enumerate(rows):
            if any(value is None for value in row.values()):
                message = f"row group {group}, row {place}: a fact of the page is missing"
                raise ValueError(message)
            yield PageEntry(**row, key=f"{name}:{group}:{place}")
