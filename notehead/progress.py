"""How a build tells what it is doing; the command line draws a bar from it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every step of a build."""

    def stage(self, name: str, total: int) -> None:
        """A stage with so many steps begins."""

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        """Steps are done, with so many pages, and so many things that failed; a note tells more."""

    def close(self) -> None:
        """The build has ended."""


class Silent:
    """Progress that nobody sees."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""
