"""Writes notehead's Parquet files: rows in the workers, row groups in the main process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from notehead.datasets.formats.format import WriteOptions, Writer
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.parquet.card import Counts, parquet_card
from notehead.datasets.formats.parquet.rows import page_row, pictures_of
from notehead.datasets.formats.parquet.schema import CARD, DATA, Columns, features, pyarrow, schema
from notehead.datasets.formats.parquet.table import Table
from notehead.datasets.index import PageEntry
from notehead.files import make_folder, output_error, write_file
from notehead.page import Page
from notehead.vocabulary import Vocabulary


class ParquetWriter(Writer):
    """Writes tables, one open for each split."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        pyarrow()
        super().__init__(folder, vocabulary, options)
        self._columns = Columns(vocabulary, masks=options.masks)
        self._open: dict[str, Table] = {}
        self._done: dict[str, list[Path]] = {}
        self._names: dict[str, str] = {}
        self._entries: list[PageEntry] = []
        make_folder(folder / DATA)

    def page(self, entry: PageEntry, page: Page) -> Any:
        return page_row(entry, page, self._columns, pictures_of(page, self._columns))

    def add(self, entry: PageEntry, record: Any) -> None:
        split = self._names.setdefault(entry.split, _split_name(entry.split))
        if split not in self._open:
            number = len(self._done.setdefault(split, []))
            path = self.folder / DATA / f"{split}-{number:05}.parquet"
            self._open[split] = Table.begun(path, schema(self._columns))
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
        counts = Counts.of(self._entries, self._names)
        card = parquet_card(self.options.description, counts, features(self._columns))
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))
        write_file(self.folder / CARD, card)

    def close(self) -> None:
        for table in self._open.values():
            table.discard()


def _split_name(split: str) -> str:
    """A name that `datasets` takes for a split.

    Example:
        >>> _split_name("complete-0_train"), _split_name("all"), _split_name("")
        ('complete_0_train', 'all_', 'pages')
    """
    plain = re.sub(r"\W", "_", split) or "pages"
    return "all_" if plain == "all" else plain
