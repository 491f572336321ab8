"""Tables made from large files, kept in the user's cache folder: made again when the file changes.

The cache is a convenience: what cannot be read or written there, or is damaged, is made anew.
`NOTEHEAD_CACHE` names another folder; empty, it turns the cache off.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.errors import OutputError
from notehead.files import make_folder, write_file

VARIABLE = "NOTEHEAD_CACHE"
WORTH_IT = 64 * 2**20
"""Bytes of the smallest file whose tables are kept; smaller ones are read in a fraction of a second."""

Tables = dict[str, NDArray[Any]]


def cache_folder() -> Path | None:
    """Where tables are kept; None where they are not."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    system = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}
    variable, usual = system.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    try:
        base = os.environ.get(variable) or Path.home() / usual
    except RuntimeError:  # nobody's process
        return None
    return Path(base) / "notehead"


def remembered(path: Path, kind: str, make: Callable[[], tuple[Tables, bool]]) -> Tables:
    """The tables that `make` makes of a file, or those that it made of the same file before.

    The same is a file of the same path, size and time of change.

    Args:
        path: the file.
        kind: what the tables are, and of which version.
        make: returns the tables, and whether they are worth keeping.
    """
    place, mark = _place(path, kind)
    if place is not None:
        found = _read(place, mark)
        if found is not None:
            return found
    tables, keep = make()
    if keep and place is not None:
        with contextlib.suppress(OutputError):
            make_folder(place.parent)
            write_file(place, _packed(tables, mark))
    return tables


def _place(path: Path, kind: str) -> tuple[Path | None, bytes]:
    """The file in the cache, if there is to be one, and what it must begin with."""
    folder = cache_folder()
    try:
        status = path.stat()
        whole = f"{kind}\n{path.resolve()}"
    except OSError:  # whoever reads it will say so
        return None, b""
    if folder is None or status.st_size < WORTH_IT:
        return None, b""
    name = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    mark = f"{whole}\n{status.st_size}\n{status.st_mtime_ns}\n"
    return folder / f"{name}.tables", hashlib.sha256(mark.encode("utf-8", "surrogateescape")).digest()


def _packed(tables: Tables, mark: bytes) -> bytes:
    payload = io.BytesIO()
    np.savez(payload, allow_pickle=False, **tables)
    data = payload.getvalue()
    return mark + hashlib.sha256(data).digest() + data


def _read(place: Path, mark: bytes) -> Tables | None:
    size = len(mark)
    try:
        data = place.read_bytes()
        if data[:size] != mark or hashlib.sha256(data[2 * size :]).digest() != data[size : 2 * size]:
            return None
        with np.load(io.BytesIO(data[2 * size :]), allow_pickle=False) as tables:
            return dict(tables)
    except (OSError, ValueError, zipfile.BadZipFile):
        return None
