"""`Clock`: processor seconds by stage, for benchmarks and reports."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """Processor seconds by stage."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done inside to a stage."""
        start = time.process_time()
        yield
        self.seconds[name] += time.process_time() - start

    def add(self, seconds: Mapping[str, float]) -> None:
        """Count what another process has spent."""
        for name, spent in seconds.items():
            self.seconds[name] += spent
