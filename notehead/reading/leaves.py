"""`Leaf`: a page to be transcribed, upright, with its symbols; and what it is made from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from notehead.datasets import Dataset
from notehead.detect.batch import BatchOptions, Read, read_files, read_with
from notehead.detect.detector import Detector
from notehead.detect.one_pass import DetectOptions
from notehead.errors import DatasetError
from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.find import natural_key
from notehead.images.page_range import PageRange
from notehead.page import Page
from notehead.reading.detections import Detection, read_detections
from notehead.reading.sources import Source
from notehead.reading.upright import upright


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How pages are read.

    Attributes:
        confidence: symbols with a lower score are left out.
        pages: which pages of each file; None for all.
        jobs: processes that detect, each with one thread; 1 to work in this one, with all its threads; 0 for
            one per processor.
        model: folder of a model; None for the one of the package.
    """

    confidence: float = 0.4
    pages: PageRange | None = None
    jobs: int = 1
    model: Path | None = None

    def batch(self) -> BatchOptions:
        """The same, for detection."""
        detect = DetectOptions(confidence=self.confidence)
        return BatchOptions(self.model, detect, pages=self.pages, jobs=self.jobs)


@dataclass(frozen=True, eq=False)
class Leaf:
    """A page to be transcribed.

    Attributes:
        page: upright, with its symbols and staves.
        place: its file as it was named, and its number where that has several.
        notes: what a user should know, one sentence each.
    """

    page: Page
    place: str
    notes: tuple[str, ...] = field(default=())


def leaves_of(
    sources: Iterable[Source], options: ReadingOptions, detector: Detector | None = None
) -> Iterator[tuple[Path, Leaf | DocumentError | None]]:
    """The pages of sources, in their order, each with its file; None after the last page of a file.

    Args:
        sources: to read.
        options: how they are read.
        detector: that has read others before, to be used in this process in place of `jobs` and `model`.

    Raises:
        MissingExtraError: the package came without its model.
        DatasetError: the model cannot be used.
        NoteheadError: a worker died.
    """
    for kind, group in itertools.groupby(sources, key=lambda source: source.kind):
        files = [source.path for source in group]
        if kind == "document":
            batch = options.batch()
            reads = read_with(detector, files, batch) if detector else read_files(files, batch)
            for file, read in reads:
                yield file, leaf_of(read) if isinstance(read, Read) else read
            continue
        for file in files:
            pages = _detected(file, options) if kind == "detections" else _of_dataset(file, options)
            yield from ((file, leaf) for leaf in pages)
            yield file, None


def leaf_of(read: Read) -> Leaf:
    """A page of a file that was detected."""
    reading = read.reading
    skew = reading.staff_space.skew if reading.staff_space else 0.0
    return Leaf(upright(reading.page, reading.turned, skew), read.place, read.notes)


def _detected(file: Path, options: ReadingOptions) -> Iterator[Leaf | DocumentError]:
    for one in read_detections(file):
        if isinstance(one, DocumentError):
            yield one
        elif options.pages is None or one.number in options.pages:
            yield _leaf_of_detection(one, options)


def _leaf_of_detection(one: Detection, options: ReadingOptions) -> Leaf:
    page = one.page
    notes: tuple[str, ...] = (one.note,) if one.note else ()
    page = replace(page, symbols=page.symbols[page.symbols.score >= options.confidence])
    scan = _scan(one)
    if scan is None:
        notes += ("its image is not there any more, so beams are counted without it",)
        page = replace(page, image=np.full(page.image.shape, 255, np.uint8))
    else:
        page = replace(page, image=scan.image)
    place = f"{one.file}: page {one.number}" if one.count > 1 else one.file
    return Leaf(upright(page, one.turned, one.skew), place, notes)


def _scan(one: Detection) -> Scan | None:
    """The page in its file, where it is still there and of the same size."""
    try:
        if not Path(one.file).is_file():
            return None
    except (OSError, ValueError):
        return None
    with DocumentReader() as reader:
        scan = next(reader.read(Path(one.file), PageRange(((one.number, one.number),))), None)
    if not isinstance(scan, Scan) or scan.image.shape != (one.page.height, one.page.width):
        return None
    return scan


def _of_dataset(folder: Path, options: ReadingOptions) -> Iterator[Leaf | DocumentError]:
    """The pages of a dataset, which are those of one score, engraved once."""
    try:
        dataset = Dataset(folder)
        names = sorted((entry.name for entry in dataset.entries), key=lambda name: natural_key([name]))
    except DatasetError as error:
        yield DocumentError(error.message, error.remedy).at(str(folder))
        return
    pieces = {name.rpartition("-")[0] for name in names}
    if len(pieces) > 1:
        message = f"it holds {len(pieces):,} pieces, and one is read at a time"
        remedy = "In Python, `read([dataset[name], ...])` takes any of its pages."
        yield DocumentError(message, remedy).at(str(folder))
        return
    chosen = range(1, len(names) + 1) if options.pages is None else options.pages.numbers(len(names))
    for number in chosen:
        try:
            yield Leaf(dataset[names[number - 1]], f"{folder}: {names[number - 1]}")
        except DatasetError as error:
            yield DocumentError(error.message, error.remedy).at(str(folder), number)
