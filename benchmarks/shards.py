"""`python -m benchmarks.shards SCORES -o FOLDER`: how builds of shards grow, on one machine and on a cluster.

Builds of 100, 1,000 and 3,000 pages, each from nothing: seconds, pages/s, and the most memory of the builder
and of the largest worker. The last is made on a Ray cluster of as many processes too, and must be the same to
the byte. Then what `--dry-run` had said of the last. With --soak, one build instead that is stopped after so
many minutes, with memory and pace over time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
import psutil

from notehead.builder.shards.record import LOG
from notehead.datasets.index import MANIFEST

_EVERY = 1.0
"""Seconds from one look at the memory to the next."""


@dataclass
class Watched:
    """A build that was watched.

    Attributes:
        seconds: that it took.
        times: of the looks, in seconds from its begin.
        builder: resident bytes of the builder's process at each.
        worker: of the largest process of all others.
    """

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    builder: list[int] = field(default_factory=list)
    worker: list[int] = field(default_factory=list)


def build(scores: Path, folder: Path, words: Sequence[str], stop: float = float("inf")) -> Watched:
    """Run `notehead build`, look at it, and stop it after so many seconds."""
    command = [sys.executable, "-c", "from notehead.cli import main; main()", "build", str(scores)]
    found, begun = Watched(), time.monotonic()
    with subprocess.Popen([*command, "-o", str(folder), "--layout", "parquet", *words]) as child:
        while child.poll() is None:
            time.sleep(_EVERY)
            _look(psutil.Process(child.pid), found, time.monotonic() - begun)
            if time.monotonic() - begun > stop:
                child.terminate()
    found.seconds = time.monotonic() - begun
    return found


def _look(process: psutil.Process, found: Watched, seconds: float) -> None:
    with contextlib.suppress(psutil.Error):
        mine = process.memory_info().rss
        others = [0]
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                others.append(child.memory_info().rss)
        found.times.append(seconds)
        found.builder.append(mine)
        found.worker.append(max(others))


def shard_lines(folder: Path) -> Iterator[dict[str, float]]:
    """What the log tells of each shard."""
    for line in (folder / LOG).read_bytes().splitlines():
        row = orjson.loads(line)
        if row["event"] == "shard":
            yield row


def grow(scores: Path, output: Path, sizes: Sequence[int], workers: int) -> None:
    """Builds of several sizes, the last of them on a cluster too."""
    print(_estimated(scores, output, sizes[-1], workers))
    print("| pages | runner | seconds | pages/s | builder MB | largest worker MB | GB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    digests = []
    for pages, runner in [*((size, "local") for size in sizes), (sizes[-1], "ray")]:
        folder = output / f"{runner}-{pages}"
        shutil.rmtree(folder, ignore_errors=True)
        words = ["--pages", str(pages), "--workers", str(workers), "--runner", runner]
        found = build(scores, folder, words)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(
            f"| {pages:,} | {runner} | {found.seconds:.0f} | {pages / found.seconds:.1f} "
            f"| {max(found.builder) / 1e6:.0f} | {max(found.worker) / 1e6:.0f} | {size / 1e9:.2f} |",
            flush=True,
        )
        digests.append(hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest())
    print(f"manifests of {sizes[-1]:,} pages: {'identical' if digests[-1] == digests[-2] else 'DIFFERENT'}")
    rows = list(shard_lines(output / f"local-{sizes[-1]}"))
    kept = {key: sum(row[key] for row in rows) for key in ("pages", "symbols", "bytes", "cpu")}
    million = kept["symbols"] / 1e6
    hours, gigabytes = kept["cpu"] / 3600 / million, kept["bytes"] / 1e9 / million
    print(f"measured: {hours:.4f} processor hours and {gigabytes:.3f} GB")
    print(f"a million symbols; {kept['symbols'] / kept['pages']:.0f} symbols a page")


def _estimated(scores: Path, output: Path, pages: int, workers: int) -> str:
    command = [sys.executable, "-c", "from notehead.cli import main; main()", "build", str(scores)]
    words = [
        "-o",
        str(output / "none"),
        "--layout",
        "parquet",
        "--pages",
        str(pages),
        "--workers",
        str(workers),
    ]
    begun = time.monotonic()
    done = subprocess.run([*command, *words, "--dry-run"], check=True, capture_output=True, text=True)
    return f"{done.stdout}dry run: {time.monotonic() - begun:.0f} s\n"


def soak(scores: Path, output: Path, minutes: float, workers: int) -> None:
    """One long build: memory and pace, third by third."""
    folder = output / "soak"
    shutil.rmtree(folder, ignore_errors=True)
    words = ["--pages", "1000000", "--workers", str(workers)]
    begun = time.time()
    found = build(scores, folder, words, 60 * minutes)
    rows = list(shard_lines(folder))
    times = np.array([row["time"] - begun for row in rows])
    print("| part | pages | pages/s | symbols a processor second | builder MB | largest worker MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    parts, looks = 6, np.array(found.times)
    for part in range(parts):
        low, high = (found.seconds * edge / parts for edge in (part, part + 1))
        own = [row for row, when in zip(rows, times, strict=True) if low <= when < high]
        seen = (looks >= low) & (looks < high)
        pages, symbols, cpu = (sum(row[key] for row in own) for key in ("pages", "symbols", "cpu"))
        print(
            f"| {low / 60:.0f} to {high / 60:.0f} min | {pages:,} | {pages / (high - low):.1f} "
            f"| {symbols / max(cpu, 1e-9):,.0f} | {np.mean(np.array(found.builder)[seen]) / 1e6:.0f} "
            f"| {np.max(np.array(found.worker)[seen]) / 1e6:.0f} |"
        )
    late = looks > found.seconds / 6  # the beginning fills caches
    slope = np.polyfit(looks[late] / 60, np.array(found.builder)[late] / 1e6, 1)[0]
    print(f"slope of the builder's memory: {slope:+.2f} MB a minute")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scores", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="folder of the builds; by default a temporary one")
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 1000, 3000])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="one long build instead")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="notehead-bench-") as folder:
        output = given.output or Path(folder)
        if given.soak:
            soak(given.scores, output, given.soak, given.workers)
        else:
            grow(given.scores, output, given.pages, given.workers)


if __name__ == "__main__":
    main()
