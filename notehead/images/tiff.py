"""Which images of a TIFF file are pages: counted without decoding anything."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_MOST_IMAGES = 100_000
_SUBFILE_TYPE = 254
_NO_PAGE = 1 | 4
"""A reduced copy of another image, or its transparency mask."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the directories of a file are written: classic, or BigTIFF."""

    order: str
    count: str
    entry: int
    offset: str
    first: int

    def number(self, kind: str, data: bytes) -> int:
        return int(struct.unpack_from(self.order + kind, data)[0])


def page_frames(file: BinaryIO) -> list[int]:
    """Indices of the images that are pages, in the file's order; empty where not one can be found.

    Thumbnails and masks are left out. Where the chain of directories breaks off or runs in a circle, the
    pages before are what there is.
    """
    try:
        layout = _layout(file)
        return _frames(file, layout)
    except (struct.error, ValueError, OverflowError, OSError):
        return []


def _layout(file: BinaryIO) -> _Layout:
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    if struct.unpack_from(order + "H", head, 2)[0] == 43:
        return _Layout(order, "Q", 20, "Q", struct.unpack_from(order + "Q", head, 8)[0])
    return _Layout(order, "H", 12, "I", struct.unpack_from(order + "I", head, 4)[0])


def _frames(file: BinaryIO, layout: _Layout) -> list[int]:
    kinds: list[int] = []
    seen: set[int] = set()
    offset = layout.first
    while offset and offset not in seen and len(seen) < _MOST_IMAGES:
        seen.add(offset)
        try:
            kind, offset = _directory(file, layout, offset)
        except (struct.error, ValueError, OverflowError, OSError):
            break
        kinds.append(kind)
    pages = [frame for frame, kind in enumerate(kinds) if not kind & _NO_PAGE]
    return pages or list(range(len(kinds)))


def _directory(file: BinaryIO, layout: _Layout, offset: int) -> tuple[int, int]:
    """What kind of image a directory describes, and where the next directory is."""
    file.seek(offset)
    count = layout.number(layout.count, file.read(struct.calcsize("=" + layout.count)))
    if count > 10_000:
        message = "no image has so many tags"
        raise ValueError(message)
    entries = file.read(count * layout.entry)
    # a file that ends behind its last directory lacks the offset of the next, and no viewer minds
    tail = file.read(struct.calcsize("=" + layout.offset))
    if len(entries) < count * layout.entry:
        message = "it is cut off"
        raise ValueError(message)
    following = layout.number(layout.offset, tail) if len(tail) == struct.calcsize("=" + layout.offset) else 0
    kind = 0
    for start in range(0, len(entries), layout.entry):
        if layout.number("H", entries[start:]) == _SUBFILE_TYPE:
            kind = layout.number("I", entries[start + layout.entry - struct.calcsize("=" + layout.offset) :])
    return kind, following
