"""Text as XML can hold it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped."""


def xml_text(text: str) -> str:
    """Text between tags; what XML cannot hold at all becomes the sign of replacement.

    Example:
        >>> xml_text("a<b&c")
        'a&lt;b&amp;c'
    """
    return escape(printable(text), {"\r": "&#13;"})


def printable(text: str) -> str:
    """Text without what XML cannot hold, each such sign replaced."""
    return _NO_XML.sub("\ufffd", text)


def can_be_named(name: str) -> bool:
    """Whether an XML file can hold a name as it is."""
    return not _NO_XML.search(name)
