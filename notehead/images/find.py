"""The files that a user means: files, and what folders hold."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from notehead.images.failure import GIVE, DocumentError
from notehead.images.kinds import DOCUMENT_ENDINGS, HEAD, kind_of

_NUMBERS = re.compile(r"(\d+)")


def find_documents(paths: Iterable[Path]) -> list[Path]:
    """Files that are named, as they are, and all files of pages in folders, however deep.

    In folders a file counts by its ending, or by its content where it has none that is known; hidden files
    and folders are skipped, links to folders are not followed. Folders are sorted as people count, page 2
    before page 10; what is named keeps its order, and comes once. `-` is standard input.

    Raises:
        DocumentError: folders were named, and there is nothing in them.

    Example:
        >>> find_documents([Path("-"), Path("scan.pdf"), Path("scan.pdf")])
        [PosixPath('-'), PosixPath('scan.pdf')]
    """
    named = list(paths)
    found: dict[Path, Path] = {}
    for path in named:
        files = _inside(path) if _is_folder(path) else [path]
        for file in files:
            found.setdefault(Path(os.path.normpath(file)), file)
    if named and not found:
        message = f"{', '.join(map(str, named))}: no image and no PDF in there"
        raise DocumentError(message, GIVE)
    return list(found.values())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _inside(folder: Path) -> list[Path]:
    """The documents of a folder; one that may not be looked into stands for itself, to be complained of."""
    refused: list[Path] = []
    files: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=lambda error: refused.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += _documents(Path(place), names)
    return sorted(files + refused, key=lambda path: natural_key(path.relative_to(folder).parts))


def _documents(place: Path, names: list[str]) -> Iterator[Path]:
    for name in names:
        path = place / name
        if not name.startswith(".") and _is_document(path):
            yield path


def _is_document(path: Path) -> bool:
    if path.suffix.lower() in DOCUMENT_ENDINGS:
        return True
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    # two letters that a text may begin with, and a word that one may hold, are too little here
    return kind_of(head) not in ("", "BMP", "PPM") and (kind_of(head) != "PDF" or head.startswith(b"%PDF-"))


def natural_key(parts: Iterable[str]) -> list[list[tuple[int, int, str]]]:
    """A key that sorts paths as people count.

    Example:
        >>> sorted(["p10", "p2", "P1"], key=lambda name: natural_key([name]))
        ['P1', 'p2', 'p10']
    """
    return [
        [
            (0, int(piece), piece) if piece.isdecimal() and piece.isascii() else (1, 0, piece.casefold())
            for piece in _NUMBERS.split(part)[:99]
        ]
        for part in parts
    ]
