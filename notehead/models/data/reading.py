"""What a stream's readers do: read a page, degrade and scale it, give it back in one piece."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.models.data.order import Order, Read
from notehead.models.data.pages import PageOptions, is_usable, training_page

_SHARDED = frozenset({"parquet", "webdataset"})
"""Formats with many pages in a file, whose name begins the key of each."""
_RUN = 64
"""Pages that stand one after the other and are read so, where each has files of its own."""
_ALONE = 2.0
"""Seconds after which a process looks whether somebody still waits for its pages."""


class Reading:
    """All reads of a stream, one after the other: what `notehead.pool` gives its processes to do.

    Args:
        datasets: whose pages are read.
        options: what becomes of them.
        order: of the reads.
        share: which parts of each batch they are for.
        first: the part of a batch that is used first.
    """

    def __init__(
        self,
        datasets: Sequence[Dataset],
        options: PageOptions,
        order: Order,
        share: Sequence[int],
        first: int,
    ) -> None:
        self._datasets, self._options, self._order = list(datasets), options, order
        self._share, self._first = share, first
        self._begins = np.cumsum([0, *(len(dataset) for dataset in datasets)])
        self._walk = _Walk()
        self._made_in = os.getpid()

    def do(self, place: int) -> tuple[Read, bytes]:
        """Do a read; places must rise. No bytes are given of a page that is not usable."""
        if os.getpid() != self._made_in:
            self._made_in = os.getpid()
            threading.Thread(target=_end_alone, args=(os.getppid(),), daemon=True).start()
        read = self._walk.to(place, self._order, self._share, self._first)
        source, row = self.where(read.page)
        page = self._datasets[source][row]
        if not is_usable(page):
            return read, b""
        return read, training_page(page, (source, row, read.epoch), self._options).packed()

    def where(self, page: int) -> tuple[int, int]:
        """The dataset of a page, and its place there."""
        source = int(np.searchsorted(self._begins, page, side="right")) - 1
        return source, page - int(self._begins[source])


@dataclass(slots=True)
class _Walk:
    """How far a process has come with the list of reads."""

    reads: Iterator[Read] | None = field(default=None)
    next: int = 0

    def to(self, place: int, order: Order, share: Sequence[int], first: int) -> Read:
        if self.reads is None:
            self.reads = order.reads(first, share)
        for read in self.reads:
            self.next += 1
            if self.next > place:
                return read
        message = "the list of reads has no end"
        raise AssertionError(message)


def _end_alone(parent: int) -> None:
    """End this process when the one that it reads for is gone, killed without a word."""
    while os.getppid() == parent:
        time.sleep(_ALONE)
    os._exit(1)


def shard_bounds(datasets: Sequence[Dataset]) -> NDArray[np.int64]:
    """The page that each shard begins with, pages of all datasets counted on, and the number of all pages."""
    bounds = [0]
    begin = 0
    for dataset in datasets:
        last: str | None = None
        for place, entry in enumerate(dataset.entries):
            shard = entry.key.split(":")[0] if dataset.format in _SHARDED else str(place // _RUN)
            if shard != last and place:
                bounds.append(begin + place)
            last = shard
        begin += len(dataset)
        if begin > bounds[-1]:
            bounds.append(begin)
    return np.array(bounds, np.int64)


def pages_digest(dataset: Dataset) -> str:
    """A number for the names of a dataset's pages and their order, in hexadecimal."""
    digest = hashlib.sha256()
    for entry in dataset.entries:
        digest.update(entry.name.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()
