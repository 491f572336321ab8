"""The progress bar, on standard error, and only where somebody sees it."""

from __future__ import annotations

import sys
import time
from typing import Any

from tqdm import tqdm

_FORMAT = "{desc}: {percentage:3.0f}% |{bar:24}| {n_fmt}/{total_fmt}{postfix} [{elapsed} < {remaining}]"


class Bar:
    """`notehead.progress.Progress` as a bar: steps, pages, pages/s, time left."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._pages = self._failures = 0
        self._start = 0.0

    def stage(self, name: str, total: int) -> None:
        """A stage with so many steps begins."""
        self.close()
        self._pages = self._failures = 0
        self._start = time.monotonic()
        self._bar = tqdm(
            total=total,
            desc=f"{name:>9}",
            bar_format=_FORMAT,
            disable=not sys.stderr.isatty(),
            file=sys.stderr,
        )

    def step(self, pages: int = 0) -> None:
        """A step is done, and so many pages with it."""
        if self._bar is None:
            return
        self._pages += pages
        if self._pages:
            rate = self._pages / max(time.monotonic() - self._start, 1e-6)
            self._bar.set_postfix_str(f"{self._pages} pages, {rate:.1f} pages/s", refresh=False)
        self._bar.update()

    def advance(self, files: int, pages: int = 0, failures: int = 0) -> None:
        """As `notehead.collection.progress.Progress` has it: several steps at once, and what failed."""
        if self._bar is None:
            return
        self._pages += pages
        self._failures += failures
        rate = self._pages / max(time.monotonic() - self._start, 1e-6)
        failed = f", {self._failures} failed" if self._failures else ""
        self._bar.set_postfix_str(f"{self._pages} pages, {rate:.1f} pages/s{failed}", refresh=False)
        self._bar.update(files)

    def close(self) -> None:
        """Leave the line as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
