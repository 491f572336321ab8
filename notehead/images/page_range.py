"""Which pages of a file: `1,4-5,9-`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from notehead.errors import NoteheadError

_PART = re.compile(r"(\d*)(-?)(\d*)")
_REMEDY = "Give numbers from 1 and ranges, for example 1,4-5,9-."
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages by number, from 1; ranges with both ends, the last one open where it is None.

    Example:
        >>> chosen = PageRange(((4, 5), (1, 1)))
        >>> list(chosen.numbers(count=4))
        [1, 4]
        >>> 2 in chosen, 5 in chosen
        (False, True)
    """

    parts: tuple[tuple[int, int | None], ...]

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= (last or number) for first, last in self.parts)

    def __str__(self) -> str:
        return ",".join(_text(first, last) for first, last in self.parts)

    def numbers(self, count: int) -> Iterator[int]:
        """Those of a file of `count` pages, each once, in the file's order."""
        done = 0
        for first, last in sorted(self.parts, key=lambda part: part[0]):
            end = count if last is None else min(last, count)
            yield from range(max(first, done + 1), end + 1)
            done = max(done, end)


def _text(first: int, last: int | None) -> str:
    if last is None:
        return f"{first}-"
    return f"{first}" if first == last else f"{first}-{last}"


def parse_pages(text: str) -> PageRange:
    """Pages as a user writes them: numbers and ranges, separated by commas.

    Raises:
        NoteheadError: it is none of this, or a range runs backwards.

    Example:
        >>> str(parse_pages(" 1, 4-5,9- ,-2"))
        '1,4-5,9-,1-2'
    """
    return PageRange(tuple(_part(part.strip(), text) for part in text.split(",")))


def _part(part: str, text: str) -> tuple[int, int | None]:
    match = _PART.fullmatch(part) if part.isascii() else None
    if match is None or not (match[1] or match[3]) or len(part) > 20:
        what = f"`{part}` in `{text}`" if part != text else f"`{part}`"
        message = f"pages: {what} is no number and no range"
        raise NoteheadError(message, _REMEDY)
    first = int(match[1] or 1)
    last = int(match[3]) if match[3] else None if match[2] else first
    if first < 1 or last == 0:
        message = f"pages: `{part}`: the first page is 1"
        raise NoteheadError(message, _REMEDY)
    if max(first, last or 0) > _MOST:
        message = f"pages: `{part}`: no file has so many"
        raise NoteheadError(message, _REMEDY)
    if last is not None and last < first:
        message = f"pages: `{part}` runs backwards"
        raise NoteheadError(message, f"Write {last}-{first}.")
    return first, last
