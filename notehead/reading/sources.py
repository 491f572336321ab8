"""What is to be read: images and PDF, pages that `notehead detect` wrote, datasets of one score."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from notehead.images.document import STANDARD_INPUT
from notehead.images.failure import GIVE, DocumentError
from notehead.images.find import find_documents, natural_key
from notehead.reading.detections import ENDINGS, holds_detections

Kind: TypeAlias = Literal["document", "detections", "dataset"]
_LIST = "pages.csv"


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder to read, and what it is."""

    path: Path
    kind: Kind


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """What files and folders hold, in the order in which they are named; each once.

    A folder that `notehead build` wrote is a dataset. In one that `notehead detect` wrote its JSON is read,
    and no picture. In others images and PDF are.

    Raises:
        DocumentError: folders were named, and there is nothing in them.
    """
    named = list(paths)
    found: dict[Path, Source] = {}
    for path in named:
        for source in _sources(path):
            found.setdefault(Path(os.path.normpath(source.path)), source)
    if named and not found:
        message = f"{', '.join(map(str, named))}: no image, no PDF and nothing of `notehead detect` in there"
        raise DocumentError(message, GIVE)
    return list(found.values())


def _sources(path: Path) -> list[Source]:
    if path == STANDARD_INPUT or not _is_folder(path):
        kind: Kind = "detections" if path.suffix.lower() in ENDINGS else "document"
        return [Source(path, kind)]
    if (path / _LIST).is_file():
        return [Source(path, "dataset")]
    written = [file for file in _files(path) if file.suffix.lower() in ENDINGS and holds_detections(file)]
    if written:
        return [Source(file, "detections") for file in written]
    try:
        return [Source(file, "document") for file in find_documents([path])]
    except DocumentError:
        return []


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda file: natural_key([file.name]))
    except OSError:
        return []
