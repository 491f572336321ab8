"""Names for what comes of files: plain, each used once, and known before anything is read."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from notehead.images.kinds import DOCUMENT_ENDINGS

_ONE_PAGE = DOCUMENT_ENDINGS - {".pdf", ".tif", ".tiff"}
_PAGE = re.compile(r"-p[0-9]+(?=(?:-[0-9]+)?$)")
_ANY = "-p{}"


def plain_name(stem: str) -> str:
    """A file's name without what names of results should not hold.

    Example:
        >>> plain_name("My scan (2)"), plain_name("...")
        ('My-scan-2', 'page')
    """
    return re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:150] or "page"


class FileNames:
    """Gives each file a name for its results, and a pattern for those of its pages, should it have several.

    Names differ in more than their case. How many pages a file has need not be known: a pattern is kept
    free as a whole.

    Example:
        >>> names = FileNames()
        >>> names.take(Path("a.png")), names.take(Path("b/A.png"))
        (('a', 'a~p{}'), ('A-2', 'A-2~p{}'))
        >>> names.take(Path("b.pdf")), names.take(Path("b-p3.png"))
        (('b', 'b-p{}'), ('b-p3-2', 'b-p3-2~p{}'))
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._patterns: set[str] = set()
        self._numbered: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, file: Path, *, single: bool = False) -> tuple[str, str]:
        """The name and the pattern, in which `{}` stands for the number of the page.

        Args:
            file: as it is named.
            single: one result comes of it, whatever its pages.
        """
        plain = plain_name(file.stem)
        several = not single and file.suffix.lower() not in _ONE_PAGE
        for number in count(self._next.get(plain.casefold(), 1)):
            again = f"-{number}" if number > 1 else ""
            name, pattern = f"{plain}{again}", f"{plain}{_ANY}{again}" if several else ""
            if self._free(name.casefold(), pattern.casefold()):
                self._next[plain.casefold()] = number + 1
                break
        self._names.add(name.casefold())
        self._numbered.add(_numberless(name.casefold()))
        if pattern:
            self._patterns.add(pattern.casefold())
        return name, pattern or f"{name}~p{{}}"  # an ending may lie; no plain name has a tilde

    def _free(self, name: str, pattern: str) -> bool:
        if name in self._names or _numberless(name) in self._patterns:
            return False
        return not pattern or (pattern not in self._patterns and pattern not in self._numbered)


def _numberless(name: str) -> str:
    """The pattern of which a name would be a page; empty where it is none.

    Example:
        >>> _numberless("a-p12-2"), _numberless("a-12")
        ('a-p{}-2', '')
    """
    pattern, found = _PAGE.subn(_ANY, name)
    return pattern if found else ""


def page_name(name: str, pattern: str, number: int, pages: int) -> str:
    """The name of a page of a file with so many.

    Example:
        >>> page_name("a", "a-p{}", 3, 9), page_name("a", "a-p{}", 1, 1)
        ('a-p3', 'a')
    """
    return pattern.format(number) if pages > 1 else name
