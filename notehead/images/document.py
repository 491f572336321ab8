"""Users' files as grey pages: PDF, TIFF, photographs; one page at a time, whatever is in them.

Every file is decoded in a child process with limits, which serves file after file and is replaced where a
file kills it. Pixels come back through a file in memory that both have open: the child writes, this side
reads, so that nothing that the child does later can change them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from notehead.images.failure import FETCH, DocumentError
from notehead.images.options import MOST_FILE, MOST_SIDE, DocumentOptions
from notehead.images.page_range import PageRange
from notehead.sandbox import ChildDied, Limits, Sandbox

STANDARD_INPUT = Path("-")
_MOST_FAILURES = 100
"""So many pages one after the other that cannot be read are a file that cannot."""
_MOST_DEATHS = 3
"""So many pages one after the other that kill the child likewise; each may take its whole time."""
_LEAN = ("notehead", "notehead.images")
_REPORT = "Please report it with the file, if the file is sound."


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A page of a user's file.

    Attributes:
        name: the file's name without its ending.
        number: of the page, from 1.
        count: pages of the file.
        image: uint8 (height, width), 0 black, 255 white, upright as far as the file says so.
        resolution: dots per inch of `image`, 0 where the file does not say or says nonsense.
        original: width and height in the file, in pixels, upright; larger than the image where that was
            reduced, or stretched to square pixels. Of a PDF page without a scan: as drawn.
    """

    name: str
    number: int
    count: int
    image: NDArray[np.uint8]
    resolution: float
    original: tuple[int, int]


class DocumentReader:
    """Reads any number of files, one after the other, with one child process.

    Example:
        with DocumentReader() as reader:
            for path in find_documents(paths):
                for page in reader.read(path):
                    if isinstance(page, DocumentError):
                        print(page)
                    else:
                        detect(page.image)
    """

    def __init__(self, options: DocumentOptions | None = None) -> None:
        self.options = options or DocumentOptions()
        self._sink = _memory_file()
        limits = Limits(self.options.seconds, self.options.cpu_seconds, self.options.memory)
        self._sandbox = Sandbox(limits, files=(self._sink,), lean=_LEAN)
        self._busy = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child and free the memory that is shared with it."""
        self._sandbox.close()
        if self._sink >= 0:
            os.close(self._sink)
            self._sink = -1

    def read(
        self, source: Path | bytes, pages: PageRange | None = None, name: str = ""
    ) -> Iterator[Scan | DocumentError]:
        """The pages of a file, lazily, in its order; what cannot be read comes as an error in its place.

        An error with `page` 0 is one of the whole file. Nothing is raised for what is wrong with a file.

        Args:
            source: a file, `-` for standard input, or a file's content.
            pages: which; None for all.
            name: what to call it, in place of the file's own name.

        Raises:
            MissingExtraError: PDF is read, and pypdfium2 is not installed.
        """
        file = name or _file_name(source)
        with contextlib.ExitStack() as stack:
            try:
                path = stack.enter_context(_on_disk(source))
                count = self._count(path)
                numbers = _chosen(pages, count)
            except DocumentError as error:
                yield error.at(file)
                return
            yield from self._pages(_Job(path, file, name or _stem(source), count), numbers)

    def _pages(self, job: _Job, numbers: Iterator[int]) -> Iterator[Scan | DocumentError]:
        failures = deaths = 0
        following = next(numbers, 0)
        try:
            while number := following:
                page, died = self._page(job, number)
                following = next(numbers, 0)
                failures = failures + 1 if isinstance(page, DocumentError) else 0
                deaths = deaths + 1 if died else 0
                hopeless = failures >= _MOST_FAILURES or deaths >= _MOST_DEATHS
                if following and self.options.ahead and not hopeless:
                    self._start(job, following)
                yield page
                if following and hopeless:
                    message = f"page {number} and the {failures - 1} before it cannot be read"
                    yield DocumentError(f"{message}; no further one was tried", FETCH).at(job.file)
                    return
        finally:
            if self._busy:  # the caller stopped while the next page was being decoded
                self._sandbox.close()
                self._busy = False

    def _page(self, job: _Job, number: int) -> tuple[Scan | DocumentError, bool]:
        """A page or what is wrong with it, and whether it killed the child."""
        if not self._busy:
            self._start(job, number)
        try:
            try:
                answer = self._sandbox.wait()
            finally:
                self._busy = False
            return self._scan(job, number, answer), False
        except ChildDied as death:
            return _killed(death).at(job.file, number), True
        except DocumentError as error:
            return error.at(job.file, number), False

    def _start(self, job: _Job, number: int) -> None:
        options = self.options
        self._sandbox.start(
            "notehead.images.decode:decode_page",
            *(str(job.path), number, options.resolution, options.most_pixels, self._sink),
        )
        self._busy = True

    def _count(self, path: Path) -> int:
        if self._busy:
            message = "a DocumentReader that decodes ahead reads one file at a time"
            raise RuntimeError(message)
        try:
            count = self._sandbox.call("notehead.images.decode:count_pages", str(path))
        except ChildDied as death:
            raise _killed(death) from death
        if not isinstance(count, int) or count < 1:
            message = "it holds no page"
            raise DocumentError(message, FETCH)
        return count

    def _scan(self, job: _Job, number: int, answer: Any) -> Scan:
        """What the child says and wrote; it is believed only within bounds."""
        try:
            height, width = int(answer["height"]), int(answer["width"])
            resolution = float(answer["resolution"])
            original = int(answer["original"][0]), int(answer["original"][1])
        except (TypeError, ValueError, LookupError, OverflowError) as error:
            message = "decoding it answered nonsense"
            raise DocumentError(message, _REPORT) from error
        if not (1 <= height <= MOST_SIDE and 1 <= width <= MOST_SIDE):
            message = f"decoding it gave {width} x {height} pixels"
            raise DocumentError(message, _REPORT)
        if height * width > 1.1 * self.options.most_pixels + MOST_SIDE:
            message = f"decoding it gave {width} x {height} pixels"
            raise DocumentError(message, _REPORT)
        image = _taken(self._sink, height, width)
        return Scan(job.name, number, job.count, image, resolution, original)


@dataclass(frozen=True, slots=True)
class _Job:
    """A file being read: where it is, what the user calls it, what its pages are called."""

    path: Path
    file: str
    name: str
    count: int


def read_document(
    source: Path | bytes, *, pages: PageRange | None = None, options: DocumentOptions | None = None
) -> Iterator[Scan | DocumentError]:
    """The pages of one file, as `DocumentReader.read` gives them; for several files use one reader.

    Example:
        >>> from notehead.images.png import encode_png
        >>> [page] = read_document(encode_png(np.full((20, 30), 255, np.uint8)))
        >>> page.image.shape, page.number, page.count
        ((20, 30), 1, 1)
    """
    with DocumentReader(options) as reader:
        yield from reader.read(source, pages)


def _chosen(pages: PageRange | None, count: int) -> Iterator[int]:
    if pages is None:
        return iter(range(1, count + 1))
    numbers = pages.numbers(count)
    first = next(numbers, 0)
    if not first:
        message = f"it has {count} pages, none of them is in {pages}" if count > 1 else "it has one page only"
        raise DocumentError(message, "Choose other pages.")
    return pages.numbers(count)


def _killed(death: ChildDied) -> DocumentError:
    """What to tell of a child that a file killed."""
    cause = str(death)
    remedy = _REPORT
    if "memory" in cause or "time" in cause or "within" in cause:
        remedy = "Save it as a PNG or a PDF of usual size, or scan it again."
    return DocumentError(f"decoding it {cause}", remedy)


def _memory_file() -> int:
    """An open file without a name, in memory where the system has that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("notehead-page", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _taken(sink: int, height: int, width: int) -> NDArray[np.uint8]:
    image = np.empty((height, width), np.uint8)
    view = memoryview(image.data).cast("B")
    done = 0
    while done < len(view):
        read = os.preadv(sink, [view[done:]], done)
        if not read:
            message = "decoding it gave too few pixels"
            raise DocumentError(message, _REPORT)
        done += read
    return image


@contextmanager
def _on_disk(source: Path | bytes) -> Iterator[Path]:
    """A file's place; what has none, as standard input, is put into a temporary file."""
    if isinstance(source, Path) and source != STANDARD_INPUT:
        yield source.absolute()  # the child may be in another folder
        return
    with tempfile.NamedTemporaryFile(prefix="notehead-") as file:
        try:
            if isinstance(source, bytes):
                file.write(source)
            else:
                shutil.copyfileobj(_Bounded(), file)
            file.flush()
        except OSError as error:
            message = f"it cannot be kept while it is read ({error.strerror or error})"
            raise DocumentError(message, "Make space for temporary files, or give a file.") from error
        yield Path(file.name)


class _Bounded:
    """Standard input, up to the size of a file that is read."""

    def __init__(self) -> None:
        self._left = MOST_FILE + 1  # a byte too many, which tells

    def read(self, size: int = -1, /) -> bytes:
        data = sys.stdin.buffer.read(min(size, self._left))
        self._left -= len(data)
        return data


def _file_name(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return "document"
    return "standard input" if source == STANDARD_INPUT else str(source)


def _stem(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return "document"
    return "standard-input" if source == STANDARD_INPUT else source.stem
