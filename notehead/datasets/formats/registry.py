"""All formats, one line each, in the order in which they are tried."""

from __future__ import annotations

import difflib
from pathlib import Path

from notehead.datasets.formats import notehead
from notehead.datasets.formats.format import Format
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        notehead.FORMAT,
    )
}  # fmt: skip


def find_format(name: str) -> Format:
    """The format of a name; raises DatasetError where there is none."""
    if name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, 1, 0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Choose among {', '.join(FORMATS)}."
        message = f"there is no format {name!r}"
        raise DatasetError(message, hint)
    return FORMATS[name]


def open_source(path: Path, options: ReadOptions, name: str | None = None) -> Source:
    """Open a dataset, in the format of that name or in the first that it looks like.

    Raises:
        DatasetError: there is no dataset, or its lists are damaged.
    """
    if name is not None:
        wanted = find_format(name)
        if wanted.read is None:
            message = f"{wanted.name} can only be written"
            raise DatasetError(message, "Read the dataset that it was made from.")
        return wanted.read(path, options)
    for found in FORMATS.values():
        if found.read is not None and found.here(path):
            return found.read(path, options)
    return notehead.NoteheadSource(path, options)  # says what is missing
