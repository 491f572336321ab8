"""The edit distance of two sequences, compiled by numba."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_CELLS = 4_000_000_000
"""Of the table, of which only a row is kept; 63,000 against 63,000, some seconds."""


def levenshtein(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many insertions, deletions and replacements turn one sequence into the other, at least.

    Raises:
        MemoryError: they are longer than `MOST_CELLS` allows.

    Example:
        >>> levenshtein("kitten", "sitting")
        3
    """
    if len(one) * len(other) > MOST_CELLS:
        message = f"sequences of {len(one):,} and {len(other):,} symbols"
        raise MemoryError(message)
    numbers: dict[Hashable, int] = {}
    rows = [np.array([numbers.setdefault(x, len(numbers)) for x in row], np.int64) for row in (one, other)]
    return int(_distance(*rows))


@njit(cache=True)
def _distance(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    row = np.arange(len(other) + 1)
    for i in range(len(one)):
        diagonal = row[0]
        row[0] = i + 1
        for j in range(len(other)):
            best = min(diagonal + (one[i] != other[j]), row[j] + 1, row[j + 1] + 1)
            diagonal = row[j + 1]
            row[j + 1] = best
    return int(row[-1])
