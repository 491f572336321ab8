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

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        """Steps are done, with so many pages, and so many things that failed; a note tells more."""
        if self._bar is None:
            return
        self._pages += pages
        self._failures += failures
        told = []
        if self._pages:
            rate = self._pages / max(time.monotonic() - self._start, 1e-6)
            told.append(f"{self._pages} pages, {rate:.1f} pages/s")
        if self._failures:
            told.append(f"{self._failures} failed")
        self._bar.set_postfix_str(", ".join([*told, *([note] if note else [])]), refresh=False)
        self._bar.update(steps)

    def close(self) -> None:
        """Leave the line as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
