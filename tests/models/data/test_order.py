"""The order of a stream: shuffled, each page once an epoch, the same from wherever it begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.models.data.order import Order, StreamOptions

BOUNDS = np.array([*range(0, 96, 8), 96, 103])
PARTS, PAGES, BUFFER = 2, 2, 24


def order(seed: int = 0, parts: int = PARTS, bounds: np.ndarray = BOUNDS, buffer: int = BUFFER) -> Order:
    return Order(bounds, StreamOptions(buffer=buffer, open=3), (PAGES, parts), seed)


def used(given: Order, numbers: Iterator[int] | range) -> list[tuple[int, int]]:
    """Epoch and number of the pages of some parts."""
    found = []
    for number in numbers:
        for use in given.uses(number):
            lane = given.lane(use.epoch, use.lane)
            found.append((use.epoch, int(lane.pages[lane.slots[use.place]])))
    return found


def test_the_order_is_the_seeds() -> None:
    assert used(order(), range(40)) == used(order(), range(40))
    assert used(order(), range(40)) != used(order(seed=1), range(40))
    epochs = used(order(), range(103))  # two epochs
    first, second = ([page for epoch, page in epochs if epoch == which] for which in range(2))
    assert first != second


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 40))
def test_each_page_is_used_once_an_epoch(count: int, parts: int, buffer: int) -> None:
    bounds = np.array([*range(0, count, 7), count])
    found = used(order(parts=parts, bounds=bounds, buffer=buffer), range(3 * count))
    for epoch in range(found[-1][0]):
        assert sorted(page for which, page in found if which == epoch) == list(range(count))


@pytest.mark.parametrize("share", [(0, 1), (0,), (1,)])
@pytest.mark.parametrize("begin", [0, 6, 38, 97])
def test_what_is_used_was_read_and_little_waits(share: tuple[int, ...], begin: int) -> None:
    given = order()
    reads, waiting, most = (
        given.reads(next(n for n in range(begin, begin + 2) if n % 2 in share), share),
        set(),
        0,
    )
    for number in range(begin, begin + 150):
        if number % PARTS in share:
            for use in given.uses(number):
                key = use.lane, use.epoch, int(given.lane(use.epoch, use.lane).slots[use.place])
                while key not in waiting:
                    read = next(reads)
                    assert read[:3] not in waiting, "read twice"
                    waiting.add(read[:3])
                most = max(most, len(waiting))
                waiting.remove(key)
    assert BUFFER // 4 < most <= BUFFER * len(share) // PARTS


def test_the_first_pages_are_used_soon() -> None:
    given = order(buffer=100)
    reads = given.reads(0, (0, 1))
    waiting: set[tuple[int, ...]] = set()
    for count, number in enumerate(range(10), 1):
        for use in given.uses(number):
            key = use.lane, use.epoch, int(given.lane(use.epoch, use.lane).slots[use.place])
            while key not in waiting:
                waiting.add(next(reads)[:3])
        assert len(waiting) <= 4 * PAGES * count + PAGES


def test_shards_are_read_from_begin_to_end_a_few_at_a_time() -> None:
    given = order(parts=1)
    shard_of = np.repeat(np.arange(len(BOUNDS) - 1), np.diff(BOUNDS))
    pages = given.lane(0, 0).pages
    begun: dict[int, list[int]] = {}
    for page in pages.tolist():
        begun.setdefault(int(shard_of[page]), []).append(page)
        unfinished = [shard for shard, read in begun.items() if len(read) < int(np.diff(BOUNDS)[shard])]
        assert len(unfinished) <= 3
    assert all(read == sorted(read) for read in begun.values())
    assert list(begun) != sorted(begun)


def test_what_is_used_next_to_each_other_is_of_several_shards() -> None:
    pages = [page for _, page in used(order(parts=1), range(40))]
    assert np.mean(np.abs(np.diff(pages)) > 1) > 0.8
