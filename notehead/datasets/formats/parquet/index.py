"""`pages.parquet`: all pages of a dataset of many files, with the file and the row of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from notehead.datasets.formats.common.symbol_columns import unicode
from notehead.datasets.formats.parquet.schema import FACTS, pyarrow
from notehead.datasets.index import PageEntry
from notehead.files import GrowingFile

_CHUNK = 10_000
"""Pages that are written at a time."""
_COLUMNS = {**FACTS, "file": "string", "row": "int32"}


class IndexWriter:
    """Writes the list page by page; as a context manager, it appears when it is whole."""

    def __init__(self, path: Path) -> None:
        arrow, parquet = pyarrow()
        kinds = {"string": arrow.string(), "int32": arrow.int32()}
        self._schema = arrow.schema([(name, kinds[kind]) for name, kind in _COLUMNS.items()])
        self._file = GrowingFile(path)
        self._sink = arrow.BufferOutputStream()
        self._writer = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
            self._writer.close()
            with self._file as file:
                file.write(self._sink.getvalue().to_pybytes())

    def add(self, page: dict[str, Any]) -> None:
        """Append a page: the facts of its entry, its file and its row."""
        self._waiting.append(unicode({name: page[name] for name in _COLUMNS}))
        if len(self._waiting) == _CHUNK:
            self._write()

    def _write(self) -> None:
        arrow, _ = pyarrow()
        if self._waiting:
            self._writer.write_table(arrow.Table.from_pylist(self._waiting, self._schema))
        self._waiting = []


def read_index(path: Path) -> Iterator[PageEntry]:
    """The pages of the list, each with the key that `ParquetSource` reads it by.

    Raises:
        OSError: it cannot be read.
        KeyError, ValueError, pyarrow.lib.ArrowException: it is damaged.
    """
    arrow, parquet = pyarrow()
    table = parquet.read_table(arrow.BufferReader(path.read_bytes()))
    columns = {name: table.column(name).to_pylist() for name in _COLUMNS}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        if any(value is None for value in row.values()):
            message = "a fact of a page is missing"
            raise ValueError(message)
        file, place = row.pop("file"), row.pop("row")
        yield PageEntry(**row, key=f"{file}:{place}:0")
