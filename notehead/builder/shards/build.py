"""`build_shards`: scores -> a dataset of shards, here or in an object store, by this machine or by many."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from notehead.builder.clock import Clock
from notehead.builder.log import Log
from notehead.builder.options import BuildOptions, BuildResult
from notehead.builder.shards.finish import Finish
from notehead.builder.shards.ground import Ground, is_far, prepare, refuse_strangers
from notehead.builder.shards.make import Place, call_of, most_seconds, summary
from notehead.builder.shards.plan import PAGES_A_SCORE, Shard, shards
from notehead.builder.shards.record import LOCK, LOG, RECORDS, read_records
from notehead.builder.survey import score_files
from notehead.datasets.formats.parquet.schema import DATA, INDEX
from notehead.datasets.index import MANIFEST
from notehead.errors import OutputError
from notehead.progress import Progress, Silent
from notehead.runners import TRIES, Answer, Call, Runner, open_runner
from notehead.stores import is_url, open_store


def build_shards(
    scores: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    options: BuildOptions,
    progress: Progress | None = None,
) -> BuildResult:
    """Build a dataset of shards, or go on with one that was begun.

    Args:
        scores: files or folders (MusicXML, .mxl, MEI, Humdrum .krn).
        output: a folder or the URL of one in an object store: new, empty, or that of the same build.
        options: what to build.
        progress: told of every step.

    Raises:
        ScoreFormatError: a path does not exist, or there is no score at all.
        OutputError: the output cannot be written, is in use, or holds something else.
        MissingExtraError: a library for the output or the runner is not installed.
        NoteheadError: an option is out of range.
    """
    roots = [Path(scores)] if isinstance(scores, str | PathLike) else [Path(score) for score in scores]
    files = score_files(roots, None if is_url(output) else Path(output))
    store, progress = open_store(output), progress or Silent()
    refuse_strangers(store)
    begun = time.monotonic()
    with store.claim(LOCK), Log(store, LOG) as log, open_runner(options.place(), options.limits()) as runner:
        log.tell("begin", output=store.url, scores=len(files), runner=options.runner)
        try:
            ground = prepare(store, options, runner, (files, roots), progress)
            work = _Work(ground, options, runner, progress, log)
            work.make_all()
            finish = Finish(ground, options, progress, list(map(str, roots)))
            result = work.told(finish.write(list(work.chosen())), time.monotonic() - begun)
        except BaseException as error:
            log.tell("stopped", cause=str(error) or type(error).__name__)
            raise
        finally:
            progress.close()
        log.tell("end", pages=result.pages, symbols=result.symbols, seconds=round(result.seconds, 1))
    return result


class _Work:
    """The shards of a build: those that are done, and how the others are made."""

    def __init__(
        self, ground: Ground, options: BuildOptions, runner: Runner, progress: Progress, log: Log
    ) -> None:
        self._ground, self._options, self._runner = ground, options, runner
        self._store, self._progress, self._log = ground.store, progress, log
        self._done: dict[str, dict[str, Any]] = {}
        self._making: dict[str, Shard] = {}
        self._units = self._pages = self._pages_known = 0
        self._failed: Counter[str] = Counter()
        self._clock = Clock()
        self._peak = self._deaths = self._bytes = 0

    def make_all(self) -> None:
        """Make shards until there are pages enough; how many a shard has is known when it is made."""
        self._resume()
        whole = True
        while wanted := self._missing():
            if whole:  # the dataset is not whole until these stand there again
                whole = False
                for name in (MANIFEST, INDEX):
                    self._store.remove(name)
            self._progress.stage("building", len(wanted))
            for answer in self._runner.run(self._calls(wanted)):
                self._take(answer)

    def told(self, result: BuildResult, seconds: float) -> BuildResult:
        """The result with what this run took."""
        return replace(
            result, seconds=seconds, stages=dict(self._clock.seconds), peak_memory=self._peak,
            made=self._pages, deaths=self._deaths,
        )  # fmt: skip

    def chosen(self) -> Iterator[str]:
        """The keys of the dataset's shards, in the plan's order."""
        pages = 0
        for shard in self._plan():
            if self._options.limit is not None and pages >= self._options.limit:
                return
            pages += self._done[shard.key]["pages"]
            yield shard.key

    def _plan(self) -> Iterator[Shard]:
        return shards(self._ground.survey.sources, self._options, self._ground.bits)

    def _resume(self) -> None:
        """Find the shards that are done."""
        files = self._store.names(DATA)
        known = {name.removesuffix(".json") for name in self._store.names(RECORDS)}
        wanted = {shard.key: shard for shard in self._plan() if shard.key in known}
        for record in read_records(self._store, list(wanted)):
            shard = wanted[record.key]
            if record.stands(shard, files):
                self._note(shard, summary(record))

    def _note(self, shard: Shard, done: dict[str, Any]) -> None:
        self._done[shard.key] = done
        if not done["cut"]:
            self._units += len(shard.units)
            self._pages_known += done["pages"]

    def _missing(self) -> list[tuple[Shard, int | None]]:
        """The next shards to make, with the pages to keep of each: all that are needed for sure, and more."""
        limit, expected, found = self._options.limit, 0.0, list[tuple[Shard, int | None]]()
        mean = self._pages_known / self._units if self._units else PAGES_A_SCORE
        known = True  # whether the pages of all shards so far are known
        for shard in self._plan():
            if limit is not None and expected >= limit:
                break
            done = self._done.get(shard.key)
            left = None if limit is None else int(limit - expected)
            if done is None:
                found.append((shard, None))
                expected += max(len(shard.units) * mean, 1.0)
                known = False
            elif done["cut"] and (not known or left is None or done["pages"] != left):
                found.append((shard, None))
                expected += len(shard.units) * mean
                known = False
            elif known and left is not None and done["pages"] > left:
                return [(shard, left)]
            else:
                expected += done["pages"]
        return found

    def _calls(self, wanted: list[tuple[Shard, int | None]]) -> Iterator[Call]:
        options, ground = self._options, self._ground
        place = Place(ground.store, ground.build, far=is_far(options))
        self._making = {shard.key: shard for shard, _ in wanted}
        for shard, keep in wanted:
            values = call_of(shard, place, options, keep)
            yield Call(
                shard.key, "notehead.builder.shards.make:make", (values,), most_seconds(shard, options)
            )

    def _take(self, answer: Answer) -> None:
        shard = self._making[answer.key]
        if answer.failure:  # workers died at it, which is not its units' fault: it has its turn again
            self._deaths += answer.deaths
            self._log.tell("failed", shard=answer.key, cause=answer.failure, deaths=answer.deaths)
            self._failed[answer.key] += 1
            if self._failed[answer.key] < TRIES:
                return
            message = f"shard {answer.key} cannot be made: {answer.failure}"
            raise OutputError(message, "Check the workers' memory and disk, then run the same command again.")
        done = answer.value
        self._note(shard, done)
        self._clock.add(done["seconds"])
        self._peak = max(self._peak, done["peak_memory"])
        self._deaths += done["deaths"] + answer.deaths
        self._pages += done["pages"]
        self._log.tell(
            "shard", shard=answer.key, pages=done["pages"], symbols=done["symbols"], bytes=done["bytes"],
            cpu=round(sum(done["seconds"].values()), 2), units=done["units"],
            failures=[row[2] for row in done["failures"]], deaths=done["deaths"] + answer.deaths,
        )  # fmt: skip
        self._bytes += done["bytes"]
        self._progress.step(done["pages"], failures=len(done["failures"]), note=self._disk())

    def _disk(self) -> str:
        """What was written this time, and what is left."""
        free = self._store.space()
        left = "" if free is None else f" of {(self._bytes + free) / 1e9:.1f}"
        return f"{self._bytes / 1e9:.2f}{left} GB"
