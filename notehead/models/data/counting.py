"""How many symbols of each class a dataset has, about, before all its pages were seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.errors import DatasetError
from notehead.files import write_file
from notehead.pool import WorkerDied, in_order
from notehead.progress import Progress
from notehead.vocabulary import VOCABULARY

COUNTS = "counts.json"

Counts = NDArray[np.int64]


def known_counts(
    datasets: Sequence[Dataset], folder: Path, drawn: tuple[int, int], readers: int, progress: Progress
) -> Counts:
    """How many symbols of each class id there are: counted once, then kept in the folder.

    The symbols of all pages are counted, or of so many that are drawn evenly, and what they say of all is
    rounded up. A class that none of these has counts as one with a single symbol.

    Args:
        datasets: whose pages.
        folder: of the training.
        drawn: pages that are counted at most; the seed by which they are drawn.
        readers: processes that count; 0 for one per processor.
        progress: told of each page.

    Raises:
        DatasetError: a page cannot be read.
    """
    path = folder / COUNTS
    if not path.exists():
        most, seed = drawn
        every = sum(len(dataset) for dataset in datasets)
        pages = np.random.default_rng((seed, 7)).permutation(every)[:most]
        pages.sort()
        counts = _counted(datasets, pages, readers, progress)
        if len(pages) < every:
            counts = np.maximum(np.ceil(counts * (every / len(pages))).astype(np.int64), 1)
        named = {name: int(counts[VOCABULARY.id(name)]) for name in VOCABULARY}
        write_file(path, orjson.dumps(named, option=orjson.OPT_INDENT_2))
    result = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    for name, count in orjson.loads(path.read_bytes()).items():
        result[VOCABULARY.id(name)] = count
    return result


def _counted(datasets: Sequence[Dataset], pages: Counts, readers: int, progress: Progress) -> Counts:
    counts = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    progress.stage("pages whose symbols are counted", len(pages))
    try:
        for found in in_order(_Counting(list(datasets), pages.tolist(), len(counts)), len(pages), readers):
            counts += found
            progress.step(pages=1)
    except WorkerDied as error:
        message = f"{datasets[0].folder}: a process died while it counted symbols"
        raise DatasetError(message, "Run it with --readers 1 to see at which page.") from error
    finally:
        progress.close()
    return counts


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts the symbols of pages one by one."""

    datasets: list[Dataset]
    pages: list[int]
    classes: int

    def do(self, place: int) -> Counts:
        row = self.pages[place]
        for dataset in self.datasets:
            if row < len(dataset):
                return np.bincount(dataset.symbols(row).label, minlength=self.classes)
            row -= len(dataset)
        raise IndexError(place)
