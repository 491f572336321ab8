"""Elements in few words."""

from __future__ import annotations

import re

from lxml import etree

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: etree._Element, tag: str, text: str | int = "", **attributes: str) -> etree._Element:
    """A new child with a text and attributes; hyphens of their names are underscores here."""
    child = etree.SubElement(
        parent, tag, {name.replace("_", "-"): clean(v) for name, v in attributes.items()}
    )
    if text != "":
        child.text = clean(str(text))
    return child


def clean(text: str) -> str:
    """A text without characters that XML cannot hold.

    Example:
        >>> clean("dolce\\x00")
        'dolce'
    """
    return _FORBIDDEN.sub("", text)
