"""`Table`: a Parquet file that grows page by page, and appears when it is whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notehead.datasets.formats.parquet.schema import FACTS, GROUP, pyarrow
from notehead.errors import OutputError
from notehead.files import GrowingFile


@dataclass(slots=True)
class Table:
    """A Parquet file that grows, row group by row group.

    Attributes:
        file: that it is written to.
        group: pages in a row group: what is read for one page.
        pages: so far.
    """

    file: GrowingFile
    sink: _Sink
    writer: Any
    group: int = GROUP
    pages: int = 0
    waiting: list[Any] = field(default_factory=list)

    @classmethod
    def begun(cls, path: Path, columns: Any, group: int = GROUP) -> Table:
        """A new one.

        Args:
            path: where it will be when it is whole.
            columns: the Arrow schema.
            group: pages in a row group.
        """
        _, parquet = pyarrow()
        file = GrowingFile(path)
        plain = [name for name in columns.names if name in FACTS]
        packed = {name: "zstd" for name in _leaves(columns) if not name.endswith(".bytes")}
        sink = _Sink(file)
        writer = parquet.ParquetWriter(
            sink, columns, compression={**dict.fromkeys(_leaves(columns), "none"), **packed},
            use_dictionary=[name for name in packed if name.startswith("objects.")], write_statistics=plain,
            write_page_checksum=True,
        )  # fmt: skip
        return cls(file, sink, writer, group)

    def add(self, record: Any) -> None:
        """Append a page: a record batch of one row."""
        self.waiting.append(record)
        self.pages += 1
        if len(self.waiting) == self.group:
            self._write()

    def _write(self) -> None:
        arrow, _ = pyarrow()
        if self.waiting:
            self.writer.write_table(arrow.Table.from_batches(self.waiting), row_group_size=self.group)
        self.waiting = []

    def finish(self) -> None:
        """Write what waits, and give the file its name."""
        self._write()
        self.writer.close()
        self.file.keep()

    def discard(self) -> None:
        """Leave nothing behind; pyarrow ends its file all the same."""
        self.sink.abandoned = True
        with contextlib.suppress(OSError, ValueError, OutputError):
            self.writer.close()
        self.file.discard()


def _leaves(columns: Any) -> list[str]:
    """The paths of all columns of plain values, as Parquet names them."""
    arrow, _ = pyarrow()

    def below(name: str, kind: Any) -> Iterator[str]:
        if arrow.types.is_struct(kind):
            for part in kind:
                yield from below(f"{name}.{part.name}", part.type)
        elif arrow.types.is_list(kind) or arrow.types.is_fixed_size_list(kind):
            yield from below(f"{name}.list.element", kind.value_type)
        else:
            yield name

    return [leaf for column in columns for leaf in below(column.name, column.type)]


class _Sink:
    """A `GrowingFile` as what pyarrow writes to."""

    def __init__(self, file: GrowingFile) -> None:
        self._file = file
        self.closed = False
        self.abandoned = False

    def write(self, data: Any) -> int:
        """Append bytes."""
        if not self.abandoned:
            self._file.write(bytes(data))
        return len(data)

    def tell(self) -> int:
        """The bytes so far."""
        return self._file.size

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The file is closed when it is whole."""
