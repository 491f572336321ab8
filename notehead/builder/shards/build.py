"""`build_shards`: scores -> a dataset of shards, here or in an object store, by this machine or by many."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import orjson

from notehead.builder.clock import Clock
from notehead.builder.describe import versions
from notehead.builder.log import Log
from notehead.builder.options import BuildOptions, BuildResult
from notehead.builder.plan import Source
from notehead.builder.shards.finish import Finish
from notehead.builder.shards.make import call_of, most_seconds, summary
from notehead.builder.shards.plan import PAGES_A_SCORE, Bits, Shard, shards, stretches
from notehead.builder.shards.record import IDENTITY, LOCK, LOG, RECORDS, SCORES, read_records
from notehead.builder.survey import score_files, survey
from notehead.datasets.formats.parquet.schema import DATA, INDEX
from notehead.datasets.index import MANIFEST
from notehead.errors import OutputError
from notehead.progress import Progress, Silent
from notehead.runners import TRIES, Answer, Call, LocalRunner, open_runner
from notehead.stores import Store, is_url, open_store

_SURVEYORS = 2
"""Processes that check scores when the work itself is done elsewhere."""


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
    store = open_store(output)
    _refuse_strangers(store)
    with store.claim(LOCK), Log(store, LOG) as log:
        return _ShardBuild(store, options, progress or Silent(), log).run(files, roots)


def _refuse_strangers(store: Store) -> None:
    if store.read(IDENTITY) is None and not store.empty():
        message = f"{store.url}: is not empty and not a build"
        raise OutputError(message, "Choose an empty or a new folder.")


class _ShardBuild:
    def __init__(self, store: Store, options: BuildOptions, progress: Progress, log: Log) -> None:
        self._store, self._options, self._progress, self._log = store, options, progress, log
        self._done: dict[str, dict[str, Any]] = {}
        self._units = self._pages = self._pages_known = 0
        self._failed: Counter[str] = Counter()
        self._clock = Clock()
        self._peak = self._deaths = 0

    def run(self, files: Sequence[Path], roots: Sequence[Path]) -> BuildResult:
        start = time.monotonic()
        options = self._options
        self._log.tell("begin", output=self._store.url, scores=len(files), runner=options.runner)
        try:
            with open_runner(options.place(), options.limits()) as self._runner:
                found = self._survey(files, roots)
                self._sources = found.sources
                self._bits = self._identity()
                self._keep_scores(found.sources)
                self._resume()
                self._rounds()
                finish = Finish(self._store, options, found, self._progress, list(map(str, roots)))
                result = finish.write(list(self._chosen()))
        except BaseException as error:
            self._log.tell("stopped", cause=str(error) or type(error).__name__)
            raise
        finally:
            self._progress.close()
        seconds = time.monotonic() - start
        self._log.tell("end", pages=result.pages, symbols=result.symbols, seconds=round(seconds, 1))
        return BuildResult(
            folder=result.folder, pages=result.pages, symbols=result.symbols, scores=result.scores,
            failures=result.failures, copies=result.copies, seconds=seconds, stages=dict(self._clock.seconds),
            peak_memory=self._peak, made=self._pages, bytes=result.bytes, deaths=self._deaths,
        )  # fmt: skip

    def _survey(self, files: Sequence[Path], roots: Sequence[Path]) -> Any:
        """Scores are files of this machine: they are checked here, wherever the work is done."""
        options = self._options
        if not self._far:
            return survey(files, roots, options.seed, self._runner, self._progress)
        with LocalRunner(_SURVEYORS, options.limits()) as runner:
            return survey(files, roots, options.seed, runner, self._progress)

    @property
    def _far(self) -> bool:
        """Whether the workers may be on other machines, which do not have the user's files."""
        return self._options.runner != "local"

    def _identity(self) -> Bits:
        """How the scores are divided: as when the build began, which must have been with the same options."""
        options = self._options
        fingerprint = options.fingerprint({**versions(options), "layout": "parquet"})
        data = self._store.read(IDENTITY)
        if data is None:
            bits = stretches(self._sources, options)
            facts = {"fingerprint": fingerprint, "bits": bits, "split": options.split}
            self._store.write(IDENTITY, orjson.dumps(facts))
            return bits
        found = orjson.loads(data)
        if found.get("fingerprint") != fingerprint or found.get("split") != options.split:
            message = f"{self._store.url}: holds a build with other options, or by another version"
            remedy = "Use the options and the version that it was begun with, or choose another folder."
            raise OutputError(message, remedy)
        known: Bits = found["bits"]
        return known

    def _keep_scores(self, sources: Sequence[Source]) -> None:
        """Put the scores where workers on other machines find them."""
        if not self._far:
            return
        there = self._store.names(SCORES)
        missing = [source for source in sources if source.score_id not in there]
        self._progress.stage("scores", len(missing))
        for source in missing:
            self._store.write(f"{SCORES}/{source.score_id}", Path(source.path).read_bytes())
            self._progress.step()

    def _plan(self) -> Iterator[Shard]:
        return shards(self._sources, self._options, self._bits)

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

    def _rounds(self) -> None:
        """Make shards until there are pages enough; how many a shard has is known when it is made."""
        total = sum(1 for _ in self._plan())
        self._progress.stage("building", total)
        made = False
        while True:
            calls = self._missing()
            if not calls:
                return
            if not made:  # the dataset is not whole until these stand there again
                made = True
                for name in (MANIFEST, INDEX):
                    self._store.remove(name)
            for answer in self._runner.run(self._calls(calls)):
                self._take(answer)

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
        options = self._options
        self._making = {shard.key: shard for shard, _ in wanted}
        for shard, keep in wanted:
            values = call_of(shard, self._store, options, keep, far=self._far)
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
        self._progress.step(done["pages"])

    def _chosen(self) -> Iterator[str]:
        """The keys of the dataset's shards, in the plan's order."""
        pages = 0
        for shard in self._plan():
            if self._options.limit is not None and pages >= self._options.limit:
                return
            pages += self._done[shard.key]["pages"]
            yield shard.key
