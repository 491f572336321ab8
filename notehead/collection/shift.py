"""The frame of a worker's call: results lie aside until the part is done, then all take their places."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2

from notehead.collection.page_files import text
from notehead.collection.parts import Part
from notehead.collection.state import ASIDE
from notehead.collection.tables import TABLES
from notehead.collection.work import Place
from notehead.detect.detector import Detector
from notehead.detect.one_pass import DetectOptions
from notehead.errors import NoteheadError, OutputError
from notehead.files import make_folder, output_error
from notehead.images.failure import DocumentError
from notehead.sandbox import error_parts

_PASSING = ("it cannot be read (", "it does not exist", "reading it needs more memory")
"""How causes begin that may not be there another time."""


class Shift:
    """A part that is being worked at.

    Attributes:
        part: its files.
        folder: where results are written, under the names that they will have.
        counts: of what was read.
    """

    def __init__(self, part: Part, folder: Path) -> None:
        self.part = part
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self._failures: dict[str, tuple[int, str]] = {}
        self._again = bool(part.failure)

    @property
    def table(self) -> Path:
        """The place of the part's table."""
        return make_folder(self.folder / TABLES) / f"{self.part.key}.parquet"

    def failed(self, place: str, cause: str) -> None:
        """Count a page or file that could not be read."""
        count, first = self._failures.get(cause, (0, place))
        self._failures[cause] = count + 1, first
        self._again |= cause.startswith(_PASSING)

    def record(self, files: list[tuple[str, int]], seconds: float) -> dict[str, Any]:
        """What the part's record says."""
        return {
            "items": len(self.part.items),
            "counts": dict(self.counts),
            "failures": self._failures,
            "files": files,
            "seconds": round(seconds, 3),
            "again": self._again,
        }


def worked(part: dict[str, Any], place: Place, do: Callable[[Shift], None]) -> dict[str, Any]:
    """The answer to a call: the record of the part, or the `error` that all other parts would meet as well.

    Args:
        part: as JSON has it.
        place: where to work.
        do: reads the files.

    Raises:
        OutputError: the results cannot be written.
    """
    start = time.monotonic()
    try:
        _go(place.here)
        output = Path(place.output)
        with _aside(output, part["key"]) as folder:
            shift = Shift(Part.of_values(part), folder)
            do(shift)
            files = _placed(folder, output)
    except OutputError:
        raise
    except NoteheadError as error:
        return {"error": error_parts(error)}
    return shift.record(files, time.monotonic() - start)


def _go(here: str) -> None:
    """Start names of files where the command does."""
    try:
        os.chdir(here)
    except OSError as error:
        message = f"{here}: a worker does not reach this folder ({error.strerror or error})"
        raise NoteheadError(message, "All machines must share the folders that are named.") from error


@contextmanager
def _aside(output: Path, key: str) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{key}-", dir=output / ASIDE))
    except OSError as error:
        raise output_error(output / ASIDE, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _placed(folder: Path, output: Path) -> list[tuple[str, int]]:
    """Give all results their places, and the table last; their names and sizes in bytes."""
    found = []
    for path in sorted(folder.rglob("*"), key=lambda path: (path.parent != folder, path)):
        if path.is_file():
            name = path.relative_to(folder)
            size = path.stat().st_size
            make_folder((output / name).parent)
            try:
                path.replace(output / name)
            except OSError as error:
                raise output_error(output / name, error) from error
            found.append((str(name), size))
    return found


@lru_cache(maxsize=1)
def warm_detector(model: Path | None, confidence: float) -> Detector:
    """The detector of this process, with one thread: a worker loads its model once."""
    cv2.setNumThreads(1)
    return Detector(model, DetectOptions(confidence=confidence), threads=1)


def cause_of(error: DocumentError) -> str:
    """What is wrong with a page or file, without its place.

    Example:
        >>> cause_of(DocumentError("it is damaged", "Scan it again.").at("a.pdf", 3))
        'it is damaged. Scan it again.'
    """
    cause = str(error).removeprefix(f"{error.file}: ")
    return text(cause.removeprefix(f"page {error.page}: "))


def place_of(error: DocumentError) -> str:
    """The page or file that an error is about."""
    return text(f"{error.file}: page {error.page}" if error.page else error.file)
