"""What the files of a WebDataset of notehead's are called."""

from __future__ import annotations

from urllib.parse import quote

from notehead.datasets.formats.common.symbol_columns import unicode

SHARDS = "shards.json"
PAGES = "pages.jsonl"
VERSION = "notehead webdataset 1"
NO_SPLIT = "pages"
"""What the shards of pages are called that belong to no split."""
RENAMED = {"label": "class_id", "corners": "oriented_box"}
"""Columns of `Symbols` that have another name in the files."""


def page_key(name: str) -> str:
    """A name that WebDataset takes for one: it ends at the first dot, and folders are part of it.

    Example:
        >>> page_key("op. 1/größe")
        'op%2E%201%2Fgr%C3%B6%C3%9Fe'
    """
    return quote(unicode(name), safe="").replace(".", "%2E")
