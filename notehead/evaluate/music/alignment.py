"""Which measure is which: sequences of measures aligned so that most of their notes agree.

Dynamic programming over both sequences, as Needleman and Wunsch align proteins (J. Mol. Biol. 48, 1970):
two measures are paired, or one of them is left alone. A pair is worth what its measures have in common; of
all alignments the one of greatest worth is taken. So a measure that is inserted or lost stays alone, and
costs only its own notes.

A measure is given as two bags of whole numbers: its notes (`Bags` of weight) and everything else. Notes
decide; the rest decides among alignments that are equal in notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MOST_CELLS = 25_000_000
"""Pairs of measures that are looked at; 5,000 against 5,000."""
MOST_WORK = 2_000_000_000
"""Steps of comparing the bags of all pairs."""


class Bags(NamedTuple):
    """Bags of whole numbers: bag k is `values[start[k]:start[k + 1]]`, sorted."""

    start: Ints
    values: Ints

    @classmethod
    def of(cls, bags: Sequence[Sequence[int]]) -> Bags:
        """Bags from lists."""
        start = np.concatenate(([0], np.cumsum([len(bag) for bag in bags]))).astype(np.int64)
        values = np.array([value for bag in bags for value in sorted(bag)], np.int64)
        return cls(start, values)


class TooLargeError(ValueError):
    """More measures, or more in them, than can be aligned."""


def align(notes: tuple[Bags, Bags], others: tuple[Bags, Bags]) -> list[tuple[int, int]]:
    """The pairs (i, j) of measures of a first and a second sequence, ascending; the others are alone.

    Args:
        notes: the notes of the measures of the first sequence and of the second.
        others: what else is in them.

    Raises:
        TooLargeError: they are too many.

    Example:
        >>> one, two = Bags.of([[1, 2], [3], [4]]), Bags.of([[1, 2], [4]])
        >>> align((one, two), (Bags.of([[], [], []]), Bags.of([[], []])))
        [(0, 0), (2, 1)]
    """
    n, m = len(notes[0].start) - 1, len(notes[1].start) - 1
    work = sum(n * len(bags[1].values) + m * len(bags[0].values) for bags in (notes, others))
    if n * m > MOST_CELLS or work > MOST_WORK:
        message = f"{n:,} measures cannot be aligned with {m:,}"
        raise TooLargeError(message)
    heavy = 1 + len(others[0].values) + min(n, m)
    steps = _steps(*notes[0], *notes[1], *others[0], *others[1], heavy)
    pairs, i, j = [], n, m
    while i and j:
        step = int(steps[i - 1, j - 1])
        i, j = i - (step != 2), j - (step != 1)
        if step == 0:
            pairs.append((i, j))
    return pairs[::-1]


@njit(cache=True)
def _common(values: Ints, i: int, end: int, others: Ints, j: int, other_end: int) -> int:
    """How many numbers two sorted stretches have in common, each as often as both have it."""
    count = 0
    while i < end and j < other_end:
        if values[i] == others[j]:
            count += 1
            i += 1
            j += 1
        elif values[i] < others[j]:
            i += 1
        else:
            j += 1
    return count


@njit(cache=True)
def _steps(  # noqa: PLR0913, PLR0917  # four bags, flat for the compiler
    start_a: Ints, notes_a: Ints, start_b: Ints, notes_b: Ints,
    from_a: Ints, others_a: Ints, from_b: Ints, others_b: Ints, heavy: int,
) -> NDArray[np.uint8]:  # fmt: skip
    """The last step of the best alignment up to each pair: 0 paired, 1 and 2 the first or second alone."""
    n, m = len(start_a) - 1, len(start_b) - 1
    steps = np.zeros((n, m), np.uint8)
    worth = np.zeros(m + 1, np.int64)
    for i in range(n):
        diagonal = worth[0]
        for j in range(m):
            common = _common(notes_a, start_a[i], start_a[i + 1], notes_b, start_b[j], start_b[j + 1])
            less = _common(others_a, from_a[i], from_a[i + 1], others_b, from_b[j], from_b[j + 1])
            best = diagonal + heavy * common + less + 1  # 1: measures that pair need not agree
            diagonal = worth[j + 1]
            if worth[j + 1] > best:
                best = worth[j + 1]
                steps[i, j] = 1
            if worth[j] > best:
                best = worth[j]
                steps[i, j] = 2
            worth[j + 1] = best
    return steps
