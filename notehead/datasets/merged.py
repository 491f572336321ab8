"""`MergedSource`: the pages of several datasets as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.datasets.source import Source
from notehead.errors import DatasetError
from notehead.page import Page, Symbols
from notehead.vocabulary import ClassMap, Vocabulary, class_map


class Pages(Protocol):
    """What a part of a merged dataset must be able to do; `Dataset` is it."""

    @property
    def folder(self) -> Path: ...
    @property
    def folders(self) -> Sequence[Path]: ...
    @property
    def complaints(self) -> Complaints: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def entries(self) -> Sequence[PageEntry]: ...
    def __getitem__(self, page: int) -> Page: ...
    def symbols(self, page: int) -> Symbols: ...
    def staff_space(self, page: int) -> float: ...


class MergedSource(Source):
    """The pages of several datasets, one dataset after the other.

    Args:
        parts: the datasets.

    Raises:
        DatasetError: there is none, or two of them mean different classes by one id.
    """

    def __init__(self, parts: Sequence[Pages]) -> None:
        if not parts:
            message = "there is no dataset to merge"
            raise DatasetError(message)
        self.folder = parts[0].folder
        self.complaints = Complaints(any(part.complaints.keep_going for part in parts))
        for part in parts:  # what was found wrong while they were opened
            self.complaints.merge(part.complaints.taken())
        self.vocabulary = _united([part.vocabulary for part in parts])
        self._parts = list(parts)
        self._maps: list[ClassMap] = [class_map(part.vocabulary, self.vocabulary) for part in parts]
        self.entries: list[PageEntry] = []
        self._where: dict[str, tuple[int, int]] = {}
        for number, part in enumerate(parts):
            for place, entry in enumerate(part.entries):
                name, again = entry.name, number + 1
                while name in self._where:
                    name, again = f"{entry.name}-{again}", again + 1
                self._where[name] = number, place
                self.entries.append(replace(entry, name=name))

    @property
    def folders(self) -> Sequence[Path]:
        return [folder for part in self._parts for folder in part.folders]

    def symbols(self, entry: PageEntry) -> Symbols:
        part, place = self._where[entry.name]
        with self._complaints_of(part):
            return self._parts[part].symbols(place).mapped(self._maps[part])

    def page(self, entry: PageEntry) -> Page:
        part, place = self._where[entry.name]
        with self._complaints_of(part):
            page = self._parts[part][place]
        return replace(page, name=entry.name, symbols=page.symbols.mapped(self._maps[part]))

    def staff_space(self, entry: PageEntry) -> float:
        part, place = self._where[entry.name]
        return self._parts[part].staff_space(place)

    @contextmanager
    def _complaints_of(self, part: int) -> Iterator[None]:
        """What a part finds wrong is found wrong here."""
        try:
            yield
        finally:
            self.complaints.merge(self._parts[part].complaints.taken())


def _united(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """All classes of all; classes of one name are one, and keep the id that they have first."""
    first = vocabularies[0]
    rows: dict[str, int] = {row.name: row.id for row in first.classes}
    taken = {row.id: row.name for row in first.classes}
    for other in vocabularies[1:]:
        for row in other.classes:
            if row.name in rows:
                continue
            if row.id in taken:
                message = f"the datasets mean {taken[row.id]!r} and {row.name!r} by the class id {row.id}"
                remedy = "Bring them to one set of classes first: `remap`, or --classes."
                raise DatasetError(message, remedy)
            rows[row.name], taken[row.id] = row.id, row.name
    if len(rows) == len(first):
        return first
    return Vocabulary.of((identity, name) for name, identity in rows.items())
