"""What the decoding child does: it opens files, and writes pages into a file that it shares with its parent.

Nothing else of notehead is loaded in it (see `lean` of `Sandbox`), so that it starts in a tenth of a second.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from notehead.images.failure import FETCH, GIVE, DocumentError
from notehead.images.grey import Grey
from notehead.images.kinds import HEAD, foreign_kind, kind_of
from notehead.images.options import MOST_FILE

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""As `malloc.h` of glibc numbers them."""


class Document(Protocol):
    """A file of pages."""

    @property
    def count(self) -> int:
        """Number of pages."""

    def page(self, number: int, resolution: float, most_pixels: int) -> Grey:
        """One page; pages are numbered from 1."""


def count_pages(path: str) -> int:
    """Number of pages of a file.

    Raises:
        DocumentError: it cannot be read, or is no image and no PDF.
    """
    return _document(path).count


def decode_page(path: str, number: int, resolution: float, most_pixels: int, sink: int) -> dict[str, Any]:
    """Decode a page and write its grey pixels, row by row, to the open file `sink`; returns what they are.

    Raises:
        DocumentError: it cannot be read.
    """
    document = _document(path)
    try:
        page = document.page(number, resolution, most_pixels)
    except BaseException:
        _opened.cache_clear()  # who knows in which state it is
        raise
    _write(sink, page)
    return {
        "height": page.pixels.height,
        "width": page.pixels.width,
        "resolution": page.resolution,
        "original": page.original,
    }


def _write(sink: int, page: Grey) -> None:
    os.ftruncate(sink, page.pixels.height * page.pixels.width)
    done = 0
    for part in page.parts():
        data = memoryview(part)
        while data:
            written = os.pwrite(sink, data, done)
            data, done = data[written:], done + written


@cache
def _keep_memory() -> None:
    """Ask the C library to keep the memory of a page for the next one.

    To get it anew each time costs more than to draw on it. What is larger than any usual page still goes
    back to the system.
    """
    with contextlib.suppress(OSError, AttributeError):  # other libraries have no such setting
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, 1 << 25)
        library.mallopt(_TRIM_THRESHOLD, 1 << 27)


def _document(path: str) -> Document:
    _keep_memory()
    try:
        state = Path(path).stat()
        if not stat.S_ISREG(state.st_mode):
            what = "a folder" if stat.S_ISDIR(state.st_mode) else "no regular file"
            message = f"it is {what}"
            raise DocumentError(message, "Give a file.")
        if not state.st_size:
            message = "it is empty"
            raise DocumentError(message, FETCH)
        if state.st_size > MOST_FILE:
            message = f"it is larger than {MOST_FILE:,} bytes"
            raise DocumentError(message, "Split it.")
        return _opened(path, state.st_size, state.st_mtime_ns)
    except FileNotFoundError as error:
        message = "it does not exist"
        raise DocumentError(message, "Check the path.") from error
    except OSError as error:
        message = f"it cannot be read ({error.strerror or error})"
        raise DocumentError(message, "Check the path and its permissions.") from error


@lru_cache(maxsize=1)
def _opened(path: str, size: int, changed: int) -> Document:
    """The file that was read last stays open: its next page is asked for next. A changed file is another."""
    del size, changed
    place = Path(path)
    with place.open("rb") as file:
        head = file.read(HEAD)
    kind = kind_of(head)
    if not kind:
        foreign = foreign_kind(head)
        message = f"it is {foreign}" if foreign else "it is no image and no PDF"
        remedy = f"Save it as JPEG or PNG: it is not read here. {GIVE}" if "photograph" in foreign else GIVE
        raise DocumentError(message, remedy)
    if kind == "PDF":
        from notehead.images.pdf import PdfDocument  # noqa: PLC0415  # loaded where it is needed

        return PdfDocument(place)
    from notehead.images.raster import RasterDocument  # noqa: PLC0415

    return RasterDocument(place, kind)
