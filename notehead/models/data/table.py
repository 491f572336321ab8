"""The classes that a network tells apart: those of which there is enough to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from notehead.vocabulary import VOCABULARY


@dataclass(frozen=True)
class ClassTable:
    """Class ids of the vocabulary in the order of a network's numbers, which begin at 1; 0 is none.

    Attributes:
        labels: class ids, rising.

    Example:
        >>> table = ClassTable((2, 5))
        >>> table.places[[2, 5, 9]].tolist(), table.ids[[1, 2]].tolist()
        ([1, 2, 0], [2, 5])
    """

    labels: tuple[int, ...]

    @classmethod
    def of(cls, counts: NDArray[np.int64], least: int) -> ClassTable:
        """The classes with at least so many symbols, of counts by class id."""
        return cls(tuple(np.flatnonzero(counts >= max(least, 1)).tolist()))

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """For each class id its number, 0 for classes that are not told: int64 (class ids,)."""
        table = np.zeros(max((*VOCABULARY.by_id, *self.labels)) + 1, np.int64)
        table[list(self.labels)] = np.arange(1, len(self.labels) + 1)
        return table

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """For each number its class id; -1 for 0."""
        return np.array([-1, *self.labels], np.int64)
