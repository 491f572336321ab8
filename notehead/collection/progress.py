"""How a collection tells how far it is; the command line draws a bar from it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every part that is done."""

    def stage(self, name: str, total: int) -> None:
        """A stage with so many files begins."""

    def advance(self, files: int, pages: int = 0, failures: int = 0) -> None:
        """So many files are done, with so many pages read now, and so many pages and files that failed."""

    def close(self) -> None:
        """The work has ended."""


class Silent:
    """Progress that nobody sees."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def advance(self, files: int, pages: int = 0, failures: int = 0) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""
