"""From bytes to text: byte order marks, XML's encoding declaration, otherwise UTF-8."""

from __future__ import annotations

import codecs
import re

from notehead.errors import ScoreFormatError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_TEXT_ENCODINGS = re.compile(r"utf-(?:8|16|32)|ascii|iso8859|cp\d+|mac|koi8|shift_jis|euc|gb|big5|tis|johab")
"""Python's names of plain encodings; it also knows rot13, punycode, UTF-7 and other things that are none."""

REMEDY = "Save the file as UTF-8."


def decode_text(data: bytes, file: str) -> str:
    """The text of a score file, without a byte order mark and with plain line ends."""
    encoding, start = _encoding(data, file)
    try:
        text = data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        cause = f"byte {start + error.start} cannot be read as {encoding.upper()}"
        raise ScoreFormatError(file, cause, REMEDY) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes, file: str) -> tuple[str, int]:
    """The encoding's name, and how many bytes its mark takes."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    for start, name in _UNMARKED:
        if data.startswith(start):
            return name, 0
    declared = _DECLARED.match(data)
    return (_known(declared[1].decode(), file) if declared else "utf-8"), 0


def _known(declared: str, file: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if not _TEXT_ENCODINGS.match(name):
        raise ScoreFormatError(file, f"it declares the unknown encoding {declared!r}", REMEDY)
    # The declaration was read as ASCII, so the file cannot be in two- or four-byte units after all.
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name
