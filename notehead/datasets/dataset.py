"""`Dataset`: pages on disk, read one at a time; filtered, remapped, divided and merged as views."""

from __future__ import annotations

import difflib
import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self, TypeVar

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats import open_source
from notehead.datasets.index import PageEntry
from notehead.datasets.kept import with_symbols
from notehead.datasets.merged import MergedSource
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.page import Page, Symbols
from notehead.stores import place as place_of
from notehead.vocabulary import SETS, ClassMap, Vocabulary, class_map, named_vocabulary

T = TypeVar("T")

SPLITS = ("train", "test")


class Dataset:
    """A dataset on disk: an iterable of `Page`, read as they are asked for.

    The format is found out: notehead's own, DeepScoresV2, DeepScores v1, MUSCIMA++, COCO, YOLO, PASCAL VOC.
    Views (`only`, `containing`, `where`, `remap`, `divide`, `merge`) read nothing and share the files.

    Args:
        folder: where it lies: a path, or a URL such as `s3://bucket/dataset` for Parquet.
        split: "train", "test" or what the dataset calls its parts, for that part only.
        options: how it is read.
        format: the name of its format, where that is not to be found out.

    Raises:
        DatasetError: there is no finished dataset in the folder, or no such split.

    Example:
        >>> dataset = Dataset("my-dataset")  # doctest: +SKIP
        >>> len(dataset), dataset[0].symbols.named("clefG").box  # doctest: +SKIP
        >>> for page in dataset.containing("ornamentTrill").only("ornamentTrill"):  # doctest: +SKIP
        ...     print(page.name, page.symbols.box)
    """

    def __init__(
        self,
        folder: str | PathLike[str] | Source,
        split: str | None = None,
        options: ReadOptions | None = None,
        format: str | None = None,  # noqa: A002  # what users call it
    ) -> None:
        source = (
            folder
            if isinstance(folder, Source)
            else open_source(place_of(folder), options or ReadOptions(), format)
        )
        self._source = source
        self._rows: Sequence[int] = range(len(source.entries))
        self._maps: tuple[ClassMap, ...] = ()
        if split is not None:
            self._take_split(split)

    def _take_split(self, split: str) -> None:
        every = self._source.entries
        known = dict.fromkeys((*SPLITS, *(entry.split for entry in every if entry.split)))
        if split not in known:
            message = f"there is no split {split!r}"
            raise DatasetError(message, f"Choose among {', '.join(known)}.")
        self._rows = [row for row in self._rows if every[row].split == split]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._source.folder

    @property
    def folders(self) -> Sequence[Path]:
        """Where it lies, and for merged datasets where each of them does."""
        return self._source.folders

    @property
    def format(self) -> str:
        """The name of its format; empty for datasets that were merged."""
        return self._source.format

    @property
    def complaints(self) -> Complaints:
        """What was found wrong while reading, where the work goes on."""
        return self._source.complaints

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes: the dataset's own, or those that `remap` leads to."""
        return self._maps[-1].target if self._maps else self._source.vocabulary

    @cached_property
    def entries(self) -> Sequence[PageEntry]:
        """What the dataset's list says of each page."""
        every = self._source.entries
        return every if isinstance(self._rows, range) else [every[row] for row in self._rows]

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {entry.name: row for row, entry in enumerate(self.entries)}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Page]:
        return (page for _, page in self.pages())

    def __getitem__(self, page: int | str) -> Page:
        """A page by its place or by its name; raises DatasetError for one that is not there or damaged."""
        entry = self.entry(page)
        found = self._source.page(entry)
        symbols = self._mapped(found.symbols)
        if len(symbols) < len(found.symbols):
            return with_symbols(found, symbols)
        return found if symbols is found.symbols else replace(found, symbols=symbols)

    def entry(self, page: int | str) -> PageEntry:
        """What the dataset's list says of a page; raises DatasetError for one that is not there."""
        if not isinstance(page, str):
            if not -len(self) <= page < len(self):
                message = f"page {page}: the dataset has {len(self)} pages"
                raise DatasetError(message, "Pages are numbered from 0.")
            return self.entries[page]
        if page not in self._row_of:
            near = difflib.get_close_matches(page, itertools.islice(self._row_of, 10_000), n=3, cutoff=0.5)
            hint = f"Did you mean {', '.join(near)}?" if near else "`pages.csv` lists all pages."
            message = f"page {page!r} is not in {self.folder}"
            raise DatasetError(message, hint)
        return self.entries[self._row_of[page]]

    def symbols(self, page: int | str) -> Symbols:
        """The symbols of a page alone, many times faster than the whole page."""
        return self._mapped(self._source.symbols(self.entry(page)))

    def staff_space(self, page: int | str) -> float:
        """Pixels between the page's staff lines, 0.0 where the format does not tell."""
        return self._source.staff_space(self.entry(page))

    def intact(self, page: int | str) -> bool | None:
        """Whether a page is as it was written, by a digest of its own; None where it has none."""
        return self._source.intact(self.entry(page))

    def pages(self) -> Iterator[tuple[PageEntry, Page]]:
        """All pages with their entries; those that cannot be used are left out if the options say so."""
        return self._each(self.__getitem__)

    def annotations(self) -> Iterator[tuple[PageEntry, Symbols]]:
        """The symbols of all pages with the pages' entries, without images."""
        return self._each(self.symbols)

    def _each(self, read: Callable[[int], T]) -> Iterator[tuple[PageEntry, T]]:
        for place in range(len(self)):
            try:
                found = read(place)
            except DatasetError as error:
                self.complaints.page(error)
            else:
                yield self.entries[place], found

    def _mapped(self, symbols: Symbols) -> Symbols:
        for mapping in self._maps:
            mapped = symbols.mapped(mapping)
            if len(mapped) < len(symbols) and mapping.told:
                gone = symbols[mapping.label_of[symbols.label] < 0]
                self.complaints.without_class.update(gone.names)
            symbols = mapped
        return symbols

    def _view(self, rows: Sequence[int] | None = None, mapping: ClassMap | None = None) -> Self:
        view = type(self)(self._source)
        view.__dict__["_rows"] = self._rows if rows is None else rows
        view.__dict__["_maps"] = self._maps if mapping is None else (*self._maps, mapping)
        return view

    def only(self, *names: str) -> Self:
        """The same pages with the symbols of these classes alone.

        Raises:
            DatasetError: the dataset has no class of such a name.
        """
        self._check_names(names)
        target = Vocabulary(tuple(row for row in self.vocabulary.classes if row.name in names))
        kept = {name: name for name in target}
        return self._view(mapping=ClassMap(self.vocabulary, target, kept, told=False))

    def containing(self, *names: str) -> Self:
        """The pages with a symbol of at least one of these classes; reads the symbols of all pages.

        Raises:
            DatasetError: the dataset has no class of such a name, or a page cannot be used.
        """
        self._check_names(names)
        wanted = [self.vocabulary.id(name) for name in names]
        if not self._maps and (known := self._source.rows_with(wanted)) is not None:
            there = set(known)
            return self._view([row for row in self._rows if row in there])
        place_of = {entry.name: row for row, entry in zip(self._rows, self.entries, strict=True)}
        return self._view(
            [
                place_of[entry.name]
                for entry, symbols in self.annotations()
                if not set(wanted).isdisjoint(symbols.label.tolist())
            ]
        )

    def where(self, keep: Callable[[PageEntry], bool]) -> Self:
        """The pages whose entry the function agrees to."""
        return self._view([row for row, entry in zip(self._rows, self.entries, strict=True) if keep(entry)])

    def remap(self, classes: str | Vocabulary | ClassMap) -> Self:
        """The same pages with other classes; symbols without a class there are left out.

        Args:
            classes: a name of `notehead.vocabulary.SETS`, a vocabulary, or a map, as `read_class_map`
                reads it from a table of your own.

        Raises:
            DatasetError: there is no vocabulary of such a name, or the map leads from other classes.
        """
        if isinstance(classes, ClassMap):
            if classes.source != self.vocabulary:
                message = "the map of classes leads from other classes than the dataset's"
                raise DatasetError(message, "Make it from the vocabulary of this dataset.")
            return self._view(mapping=classes)
        if isinstance(classes, str):
            if classes not in SETS:
                message = f"there is no vocabulary {classes!r}"
                raise DatasetError(message, f"Choose among {', '.join(SETS)}.")
            classes = named_vocabulary(classes)
        return self._view(mapping=class_map(self.vocabulary, classes))

    def divide(self, share: float, seed: int = 0) -> tuple[Self, Self]:
        """Two parts, the first with about this share of the SCORES: no score is in both.

        Pages that name no score are divided one by one. A page's part depends on its score's id (or its
        score's path, or its name) and the seed alone, so it stays where it is when pages are added.
        """

        def first(entry: PageEntry) -> bool:
            text = f"{seed} {entry.score_id or entry.score or entry.name}"
            return (
                int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:8])
                < share * 2**64
            )

        return self.where(first), self.where(lambda entry: not first(entry))

    @classmethod
    def merge(cls, *datasets: Dataset) -> Self:
        """All pages of several datasets, one after the other, with all their classes.

        Names that occur twice get the number of their dataset: `page`, `page-2`.

        Raises:
            DatasetError: two of them mean different classes by one id.
        """
        return cls(MergedSource(datasets))

    def _check_names(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.vocabulary:
                near = difflib.get_close_matches(name, self.vocabulary, 3)
                hint = f"Did you mean {', '.join(near)}?" if near else "`notehead stats` lists the classes."
                message = f"there is no class {name!r}"
                raise DatasetError(message, hint)
