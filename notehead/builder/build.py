"""`build`: scores -> dataset. Deterministic, resumable, in parallel."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from notehead.builder.clock import Clock
from notehead.builder.describe import command, versions
from notehead.builder.journal import Journal
from notehead.builder.options import BuildOptions, BuildResult, Failure
from notehead.builder.plan import Source, Unit, in_train, units
from notehead.builder.shards import build_shards
from notehead.builder.survey import score_files, survey
from notehead.builder.unit import work_folder
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.datasets.index import MANIFEST, PAGES
from notehead.errors import OutputError
from notehead.files import make_folder
from notehead.progress import Progress, Silent
from notehead.runners import Call, open_runner
from notehead.stores import is_url

FOLDERS = (
    "images", "segmentation", "instance", "pages", f"{v1.DETECTION}/images_png",
    f"{v1.DETECTION}/xml_annotations", f"{v1.DETECTION}/pix_annotations_png",
)  # fmt: skip


def build(
    scores: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    options: BuildOptions | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build a dataset from scores, or go on with one that was begun.

    Every score is checked, engraved in a sandboxed process and drawn with all its ground truth. The
    bytes of the dataset depend on the scores' content and the options alone, not on the number of
    workers, the order of the input, or how often the build was stopped.

    Args:
        scores: files or folders (MusicXML, .mxl, MEI, Humdrum .krn).
        output: a new or empty folder, or that of the same build; for the layout "parquet" also the URL
            of one in an object store.
        options: what to build.
        progress: told of every step.

    Returns:
        What was made, and what was left out with its reason.

    Raises:
        ScoreFormatError: a path does not exist, or there is no score at all.
        OutputError: the output cannot be written, is in use, or holds something else.
        NoteheadError: an option is out of range.

    Example:
        >>> result = build("scores/", "dataset/", BuildOptions(limit=10))  # doctest: +SKIP
        >>> result.pages, result.failures  # doctest: +SKIP
        (10, ())
    """
    roots = [Path(scores)] if isinstance(scores, str | PathLike) else [Path(score) for score in scores]
    options, progress = options or BuildOptions(), progress or Silent()
    if options.layout == "parquet":
        return build_shards(roots, output, options, progress)
    if is_url(output):
        message = f"{output}: an object store holds shards, not a folder of files"
        raise OutputError(message, "Choose the layout parquet.")
    return _Build(roots, Path(output), options, progress).run()


class _Build:
    def __init__(self, roots: list[Path], output: Path, options: BuildOptions, progress: Progress) -> None:
        self._roots = roots
        self._options = options
        self._progress = progress
        self._output = output
        self._failures: list[Failure] = []
        self._clock = Clock()
        self._peak = 0
        self._records: dict[str, dict[str, Any]] = {}

    def run(self) -> BuildResult:
        start = time.monotonic()
        files = score_files(self._roots, self._output)
        options = self._options
        with (
            Journal(self._output, options.fingerprint(versions(options))) as self._journal,
            _scratch(work_folder(self._output)),
            open_runner(options.place(), options.limits()) as self._runner,
        ):
            try:
                return self._run(files, start)
            finally:
                self._progress.close()

    def _run(self, files: list[Path], start: float) -> BuildResult:
        for folder in FOLDERS:
            make_folder(self._output / folder)
        found = survey(files, self._roots, self._options.seed, self._runner, self._progress)
        self._failures, copies = found.failures, found.copies
        plan = list(units(found.sources, self._options))
        self._make(plan)
        pages = self._kept(plan)
        self._finish(pages, copies)
        return BuildResult(
            folder=self._output,
            pages=len(pages),
            symbols=sum(record["symbols"] for record, *_ in pages),
            scores=len({source.score_id for _, source, *_ in pages}),
            failures=tuple(sorted(self._failures, key=lambda failure: (failure.file, failure.reason))),
            copies=tuple(copies),
            seconds=time.monotonic() - start,
            stages=dict(self._clock.seconds),
            peak_memory=self._peak,
        )

    def _make(self, plan: list[Unit]) -> None:
        """Make all units that are not done, in the plan's order, until the limit is reached."""
        self._progress.stage("building", len(plan))
        for unit in plan:
            record = self._journal.unit(unit.key)
            if record is not None:
                self._records[unit.key] = record
                self._progress.step(len(record.get("pages", [])))
        if len(self._records) < len(plan):
            for name in (MANIFEST, PAGES):  # the dataset is not whole until they stand there again
                (self._output / name).unlink(missing_ok=True)
        for answer in self._runner.run(self._calls(plan)):
            record = {"failure": answer.failure} if answer.failure else {"pages": answer.value["pages"]}
            if answer.failure:  # the worker may be dead, and its files left
                shutil.rmtree(work_folder(self._output) / answer.key, ignore_errors=True)
            else:
                self._clock.add(answer.value["seconds"])
                self._peak = max(self._peak, answer.value["peak_memory"])
            self._journal.finish_unit(answer.key, record)
            self._records[answer.key] = record
            self._progress.step(len(record.get("pages", [])))

    def _calls(self, plan: list[Unit]) -> Iterator[Call]:
        options = self._options
        values = options.deciding()
        ready, pages = 0, 0  # units of the plan done without a gap, and their pages
        for unit in plan:
            while ready < len(plan) and plan[ready].key in self._records:
                pages += len(self._records[plan[ready].key].get("pages", []))
                ready += 1
            if options.limit is not None and pages >= options.limit:
                return
            if unit.key not in self._records:
                arguments = (asdict(unit.source), unit.style_number, values, str(self._output))
                seconds = options.seconds_for(unit.engraver(options))
                yield Call(unit.key, "notehead.builder.unit:make", arguments, seconds, "the engraver")

    def _kept(self, plan: list[Unit]) -> list[tuple[dict[str, Any], Source, str, str]]:
        """The pages of the dataset, in the plan's order; what was made beyond the limit is removed."""
        left = self._options.limit if self._options.limit is not None else sys.maxsize
        kept: list[tuple[dict[str, Any], Source, str]] = []
        wanted = set()
        for unit in plan:
            record = self._records.get(unit.key)
            if record is None or left <= 0:
                break
            wanted.add(unit.key)
            if "failure" in record:
                name = unit.source.name
                style = f" (style {unit.style_number})" if self._options.per_score != 1 else ""
                self._failures.append(Failure(name, record["failure"] + style))
                continue
            pages = record["pages"]
            if len(pages) > left:
                for page in pages[left:]:
                    self._journal.remove_page(page)
                pages = pages[:left]
                self._journal.finish_unit(unit.key, {"pages": pages, "cut": True})
            left -= len(pages)
            font = unit.font(self._options)
            kept += [(page, unit.source, font) for page in pages]
        self._journal.keep_units(wanted)
        train = in_train((source.score_id for _, source, _ in kept), self._options)
        return [
            (page, source, "train" if train[source.score_id] else "test", font) for page, source, font in kept
        ]

    def _finish(self, pages: list[tuple[dict[str, Any], Source, str, str]], copies: list[Failure]) -> None:
        # Imported here, because workers import this package and need neither plots nor report.
        from notehead.builder.finish import Finish  # noqa: PLC0415

        Finish(
            journal=self._journal,
            options=self._options,
            pages=pages,
            failures=sorted(self._failures, key=lambda failure: (failure.file, failure.reason)),
            copies=copies,
            progress=self._progress,
            clock=self._clock,
            command=command(self._options, self._roots),
            versions=versions(self._options),
        ).write(self._runner)


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """A folder that is gone afterwards, and was before: a build that was killed may have left one."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
