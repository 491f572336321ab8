"""Which found symbol is which true one: greedy matching, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.evaluate.overlap import Floats, Ints, Pairs


def match(pairs: Pairs, thresholds: Floats, truths: int, *, backwards: bool = False) -> NDArray[np.int64]:
    """Match greedily, as COCO does, at several thresholds: int64 (thresholds, n), -1 for no match.

    Found symbols choose in their order, so that they must come with falling score. Each takes the true
    symbol that it covers best, of those that are still free and that it covers by at least the threshold;
    of equal ones the last. A true symbol is taken once, so a second detection of it is false.

    Args:
        pairs: of which symbols may match.
        thresholds: the least values.
        truths: how many true symbols there are.
        backwards: the last found symbol chooses first.

    Example:
        >>> pairs = Pairs(np.array([0, 2, 3]), np.array([0, 1, 1]), np.array([0.6, 0.9, 0.8]))
        >>> match(pairs, np.array([0.5, 0.85]), 2).tolist()
        [[1, -1], [1, -1]]
    """
    return np.asarray(_match(pairs.start, pairs.truth, pairs.value, thresholds, truths, backwards))


def best_only(pairs: Pairs) -> Pairs:
    """Of the pairs of each found symbol only the one with the largest value, the last of equal ones."""
    count = np.diff(pairs.start)
    owner = np.repeat(np.arange(len(count)), count)
    order = np.lexsort((pairs.value, owner))
    best = order[pairs.start[1:][count > 0] - 1]
    start = np.concatenate(([0], np.cumsum(count > 0)))
    return Pairs(start, pairs.truth[best], pairs.value[best])


@njit(cache=True)
def _match(
    start: Ints,
    truth: Ints,
    value: Floats,
    thresholds: Floats,
    truths: int,
    backwards: bool,  # noqa: FBT001
) -> Ints:
    found = len(start) - 1
    chosen = np.full((len(thresholds), found), -1, np.int64)
    for k in range(len(thresholds)):
        taken = np.zeros(truths, np.bool_)
        for step in range(found):
            i = found - 1 - step if backwards else step
            best = thresholds[k]
            for row in range(start[i], start[i + 1]):
                if value[row] >= best and not taken[truth[row]]:
                    best = value[row]
                    chosen[k, i] = truth[row]
            if chosen[k, i] >= 0:
                taken[chosen[k, i]] = True
    return chosen
