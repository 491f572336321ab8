"""Names from somebody's dataset that are to become names of files."""

from __future__ import annotations

from notehead.errors import DatasetError


def plain_name(name: str, what: str) -> str:
    """The name, if it names a file or folder in its place and nowhere else.

    Raises:
        DatasetError: it is empty, leads elsewhere, or would break a list of names.

    Example:
        >>> plain_name("lg-1", "page")
        'lg-1'
    """
    if name in ("", ".", "..") or any(letter in name for letter in "/\\\0\n\r"):
        message = f"{name!r} cannot be the name of a {what}'s file"
        raise DatasetError(message, f"Give the {what} another name.")
    return name
