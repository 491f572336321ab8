"""What came of a collection: numbers, and failures by their cause. Its size does not depend on the files'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST_CAUSES = 1000
OTHERS = "other causes, which the tables tell"


@dataclass(frozen=True, slots=True)
class Failure:
    """Pages and files that failed for one cause.

    Attributes:
        count: of them.
        first: the place of one.
    """

    count: int
    first: str


@dataclass(slots=True)
class Summary:
    """What came of a collection.

    Attributes:
        folder: of the results.
        files: of the collection.
        parts: that it was divided into.
        passed: of them, done by an earlier run.
        counts: of what was read, by name.
        failures: pages and files that could not be read, by cause.
    """

    folder: Path
    files: int = 0
    parts: int = 0
    passed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Failure] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Pages and files that could not be read."""
        return sum(failure.count for failure in self.failures.values())

    def add(self, record: Mapping[str, Any]) -> None:
        """Count what came of a part, as its record has it."""
        self.counts.update(record["counts"])
        for cause, (count, first) in record["failures"].items():
            kind = cause if cause in self.failures or len(self.failures) < _MOST_CAUSES else OTHERS
            before = self.failures.get(kind, Failure(0, first))
            self.failures[kind] = Failure(before.count + count, before.first)
