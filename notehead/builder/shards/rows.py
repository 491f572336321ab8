"""What the child of a worker does: the pages of one unit as rows, in a file of the worker's own disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from notehead.builder.clock import Clock
from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source, Unit
from notehead.builder.unit import pages_of, peak_memory, pictures
from notehead.datasets.formats.parquet.rows import page_row
from notehead.datasets.formats.parquet.schema import Columns, pyarrow, schema
from notehead.datasets.index import PageEntry
from notehead.datasets.statistics import StatisticsBuilder
from notehead.files import PARTIAL, output_error, write_file
from notehead.page import Page
from notehead.vocabulary import VOCABULARY

COLUMNS = Columns(VOCABULARY, masks=True, classes=True, digests=True)
"""Of a shard."""


def make_rows(
    source: dict[str, str], style: int, split: str, values: dict[str, Any], path: str, most: int | None
) -> None:
    """Make the pages of a unit; they are done when `path` with the ending .json is there.

    Args:
        source: the unit's `Source`, field by field.
        style: number of its style.
        split: of its pages.
        values: `BuildOptions.deciding`.
        path: of the Arrow file to write.
        most: only so many pages; None for all.

    Raises:
        ScoreError: the score cannot be used.
        OutputError: the disk is full.
    """
    clock, file = Clock(), Path(path)
    options = BuildOptions.of_deciding(values)
    unit = Unit(Source(**source), style)
    work = file.with_suffix(".work")
    counts, entries = StatisticsBuilder(VOCABULARY), list[PageEntry]()

    def rows() -> Iterator[Any]:
        for page in islice(pages_of(unit, options, work, clock), most):
            entry = _entry(page, unit, split)
            entries.append(entry)
            counts.add(page.name, page.symbols, page.width, page.height, round(page.staff_space, 4))
            with clock.stage("images"):
                image, classes, instances = pictures(page)
            with clock.stage("annotations"):
                images = {"image": image, "instance_mask": instances, "class_mask": classes}
                yield page_row(entry, page, COLUMNS, images)

    try:
        _write_arrow(file, rows())
    finally:
        shutil.rmtree(work, ignore_errors=True)
    record = {
        "pages": [asdict(entry) for entry in entries],
        "counts": counts.state(),
        "seconds": dict(clock.seconds),
        "peak_memory": peak_memory(),
    }
    write_file(file.with_suffix(".json"), orjson.dumps(record))


def _entry(page: Page, unit: Unit, split: str) -> PageEntry:
    origin = page.origin
    return PageEntry(
        page.name, split, unit.source.name, unit.source.score_id, origin.font, origin.number, page.width,
        page.height, len(page.symbols), unit.source.licence,
    )  # fmt: skip


def _write_arrow(path: Path, batches: Iterator[Any]) -> None:
    arrow, _ = pyarrow()
    aside = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with aside.open("wb") as file, arrow.ipc.new_file(file, schema(COLUMNS)) as writer:
            for batch in batches:
                writer.write_batch(batch)
        aside.replace(path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        aside.unlink(missing_ok=True)
