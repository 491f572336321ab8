"""The files of a collection: those that are named, and those that lie in named folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from notehead.collection.names import FileNames
from notehead.collection.parts import Item
from notehead.errors import OutputError
from notehead.images.document import STANDARD_INPUT
from notehead.images.find import find_documents
from notehead.reading.sources import Source


@dataclass(frozen=True, slots=True)
class Files:
    """What is to be read.

    Attributes:
        named: files and folders, as a user named them.
        sources: what they hold, each once.
    """

    named: tuple[Path, ...]
    sources: list[Source]

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """What was named, and where it is."""
        return tuple((str(path), os.path.normpath(path.absolute())) for path in self.named)

    def items(self, *, single: bool) -> list[Item]:
        """The files with the names of their results.

        Args:
            single: one result comes of each file, whatever its pages.
        """
        names = FileNames()
        found = []
        for source in self.sources:
            name, pages = names.take(source.path, single=single)
            found.append(Item(str(source.path), source.kind, name, pages, *_state(source.path)))
        return found


def files_outside(
    folder: Path, named: Sequence[Path], find: Callable[[Sequence[Path]], Iterable[Source]]
) -> Files:
    """The files to read; never those in the folder of the results.

    Args:
        folder: of the results.
        named: files and folders.
        find: what they hold.

    Raises:
        OutputError: results would lie among the files.
        DocumentError: there is no file.
    """
    place = folder.resolve()
    for file in named:
        if file != STANDARD_INPUT and place == (file if file.is_dir() else file.parent).resolve():
            message = f"{folder}: the files to read lie there"
            raise OutputError(message, "Choose another folder for the results.")
    sources = [
        source for source in find(named)
        if source.path == STANDARD_INPUT or not source.path.resolve().is_relative_to(place)
    ]  # fmt: skip
    return Files(tuple(named), sources)


def documents(named: Iterable[Path]) -> list[Source]:
    """Images and PDF, as `find_documents` finds them."""
    return [Source(path, "document") for path in find_documents(named)]


def _state(path: Path) -> tuple[int, int]:
    """Size in bytes and time of the last change; -1 and 0 where a file is not there."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return -1, 0
    return state.st_size, state.st_mtime_ns
