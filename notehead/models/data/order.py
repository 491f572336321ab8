"""In which order a stream reads pages and uses them: a function of seed and epoch, whoever reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, pairwise, zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_FIRST = 8
"""Pages that are read before the first is drawn from them; each that is used lets one more wait."""
_KEPT = 4
"""Orders that are kept, of as many lanes and epochs; each has 16 bytes a page."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How pages are streamed.

    Attributes:
        buffer: pages that are read and not yet used, at most, those of all workers together.
        open: shards that are read at a time, for each part of a batch.
        counted: pages, at most, whose symbols are counted before the training begins.
    """

    buffer: int = 128
    open: int = 4
    counted: int = 1000


class Read(NamedTuple):
    """A page to read.

    Attributes:
        lane: for which of a batch's parts.
        epoch: which time that the page is read, from 0.
        slot: how many pages of the lane and the epoch are listed before it.
        page: its number.
    """

    lane: int
    epoch: int
    slot: int
    page: int


class Use(NamedTuple):
    """A page to use: `slot` of a lane and an epoch, the page at `place` that the lane uses."""

    lane: int
    epoch: int
    place: int


@dataclass(frozen=True, eq=False)
class Lane:
    """What one of a batch's parts reads in an epoch.

    Attributes:
        pages: int64 (n,), numbers of pages, about in the order in which they are read.
        slots: int64 (n,), in the order in which they are used: places in `pages`.
        most: pages that wait, at most.
    """

    pages: Ints
    slots: Ints
    most: int

    def reads(self, place: int) -> Iterator[int]:
        """The slots that are still to be read before the page at a place is used, soonest needed first.

        Those that should be waiting by then come first, each with one that is read for it to be used.
        """
        known = min(len(self.pages), place + waiting(place, self.most))
        ahead = self.slots[place:]
        due = ahead[ahead < known].tolist()
        for one, other in zip_longest(due, range(known, len(self.pages))):
            yield from (slot for slot in (one, other) if slot is not None)


class Order:
    """The order of a stream's pages, without any of them.

    In an epoch, shards are shuffled; each part of a batch has its own stretch of them, its lane. It reads
    some shards at a time, each from its beginning to its end, and draws what it uses from the pages that
    wait. So each page is used once in an epoch, wherever a training begins or goes on.

    Args:
        bounds: int64 (shards + 1,), the page that each shard begins with, and their number.
        options: how many shards are open, how many pages wait.
        taken: pages of a part, parts of a batch.
        seed: of all that is drawn.
    """

    def __init__(self, bounds: Ints, options: StreamOptions, taken: tuple[int, int], seed: int) -> None:
        self.count = int(bounds[-1])
        self._bounds, self._options, self._seed = bounds, options, seed
        self._pages, self._parts = taken
        self.most = max(1, options.buffer // self._parts - self._pages)
        self._lanes: dict[tuple[int, int], Lane] = {}

    def uses(self, number: int) -> list[Use]:
        """What a part of a batch uses; parts of all batches are numbered one after the other."""
        return [self._use(number * self._pages + extra) for extra in range(self._pages)]

    def reads(self, number: int, share: Sequence[int]) -> Iterator[Read]:
        """What is to be read for some parts of each batch, without end.

        Args:
            number: the part of a batch that is used first.
            share: which parts, in rising order.
        """
        first = sorted(share, key=lambda lane: (lane - number) % self._parts)
        lanes = [self._lane_reads(number + (lane - number) % self._parts) for lane in first]
        for lane in cycle(lanes):
            yield from islice(lane, self._pages)

    def lane(self, epoch: int, lane: int) -> Lane:
        """What a lane reads in an epoch."""
        if (epoch, lane) not in self._lanes:
            while len(self._lanes) >= max(_KEPT, 2 * self._parts):
                del self._lanes[next(iter(self._lanes))]
            self._lanes[epoch, lane] = self._drawn(epoch, lane)
        return self._lanes[epoch, lane]

    def _lane_reads(self, number: int) -> Iterator[Read]:
        lane, epoch, place = self._use(number * self._pages)
        while True:
            drawn = self.lane(epoch, lane)
            for slot in drawn.reads(place):
                yield Read(lane, epoch, slot, int(drawn.pages[slot]))
            epoch, place = epoch + 1, 0

    def _use(self, at: int) -> Use:
        lane, epoch = at // self._pages % self._parts, at // self.count
        return Use(lane, epoch, self._before(at, lane) - self._before(epoch * self.count, lane))

    def _before(self, at: int, lane: int) -> int:
        """How many of the pages that are used before a place of all are used by a lane."""
        batches, rest = divmod(at, self._pages * self._parts)
        return batches * self._pages + min(max(rest - lane * self._pages, 0), self._pages)

    def _drawn(self, epoch: int, lane: int) -> Lane:
        order = np.random.default_rng((self._seed, epoch, 5)).permutation(len(self._bounds) - 1)
        begins, sizes = self._bounds[:-1][order], np.diff(self._bounds)[order]
        ends = sizes.cumsum()
        every = np.repeat(begins - (ends - sizes), sizes) + np.arange(self.count)
        first, last = epoch * self.count, (epoch + 1) * self.count
        counts = [self._before(last, one) - self._before(first, one) for one in range(self._parts)]
        start, stop = sum(counts[:lane]), sum(counts[: lane + 1])
        cuts = [start, *ends[(ends > start) & (ends < stop)].tolist(), stop]
        rng = np.random.default_rng((self._seed, epoch, 6, lane))
        read = interleaved(list(pairwise(cuts)), self._options.open, rng)
        return Lane(every[read], drawn_from(len(read), self.most, rng), self.most)


def waiting(place: int, most: int) -> int:
    """How many pages wait when one of a lane is drawn: few at first, so that it begins soon."""
    return min(most, _FIRST + place)


def interleaved(runs: Sequence[tuple[int, int]], most: int, rng: np.random.Generator) -> Ints:
    """The numbers of some runs, each in its order, so many runs at a time.

    Example:
        >>> interleaved([(0, 3), (5, 7)], 1, np.random.default_rng(0)).tolist()
        [0, 1, 2, 5, 6]
    """
    closed = [(begin, end) for begin, end in reversed(runs) if end > begin]
    opened: list[tuple[int, int]] = []
    result: list[int] = []
    for draw in rng.random(sum(end - begin for begin, end in closed)).tolist():
        while closed and len(opened) < most:
            opened.append(closed.pop())
        which = int(draw * len(opened))
        begin, end = opened[which]
        result.append(begin)
        if begin + 1 < end:
            opened[which] = begin + 1, end
        else:
            del opened[which]
    return np.array(result, np.int64)


def drawn_from(count: int, most: int, rng: np.random.Generator) -> Ints:
    """Numbers from 0 in the order in which a buffer gives them away that they run through."""
    pool: list[int] = []
    result: list[int] = []
    read = 0
    for place, draw in enumerate(rng.random(count).tolist()):
        known = min(count, place + waiting(place, most))
        pool += range(read, known)
        read = max(read, known)
        which = int(draw * len(pool))
        pool[which], pool[-1] = pool[-1], pool[which]
        result.append(pool.pop())
    return np.array(result, np.int64)
