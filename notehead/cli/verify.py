"""`notehead verify`."""

from __future__ import annotations

from pathlib import Path

import click

from notehead.cli.bar import Bar
from notehead.cli.places import DATASET
from notehead.cli.reading import source_options
from notehead.datasets.dataset import Dataset
from notehead.datasets.index import MANIFEST
from notehead.datasets.source import ReadOptions
from notehead.datasets.verify import Verification, verify_files, verify_pages, verify_readable
from notehead.errors import DatasetError

_SHOWN = 50


@click.command("verify")
@click.argument("dataset", type=DATASET)
@source_options
@click.option("--files-only", is_flag=True, help="Check the files, not what they show.")
def verify_command(dataset: Path, files_only: bool, format_name: str | None, split: str | None) -> None:
    """Check every file and every page of a DATASET.

    Files: all there, unchanged (SHA-256), none besides. Pages: every dark pixel has a label, boxes
    contain their masks, masks agree with each other, every notehead has an onset, its staff position
    agrees with its pitch and the clef, links lead to symbols.

    Parquet shards that notehead has built are checked likewise, here or in an object store, and each page
    by its own SHA-256, so that a damaged byte is named with its shard and page.

    Of a dataset in another format every page and every symbol is read, and what cannot be used is listed.

    Exit codes: 0 all is well; 4 something is not.

    \b
    Example:
      notehead verify dataset/
    """
    found, bar = Verification(), Bar()
    pages = Dataset(dataset, split, ReadOptions(keep_going=True), format_name)
    ours = pages.format == "notehead" or (pages.format == "parquet" and (dataset / MANIFEST).is_file())
    if ours:
        bar.stage("files", 0)
        for _ in verify_files(dataset, found):
            bar.step()
    if not (ours and files_only):
        bar.stage("pages", len(pages))
        for _ in verify_pages(pages, found) if ours else verify_readable(pages, found):
            bar.step(pages=1)
    bar.close()
    _tell(dataset, found, ours=ours)


def _tell(dataset: Path, found: Verification, *, ours: bool) -> None:
    files = f"{found.files:,} files and " if ours else ""
    click.echo(f"{files}{found.pages:,} pages checked")
    for name, count in sorted(found.counts.items()):
        click.echo(f"  {count:>12,} {name}")
    compared = found.counts["noteheads compared with pitch and clef"]
    if compared:
        click.echo(f"  {compared - len(found.exceptions):>12,} of them agree")
    for problem in found.exceptions[:_SHOWN]:
        click.echo(f"exception: {problem}", err=True)
    for problem in found.problems[:_SHOWN]:
        click.echo(f"problem: {problem}", err=True)
    if found.problems:
        count = len(found.problems)
        message = f"{dataset}: {'one problem' if count == 1 else f'{count} problems'}"
        remedy = (
            "Delete the damaged files and run the same command again that made the dataset."
            if ours
            else "Mend them, or leave them out with --keep-going where you read it."
        )
        raise DatasetError(message, remedy)
