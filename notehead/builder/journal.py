"""What a build has done so far, in the dataset's `.build` folder: one file per finished unit.

A unit counts as done when its file stands under its final name, which happens after all its pages do.
Killed at any moment, a build finds here what it need not make again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import orjson

from notehead.errors import OutputError
from notehead.files import PARTIAL, locked, make_folder, read_record, size_of, write_file

STATE = ".build"


class Journal:
    """The state of one build. Use as a context manager: it locks the dataset's folder."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._state = folder / STATE
        self._fingerprint = fingerprint
        self._lock = ExitStack()

    def __enter__(self) -> Self:
        self._refuse_strangers()
        make_folder(self._state / "units")
        make_folder(self._state / "patches")
        with ExitStack() as lock:
            lock.enter_context(locked(self._state / "lock", f"{self.folder}: another build is writing here"))
            self._check_identity()
            self._sweep()
            self._lock = lock.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def _refuse_strangers(self) -> None:
        """Leave a folder that holds something else as it is."""
        if self._state.exists() or not self.folder.is_dir():
            return
        strangers = [entry.name for entry in self.folder.iterdir()]
        if strangers:
            message = f"{self.folder}: is not empty and not a build (it holds {min(strangers)})"
            raise OutputError(message, "Choose an empty or a new folder.")

    def _check_identity(self) -> None:
        path = self._state / "build.json"
        if not path.exists():
            write_file(path, orjson.dumps({"fingerprint": self._fingerprint}))
            return
        identity = read_record(path)
        if identity is None or identity.get("fingerprint") != self._fingerprint:
            message = f"{self.folder}: holds a build with other options, or by another version"
            remedy = "Use the options and the version that it was begun with, or choose another folder."
            raise OutputError(message, remedy)

    def _sweep(self) -> None:
        """Remove what a killed build left half-written."""
        for entry in _walk(self.folder):
            if entry.name.endswith(PARTIAL):
                Path(entry.path).unlink(missing_ok=True)

    def unit(self, key: str) -> dict[str, Any] | None:
        """The record of a finished unit, if all its files are there in the size that it says.

        A unit that failed, or that was cut at a limit, is not finished: it is tried again.
        """
        record = read_record(self._state / "units" / f"{key}.json")
        if record is None or "failure" in record or record.get("cut"):
            return None
        files = (file for page in record["pages"] for file in page["files"])
        return record if self._there(files) else None

    def _there(self, files: Iterable[Sequence[Any]]) -> bool:
        return all(size_of(self.folder / path) == size for path, size, _ in files)

    def finish_unit(self, key: str, record: dict[str, Any]) -> None:
        """Note a unit as done."""
        write_file(self._state / "units" / f"{key}.json", orjson.dumps(record))

    def keep_units(self, keys: set[str]) -> None:
        """Forget all other units, and remove the files of their pages."""
        for path in sorted((self._state / "units").glob("*.json")):
            if path.stem not in keys:
                for page in (read_record(path) or {}).get("pages", []):
                    self.remove_page(page)
                path.unlink(missing_ok=True)

    def remove_page(self, page: dict[str, Any]) -> None:
        """Remove the files of a page that the dataset does not keep."""
        for path, *_ in page["files"]:
            (self.folder / path).unlink(missing_ok=True)

    def patches(self, page: str, choice: str) -> list[list[Any]] | None:
        """The patches cut from a page, if they were cut by the same choice."""
        record = read_record(self._state / "patches" / f"{page}.json")
        if record is None or record["choice"] != choice or not self._there(record["files"]):
            return None
        return list(record["files"])

    def finish_patches(self, page: str, choice: str, files: list[list[Any]]) -> None:
        """Note a page's patches as cut."""
        write_file(self._state / "patches" / f"{page}.json", orjson.dumps({"choice": choice, "files": files}))


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            else:
                yield entry
