"""notehead's own format: everything that a page knows.

`pages.csv`, `pages/NAME.json.gz` (see `page_file.py`), `images/NAME.png` and `instance/NAME_inst.png`, and
`classes.csv` where the classes are not notehead's own. `notehead build` writes others' layouts beside it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.format import PARTS, Format, WriteOptions, Writer
from notehead.datasets.formats.notehead.page_file import page_bytes, read_document, read_page, symbols_of
from notehead.datasets.index import PAGES, PageEntry, read_pages, write_manifest, write_pages
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.files import make_folder, sha256_of, write_file
from notehead.images import encode_png, instance_image
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

CLASSES = "classes.csv"


class NoteheadSource(Source):
    """A dataset that `notehead build` or `notehead convert --to notehead` made."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        self.entries = read_pages(folder)
        self._last: tuple[str, dict[str, Any]] | None = None
        self.vocabulary = read_classes(folder / CLASSES) if (folder / CLASSES).exists() else VOCABULARY

    def symbols(self, entry: PageEntry) -> Symbols:
        return symbols_of(self._document(entry), self.vocabulary)

    def page(self, entry: PageEntry) -> Page:
        return read_page(self.folder, entry.name, self.vocabulary)

    def staff_space(self, entry: PageEntry) -> float:
        return float(self._document(entry)["staff_space"])

    def _document(self, entry: PageEntry) -> dict[str, Any]:
        """A page's file; the last one is kept, for symbols and staff space are asked for in turn."""
        if self._last is None or self._last[0] != entry.name:
            self._last = entry.name, read_document(self.folder / "pages" / f"{entry.name}.json.gz")
        return self._last[1]


class NoteheadWriter(Writer):
    """Writes notehead's own format."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._entries: list[PageEntry] = []
        self._files: list[tuple[str, int, str]] = []
        for name in ("images", "instance", "pages"):
            make_folder(folder / name)

    def page(self, entry: PageEntry, page: Page) -> list[tuple[str, int, str]]:
        plain_name(entry.name, "page")
        if not self.options.masks:
            page = replace(page, ids=None, under=None)
        contents = {
            f"images/{entry.name}.png": encode_png(page.image, page.origin.resolution),
            f"pages/{entry.name}.json.gz": page_bytes(page),
        }
        if page.ids is not None:
            contents[f"instance/{entry.name}_inst.png"] = encode_png(instance_image(page.ids))
        for path, data in contents.items():
            write_file(self.folder / path, data)
        return [(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in contents.items()]

    def add(self, entry: PageEntry, record: list[tuple[str, int, str]]) -> None:
        self._entries.append(entry)
        self._files += record

    def finish(self) -> None:
        write_pages(self.folder, self._entries)
        names = [PAGES]
        if self.vocabulary != VOCABULARY:
            write_file(self.folder / CLASSES, classes_csv(self.vocabulary))
            names.append(CLASSES)
        for name in names:
            path = self.folder / name
            self._files.append((name, path.stat().st_size, sha256_of(path)))
        write_manifest(self.folder, self._files)


def classes_csv(vocabulary: Vocabulary) -> bytes:
    """A vocabulary as a list: `id,name,grey`."""
    text = io.StringIO()
    bare = any("\r" in name for name in vocabulary)  # which is else left without quotes
    rows = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL)
    rows.writerow(("id", "name", "grey"))
    rows.writerows((row.id, row.name, row.grey) for row in vocabulary.classes)
    return text.getvalue().encode("utf-8", "surrogateescape")


def read_classes(path: Path) -> Vocabulary:
    """The vocabulary of such a list; `grey` may be missing.

    Raises:
        DatasetError: the list is missing or damaged.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = list(_classes(csv.DictReader(file)))
        greys = [grey for _, _, grey in rows if grey is not None]
        return Vocabulary.of(((i, name) for i, name, _ in rows), greys if len(greys) == len(rows) else ())
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    except (ValueError, csv.Error) as error:
        message = f"{path}: no list of classes ({error})"
        raise DatasetError(message, "It has the columns id and name, and each of both once.") from error


def _classes(table: csv.DictReader[str]) -> Iterator[tuple[int, str, int | None]]:
    for column in ("id", "name"):
        if column not in (table.fieldnames or ()):
            message = f"there is no column {column!r}"
            raise ValueError(message)
    for row in table:
        if row["name"] is None:
            message = f"line {table.line_num} has no name"
            raise ValueError(message)
        yield int(row["id"]), row["name"], int(row["grey"]) if row.get("grey") else None


FORMAT = Format(
    name="notehead",
    title="notehead's own",
    holds=frozenset(PARTS),
    here=lambda path: (path / PAGES).is_file() or (path / ".build" / "units").is_dir(),
    read=NoteheadSource,
    writer=NoteheadWriter,
)
