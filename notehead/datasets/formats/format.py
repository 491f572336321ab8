"""`Format`: a way to lay out a dataset on disk, read and written; `Writer`: what writes one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.page import ABSENT, Page, upright_corners
from notehead.vocabulary import Vocabulary

Part = Literal[
    "ids", "oriented boxes", "areas", "masks", "covered pixels", "links", "scores", "onset", "duration",
    "staff position", "pitch", "staff, system, measure, voice", "text", "staff lines", "origin", "split",
    "class ids",
]  # fmt: skip
"""What a page may hold beside image, boxes and classes, which every format holds."""

PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a dataset is written.

    Attributes:
        masks: write masks where pages and format have them; they are most of what is written.
        shard_pages: pages in a file, of formats that put many into one.
        description: what the dataset is, for formats that have a place for it.
    """

    masks: bool = True
    shard_pages: int = 500
    description: str = "Written by notehead"


class Writer(ABC):
    """Writes the pages of one dataset in one format into an empty folder.

    `page` is called once for each page, in any order and in worker processes that hold a copy of the
    writer, so it changes nothing but the page's own files. `add` gets what it returned, in the dataset's
    order, in the main process, and `finish` closes the dataset. A writer is pickled before the first
    `add`: files that grow are opened there, not before.

    Args:
        folder: where to; it exists.
        vocabulary: of the symbols.
        options: how.

    Raises:
        DatasetError: the format cannot name the classes of this vocabulary.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.options = options

    @abstractmethod
    def page(self, entry: PageEntry, page: Page) -> Any:
        """Write a page's own files; returns what `add` needs, which can be pickled."""

    @abstractmethod
    def add(self, entry: PageEntry, record: Any) -> None:
        """Enter a page into the dataset's common files."""

    @abstractmethod
    def finish(self) -> None:
        """Write what can be written last only."""

    def close(self) -> None:  # noqa: B027  # most have none open
        """Close files that grow; called at the end, after an error too."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of datasets on disk.

    Attributes:
        name: what the command line calls it.
        title: what people call it.
        holds: the parts of a page that survive writing and reading.
        here: whether a path is such a dataset; looks at names and at the heads of files only.
        read: opens one; None where it can only be written.
        writer: the class that writes one; None where it can only be read.
    """

    name: str
    title: str
    holds: frozenset[Part]
    here: Callable[[Path], bool]
    read: Callable[[Path, ReadOptions], Source] | None = None
    writer: Callable[[Path, Vocabulary, WriteOptions], Writer] | None = None


def parts_of(page: Page) -> set[Part]:
    """What a page holds beyond image, boxes and classes, and would lose in a format without it.

    Example:
        >>> from notehead.page import Symbols
        >>> page = Page("p", np.zeros((9, 9), np.uint8), Symbols.build(["stem"], [[1, 1, 2, 8]], onset=[0]))
        >>> sorted(parts_of(page))
        ['onset']
    """
    symbols = page.symbols
    upright = upright_corners(symbols.box)
    known: dict[Part, bool] = {
        "ids": not np.array_equal(symbols.id, np.arange(1, len(symbols) + 1)),
        "oriented boxes": not np.allclose(
            np.sort(symbols.corners, axis=1), np.sort(upright, axis=1), atol=0.01
        ),
        "areas": bool(symbols.area.any()),
        "masks": page.ids is not None,
        "covered pixels": page.under is not None and bool(page.under.any()),
        "links": len(symbols.links) > 0,
        "scores": bool((symbols.score != 1).any()),
        "onset": bool(np.isfinite(symbols.onset).any()),
        "duration": bool(np.isfinite(symbols.duration).any()),
        "staff position": bool((symbols.position != ABSENT).any()),
        "pitch": bool((symbols.diatonic != ABSENT).any()),
        "staff, system, measure, voice": any(
            bool((getattr(symbols, name) != ABSENT).any()) for name in ("staff", "system", "measure", "voice")
        ),
        "text": any(text is not None for text in symbols.text),
        "staff lines": len(page.staff_lines) > 0,
        "origin": bool(page.origin.score or page.origin.engraver),
    }
    return {part for part, there in known.items() if there}
