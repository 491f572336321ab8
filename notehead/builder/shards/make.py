"""What a worker does: one shard, unit by unit, then its file and its record into the store.

A unit whose process dies is tried again; units that are done stay on the worker's disk until the shard is,
so that a worker that dies itself costs the unit that it was at.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from notehead.builder.clock import Clock
from notehead.builder.options import BuildOptions
from notehead.builder.shards.plan import Shard
from notehead.builder.shards.record import COUNTS, RECORDS, SCORES, Record, data_file, packed
from notehead.builder.shards.rows import COLUMNS
from notehead.datasets.formats.parquet.schema import pyarrow, schema
from notehead.datasets.formats.parquet.table import Table
from notehead.datasets.statistics import StatisticsBuilder
from notehead.errors import NoteheadError, OutputError
from notehead.files import make_folder, sha256_of, write_file
from notehead.runners import TRIES, reason
from notehead.sandbox import ChildDied, Limits, Sandbox
from notehead.stores import Store, open_store
from notehead.vocabulary import VOCABULARY

_MOST_SECONDS = 600.0
"""For all of a shard beside the engraving."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where shards are made.

    Attributes:
        store: to make them in.
        build: names the build, and no other.
        far: scores are fetched from the store, because workers cannot reach the user's files.
    """

    store: Store
    build: str
    far: bool


def call_of(shard: Shard, place: Place, options: BuildOptions, keep: int | None) -> dict[str, Any]:
    """The argument of `make`.

    Args:
        shard: to make.
        place: where it is made.
        options: of the build.
        keep: only so many pages; None for all.
    """
    limits = options.limits()
    return {
        "store": place.store.url,
        "build": place.build,
        "key": shard.key,
        "digest": shard.digest(),
        "split": shard.split,
        "style": shard.style,
        "units": [[asdict(unit.source), options.seconds_for(unit.engraver(options))] for unit in shard.units],
        "values": options.deciding(),
        "cpu_seconds": limits.cpu_seconds,
        "memory": limits.memory,
        "keep": keep,
        "far": place.far,
    }


def most_seconds(shard: Shard, options: BuildOptions) -> float:
    """How long a shard may take at most, by the clock on the wall."""
    units = (options.seconds_for(unit.engraver(options)) for unit in shard.units)
    return _MOST_SECONDS + TRIES * sum(units)


def make(values: dict[str, Any]) -> dict[str, Any]:
    """Make a shard.

    Args:
        values: as `call_of` gives them.

    Returns:
        What the builder wants to know at once: pages, symbols, bytes, failures, seconds, peak memory.

    Raises:
        OutputError: the store cannot be written.
    """
    store = open_store(values["store"])
    scratch = make_folder(store.scratch(values["build"]) / values["key"])
    clock = Clock()
    work = _Work(values, store, scratch)
    table = scratch / "shard.parquet"
    with clock.stage("parquet"):
        size, digest = work.write(table)
    with clock.stage("store"):
        if size:
            store.put(data_file(values["key"]), table)
        else:
            store.remove(data_file(values["key"]))
    for stage, seconds in clock.seconds.items():
        work.seconds[stage] += seconds
    record = work.record(size, digest)
    store.write(f"{COUNTS}/{values['key']}.bin", packed(work.counts.state()))
    store.write(f"{RECORDS}/{values['key']}.json", orjson.dumps(asdict(record)))
    shutil.rmtree(scratch, ignore_errors=True)
    return summary(record)


def summary(record: Record) -> dict[str, Any]:
    """What the builder keeps of a record."""
    return {
        "pages": len(record.pages),
        "units": record.units,
        "symbols": record.symbols,
        "bytes": record.bytes,
        "failures": record.failures,
        "cut": record.cut,
        "seconds": record.seconds,
        "peak_memory": record.peak_memory,
        "deaths": record.deaths,
    }


@dataclass(slots=True)
class _Work:
    """A shard that grows."""

    values: dict[str, Any]
    store: Store
    scratch: Path
    pages: list[dict[str, Any]] = field(default_factory=list)
    units: list[tuple[str, int, float]] = field(default_factory=list)
    failures: list[tuple[str, int, str, bool]] = field(default_factory=list)
    counts: StatisticsBuilder = field(default_factory=lambda: StatisticsBuilder(VOCABULARY))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    peak: int = 0
    deaths: int = 0
    cut: bool = False

    def write(self, path: Path) -> tuple[int, str]:
        """Write the shard to a file of this machine; its size and SHA-256, 0 where it has no pages."""
        table = Table.begun(path, schema(COLUMNS), group=1)
        try:
            for batch in self._batches():
                table.add(batch)
            if not self.pages:
                return 0, ""
            table.finish()
        finally:
            table.discard()
        return path.stat().st_size, sha256_of(path)

    def record(self, size: int, digest: str) -> Record:
        return Record(
            self.values["key"], self.values["digest"], size, digest, self.pages, self.units, self.failures,
            self.cut, dict(self.seconds), self.peak, self.deaths,
        )  # fmt: skip

    def _batches(self) -> Iterator[Any]:
        arrow, _ = pyarrow()
        for source, seconds in self.values["units"]:
            left = None if self.values["keep"] is None else self.values["keep"] - len(self.pages)
            if left == 0:
                self.cut = True
                return
            path = self.scratch / f"{source['score_id']}-{left}.arrow"
            made = self._made(path, source, seconds, left)
            if made is None:
                continue
            self.counts.merge(made["counts"])
            self.peak = max(self.peak, made["peak_memory"])
            for stage, spent in made["seconds"].items():
                self.seconds[stage] += spent
            spent = round(sum(made["seconds"].values()), 3)
            self.units.append((source["score_id"], len(made["pages"]), spent))
            with arrow.memory_map(str(path)) as file, arrow.ipc.open_file(file) as rows:
                for place in range(rows.num_record_batches):
                    self.pages.append(made["pages"][place])
                    yield rows.get_batch(place)
            self.cut = self.cut or (left is not None and len(self.pages) == self.values["keep"])

    def _made(
        self, path: Path, source: dict[str, str], seconds: float, most: int | None
    ) -> dict[str, Any] | None:
        """What is known of a unit's pages, which are made unless they lie there; None where it has none."""
        deaths, found = 0, _read(path)
        while found is None:
            try:
                self._engrave(path, source, seconds, most)
            except OutputError:
                raise
            except ChildDied as death:
                deaths += 1
                self.deaths += 1
                found = _read(path)  # it may have died with its work done
                if found is None and (not death.again or deaths == TRIES):
                    self._fail(source, reason(death, "the engraver"), died=True)
                    return None
                continue
            except NoteheadError as error:
                self._fail(source, reason(error, "the engraver"), died=False)
                return None
            found = _read(path)
            if found is None:
                message = f"{path}: the unit's pages are gone"
                raise OutputError(message, "Let nothing else write there, and run the same command again.")
        return found

    def _engrave(self, path: Path, source: dict[str, str], seconds: float, most: int | None) -> None:
        values = self.values
        if values["far"]:
            source = {**source, "path": str(self._fetched(source))}
        limits = Limits(seconds, values["cpu_seconds"], values["memory"])
        child = _child(limits)
        child.call(
            "notehead.builder.shards.rows:make_rows",
            source, values["style"], values["split"], values["values"], str(path), most,
        )  # fmt: skip

    def _fetched(self, source: dict[str, str]) -> Path:
        path = self.scratch / hashlib.sha256(source["name"].encode()).hexdigest()[:16]
        data = self.store.read(f"{SCORES}/{source['score_id']}")
        if data is None:
            message = f"{self.store.url}/{SCORES}/{source['score_id']}: the score is gone"
            raise OutputError(message, "Run the same command again.")
        write_file(path, data)
        return path

    def _fail(self, source: dict[str, str], why: str, *, died: bool) -> None:
        self.failures.append((source["name"], self.values["style"], why, died))


def _read(path: Path) -> dict[str, Any] | None:
    """The record of a unit's rows, if they lie there whole."""
    try:
        found: dict[str, Any] = orjson.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if path.exists() else None


_engraver: Sandbox | None = None
"""The child of this process that engraves: it starts slowly, and serves many shards."""


def _child(limits: Limits) -> Sandbox:
    global _engraver  # noqa: PLW0603
    if _engraver is None:
        _engraver = Sandbox(limits)
    _engraver.limits = limits
    return _engraver
