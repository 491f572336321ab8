"""A dataset of small pages that stand in shards, made as they are read."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from notehead.datasets import Dataset
from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.datasets.source import Source
from notehead.errors import DatasetError
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY
from tests.models.staffs.pages import known_page

SHARD = 4
"""Pages in a shard."""


class Numbered(Source):
    """Pages of two staffs, each a little wider than the one before.

    Args:
        count: how many.
        log: file that gets the number of each page that is read; None for none.
        damaged: the page that cannot be read; -1 for none.
        deadly: the page that ends the process which reads it; -1 for none.
        empty: the page on which nothing stands; -1 for none.
    """

    format = "parquet"

    def __init__(
        self, count: int, log: Path | None = None, damaged: int = -1, deadly: int = -1, empty: int = -1
    ) -> None:
        self.folder, self.vocabulary, self.complaints = Path("numbered"), VOCABULARY, Complaints()
        self.entries = [
            PageEntry(f"page-{number}", "train", key=f"{number // SHARD}.parquet:0:{number}")
            for number in range(count)
        ]
        self._log, self._damaged, self._deadly, self._empty = log, damaged, deadly, empty

    def page(self, entry: PageEntry) -> Page:
        number = int(entry.key.rpartition(":")[2])
        if number == self._damaged:
            message = f"{entry.name}: damaged"
            raise DatasetError(message)
        if number == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(f"{number}\n")
        page = known_page(width=200 + 8 * number, staves=2)
        if number == self._empty:
            return Page(page.name, page.image, page.symbols[:0], page.ids, page.under, page.staff_lines, 16.0)
        return page

    def symbols(self, entry: PageEntry) -> Symbols:
        return self.page(entry).symbols


def numbered(
    count: int, log: Path | None = None, *, damaged: int = -1, deadly: int = -1, empty: int = -1
) -> Dataset:
    """Its pages as a dataset."""
    return Dataset(Numbered(count, log, damaged, deadly, empty))
