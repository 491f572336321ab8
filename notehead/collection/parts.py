"""A collection in parts: the same files and options make the same parts, with the same keys."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from notehead.reading.sources import Kind

_MOST_FILES, _LEAST_PARTS = 32, 32
_MOST_BYTES = 256 << 20
"""A part is not continued beyond so many: files of many pages take long enough."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a collection.

    Attributes:
        file: as it was named.
        kind: of what it is, as `notehead.reading.sources` has it.
        name: of its results.
        pages: what those of its pages are called if it has several; `{}` stands for the number.
        size: in bytes; -1 where it is not there.
        changed: when, in nanoseconds.
    """

    file: str
    kind: Kind
    name: str
    pages: str
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some files, for one call of a worker.

    Attributes:
        key: names the part; it depends on the files and on what is done with them.
        items: the files.
        failure: why no worker survives its only file; it is then not read, but noted.
    """

    key: str
    items: tuple[Item, ...]
    failure: str = ""

    @classmethod
    def of(cls, items: Iterable[Item], fingerprint: str) -> Part:
        """Files as a part.

        Args:
            items: the files.
            fingerprint: of what is done with them.
        """
        chosen = tuple(items)
        text = json.dumps([fingerprint, [asdict(item) for item in chosen]])  # ASCII: names need not be text
        return cls(hashlib.sha256(text.encode()).hexdigest()[:20], chosen)

    def alone(self, fingerprint: str) -> list[Part]:
        """A part for each of its files."""
        return [Part.of((item,), fingerprint) for item in self.items]

    def failed(self, failure: str) -> Part:
        """The same, to be noted as what no worker can read."""
        return replace(self, failure=failure)

    def values(self) -> dict[str, Any]:
        """The part as JSON has it."""
        return asdict(self)

    @classmethod
    def of_values(cls, values: dict[str, Any]) -> Part:
        """A part from what `values` gave."""
        return cls(values["key"], tuple(Item(**item) for item in values["items"]), values["failure"])


def part_size(files: int) -> int:
    """How many files make a part of a collection of so many: few parts would keep few workers busy.

    Example:
        >>> part_size(10), part_size(200), part_size(100_000)
        (1, 6, 32)
    """
    return min(_MOST_FILES, max(1, files // _LEAST_PARTS))


def parts_of(items: Iterable[Item], fingerprint: str, size: int) -> Iterator[Part]:
    """Files in their order, in parts of about `size`, at most twice as many.

    Names decide where a part ends, so that a file that comes or goes changes its own part alone.
    """
    waiting: list[Item] = []
    for item in items:
        waiting.append(item)
        full = len(waiting) >= 2 * size or sum(one.size for one in waiting) >= _MOST_BYTES
        if full or _digest(item.file) % size == 0:
            yield Part.of(waiting, fingerprint)
            waiting = []
    if waiting:
        yield Part.of(waiting, fingerprint)


def _digest(file: str) -> int:
    """A number that depends on a file's name and that of its folder."""
    name = "/".join(file.split("/")[-2:])
    return int.from_bytes(hashlib.blake2b(os.fsencode(name), digest_size=8).digest(), "big")
