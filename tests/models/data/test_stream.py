"""Streams: the pages that would be prepared in a folder, a bounded number at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from notehead.errors import DatasetError
from notehead.models.data import boxes
from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.data.counting import known_counts
from notehead.models.data.cutting import CropOptions, class_counts
from notehead.models.data.order import StreamOptions
from notehead.models.data.pages import PageOptions, prepare_pages
from notehead.models.data.prepare import TrainingPage
from notehead.models.data.stream import KEPT, PageStream, StreamPlan, check_usable
from notehead.progress import Silent
from notehead.vocabulary import VOCABULARY
from tests.models.numbered import numbered

CLEAN = PageOptions(("clean",), instances=True)
PAGES, PARTS, BUFFER = 2, 2, 12
CROPS = CropOptions(size=128, pages=PAGES, crops=2)
COUNTS = np.ones(max(VOCABULARY.by_id) + 1, np.int64)


def plan(count: int = 20, pages: PageOptions = CLEAN, seed: int = 0, **source: Any) -> StreamPlan:
    datasets = [numbered(count, **source)]
    return StreamPlan(datasets, pages, StreamOptions(BUFFER, 2), (PAGES, PARTS), seed, COUNTS)


def stream(share: tuple[int, ...] = (0, 1), readers: int = 1, **options: Any) -> PageStream:
    return PageStream(plan(**options), share, readers)


def same(one: Any, other: Any) -> bool:
    """Whether two pages or batches are alike; durations that are not known are alike, too."""
    pairs = [(getattr(one, item.name), getattr(other, item.name)) for item in fields(one)]
    return all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if a is not None else b is None for a, b in pairs
    )


def images(given: PageStream, numbers: range) -> list[bytes]:
    return [page.image.tobytes() for number in numbers for page in given.batch(number)]


def test_the_same_seed_gives_the_same_pages() -> None:
    assert images(stream(), range(8)) == images(stream(), range(8))
    assert images(stream(), range(8)) != images(stream(seed=1), range(8))


def test_it_goes_on_anywhere() -> None:
    whole = images(stream(), range(30))  # three epochs
    for begin in (1, 7, 13, 24):
        assert images(stream(), range(begin, 30)) == whole[PAGES * begin :]
    given = stream()
    images(given, range(20))
    assert images(given, range(3, 6)) == whole[PAGES * 3 : PAGES * 6], "back again"


def test_workers_see_their_share() -> None:
    whole = images(stream(), range(12))
    for part in range(PARTS):
        given = stream((part,))
        for number in range(part, 12, PARTS):
            assert images(given, range(number, number + 1)) == whole[PAGES * number : PAGES * (number + 1)]


def test_each_page_is_read_once_an_epoch(tmp_path: Path) -> None:
    images(stream(log=tmp_path / "log"), range(10))  # an epoch
    read = [int(line) for line in (tmp_path / "log").read_text().split()]
    assert set(read) == set(range(20))
    assert len(read) <= 20 + BUFFER  # the next one has begun


class Watched(dict[tuple[int, int, int], bytes]):
    """Knows how many it has held."""

    most = 0

    def __setitem__(self, key: tuple[int, int, int], value: bytes) -> None:
        super().__setitem__(key, value)
        self.most = max(self.most, len(self))


def test_no_more_pages_wait_than_the_buffer_holds() -> None:
    given = stream(count=60)
    given.waiting = Watched()
    images(given, range(40))
    assert BUFFER // 2 < given.waiting.most <= BUFFER
    given.close()
    assert not given.waiting


def test_a_streamed_page_is_the_one_that_would_be_prepared(tmp_path: Path) -> None:
    options = PageOptions(copies=2, instances=True)  # as many copies as epochs
    paths = prepare_pages([numbered(6)], tmp_path, options, workers=1)
    given = stream(count=6, pages=PageOptions(instances=True))
    order = plan(count=6).order()
    for number in range(5):
        for use, page in zip(order.uses(number), given.batch(number), strict=True):
            lane = order.lane(use.epoch, use.lane)
            copy = paths[2 * int(lane.pages[lane.slots[use.place]]) + use.epoch]
            assert same(page, TrainingPage.read(copy))


def test_a_batch_of_streamed_pages_is_that_of_prepared_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = prepare_pages([numbered(6)], tmp_path, CLEAN, workers=1)
    counts = class_counts(paths)
    known = StreamPlan([numbered(6)], CLEAN, StreamOptions(BUFFER), (PAGES, PARTS), 0, counts)
    streamed = BoxCrops(PageStream(known, (0, 1), 1), CROPS, 0).batch(1)
    pages = list(PageStream(known, (0, 1), 1).batch(1))
    rows = [
        next(row for row, path in enumerate(paths) if same(TrainingPage.read(path), page)) for page in pages
    ]
    monkeypatch.setattr(boxes, "pages_of", lambda *_: (TrainingPage.read(paths[row]) for row in rows))
    prepared = BoxCrops(paths, CROPS, 0).batch(1)
    assert isinstance(streamed, BoxBatch)
    assert same(streamed, prepared)


def test_processes_read_the_same() -> None:
    given = stream(readers=2)
    try:
        assert images(given, range(6)) == images(stream(), range(6))
    finally:
        given.close()


def test_damage_is_told() -> None:
    with pytest.raises(DatasetError, match="page-3: damaged"):
        images(stream(damaged=3), range(10))


def test_a_reader_that_dies_is_told() -> None:
    given = stream(readers=2, deadly=3)
    with pytest.raises(DatasetError, match="a process died while it read pages of a stream"):
        images(given, range(10))


def test_a_page_with_nothing_on_it_is_paper() -> None:
    found = [page for number in range(10) for page in stream(empty=3).batch(number)]
    blank = [page for page in found if not len(page.label)]
    assert len(blank) == 1
    assert (blank[0].image == 255).all()
    assert blank[0].instances is not None
    assert BoxCrops(stream(count=1, empty=0), CROPS, 0).batch(0).label.size == 0


def test_datasets_without_a_usable_page_are_refused(tmp_path: Path) -> None:
    check_usable([numbered(3, empty=1)], tmp_path, 0)
    with pytest.raises(DatasetError, match="no page has masks and a staff"):
        check_usable([numbered(1, empty=0)], tmp_path, 0)
    with pytest.raises(DatasetError, match="no page has masks and a staff"):
        check_usable([numbered(0)], tmp_path, 0)


def test_classes_are_counted_once(tmp_path: Path) -> None:
    few = [numbered(5), numbered(3)]
    labels = np.concatenate([symbols.label for one in few for _, symbols in one.annotations()])
    exact = np.bincount(labels, minlength=len(COUNTS))
    assert known_counts(few, tmp_path, (8, 0), 1, Silent()).tolist() == exact.tolist()
    assert known_counts([numbered(5, damaged=0)], tmp_path, (8, 0), 1, Silent()).tolist() == exact.tolist()


def test_of_many_pages_some_are_counted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    counts = known_counts([numbered(40, log)], tmp_path, (10, 0), 1, Silent())
    assert len(set(log.read_text().split())) == 10
    staffs = VOCABULARY.id("staff")
    assert counts[staffs] == 80
    assert counts[VOCABULARY.id("clefG")] == 1, "what was not seen may still be there"


def test_the_first_pages_are_kept(tmp_path: Path) -> None:
    given = PageStream(plan(), (0, 1), 1, tmp_path / "pages")
    images(given, range(KEPT // PAGES + 3))
    kept = sorted((tmp_path / "pages").iterdir())
    assert [path.name for path in kept] == [f"{place:06d}.npz" for place in range(KEPT)]
    first = next(iter(stream().batch(0)))
    assert same(TrainingPage.read(kept[0]), first)


_STREAMS = """
from tests.models.data.test_stream import images, stream
given = stream(readers=2)
images(given, range(2))
print("reads", flush=True)
input()
"""


def test_readers_end_with_a_training_that_is_killed() -> None:
    training = subprocess.Popen(
        [sys.executable, "-c", _STREAMS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert training.stdout is not None
    assert training.stdout.readline() == b"reads\n"
    readers = [
        one for one in psutil.Process(training.pid).children() if "resource_tracker" not in str(one.cmdline())
    ]
    assert len(readers) == 2
    os.kill(training.pid, signal.SIGKILL)
    training.wait()
    for pipe in (training.stdin, training.stdout):
        if pipe is not None:
            pipe.close()
    for reader in readers:
        reader.wait(120)
