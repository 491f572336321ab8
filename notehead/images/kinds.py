"""What a file is, by its first bytes; its name does not tell."""

from __future__ import annotations

import re

HEAD = 1024
"""So many first bytes tell; PDF allows that much before its own beginning."""
DOCUMENT_ENDINGS = frozenset(
    (
        *(".pdf", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".gif", ".webp", ".bmp", ".dib"),
        *(".pbm", ".pgm", ".ppm", ".pnm", ".jp2", ".j2k", ".jpx"),
    )
)
"""Files that are pages by their names."""

_BEGINNINGS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), "TIFF"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"P[1-6]\s"), "PPM"),
    (re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"), "JPEG2000"),
)
_FOREIGN = (
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf|avi)", re.DOTALL), "a HEIC or AVIF photograph"),
    (re.compile(rb"AT&TFORM"), "a DjVu document"),
    (re.compile(rb"%!PS"), "a PostScript document"),
    (re.compile(rb"PK\x03\x04"), "a zip archive"),
    (re.compile(rb"MThd"), "a MIDI file"),
    (re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<"), "an XML or HTML document"),
)


def kind_of(head: bytes) -> str:
    """PDF, or the name that Pillow has for the format; empty where it is none that is read.

    Example:
        >>> kind_of(b"%PDF-1.7")
        'PDF'
    """
    for beginning, kind in _BEGINNINGS:
        if beginning.match(head):
            return kind
    return "PDF" if b"%PDF-" in head else ""


def foreign_kind(head: bytes) -> str:
    """What a file is that is not read, where that is known; empty where it is not."""
    return next((kind for beginning, kind in _FOREIGN if beginning.match(head)), "")
