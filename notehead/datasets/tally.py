"""`Tally`: medians of very many sizes, class by class, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LIMIT = 1 << 18
"""So many sizes wait until they are counted: sorting many at once is cheaper than a few often."""

_BELOW = 1 << 32
"""No size has so many steps; larger ones are counted as the largest."""


class Tally:
    """How often each size occurred in each class, the sizes rounded to multiples of `step`.

    Memory grows with the distinct sizes: engraved symbols of one class have few.

    Example:
        >>> tally = Tally(step=0.25)
        >>> tally.add(np.array([7, 7, 9]), np.array([1.0, 2.0, 30.1]))
        >>> tally.medians()
        {7: 1.5, 9: 30.0}
    """

    def __init__(self, step: float) -> None:
        self._step = step
        # A key holds the class in its upper half and the size in its lower one, so that one sort does.
        self._keys = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)
        self._waiting: list[NDArray[np.int64]] = []
        self._length = 0

    def add(self, label: NDArray[np.integer], sizes: NDArray[np.float64]) -> None:
        """Count the size of each symbol in its class; sizes are not negative."""
        steps = np.rint(sizes / self._step).clip(max=_BELOW - 1).astype(np.int64)
        self._waiting.append(label.astype(np.int64) * _BELOW + steps)
        self._length += len(label)
        if self._length > _LIMIT:
            self._count()

    def medians(self) -> dict[int, float]:
        """The median size of each class; the mean of the two middle ones where their number is even."""
        self._count()
        label, size = np.divmod(self._keys, _BELOW)
        classes, first = np.unique(label, return_index=True)
        end = np.cumsum(self._counts)
        before = end[first] - self._counts[first]
        number = np.diff(np.append(before, end[-1:]))
        lower = np.searchsorted(end, before + (number - 1) // 2, side="right")
        upper = np.searchsorted(end, before + number // 2, side="right")
        medians = (size[lower] + size[upper]) * self._step / 2
        return dict(zip(classes.tolist(), medians.tolist(), strict=True))

    def state(self) -> list[list[int]]:
        """What was counted, as lists of whole numbers, for `merge` of another tally with the same step."""
        self._count()
        return [self._keys.tolist(), self._counts.tolist()]

    def merge(self, state: Sequence[Sequence[int]]) -> None:
        """Count what another tally has counted."""
        self._count()
        keys, counts = (np.asarray(part, np.int64) for part in state)
        self._add(keys, counts)

    def _count(self) -> None:
        fresh = np.concatenate([np.empty(0, np.int64), *self._waiting])
        self._waiting, self._length = [], 0
        self._add(fresh, np.ones(len(fresh), np.int64))

    def _add(self, keys: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        weights = np.concatenate([self._counts, counts])
        self._keys, place = np.unique(np.concatenate([self._keys, keys]), return_inverse=True)
        self._counts = np.bincount(place, weights, len(self._keys)).astype(np.int64)
