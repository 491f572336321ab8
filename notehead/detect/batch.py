"""Many files read one after the other, or by several processes: what is wrong with one stops no other."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from notehead.detect.detector import Detector, Reading
from notehead.detect.one_pass import DetectOptions
from notehead.detect.shipped import load_model
from notehead.errors import NoteheadError
from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.options import DocumentOptions
from notehead.images.page_range import PageRange

_AHEAD = 2
"""So many pages for each worker are decoded and not yet read."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How files are read.

    Attributes:
        model: folder of a model; None for the one of the package.
        detect: how a page is read.
        documents: how files are decoded.
        pages: which pages of each file; None for all.
        jobs: processes, each with one thread; 1 to work in this one, with all its threads; 0 for one per
            processor.
    """

    model: Path | None = None
    detect: DetectOptions = field(default_factory=DetectOptions)
    documents: DocumentOptions = field(default_factory=lambda: DocumentOptions(ahead=True))
    pages: PageRange | None = None
    jobs: int = 1


@dataclass(frozen=True, eq=False)
class Read:
    """A page of a file that was read.

    Attributes:
        file: as it was named.
        scan: the page as decoded.
        reading: what stands on it, in the pixels of the scan.
    """

    file: Path
    scan: Scan
    reading: Reading

    @property
    def place(self) -> str:
        """The file as it was named, and the number of the page where it has several."""
        return f"{self.file}: page {self.scan.number}" if self.scan.count > 1 else str(self.file)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of the page, one sentence each."""
        turned = self.reading.turned
        more = (f"it was turned by {turned} degrees to be read",) if turned else ()
        return self.reading.notes + more


def read_files(
    files: Iterable[Path], options: BatchOptions
) -> Iterator[tuple[Path, Read | DocumentError | None]]:
    """The pages of files, in their order, each with its file; None after the last page of a file.

    Raises:
        MissingExtraError: the package came without its model.
        DatasetError: the model cannot be used.
        NoteheadError: a worker died.
    """
    jobs = options.jobs or os.cpu_count() or 1
    if jobs == 1:
        yield from read_with(Detector(options.model, options.detect), files, options)
        return
    load_model(options.model)  # says at once what is wrong with it
    yield from _in_processes(_scans(files, options), options, jobs)


def read_with(
    detector: Detector, files: Iterable[Path], options: BatchOptions
) -> Iterator[tuple[Path, Read | DocumentError | None]]:
    """As `read_files`, in this process, by a detector that has read others before."""
    for file, scan in _scans(files, options):
        yield file, _read(detector, file, scan) if isinstance(scan, Scan) else scan


def _scans(
    files: Iterable[Path], options: BatchOptions
) -> Iterator[tuple[Path, Scan | DocumentError | None]]:
    with DocumentReader(options.documents) as reader:
        for file in files:
            for scan in reader.read(file, options.pages):
                yield file, scan
            yield file, None


def _read(detector: Detector, file: Path, scan: Scan) -> Read | DocumentError:
    try:
        return Read(file, scan, detector.read_scan(scan))
    except MemoryError:
        error = DocumentError("reading it needs more memory than there is", "Use fewer --jobs.")
    except Exception as problem:  # noqa: BLE001  # one page never stops the others
        what = f"{type(problem).__name__}: {problem}".splitlines()[0][:200]
        error = DocumentError(f"reading it failed ({what})", "Please report it with the file.")
    return error.at("standard input" if str(file) == "-" else str(file), scan.number if scan.count > 1 else 0)


_Pending = tuple[Path, Scan | None, "Future[Read | DocumentError] | DocumentError | None"]


def _in_processes(
    scans: Iterator[tuple[Path, Scan | DocumentError | None]], options: BatchOptions, jobs: int
) -> Iterator[tuple[Path, Read | DocumentError | None]]:
    from loky import ProcessPoolExecutor  # noqa: PLC0415  # not at every start of the program

    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(options.model, options.detect))
    waiting: deque[_Pending] = deque()
    try:
        for file, scan in scans:
            if isinstance(scan, Scan):
                waiting.append((file, scan, pool.submit(_work, file, scan)))
            else:
                waiting.append((file, None, scan))
            while len(waiting) > _AHEAD * jobs:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    except BrokenExecutor as error:
        message = "a process that reads pages died, perhaps for want of memory"
        raise NoteheadError(message, "Use fewer --jobs.") from error
    finally:
        pool.shutdown(kill_workers=True)


def _result(pending: _Pending) -> tuple[Path, Read | DocumentError | None]:
    file, scan, future = pending
    if future is None or isinstance(future, DocumentError):
        return file, future
    done = future.result()
    if scan is None or isinstance(done, DocumentError):
        return file, done
    page = replace(done.reading.page, image=scan.image)  # which the worker did not send back
    return file, Read(file, scan, replace(done.reading, page=page))


_detector: Detector | None = None
"""What this process reads with: a worker loads its model once."""


def _start(model: Path | None, options: DetectOptions) -> None:
    global _detector  # noqa: PLW0603  # the pool offers no other place
    cv2.setNumThreads(1)
    _detector = Detector(model, options, threads=1)


def _work(file: Path, scan: Scan) -> Read | DocumentError:
    if _detector is None:
        message = "the worker was not started"
        raise RuntimeError(message)
    done = _read(_detector, file, scan)
    if isinstance(done, DocumentError):
        return done
    nothing = np.empty((0, 0), np.uint8)
    page = replace(done.reading.page, image=nothing)
    return Read(file, replace(scan, image=nothing), replace(done.reading, page=page))
