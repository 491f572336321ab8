"""Files that are whole or absent: written aside, flushed, then renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from notehead.errors import OutputError

PARTIAL = ".partial"
"""Ending of files being written; never a final name."""


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file under its final name, or leave what was there.

    Raises:
        OutputError: the disk is full or the place cannot be written.
    """
    write_stream(path, (data,))


def write_stream(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file from parts, like `write_file`; what the parts raise leaves nothing behind either."""
    aside = path.parent / f"{path.name}.{os.getpid()}{PARTIAL}"
    try:
        with aside.open("wb") as file:
            for part in parts:
                file.write(part)
        aside.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        if isinstance(error, OSError):
            raise output_error(path, error) from error
        raise


def make_folder(path: Path) -> Path:
    """A folder and those above it; no harm if it exists. Raises OutputError where it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from error
    return path


def output_error(path: Path, error: OSError) -> OutputError:
    """What to tell a user whose output cannot be written."""
    remedy = "Check the path and the disk, then run the same command again."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Make space on the disk and run the same command again: it goes on where it stopped."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = "Choose a folder that you may write to."
    elif error.errno in (errno.EEXIST, errno.ENOTDIR):
        remedy = "Choose another folder: a file is in the way."
    elif error.errno == errno.EISDIR:
        remedy = "Choose another name: a folder is in the way."
    return OutputError(f"{path}: cannot be written: {error.strerror or error}", remedy)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
