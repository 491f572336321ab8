"""`make bench-scale`: DeepScoresV2 in its full size, simulated; seconds and memory of what people do.

255,385 pages in JSON files of 2,000, without images, with 590 symbols a page where the disk allows it. Each
task runs in a process of its own: opening the dataset for the first time, and again with what the first
left in the cache; opening it and listing its pages; finding the pages with one class; reading the symbols
of these; and reading all annotations of 2,000 pages.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead import VOCABULARY, Dataset, Symbols
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.files import GrowingFile

PAGES = 255_385
SYMBOLS = 590
"""A page, on average: 151 million on 255,385 pages."""
BYTES_A_SYMBOL = 260
KEEP_FREE = 25 * 10**9
GOAL_BYTES = 500e6
WHOLE_PAGES = 2_000
RARE = "ornamentTrill"
RARE_SHARE = 0.01
"""Of pages with the class that is looked for."""
_FONTS = ("emmentaler", "gonville", "gutenberg1939", "beethoven", "lilyjazz")
_MODELS = 64
"""Different pages; the others are these under other numbers."""


def simulate(folder: Path, pages: int, symbols: int) -> int:
    """Write the JSON files of so many pages, three quarters of them for training; returns their bytes."""
    rng = np.random.default_rng(0)
    counts = rng.gamma(2.5, size=_MODELS)
    counts = np.maximum(1, counts / counts.mean() * symbols).astype(int)
    models = [_model(rng, count, rare=False) for count in counts.tolist()]
    rare_models = [_model(rng, count, rare=True) for count in counts[:4].tolist()]
    train = math.ceil(pages * 0.75)
    image, annotation, total = 1, 1, 0
    for split, count in (("train", train), ("test", pages - train)):
        for number, name in enumerate(v2.json_names(split, count)):
            size = min(v2.PAGES_PER_FILE, count - number * v2.PAGES_PER_FILE)
            chosen = [rare_models if rng.random() < RARE_SHARE else models for _ in range(size)]
            pool = [some[int(rng.integers(len(some)))] for some in chosen]
            with GrowingFile(folder / name) as file:
                annotation = _write_file(file, pool, image, annotation)
            image, total = image + size, total + file.size
    return total


def _model(rng: np.random.Generator, count: int, *, rare: bool) -> list[bytes]:
    """The records of a page of so many symbols, each without its number and its image's."""
    others = [row.id for row in VOCABULARY.classes if row.deepscores_v2 and row.name != RARE]
    weights = 1 / np.arange(1, len(others) + 1)
    labels = rng.choice(others, count, p=weights / weights.sum())
    if rare:
        labels[0] = VOCABULARY.id(RARE)
    low = rng.integers(0, 1800, (count, 2))
    boxes = np.hstack([low, low + rng.integers(2, 90, (count, 2))]).astype(float)
    symbols = Symbols.build(
        labels.tolist(), boxes, area=rng.integers(20, 900, count), onset=rng.integers(0, 4000, count) / 16,
        duration=rng.integers(1, 16, count) / 4, position=rng.integers(-10, 11, count),
    )  # fmt: skip
    records = []
    for record in v2.records(symbols, 0):
        del record["img_id"]
        records.append(orjson.dumps(record)[1:])
    return records


def _write_file(file: GrowingFile, pages: list[list[bytes]], image: int, annotation: int) -> int:
    """One file in the published order, images before annotations; returns the next annotation's number."""
    file.write(v2.json_head({"description": "simulated"})[: -len(b'"annotations":{')] + b'"images":[')
    first = annotation
    for number, records in enumerate(pages, image):
        name = f"lg-{number // 3:09d}-aug-{_FONTS[number % len(_FONTS)]}--page-{1 + number % 3}.png"
        told = [str(identity) for identity in range(first, first + len(records))]
        record = {"id": number, "filename": name, "width": 1960, "height": 2772, "ann_ids": told}
        file.write((b"," if number > image else b"") + orjson.dumps(record))
        first += len(records)
    file.write(b'],"annotations":{')
    for number, records in enumerate(pages, image):
        own = b'"img_id":"%d",' % number
        lines = [
            b'"%d":{%b%b' % (identity, own, record) for identity, record in enumerate(records, annotation)
        ]
        file.write((b"," if number > image else b"") + b",".join(lines))
        annotation += len(records)
    file.write(b"}}")
    return annotation


# What is measured, each in a process of its own.


def task_open(folder: Path) -> str:
    """Open the dataset."""
    dataset = Dataset(folder)
    return f"{len(dataset):,} pages"


def task_filter(folder: Path) -> str:
    """Open it, and find the pages with one class."""
    return f"{len(Dataset(folder).containing(RARE)):,} pages with {RARE}"


def task_symbols(folder: Path) -> str:
    """Open it, find these pages, and read the symbols of that class."""
    found = Dataset(folder).containing(RARE).only(RARE)
    count = sum(len(symbols) for _, symbols in found.annotations())
    return f"{count:,} symbols on {len(found):,} pages"


def task_pages(folder: Path) -> str:
    """Open it, and read all annotations of pages from all over it."""
    dataset = Dataset(folder)
    step = max(1, len(dataset) // WHOLE_PAGES)
    chosen = range(0, len(dataset), step)
    begin = time.perf_counter()
    count = sum(len(dataset.symbols(place)) for place in chosen)
    spent = (time.perf_counter() - begin) / len(chosen) * 1000
    return f"{count:,} symbols on {len(chosen):,} pages, {spent:.1f} ms a page"


def task_entries(folder: Path) -> str:
    """Open it, and go through its list of pages."""
    return f"{sum(entry.symbols for entry in Dataset(folder).entries):,} symbols listed"


TASKS = {
    "open": task_open,
    "open again": task_open,
    "list": task_entries,
    "filter": task_filter,
    "symbols": task_symbols,
    "whole pages": task_pages,
}


def run_task(name: str, folder: Path) -> None:
    """What the child does: its figures, as JSON."""
    begin = time.perf_counter()
    told = TASKS[name](folder)
    spent = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": spent, "peak": peak, "told": told}))


def measure(folder: Path, cache: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each task in a fresh process."""
    environment = {**os.environ, "NOTEHEAD_CACHE": cache}
    for name in TASKS:
        call = [sys.executable, "-m", "benchmarks.scale", "--task", name, str(folder)]
        done = subprocess.run(call, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        yield name, json.loads(done.stdout)


def fitting(place: Path, pages: int, symbols: int) -> int:
    """As many of the symbols of a page as the disk has room for, `KEEP_FREE` left."""
    room = shutil.disk_usage(place).free - KEEP_FREE
    return max(1, min(symbols, int(room / (pages * BYTES_A_SYMBOL))))


def main() -> None:
    """Simulate, measure, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, help="a dataset that is there, instead of a simulated one"
    )
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--symbols", type=int, default=SYMBOLS, help="on a page, on average")
    parser.add_argument("--place", type=Path, default=Path(tempfile.gettempdir()), help="where there is room")
    parser.add_argument("--no-cache", action="store_true", help="open without the cache, each time anew")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        run_task(options.task, options.folder)
        return
    with tempfile.TemporaryDirectory(prefix="notehead-scale-", dir=options.place) as own:
        folder = options.folder
        if folder is None:
            folder = Path(own) / "dataset"
            folder.mkdir()
            symbols = fitting(folder, options.pages, options.symbols)
            if symbols < options.symbols:
                print(f"the disk has room for {symbols} symbols a page, not {options.symbols}")
            begin = time.perf_counter()
            size = simulate(folder, options.pages, symbols)
            spent = time.perf_counter() - begin
            print(f"{options.pages:,} pages, {size / 1e9:.1f} GB, written in {spent:.0f} s", flush=True)
        report(folder, "" if options.no_cache else f"{own}/cache")


def report(folder: Path, cache: str) -> None:
    """Print the figures of all tasks."""
    for name, found in measure(folder, cache):
        peak = f"{found['peak'] / 1e6:.0f} MB (goal {GOAL_BYTES / 1e6:.0f})"
        print(f"  {name:<12} {found['seconds']:7.1f} s, peak memory {peak}: {found['told']}", flush=True)


if __name__ == "__main__":
    main()
