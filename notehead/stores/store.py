"""`Store`: a folder, here or far away, in which a file is whole or absent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path


class Store(ABC):
    """A folder for a dataset. Names of files are paths in it, with `/`.

    All methods raise OutputError where the store cannot be written or reached, after trying for a while
    where that may pass.

    Attributes:
        url: what `open_store` makes the same store of, on another machine too if it is an object store.
    """

    url: str

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    @abstractmethod
    def write(self, name: str, data: bytes) -> None:
        """Write a file that is whole at once, or leave what was there."""

    @abstractmethod
    def put(self, name: str, path: Path) -> None:
        """Take a file of this machine into the store; it may be gone from its place afterwards."""

    @abstractmethod
    def size(self, name: str) -> int | None:
        """Bytes of a file; None where there is none."""

    @abstractmethod
    def names(self, folder: str) -> dict[str, int]:
        """The files directly in a folder, with their bytes; none where there is no such folder."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; no harm where there is none."""

    @abstractmethod
    def empty(self) -> bool:
        """Whether nothing lies here yet."""

    @abstractmethod
    def claim(self, lock: str) -> AbstractContextManager[None]:
        """Be the only one who writes here.

        Args:
            lock: name of the file that says so.

        Raises:
            OutputError: another one is writing.
        """

    @abstractmethod
    def scratch(self, build: str) -> Path:
        """A folder of this machine for what is being made; the same whenever this build goes on here.

        Args:
            build: names it, and no other build: neither one of other options that lay at the same URL, nor
                one at the same URL of another server.
        """

    @abstractmethod
    def space(self) -> int | None:
        """Bytes that are left to write; None where nobody can tell."""
