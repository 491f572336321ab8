"""Symbols of a collection: files of each page, and a table of the pages of each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from notehead.collection.files import documents, files_outside
from notehead.collection.names import page_name
from notehead.collection.options import CollectionOptions
from notehead.collection.page_files import PageFiles, text, write_page
from notehead.collection.parts import Item
from notehead.collection.run import run
from notehead.collection.shift import Shift, cause_of, place_of, warm_detector, worked
from notehead.collection.summary import Summary
from notehead.collection.tables import PAGES, Rows, new_table, page_columns
from notehead.collection.work import Place, Work
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.parquet.rows import objects_of
from notehead.detect.batch import BatchOptions, Read, read_with
from notehead.detect.one_pass import DetectOptions
from notehead.detect.shipped import model_hash
from notehead.images.failure import DocumentError
from notehead.images.page_range import PageRange, parse_pages
from notehead.page import Page, Symbols
from notehead.progress import Progress
from notehead.sandbox import allow
from notehead.vocabulary import VOCABULARY, Vocabulary, class_map, named_vocabulary


@dataclass(frozen=True, slots=True)
class Detecting:
    """How symbols are found, and what is written of each page beside the tables.

    Attributes:
        model: folder of a model; None for the one of the package.
        confidence: symbols with a lower score are left out.
        pages: which pages of each file; None for all.
        classes: one of `notehead.vocabulary.SETS`, to name symbols as it does; None for notehead's own names.
        json: a JSON file per page.
        muscima: a MuNG file per page.
        overlay: a picture per page.
    """

    model: Path | None = None
    confidence: float = 0.4
    pages: PageRange | None = None
    classes: str | None = None
    json: bool = True
    muscima: bool = False
    overlay: bool = False

    def work(self) -> Work:
        """The work at a collection; raises as `load_model` where the model cannot be used."""
        plain = asdict(self) | {"pages": None if self.pages is None else str(self.pages)}
        depends = plain | {"work": "detect", "model": model_hash(self.model)}
        model = None if self.model is None else str(self.model.absolute())
        function, classes = "notehead.collection.detecting:detect_part", classes_csv(self.vocabulary)
        return Work(function, plain | {"model": model}, depends, beside={CLASSES: classes})

    @classmethod
    def of(cls, options: dict[str, Any]) -> Detecting:
        """What the options of such work say."""
        model = None if options["model"] is None else Path(options["model"])
        pages = None if options["pages"] is None else parse_pages(options["pages"])
        return cls(**{**options, "model": model, "pages": pages})

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes of the results."""
        return VOCABULARY if self.classes is None else named_vocabulary(self.classes)

    @property
    def files(self) -> PageFiles:
        """What is written of each page."""
        classes = None if self.classes is None else class_map(VOCABULARY, self.vocabulary)
        return PageFiles(self.json, self.muscima, self.overlay, classes)


def detect_collection(
    files: Sequence[Path],
    output: Path,
    detecting: Detecting | None = None,
    options: CollectionOptions | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Find the symbols on the pages of any number of files, or go on where it was stopped.

    Args:
        files: images and PDF, and folders of them.
        output: a new or empty folder, or that of the same collection.
        detecting: how symbols are found, and what is written.
        options: where it is done.
        progress: told of every part.

    Returns:
        What came of it; its counts are `pages`, `symbols`, and `empty` for pages without a staff.

    Raises:
        MissingExtraError: pyarrow, the runner's library or the model is not installed.
        DatasetError: the model cannot be used, or there is no file.
        OutputError: the output cannot be written, is in use, holds something else, or the files lie there.
        NoteheadError: workers die whatever they read, or a cluster is gone.
    """
    work = (detecting or Detecting()).work()
    return run(work, files_outside(output, files, documents), output, options, progress)


def detect_part(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """What a worker does with a part; the part's record."""
    where, how = Place(**place), Detecting.of(options)
    return worked(part, where, _Pages(how, where.cpu_seconds).read)


class _Pages:
    """The pages of a part, on their way into files and the table."""

    def __init__(self, how: Detecting, cpu_seconds: int) -> None:
        self._how, self._cpu_seconds = how, cpu_seconds
        self._files, self._vocabulary = how.files, how.vocabulary

    def read(self, shift: Shift) -> None:
        shift.counts.update(pages=0, symbols=0, empty=0)
        columns = page_columns(self._vocabulary)
        with new_table(shift.table, columns, PAGES, self._vocabulary) as rows:
            if shift.part.failure:
                [item] = shift.part.items
                error = DocumentError(shift.part.failure).at(item.file)
                rows.add(self._failed(shift, error))
                return
            self._read(shift, rows)

    def _read(self, shift: Shift, rows: Rows) -> None:
        how = self._how
        items = {Path(item.file): item for item in shift.part.items}
        batch = BatchOptions(how.model, DetectOptions(confidence=how.confidence), pages=how.pages)
        for file, read in read_with(warm_detector(how.model, how.confidence), items, batch):
            allow(self._cpu_seconds)
            if isinstance(read, Read):
                rows.add(self._found(shift, items[file], read))
            elif read is not None:
                rows.add(self._failed(shift, read))

    def _found(self, shift: Shift, item: Item, read: Read) -> dict[str, Any]:
        scan, reading = read.scan, read.reading
        name = page_name(item.name, item.pages, scan.number, scan.count)
        page = write_page(shift.folder, name, read, self._files)
        empty = reading.staff_space is None
        shift.counts.update(pages=1, symbols=len(page.symbols), empty=int(empty))
        facts = {"name": name, "file": text(read.file), "page": scan.number, "pages": scan.count}
        return facts | self._row(read, page)

    def _row(self, read: Read, page: Page) -> dict[str, Any]:
        reading, (width, height) = read.reading, read.scan.original
        return {
            "width": width,
            "height": height,
            "staff_space": round(page.staff_space, 3),
            "confidence": round(reading.confidence, 4),
            "turned": reading.turned,
            "skew": round(reading.staff_space.skew, 2) if reading.staff_space else 0.0,
            "symbols": len(page.symbols),
            "notes": list(reading.notes),
            "staff_lines": page.staff_lines.round(2).tolist(),
            "objects": objects_of(page.symbols, self._vocabulary),
        }

    def _failed(self, shift: Shift, error: DocumentError) -> dict[str, Any]:
        cause = cause_of(error)
        shift.failed(place_of(error), cause)
        nothing = objects_of(Symbols(vocabulary=self._vocabulary), self._vocabulary)
        facts = {"file": text(error.file), "page": error.page, "error": cause, "symbols": 0}
        return facts | {"notes": [], "staff_lines": [], "objects": nothing}
