"""A stream of pages: read in shuffled order while the training goes on, with a bounded number in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.models.data.order import Order, Read, StreamOptions, Use
from notehead.models.data.pages import PageOptions, is_usable
from notehead.models.data.prepare import TrainingPage, blank_page
from notehead.models.data.reading import Reading, shard_bounds
from notehead.pool import WorkerDied, in_order

KEPT = 32
"""Prepared pages that a training leaves in its folder: what eight-bit numbers learn their ranges from."""
_TRIED = 20
"""Pages that are looked at before it is said that none is usable."""
_BLANK = 512


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What a stream reads; the same plan gives the same pages in the same order.

    Attributes:
        datasets: whose pages.
        pages: what becomes of them; each time that a page is read, it is another of its copies.
        options: how many wait, how many shards are open.
        taken: pages of a part, parts of a batch.
        seed: of the order.
        counts: int64 (class ids,), how many symbols of each class there are, about.
    """

    datasets: Sequence[Dataset]
    pages: PageOptions
    options: StreamOptions
    taken: tuple[int, int]
    seed: int
    counts: NDArray[np.int64]

    def order(self) -> Order:
        """The order of its pages."""
        return Order(shard_bounds(self.datasets), self.options, self.taken, self.seed)


class PageStream:
    """The pages of each part of a batch, by its number. Numbers may rise only, or it reads anew.

    Args:
        plan: what is read.
        share: the parts of each batch that are asked for, in rising order.
        readers: processes that read; 0 for one per processor, 1 to read in this one.
        keep: folder for the first pages; None to keep none.

    Attributes:
        counts: int64 (class ids,), how many symbols of each class there are, about.
        waiting: packed pages that were read and not used yet, by lane, epoch and slot.
    """

    def __init__(
        self, plan: StreamPlan, share: Sequence[int], readers: int = 0, keep: Path | None = None
    ) -> None:
        self.counts = plan.counts
        self.waiting: dict[tuple[int, int, int], bytes] = {}
        self._plan, self._share, self._readers, self._keep = plan, list(share), readers, keep
        self._order = plan.order()
        self._next = -1
        self._reads: Iterator[tuple[Read, bytes]] = iter(())

    def batch(self, number: int) -> Iterator[TrainingPage]:
        """The pages of a part of a batch; parts of all batches are numbered one after the other.

        Raises:
            DatasetError: a page cannot be read.
        """
        if number != self._next:
            self._begin(number)
        pages = [self._taken(use) for use in self._order.uses(number)]
        self._next = self._after(number)
        for extra, packed in enumerate(pages):
            self._kept(number * len(pages) + extra, packed)
            yield (
                TrainingPage.read(io.BytesIO(packed))
                if packed
                else blank_page(_BLANK, instances=self._plan.pages.instances)
            )

    def close(self) -> None:
        """End the readers."""
        close = getattr(self._reads, "close", None)
        if close is not None:
            close()
        self.waiting.clear()
        self._reads, self._next = iter(()), -1

    def _begin(self, number: int) -> None:
        self.close()
        plan = self._plan
        reading = Reading(plan.datasets, plan.pages, self._order, self._share, number)
        self._reads = in_order(reading, 1 << 62, self._readers)

    def _after(self, number: int) -> int:
        parts = self._plan.taken[1]
        batch, part = divmod(number, parts)
        later = [other for other in self._share if other > part]
        return batch * parts + later[0] if later else (batch + 1) * parts + self._share[0]

    def _taken(self, use: Use) -> bytes:
        slot = int(self._order.lane(use.epoch, use.lane).slots[use.place])
        key = use.lane, use.epoch, slot
        if key in self.waiting:
            if len(self.waiting) < self._order.most * len(self._share):
                self._read()  # one is read for each that is used, so that reading never rests
        else:
            while key not in self.waiting:
                self._read()
        return self.waiting.pop(key)

    def _read(self) -> None:
        try:
            (lane, epoch, slot, _), packed = next(self._reads)
        except WorkerDied as error:
            folder = self._plan.datasets[0].folder
            message = f"{folder}: a process died while it read pages of a stream"
            raise DatasetError(message, "Run it with --readers 1 to see at which.") from error
        self.waiting[lane, epoch, slot] = packed

    def _kept(self, place: int, packed: bytes) -> None:
        if self._keep is not None and place < KEPT and packed:
            path = self._keep / f"{place:06d}.npz"
            if not path.exists():
                make_folder(self._keep)
                write_file(path, packed)


def check_usable(datasets: Sequence[Dataset], folder: Path, seed: int) -> None:
    """Look at some pages, drawn by the seed, until one is usable.

    Args:
        datasets: whose pages.
        folder: of the training.
        seed: by which they are drawn.

    Raises:
        DatasetError: none is, or one cannot be read.
    """
    every = [(dataset, row) for dataset in datasets for row in range(min(len(dataset), _TRIED))]
    for place in np.random.default_rng((seed, 8)).permutation(len(every))[:_TRIED].tolist():
        dataset, row = every[place]
        if is_usable(dataset[row]):
            return
    message = f"{folder}: no page has masks and a staff"
    raise DatasetError(message, "Train on a dataset that `notehead build` has made.")
