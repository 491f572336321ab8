"""From what a user names to a store, or to a path that reads like one of `pathlib`."""

from __future__ import annotations

import os
import re
from os import PathLike
from pathlib import Path
from typing import Any, cast

from notehead.errors import MissingExtraError
from notehead.stores.local import LocalStore
from notehead.stores.objects import ObjectStore, file_system
from notehead.stores.store import Store

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_url(text: str | PathLike[str] | object) -> bool:
    """Whether something names a place in an object store rather than a folder.

    Example:
        >>> is_url("s3://bucket/dataset"), is_url("dataset"), is_url("file:///tmp/dataset")
        (True, False, True)
    """
    return _URL.match(str(text)) is not None


def open_store(text: str | PathLike[str]) -> Store:
    """The store of a path or URL.

    Raises:
        MissingExtraError: the library for its protocol is not installed.
        OutputError: there is no such protocol.
    """
    if not is_url(text):
        return LocalStore(Path(text))
    url = os.fspath(text)
    if url.startswith("file://"):
        return LocalStore(Path(url.removeprefix("file://")))
    return ObjectStore(url)


def place(text: str | PathLike[str]) -> Path:
    """A path to read from: of this machine, or of an object store, which answers as a `Path` does.

    Raises:
        MissingExtraError: the library for its protocol is not installed.
        OutputError: there is no such protocol.
    """
    if not is_url(text):
        return Path(text)
    if str(text).startswith("file://"):
        return Path(str(text).removeprefix("file://"))
    file_system(str(text))  # says what is missing
    try:
        from upath import UPath  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "object stores need universal-pathlib, which is not installed"
        raise MissingExtraError(message, "Run `pip install 'notehead[parquet]'`.") from error
    return cast("Path", cast("Any", UPath(text, use_listings_cache=False)))
