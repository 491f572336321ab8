"""The end of a build: all that needs every page. JSON files, statistics, patches, report, card, manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from notehead.builder.clock import Clock
from notehead.builder.journal import Journal
from notehead.builder.options import BuildOptions, Failure
from notehead.builder.plan import Source
from notehead.datasets.card import CardFacts, dataset_card
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.formats.notehead.page_file import read_document, symbols_of
from notehead.datasets.index import PAGES, PageEntry, write_manifest, write_pages
from notehead.datasets.patches import PatchChooser
from notehead.datasets.report import PageSummary, ReportFacts, write_report
from notehead.datasets.statistics import Statistics, StatisticsBuilder
from notehead.errors import NoteheadError
from notehead.files import make_folder, sha256_of, write_file
from notehead.page import Symbols
from notehead.progress import Progress
from notehead.runners import Call, Runner
from notehead.version import RELEASED, __version__


@dataclass(slots=True)
class Finish:
    """Writes what a dataset needs beside its pages.

    Attributes:
        journal: of the build.
        options: of the build.
        pages: (page record, source, split, font) of each page, in the dataset's order.
        failures, copies: scores left out.
        progress: told of every step.
        clock: counts processor time by stage.
        command: for the card.
        versions: for the card.
    """

    journal: Journal
    options: BuildOptions
    pages: Sequence[tuple[dict[str, Any], Source, str, str]]
    failures: Sequence[Failure]
    copies: Sequence[Failure]
    progress: Progress
    clock: Clock
    command: str
    versions: dict[str, str]
    _files: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The dataset."""
        return self.journal.folder

    def write(self, runner: Runner) -> None:
        """Write everything."""
        for record, *_ in self.pages:
            self._files += [(path, size, digest) for path, size, digest in record["files"]]
        entries = [self._entry(*page) for page in self.pages]
        chooser = PatchChooser(self.options.patches, self.options.seed)
        builder = StatisticsBuilder()
        with self.clock.stage("listing"):
            self._annotations(entries, builder, chooser)
        self._patches(runner, chooser.chosen() if self.options.patches else {})
        with self.clock.stage("report"):
            self._summaries(entries, builder.finish())
        with self.clock.stage("manifest"):
            for file in sorted((self.folder / "report").rglob("*")):
                if file.is_file():
                    self._add(file.relative_to(self.folder).as_posix())
            write_manifest(self.folder, self._files)

    def _summaries(self, entries: list[PageEntry], statistics: Statistics) -> None:
        """Lists, statistics, dataset card and report."""
        write_pages(self.folder, entries)
        write_file(self.folder / "statistics.json", _pretty(statistics.to_json()))
        write_file(self.folder / v1.CLASSIFICATION / "class_names.csv", v1.class_names_csv().encode())
        failures = [(failure.file, failure.reason) for failure in self.failures]
        copies = [(failure.file, failure.reason) for failure in self.copies]
        facts = CardFacts(self.command, self.versions, failures, copies)
        card = dataset_card(entries, statistics, facts)
        write_file(self.folder / "README.md", card.encode("utf-8", "xmlcharrefreplace"))
        self._report(entries, statistics, failures)
        for name in (
            PAGES,
            "statistics.json",
            f"{v1.CLASSIFICATION}/class_names.csv",
            "README.md",
            "index.html",
        ):
            self._add(name)

    def _add(self, name: str) -> None:
        path = self.folder / name
        self._files.append((name, path.stat().st_size, sha256_of(path)))

    @staticmethod
    def _entry(record: dict[str, Any], source: Source, split: str, font: str) -> PageEntry:
        number = int(record["name"].rpartition("-")[2])
        return PageEntry(
            record["name"], split, source.name, source.score_id, font, number, record["width"],
            record["height"], record["symbols"], source.licence,
        )  # fmt: skip

    def _annotations(
        self, entries: list[PageEntry], builder: StatisticsBuilder, chooser: PatchChooser
    ) -> None:
        """DeepScoresV2's JSON files; on the way statistics and the draw of patches see every symbol."""
        self.progress.stage("listing", len(entries))
        image_id, annotation_id = 1, 1
        wanted = set()

        def pages(chunk: Sequence[PageEntry], start: int) -> Iterator[tuple[int, str, int, int, Symbols]]:
            for number, entry in enumerate(chunk, start):
                document = read_document(self.folder / "pages" / f"{entry.name}.json.gz")
                symbols = symbols_of(document)
                builder.add(entry.name, symbols, entry.width, entry.height, document["staff_space"])
                chooser.add(entry.name, symbols)
                self.progress.step(pages=1)
                yield number, entry.name, entry.width, entry.height, symbols

        for split in ("train", "test"):
            part = [entry for entry in entries if entry.split == split]
            size = v2.PAGES_PER_FILE
            for i, name in enumerate(v2.json_names(split, len(part))):
                chunk = part[i * size : (i + 1) * size]
                path = self.folder / name
                annotation_id = v2.write_json(path, pages(chunk, image_id), _info(), annotation_id)
                image_id += len(chunk)
                wanted.add(name)
                self._add(name)
        for stale in self.folder.glob("deepscores*_t*.json"):
            if stale.name not in wanted:
                stale.unlink()

    def _patches(self, runner: Runner, chosen: dict[str, list[int]]) -> None:
        folder = make_folder(self.folder / v1.CLASSIFICATION)
        calls: list[tuple[str, list[int]]] = []
        choices: dict[str, str] = {}
        kept: set[str] = set()
        for page, rows in chosen.items():
            choice = hashlib.sha256(repr(rows).encode()).hexdigest()
            done = self.journal.patches(page, choice)
            if done is None:
                choices[page] = choice
                calls.append((page, rows))
            else:
                self._keep(done, kept)
        self.progress.stage("patches", len(calls))
        for answer in runner.run(self._call(page, rows) for page, rows in calls):
            self.progress.step(pages=1)
            if answer.failure:
                message = f"patches of page {answer.key}: {answer.failure}"
                raise NoteheadError(message, "Run the same command again.")
            self.clock.add(answer.value["seconds"])
            self.journal.finish_patches(answer.key, choices[answer.key], answer.value["files"])
            self._keep(answer.value["files"], kept)
        for file in folder.rglob("*.png"):
            if file.relative_to(self.folder).as_posix() not in kept:
                file.unlink()

    def _keep(self, files: list[list[Any]], kept: set[str]) -> None:
        for path, size, digest in files:
            kept.add(path)
            self._files.append((path, size, digest))

    def _call(self, page: str, rows: list[int]) -> Call:
        symbols = symbols_of(read_document(self.folder / "pages" / f"{page}.json.gz"))
        wanted = []
        for row in rows:
            name = v1.v1_name(int(symbols.label[row]))
            x0, y0, x1, y1 = symbols.box[row].tolist()
            make_folder(self.folder / v1.CLASSIFICATION / name)
            path = f"{v1.CLASSIFICATION}/{name}/{page}_{symbols.id[row]}.png"
            wanted.append((path, int((x0 + x1) / 2), int((y0 + y1) / 2)))
        return Call(page, "notehead.builder.unit:cut", (str(self.folder), page, wanted))

    def _report(
        self, entries: list[PageEntry], statistics: Statistics, failures: list[tuple[str, str]]
    ) -> None:
        shutil.rmtree(self.folder / "report", ignore_errors=True)
        most = min(self.options.report_pages, len(entries))
        picked = [entries[i * len(entries) // most] for i in range(most)] if most else []
        facts = ReportFacts(
            title="A notehead dataset",
            scores=len({entry.score_id for entry in entries}),
            seed=self.options.seed,
            command=self.command,
            versions=self.versions,
            failures=failures,
            max_pages=most,
        )
        self.progress.stage("report", most)
        write_report(self.folder, (self._summary(entry) for entry in picked), statistics, facts)

    def _summary(self, entry: PageEntry) -> PageSummary:
        document = read_document(self.folder / "pages" / f"{entry.name}.json.gz")
        self.progress.step(pages=1)
        return PageSummary(
            name=entry.name,
            image=f"images/{entry.name}.png",
            width=entry.width,
            height=entry.height,
            symbols=symbols_of(document),
            split=entry.split,
            score=entry.score,
            font=entry.font,
            staff_space=document["staff_space"],
        )


def _info() -> dict[str, Any]:
    return {
        "description": "Pages engraved by notehead, in DeepScoresV2's format",
        "version": __version__,
        "year": int(RELEASED[:4]),
        "contributor": "notehead",
        "date_created": RELEASED,
        "url": "",
    }


def _pretty(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
