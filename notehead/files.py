"""Files that are whole or absent: written aside, flushed, then renamed."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self

import orjson

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
    with GrowingFile(path) as file:
        for part in parts:
            file.write(part)


class GrowingFile:
    """A file that is written piece by piece, and has its final name only when it is whole.

    As a context manager it takes its name at the end, or disappears where something was raised. Once it
    is kept or discarded, nothing can be written any more.

    Raises:
        OutputError: the disk is full or the place cannot be written.
        ValueError: it was kept or discarded before.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._aside = path.parent / f"{path.name}.{os.getpid()}{PARTIAL}"
        self._file: BinaryIO | None = None
        self._end: Literal["", "kept", "discarded"] = ""

    def write(self, data: bytes) -> None:
        """Append bytes."""
        if self._end:
            message = f"{self.path} was {self._end} already"
            raise ValueError(message)
        try:
            if self._file is None:
                self._file = self._aside.open("wb")
            self._file.write(data)
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error
        self.size += len(data)

    def keep(self) -> None:
        """Give the file its name; it is whole. No harm where it has it already."""
        if self._end == "kept":
            return
        self.write(b"")  # so that a file without content exists, too
        try:
            if self._file is not None:
                self._file.close()
            self._aside.replace(self.path)
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error
        self._file, self._end = None, "kept"

    def discard(self) -> None:
        """Leave nothing behind; no harm where nothing was written or the file was kept."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            with contextlib.suppress(OSError):
                self._aside.unlink()
            self._file = None
        self._end = self._end or "discarded"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and not self._end:
            self.keep()
        else:
            self.discard()


def make_folder(path: Path) -> Path:
    """A folder and those above it; no harm if it exists. Raises OutputError where it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from error
    return path


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder to write into, which has its name only when all is written, and is gone after an error.

    Raises:
        OutputError: there is something already, or the place cannot be written.
    """
    try:
        taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
    except OSError as error:
        raise output_error(path, error) from error
    if taken:
        message = f"{path}: there is something already"
        raise OutputError(message, "Choose a new folder, or empty this one.")
    aside = make_folder(path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}"))
    try:
        yield aside
        aside.replace(path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file; the lock goes with the process, however that ends.

    Args:
        path: of the lock file, which stays.
        busy: what to say where another process holds it.

    Raises:
        OutputError: another process holds it, or it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise output_error(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if not isinstance(error, BlockingIOError):
            raise output_error(path, error) from error
        raise OutputError(busy, "Wait for it to end, or choose another folder.") from error
    try:
        yield
    finally:
        os.close(descriptor)


def read_record(path: Path) -> dict[str, Any] | None:
    """The JSON object of a file; None where there is none, or a damaged one: it can be made again."""
    try:
        record = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def size_of(path: Path) -> int | None:
    """Bytes of a file, None where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return None


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
