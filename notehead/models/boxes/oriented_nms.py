"""Several oriented boxes of one symbol to one, by the exact overlap of polygons."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.evaluate.overlap import ORIENTED, Shapes, convex_hulls, find_pairs


def suppressed_oriented(
    corners: NDArray[np.float64], scores: NDArray[np.floating], overlap: float, group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rows left, from the highest score down, of oriented boxes (n, 4, 2); other boxes have `suppressed`.

    Example:
        >>> box = np.array([[0, 0], [8, 8], [6, 10], [-2, 2]], float)
        >>> corners = np.stack([box, box + 1, box + [0, 20]])
        >>> suppressed_oriented(corners, np.array([0.4, 0.9, 0.5]), 0.5, np.zeros(3, np.int64)).tolist()
        [1, 2]
    """
    if not len(scores):
        return np.empty(0, np.int64)
    order = np.lexsort((-scores, group))
    rows, sorted_group = convex_hulls(corners[order]), group[order]
    ends = np.searchsorted(sorted_group, sorted_group, side="right")
    pairs = find_pairs(ORIENTED, Shapes(rows, np.arange(len(rows)) + 1, ends), rows, overlap)
    left = order[_left(pairs.start, pairs.truth)]
    return np.asarray(left[np.argsort(-scores[left], kind="stable")])


@njit(cache=True)
def _left(start, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    left = np.ones(len(start) - 1, np.bool_)
    for i in range(len(left)):
        if left[i]:
            for place in range(start[i], start[i + 1]):
                left[other[place]] = False
    return left.nonzero()[0]
