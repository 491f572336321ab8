"""Records: what a store remembers of each shard, and where its files lie."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson

from notehead.builder.journal import STATE
from notehead.builder.shards.plan import Shard
from notehead.datasets.formats.parquet.schema import DATA
from notehead.stores import Store

RECORDS = f"{STATE}/shards"
COUNTS = f"{STATE}/counts"
IDENTITY = f"{STATE}/build.json"
LOCK = f"{STATE}/lock"
SCORES = f"{STATE}/scores"
LOG = f"{STATE}/log.jsonl"
_AT_ONCE = 16
"""Records that are fetched from an object store at the same time."""


def data_file(key: str) -> str:
    """Where a shard's pages lie."""
    return f"{DATA}/{key}.parquet"


@dataclass(frozen=True, slots=True)
class Record:
    """A shard that is done.

    Attributes:
        key: of the shard.
        digest: `Shard.digest` when it was made.
        bytes: of its file; 0 where no unit gave a page, and there is none.
        sha256: of its file.
        pages: `PageEntry` of each page, as dictionaries, in the file's order.
        units: (id of the score, its pages, processor seconds) of each unit that gave pages.
        failures: (name of the score, style, reason, whether a worker died at it).
        cut: it has only its first pages, because the dataset ends with it.
        seconds: of processors, by stage.
        peak_memory: resident bytes of the largest process.
        deaths: workers that died at its units.
    """

    key: str
    digest: str
    bytes: int
    sha256: str
    pages: list[dict[str, Any]]
    units: list[tuple[str, int, float]]
    failures: list[tuple[str, int, str, bool]]
    cut: bool
    seconds: dict[str, float]
    peak_memory: int
    deaths: int

    @property
    def symbols(self) -> int:
        """On all of its pages."""
        return sum(page["symbols"] for page in self.pages)

    def stands(self, shard: Shard, files: dict[str, int]) -> bool:
        """Whether it is of this very shard, whose file is there; units whose workers died are tried again."""
        there = files.get(f"{self.key}.parquet", 0) == self.bytes
        return there and self.digest == shard.digest() and not any(died for *_, died in self.failures)


def read_records(store: Store, keys: Sequence[str]) -> Iterator[Record]:
    """The records of these shards, in this order; damaged ones are passed over."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for start in range(0, len(keys), 8 * _AT_ONCE):  # so that few are in memory
            chunk = keys[start : start + 8 * _AT_ONCE]
            for found in pool.map(lambda key: read_record(store, key), chunk):
                if found is not None:
                    yield found


def read_record(store: Store, key: str) -> Record | None:
    """The record of a shard; None where there is none, or a damaged one."""
    data = store.read(f"{RECORDS}/{key}.json")
    try:
        return None if data is None else Record(**orjson.loads(data))
    except (TypeError, ValueError):
        return None


def packed(state: dict[str, Any]) -> bytes:
    """What a `StatisticsBuilder` has counted, as bytes."""
    return zlib.compress(orjson.dumps(state), 6)


def unpacked(data: bytes) -> dict[str, Any]:
    """The same again."""
    found: dict[str, Any] = orjson.loads(zlib.decompress(data))
    return found
