"""Writes notehead's Parquet files: rows in the workers, row groups in the main process."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from notehead.datasets.formats.common.embedded import runs_of_layer
from notehead.datasets.formats.common.symbol_columns import DECIMALS, json_bytes, plain_columns, unicode
from notehead.datasets.formats.format import WriteOptions, Writer
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.parquet.card import parquet_card
from notehead.datasets.formats.parquet.schema import (
    CARD,
    DATA,
    FACTS,
    GROUP,
    RENAMED,
    SYMBOLS,
    features,
    pyarrow,
    schema,
)
from notehead.datasets.index import PageEntry
from notehead.errors import OutputError
from notehead.files import GrowingFile, make_folder, output_error, write_file
from notehead.images import encode_png, instance_image
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import Vocabulary


class ParquetWriter(Writer):
    """Writes tables, one open for each split."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        pyarrow()
        super().__init__(folder, vocabulary, options)
        self._place = {row.id: place for place, row in enumerate(vocabulary.classes)}
        self._open: dict[str, _Table] = {}
        self._done: dict[str, list[Path]] = {}
        self._names: dict[str, str] = {}
        self._entries: list[PageEntry] = []
        make_folder(folder / DATA)

    def page(self, entry: PageEntry, page: Page) -> Any:
        arrow, _ = pyarrow()
        row = {
            "image": _image(f"{entry.name}.png", encode_png(page.image, page.origin.resolution)),
            "objects": self._objects(page.symbols),
            "links": page.symbols.links.tolist(),
            **{name: getattr(entry, name) for name in FACTS},
            "staff_space": round(page.staff_space, 4),
            "staff_lines": page.staff_lines.round(3).tolist(),
            "origin": json_bytes(asdict(page.origin)).decode(),
        }
        if self.options.masks:
            mask = None if page.ids is None else encode_png(instance_image(page.ids))
            row["instance_mask"] = None if mask is None else _image(f"{entry.name}.png", mask)
            row["covered"] = runs_of_layer(None if page.ids is None else page.under)
        return arrow.RecordBatch.from_pylist([unicode(row)], self._schema())

    def _schema(self) -> Any:
        return schema(self.vocabulary, masks=self.options.masks)

    def _objects(self, symbols: Symbols) -> dict[str, list[Any]]:
        columns = plain_columns(symbols)
        box = symbols.box.round(DECIMALS)
        sizes = (box[:, 2:] - box[:, :2]).round(DECIMALS)
        columns["label"] = [self._place[label] for label in columns["label"]]
        columns["box"] = np.hstack([box[:, :2], sizes]).tolist()
        columns["midi"] = [None if key == ABSENT else key for key in symbols.midi.tolist()]
        return {name: columns[RENAMED.get(name, name)] for name in SYMBOLS}

    def add(self, entry: PageEntry, record: Any) -> None:
        split = self._names.setdefault(entry.split, _split_name(entry.split))
        if split not in self._open:
            number = len(self._done.setdefault(split, []))
            path = self.folder / DATA / f"{split}-{number:05}.parquet"
            self._open[split] = _Table.begun(path, self._schema())
        table = self._open[split]
        table.add(record)
        self._entries.append(entry)
        if table.pages >= self.options.shard_pages:
            self._finish_table(split)

    def _finish_table(self, split: str) -> None:
        table = self._open.pop(split)
        table.finish()
        self._done[split].append(table.file.path)

    def finish(self) -> None:
        for split in list(self._open):
            self._finish_table(split)
        for split, paths in self._done.items():
            for number, path in enumerate(paths):
                final = path.with_name(f"{split}-{number:05}-of-{len(paths):05}.parquet")
                try:
                    path.rename(final)
                except OSError as error:
                    raise output_error(final, error) from error
        columns = features(self.vocabulary, masks=self.options.masks)
        card = parquet_card(self.options.description, self._entries, self._names, columns)
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))
        write_file(self.folder / CARD, card)

    def close(self) -> None:
        for table in self._open.values():
            table.discard()


def _image(path: str, data: bytes) -> dict[str, Any]:
    return {"bytes": data, "path": path}


def _split_name(split: str) -> str:
    """A name that `datasets` takes for a split.

    Example:
        >>> _split_name("complete-0_train"), _split_name("all"), _split_name("")
        ('complete_0_train', 'all_', 'pages')
    """
    plain = re.sub(r"\W", "_", split) or "pages"
    return "all_" if plain == "all" else plain


@dataclass(slots=True)
class _Table:
    """A Parquet file that grows, row group by row group."""

    file: GrowingFile
    sink: _Sink
    writer: Any
    pages: int = 0
    waiting: list[Any] = field(default_factory=list)

    @classmethod
    def begun(cls, path: Path, columns: Any) -> _Table:
        _, parquet = pyarrow()
        file = GrowingFile(path)
        plain = [name for name in columns.names if name in FACTS]
        packed = {name: "zstd" for name in _leaves(columns) if not name.endswith(".bytes")}
        sink = _Sink(file)
        writer = parquet.ParquetWriter(
            sink, columns, compression={**dict.fromkeys(_leaves(columns), "none"), **packed},
            use_dictionary=[name for name in packed if name.startswith("objects.")], write_statistics=plain,
        )  # fmt: skip
        return cls(file, sink, writer)

    def add(self, record: Any) -> None:
        self.waiting.append(record)
        self.pages += 1
        if len(self.waiting) == GROUP:
            self._write()

    def _write(self) -> None:
        arrow, _ = pyarrow()
        if self.waiting:
            self.writer.write_table(arrow.Table.from_batches(self.waiting), row_group_size=GROUP)
        self.waiting = []

    def finish(self) -> None:
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
