"""`Dataset`: pages on disk, read one at a time."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from notehead.datasets.formats.native import read_document, read_page, symbols_of
from notehead.datasets.index import PageEntry, read_pages
from notehead.errors import DatasetError
from notehead.page import Page, Symbols

SPLITS = ("train", "test")


class Dataset:
    """A dataset that `notehead build` made: an iterable of `Page`, read from disk as they are asked for.

    Args:
        folder: where it lies.
        split: "train" or "test" for that part only.

    Raises:
        DatasetError: there is no finished dataset in the folder, or no such split.

    Example:
        >>> dataset = Dataset("my-dataset")  # doctest: +SKIP
        >>> len(dataset), dataset[0].symbols.named("clefG").box  # doctest: +SKIP
    """

    def __init__(self, folder: str | PathLike[str], split: str | None = None) -> None:
        if split not in (None, *SPLITS):
            message = f"there is no split {split!r}"
            raise DatasetError(message, f"Choose among {', '.join(SPLITS)}.")
        self.folder = Path(folder)
        every = read_pages(self.folder)
        self.entries = [entry for entry in every if split is None or entry.split == split]
        self._by_name = {entry.name: entry for entry in self.entries}

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Page]:
        return (read_page(self.folder, entry.name) for entry in self.entries)

    def __getitem__(self, page: int | str) -> Page:
        """A page by its place or by its name; raises DatasetError for one that is not there."""
        return read_page(self.folder, self.entry(page).name)

    def entry(self, page: int | str) -> PageEntry:
        """What `pages.csv` says of a page; raises DatasetError for one that is not there."""
        if not isinstance(page, str):
            if not -len(self) <= page < len(self):
                message = f"page {page}: the dataset has {len(self)} pages"
                raise DatasetError(message, "Pages are numbered from 0.")
            return self.entries[page]
        if page not in self._by_name:
            near = difflib.get_close_matches(page, self._by_name, n=3, cutoff=0.5)
            hint = f"Did you mean {', '.join(near)}?" if near else "`pages.csv` lists all pages."
            message = f"page {page!r} is not in {self.folder}"
            raise DatasetError(message, hint)
        return self._by_name[page]

    def symbols(self, page: int | str) -> Symbols:
        """The symbols of a page alone, many times faster than the whole page."""
        return symbols_of(read_document(self.folder / "pages" / f"{self.entry(page).name}.json.gz"))
