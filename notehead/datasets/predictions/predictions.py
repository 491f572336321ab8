"""`Predictions`: somebody's symbols for the pages of a dataset that is the truth."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.page import Symbols
from notehead.vocabulary import Vocabulary


class Predictions(ABC):
    """Predicted symbols, read page by page, in the classes of the truth.

    They keep no file open and can be pickled: worker processes get copies.

    Attributes:
        format: the name of the format that they are in.
        path: where they lie.
        vocabulary: the truth's, which is that of the symbols, too.
        complaints: what was found wrong so far.
        unmatched: pages that are predicted and that the truth lacks, as the file calls them.
    """

    format: str = ""
    path: Path
    vocabulary: Vocabulary
    complaints: Complaints
    unmatched: Sequence[str]

    def symbols(self, entry: PageEntry) -> Symbols:
        """What is predicted for a page of the truth, with scores; nothing where nothing is.

        Boxes may leave the page. Symbols of classes that the truth lacks are left out.

        Raises:
            DatasetError: a prediction cannot be used, and the complaints are not to be counted.
        """
        try:
            return self._symbols(entry)
        except DatasetError as error:
            self.complaints.page(error)
        return Symbols(vocabulary=self.vocabulary)

    @abstractmethod
    def has(self, entry: PageEntry) -> bool:
        """Whether the page is predicted, be it without symbols."""

    @abstractmethod
    def unknown_classes(self) -> Counter[str]:
        """How often classes are predicted that the truth lacks, on all pages; may read them."""

    @abstractmethod
    def _symbols(self, entry: PageEntry) -> Symbols:
        """As `symbols`."""


@dataclass(frozen=True, slots=True)
class Found:
    """One predicted symbol: class, box x0, y0, x1, y1, score, and the oriented box as 8 numbers."""

    label: int
    box: tuple[float, float, float, float]
    score: float
    corners: Sequence[float] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what can be no prediction; the message says why."""
        x0, y0, x1, y1 = self.box
        if not all(map(math.isfinite, self.box)):
            message = "its box is not made of numbers"
            raise ValueError(message)
        if x1 < x0 or y1 < y0:
            message = f"its box has a negative width or height ({x0:g}, {y0:g}, {x1:g}, {y1:g})"
            raise ValueError(message)
        if not 0 <= self.score <= 1:
            message = f"its score is not from 0 to 1 ({self.score:g})"
            raise ValueError(message)


def hull(corners: Sequence[float]) -> tuple[float, float, float, float]:
    """The upright box around an oriented one.

    Example:
        >>> hull([3, 0, 5, 2, 3, 4, 1, 2])
        (1, 0, 5, 4)
    """
    return min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])


def symbols_of(found: Sequence[Found], vocabulary: Vocabulary) -> Symbols:
    """Predicted symbols as `Symbols`, with ids from 1.

    Example:
        >>> from notehead.vocabulary import VOCABULARY
        >>> symbols_of([Found(42, (1, 2, 3, 9), 0.5)], VOCABULARY)[0].score
        0.5
    """
    boxes = np.array([one.box for one in found], np.float64).reshape(-1, 4)
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]]
    for row, one in enumerate(found):
        if one.corners is not None:
            corners[row] = one.corners
    return Symbols.build(
        [one.label for one in found],
        boxes,
        vocabulary,
        corners=corners.reshape(-1, 4, 2),
        score=[one.score for one in found],
    )
