"""`estimate`: what a build will take, found by counting notes and engraving a few of the scores.

Processor time, symbols and bytes of a score grow with its notes, nearly in proportion among scores of about
one size: a few scores of each size, made for real, tell what all of them will take. Pages depend on the style
so much that a few do not tell; they were counted once for all, on 448 scores.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.builder.build import FOLDERS
from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source, Unit
from notehead.builder.shards.make import Place, call_of
from notehead.builder.shards.plan import Shard
from notehead.builder.survey import score_files
from notehead.errors import ScoreFormatError
from notehead.files import make_folder
from notehead.progress import Progress, Silent
from notehead.runners import Answer, Call, LocalRunner
from notehead.stores import open_store

_SIZES = ((0, 4), (300, 6), (1_000, 6), (3_000, 4))
"""From how many notes on so many scores are made."""
_LARGEST = 5_000
"""Notes of the largest score that is made, unless there are only larger ones: they take too long."""
_PAGES, _PAGES_A_NOTE = 0.65, 0.0034
"""Of a score in styles on all papers, one page at least: within 4 % for small and large ones of 448."""
_STYLES = 500
"""Styles that are drawn to know how much the pages of a build have room for."""
_SECONDS_A_NOTE = 0.00002
"""Of a processor, for finding the scores, checking them, and what is done once for all."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a build will take.

    Attributes:
        scores: that it is made of.
        styles: of each score.
        pages: of the dataset.
        symbols: on them.
        cpu_seconds: of processors.
        bytes: of the dataset.
        workers: processes that make it.
        free: bytes that the disk has left; None where nobody can tell.
        made: pages that were made to find this out.
    """

    scores: int
    styles: int
    pages: int
    symbols: int
    cpu_seconds: float
    bytes: int
    workers: int
    free: int | None
    made: int

    @property
    def seconds(self) -> float:
        """By the clock on the wall, with all workers busy."""
        return self.cpu_seconds / self.workers

    def text(self) -> str:
        """For people, a line for each figure."""
        million, hours, size = max(self.symbols, 1) / 1e6, self.cpu_seconds / 3600, self.bytes / 1e9
        lines = [
            f"pages       about {self.pages:,}, from {self.scores:,} scores in {self.styles:,} styles",
            f"symbols     about {self.symbols / 1e6:,.2f} million",
            f"processors  about {hours:,.2f} hours ({hours / million:.3f} a million symbols)",
            f"time        about {_span(self.seconds)} with {self.workers:,} workers",
            f"bytes       about {size:,.2f} GB ({size / million:.2f} a million symbols)",
        ]
        if self.free is not None:
            short = "; not enough" if self.free < self.bytes else ""
            lines.append(f"disk        {self.free / 1e9:,.2f} GB left{short}")
        return "\n".join([*lines, f"(estimated by {self.made:,} pages that were made and thrown away)"])


def estimate(
    scores: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    options: BuildOptions,
    progress: Progress | None = None,
) -> Estimate:
    """What `build` would take, without building.

    Args:
        scores: files or folders, as for `build`.
        output: where the dataset would be; nothing is written there.
        options: of the build.
        progress: told of every step.

    Raises:
        ScoreFormatError: a path does not exist, there is no score at all, or none of those tried can be used.
    """
    roots = [Path(scores)] if isinstance(scores, str | PathLike) else [Path(score) for score in scores]
    progress = progress or Silent()
    files = score_files(roots, None)
    here = os.cpu_count() or 1
    try:
        with LocalRunner(min(here, options.workers or here), options.limits()) as runner:
            notes = _weighed(runner, files, progress)
            made = _made(runner, _sample(notes), options, progress)
    finally:
        progress.close()
    if not made:
        raise ScoreFormatError(", ".join(map(str, roots)), "no score that was tried can be engraved")
    return _scaled(notes, np.array(made, np.float64), options, open_store(output).space())


def _weighed(runner: LocalRunner, files: Sequence[Path], progress: Progress) -> dict[str, int]:
    """The notes of each score that can be read."""
    progress.stage("counting", len(files))
    found = {}
    calls = (Call(str(path), "notehead.builder.unit:weigh", (str(path),)) for path in files)
    for answer in runner.run(calls):
        progress.step()
        if not answer.failure:
            found[answer.key] = int(answer.value)
    return dict(sorted(found.items()))


def _sample(notes: dict[str, int]) -> list[tuple[str, int]]:
    """A few scores of each size, evenly among those there are."""
    found: list[tuple[str, int]] = []
    for (least, wanted), (most, _) in pairwise((*_SIZES, (1 << 62, 0))):
        group = sorted((pair for pair in notes.items() if least <= pair[1] < most), key=lambda pair: pair[1])
        group = [pair for pair in group if pair[1] <= _LARGEST] or group[:1]
        found += [group[int((i + 0.5) * len(group) / wanted)] for i in range(min(wanted, len(group)))]
    return found


def _made(
    runner: LocalRunner, sample: list[tuple[str, int]], options: BuildOptions, progress: Progress
) -> list[tuple[float, ...]]:
    """Notes, pages, symbols, processor seconds and bytes of each score that could be made."""
    progress.stage("trying", len(sample))
    tries = {f"{number}": pair for number, pair in enumerate(sample)}
    found: list[tuple[float, ...]] = []
    smallest = min(sample, key=lambda pair: pair[1], default=None)
    first = {f"{len(sample) + k}": smallest for k in range(runner.workers)} if smallest else {}
    with tempfile.TemporaryDirectory(prefix="notehead-") as folder:
        for _ in runner.run(_calls(first, options, Path(folder))):
            pass  # its first score costs a process more: it loads, or compiles, what it needs
        for answer in runner.run(_calls(tries, options, Path(folder))):
            progress.step()
            if not answer.failure and answer.value["pages"]:
                found.append((float(tries[answer.key][1]), *_figures(answer)))
    return found


def _unit(path: str, number: int) -> Unit:
    """A score under an id that is made up, which draws its style: to read it for its own takes long."""
    return Unit(Source(path, Path(path).name, f"{number * 7919:015d}"), 0)


def _pages(notes: NDArray[np.float64], options: BuildOptions) -> float:
    """Pages of all scores in a style, on the papers of a build."""
    rooms = []
    for how in (options, BuildOptions()):
        styles = [_unit("", number).style(how) for number in range(_STYLES)]
        sizes = [(style.paper.pixels(100.0), style.staff_space) for style in styles]
        rooms.append(sum(space**2 / (width * height) for (width, height), space in sizes))
    return float(np.maximum(_PAGES + _PAGES_A_NOTE * notes * rooms[0] / rooms[1], 1).sum())


def _calls(tries: dict[str, tuple[str, int]], options: BuildOptions, folder: Path) -> Iterator[Call]:
    for number, (path, _) in tries.items():
        unit, place = _unit(path, int(number)), folder / number
        seconds = options.seconds_for(unit.engraver(options))
        if options.layout == "parquet":
            values = call_of(
                Shard("train", 0, 0, (unit,)), Place(open_store(place), "", far=False), options, None
            )
            yield Call(number, "notehead.builder.shards.make:make", (values,), 3 * seconds)
        else:
            for name in FOLDERS:
                make_folder(place / name)
            arguments = (asdict(unit.source), 0, options.deciding(), str(place))
            yield Call(number, "notehead.builder.unit:make", arguments, seconds)


def _figures(answer: Answer) -> tuple[float, float, float, float]:
    """Pages, symbols, processor seconds, bytes."""
    value = answer.value
    seconds = sum(value["seconds"].values())
    if isinstance(value["pages"], int):
        return value["pages"], value["symbols"], seconds, value["bytes"]
    files = {path: size for page in value["pages"] for path, size, _ in page["files"]}
    symbols = sum(page["symbols"] for page in value["pages"])
    # v1's images are the same files under another name
    size = sum(size for path, size in files.items() if "/images_png/" not in path)
    return len(value["pages"]), symbols, seconds, size


def _scaled(
    notes: dict[str, int], made: NDArray[np.float64], options: BuildOptions, free: int | None
) -> Estimate:
    """From the sample to all scores: so much a note, for each size of scores."""
    every = np.array(list(notes.values()), np.float64)
    edges = [least for least, _ in _SIZES[1:]]
    where, whose = np.digitize(every, edges), np.digitize(made[:, 0], edges)
    totals = np.zeros(4)
    for size in np.unique(where):
        own = made[whose == size] if (whose == size).any() else made
        totals += every[where == size].sum() / max(own[:, 0].sum(), 1.0) * own[:, 1:].sum(axis=0)
    styles = options.styles(len(notes))
    _, symbols, seconds, size = (styles * totals).tolist()
    pages = styles * _pages(every, options)
    if options.limit is not None and pages > options.limit:
        share = options.limit / pages
        pages, symbols, seconds, size = options.limit, symbols * share, seconds * share, size * share
        styles = max(1, math.ceil(styles * share))
    return Estimate(
        scores=len(notes), styles=styles, pages=round(pages), symbols=round(symbols),
        cpu_seconds=seconds + _SECONDS_A_NOTE * float(every.sum()), bytes=round(size),
        workers=options.workers or os.cpu_count() or 1, free=free, made=round(float(made[:, 1].sum())),
    )  # fmt: skip


def _span(seconds: float) -> str:
    """A time for people.

    Example:
        >>> _span(42), _span(600), _span(9000), _span(400_000)
        ('42 seconds', '10 minutes', '2.5 hours', '4.6 days')
    """
    for unit, size, most in (("seconds", 1, 120), ("minutes", 60, 7200), ("hours", 3600, 172_800)):
        if seconds < most:
            value = seconds / size
            return f"{value:.1f} {unit}" if unit == "hours" else f"{value:.0f} {unit}"
    return f"{seconds / 86_400:.1f} days"
