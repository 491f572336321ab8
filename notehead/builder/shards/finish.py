"""The end of a build of shards: list of pages, statistics, card, manifest. It reads records, not pages."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from notehead.builder.describe import command, versions
from notehead.builder.options import BuildOptions, BuildResult, Failure
from notehead.builder.shards.ground import Ground
from notehead.builder.shards.record import COUNTS, RECORDS, data_file, read_record, unpacked
from notehead.builder.shards.rows import COLUMNS
from notehead.datasets.card import CardFacts, how_made, left_out
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.parquet.card import Counts, parquet_card
from notehead.datasets.formats.parquet.index import IndexWriter
from notehead.datasets.formats.parquet.schema import CARD, DATA, INDEX, features
from notehead.datasets.index import MANIFEST, manifest_bytes
from notehead.datasets.statistics import StatisticsBuilder
from notehead.errors import OutputError
from notehead.files import make_folder
from notehead.progress import Progress
from notehead.stores import place
from notehead.vocabulary import VOCABULARY

STATISTICS = "statistics.json"
_DESCRIPTION = "Engraved from scores by notehead, with exact ground truth"


@dataclass(slots=True)
class Finish:
    """Writes what a dataset of shards has beside its shards.

    Attributes:
        ground: what the build stands on.
        options: of the build.
        progress: told of every shard.
        roots: what the user named, for the card.
    """

    ground: Ground
    options: BuildOptions
    progress: Progress
    roots: Sequence[str]
    _files: list[tuple[str, int, str]] = field(default_factory=list)
    _failures: list[Failure] = field(default_factory=list)

    def write(self, keys: Sequence[str]) -> BuildResult:
        """Write everything, for the shards of these keys in their order.

        Raises:
            OutputError: the store cannot be written, or a shard's record is gone.
        """
        self._failures += self.ground.survey.failures
        counts, builder = Counts(), StatisticsBuilder(VOCABULARY)
        scratch = make_folder(self.ground.store.scratch(self.ground.build))
        index = scratch / INDEX
        self.progress.stage("listing", len(keys))
        with IndexWriter(index) as pages:
            for key in keys:
                for entry in self._shard(key, builder):
                    counts.add(entry["split"], entry["symbols"], entry["score_id"], entry["licence"])
                    pages.add(entry)
                self.progress.step()
        statistics = builder.finish()
        self._remove_others(keys)
        self._put(INDEX, index.read_bytes())
        shutil.rmtree(scratch, ignore_errors=True)  # each build has its own
        self._put(CLASSES, classes_csv(VOCABULARY))
        self._put(STATISTICS, orjson.dumps(statistics.to_json(), option=orjson.OPT_INDENT_2) + b"\n")
        failures = sorted(set(self._failures), key=lambda failure: (failure.file, failure.reason))
        self._put(CARD, self._card(counts, failures))
        self.ground.store.write(MANIFEST, manifest_bytes(self._files))
        return BuildResult(
            folder=place(self.ground.store.url), pages=counts.pages.total(), symbols=counts.symbols.total(),
            scores=len(counts.scores), failures=tuple(failures), copies=tuple(self.ground.survey.copies),
            bytes=sum(size for _, size, _ in self._files),
        )  # fmt: skip

    def _shard(self, key: str, builder: StatisticsBuilder) -> list[dict[str, Any]]:
        """The pages of a shard; its file, failures and counts are noted."""
        record, counted = read_record(self.ground.store, key), self.ground.store.read(f"{COUNTS}/{key}.bin")
        if record is None or counted is None:
            message = f"{self.ground.store.url}: the record of shard {key} is gone or damaged"
            raise OutputError(message, "Run the same command again: the shard is made anew.")
        for name, style, reason, _ in record.failures:
            which = f" (style {style})" if self.options.per_score != 1 else ""
            self._failures.append(Failure(name, reason + which))
        if record.bytes:
            self._files.append((data_file(key), record.bytes, record.sha256))
        builder.merge(unpacked(counted))
        return [{**page, "file": f"{key}.parquet", "row": row} for row, page in enumerate(record.pages)]

    def _card(self, counts: Counts, failures: Sequence[Failure]) -> bytes:
        facts = CardFacts(
            command(self.options, [Path(root) for root in self.roots]), versions(self.options),
            [(failure.file, failure.reason) for failure in failures],
            [(copy.file, copy.reason) for copy in self.ground.survey.copies],
        )  # fmt: skip
        card = parquet_card(_DESCRIPTION, counts, features(COLUMNS))
        more = "\n".join(["", *how_made(facts), *left_out(facts), ""])
        return card + more.encode("utf-8", "xmlcharrefreplace")

    def _put(self, name: str, data: bytes) -> None:
        self.ground.store.write(name, data)
        self._files.append((name, len(data), hashlib.sha256(data).hexdigest()))

    def _remove_others(self, keys: Sequence[str]) -> None:
        """Remove shards that the dataset does not have: of scores that are gone, or beyond the limit."""
        wanted = set(keys)
        for folder, ending in ((DATA, ".parquet"), (COUNTS, ".bin"), (RECORDS, ".json")):
            for name in self.ground.store.names(folder):
                if name.removesuffix(ending) not in wanted:
                    self.ground.store.remove(f"{folder}/{name}")
