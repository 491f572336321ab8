"""Counts that figures are made of, and that can be added up over parts and scores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matches:
    """How many were matched, of those found and of the true ones.

    Example:
        >>> total = Matches(3, 4, 3) + Matches(0, 0, 3)
        >>> total.precision, total.recall, total.f1
        (0.75, 0.5, 0.6)
    """

    hits: int = 0
    found: int = 0
    true: int = 0

    def __add__(self, other: Matches) -> Matches:
        return Matches(self.hits + other.hits, self.found + other.found, self.true + other.true)

    @property
    def precision(self) -> float:
        """Matched of the found; 1 where nothing was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Matched of the true; 1 where there is nothing to be found."""
        return self.hits / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both: 2 hits / (found + true); 1 where nothing is there, and nothing found."""
        both = self.found + self.true
        return 2 * self.hits / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, such as errors of symbols, or measures that are right of all.

    Example:
        >>> (Share(1, 4) + Share(0, 6)).value
        0.1
    """

    part: int = 0
    whole: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def value(self) -> float | None:
        """The ratio; None where the whole is nothing."""
        return self.part / self.whole if self.whole else None
