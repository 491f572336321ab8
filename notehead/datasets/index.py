"""`pages.csv`: the pages of a dataset, one row each; and the manifest of all its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from notehead.errors import DatasetError
from notehead.files import write_file

T = TypeVar("T")

PAGES = "pages.csv"
NO_DATASET = f"A dataset holds {PAGES}, or is of a format that `--from` lists."
MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page as `pages.csv` lists it; the page's file holds the rest.

    Datasets of other formats tell less: numbers are 0 and texts empty where a list does not say.

    Attributes:
        name: unique in its dataset; names its files.
        split: `train`, `test`, or what the dataset calls its parts; empty where it has none.
        score: path of the score file that it comes from.
        score_id: pages of one score share it.
        font: music font.
        number: page in the score, from 1.
        width: pixels.
        height: pixels.
        symbols: how many.
        licence: of the score.
        key: what the format calls the page inside: the id of an image in COCO, say. Not in `pages.csv`.
    """

    name: str
    split: str = ""
    score: str = ""
    score_id: str = ""
    font: str = ""
    number: int = 0
    width: int = 0
    height: int = 0
    symbols: int = 0
    licence: str = ""
    key: str = ""


PAGE_COLUMNS = tuple(item.name for item in fields(PageEntry) if item.name != "key")


def write_pages(folder: Path, entries: Iterable[PageEntry]) -> None:
    """Write `pages.csv`."""
    rows = ([getattr(entry, name) for name in PAGE_COLUMNS] for entry in entries)
    write_file(folder / PAGES, _table(PAGE_COLUMNS, rows))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file. Names of files may hold anything, even what is no text."""
    text = io.StringIO()
    plain = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)  # plain leaves a lone \r bare
    plain.writerow(head)
    for row in rows:
        (quoted if any("\r" in str(cell) for cell in row) else plain).writerow(row)
    return text.getvalue().encode("utf-8", "surrogateescape")


def read_pages(folder: Path) -> list[PageEntry]:
    """The pages of a dataset.

    Raises:
        DatasetError: there is no dataset in the folder, or its list is damaged.
    """
    path = folder / PAGES
    try:
        return _read_table(path, _page_entry)
    except (FileNotFoundError, NotADirectoryError) as error:
        unfinished = (folder / ".build").is_dir()
        message = f"{folder}: {'this build is not finished' if unfinished else 'no dataset here'}"
        remedy = "Run the same `notehead build` again." if unfinished else NO_DATASET
        raise DatasetError(message, remedy) from error
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


def write_manifest(folder: Path, files: Iterable[tuple[str, int, str]]) -> None:
    """Write `manifest.csv`: path, bytes and SHA-256 of every file, sorted by path."""
    write_file(folder / MANIFEST, manifest_bytes(files))


def manifest_bytes(files: Iterable[tuple[str, int, str]]) -> bytes:
    """`manifest.csv` as bytes."""
    return _table(("path", "bytes", "sha256"), sorted(files))


def read_manifest(folder: Path) -> list[tuple[str, int, str]]:
    """The rows of `manifest.csv`; raises DatasetError where it is missing or damaged."""
    path = folder / MANIFEST
    try:
        return _read_table(path, lambda row: (row["path"], int(row["bytes"]), row["sha256"]))
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Run the same `notehead build` again to finish the dataset.") from error


def _page_entry(row: dict[str, str]) -> PageEntry:
    return PageEntry(
        row["name"], row["split"], row["score"], row["score_id"], row["font"], int(row["number"]),
        int(row["width"]), int(row["height"]), int(row["symbols"] or ""), row["licence"] or "",
    )  # fmt: skip


def _read_table(path: Path, read: Callable[[dict[str, str]], T]) -> list[T]:
    """The rows of a list; raises DatasetError for a damaged one, OSError where it cannot be opened."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return [read(row) for row in csv.DictReader(file)]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        message = f"{path}: damaged ({error})"
        raise DatasetError(message, "Run the same `notehead build` again to write it anew.") from error
