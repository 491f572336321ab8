"""`read`: pages in, music out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from notehead.detect.detector import Detector
from notehead.errors import NoteheadError
from notehead.images.failure import DocumentError
from notehead.page import Page
from notehead.reading.leaves import ReadingOptions, leaves_of
from notehead.reading.sources import find_sources
from notehead.reading.upright import upright
from notehead.transcribe import Score, transcribe

Readable: TypeAlias = "str | PathLike[str] | Page | NDArray[np.uint8]"
"""A file or folder, an image, or a page whose symbols are known."""


def read(pages: Readable | Iterable[Readable], options: ReadingOptions | None = None) -> Score:
    """The music on pages; several, in their order, make one score.

    Args:
        pages: one or several: files (PDF, TIFF, PNG, JPEG and others, or what `notehead detect` wrote),
            folders of them, images (uint8, (height, width) or (height, width, 3) as RGB), pages that are
            upright and whose symbols are known.
        options: how they are read.

    Raises:
        DocumentError: a file cannot be read.
        MissingExtraError: the package came without its model.
        DatasetError: the model cannot be used.
        ValueError: an array is no image.

    Example:
        >>> import notehead
        >>> score = notehead.read("scan.pdf")  # doctest: +SKIP
        >>> [measure.doubt for measure in score.parts[0].measures]  # doctest: +SKIP
    """
    options = options or ReadingOptions()
    alone = isinstance(pages, str | PathLike | Page | np.ndarray)
    return music_of(_Pages(options).of([pages] if alone else pages))  # type: ignore[list-item, arg-type]


def music_of(pages: Iterable[Page]) -> Score:
    """The music of pages that are upright.

    Raises:
        NoteheadError: it cannot be put together; that is a bug, and says so.
    """
    try:
        return transcribe(list(pages))
    except (NoteheadError, ValueError) as error:
        if isinstance(error, NoteheadError):
            raise
        raise _bug(error) from error
    except (ArithmeticError, LookupError, TypeError, AttributeError, AssertionError, RuntimeError) as error:
        raise _bug(error) from error


def _bug(error: Exception) -> NoteheadError:
    what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    message = f"the music could not be put together ({what})"
    return NoteheadError(message, "Please report it with the pages.")


class _Pages:
    """Brings what is given to pages with symbols; one detector serves all images."""

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._detector: Detector | None = None

    def of(self, given: Iterable[Readable]) -> Iterator[Page]:
        for one in given:
            if isinstance(one, Page):
                yield one
            elif isinstance(one, np.ndarray):
                yield self._detected(one)
            else:
                yield from self._of_file(Path(one))

    def _detected(self, image: NDArray[np.uint8]) -> Page:
        if self._detector is None:
            self._detector = Detector(self._options.model, self._options.batch().detect)
        reading = self._detector.read(image)
        return upright(reading.page, reading.turned, reading.staff_space.skew if reading.staff_space else 0.0)

    def _of_file(self, path: Path) -> Iterator[Page]:
        for _, leaf in leaves_of(find_sources([path]), self._options):
            if isinstance(leaf, DocumentError):
                raise leaf
            if leaf is not None:
                yield leaf.page
