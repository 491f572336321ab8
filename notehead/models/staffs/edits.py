"""How much of a row of tokens is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray


def edits(found: Sequence[int], true: Sequence[int]) -> int:
    """The fewest tokens to put in, take out or exchange to make one row the other (Levenshtein, 1966).

    Example:
        >>> edits([1, 2, 3, 3], [1, 3, 3, 4])
        2
    """
    return int(_edits(np.array(found, np.int64), np.array(true, np.int64)))


@njit(cache=True)
def _edits(found: NDArray[np.int64], true: NDArray[np.int64]) -> int:
    row = np.arange(len(true) + 1)
    for i in range(len(found)):
        diagonal, row[0] = row[0], i + 1
        for j in range(len(true)):
            change = diagonal + (found[i] != true[j])
            diagonal = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, diagonal + 1)
    return int(row[-1])
