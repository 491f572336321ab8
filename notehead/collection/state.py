"""What is done of a collection, in the results' `.notehead` folder: a record of each part, and a log.

```
.notehead/lock              held while a command writes here
.notehead/run.json          what was asked for
.notehead/parts/KEY.json    a part that is done, or that was divided into its files
.notehead/log.jsonl         a line for each part, in the order in which they were done
.notehead/aside/            results of parts that are not whole yet
```

A part counts as done when its record stands under its final name, which happens after all its results do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from notehead.errors import OutputError
from notehead.files import PARTIAL, locked, make_folder, output_error, read_record, size_of, write_file

STATE = ".notehead"
ASIDE = f"{STATE}/aside"
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Identity:
    """What decides the results.

    Attributes:
        fingerprint: of what is done, how, by which version.
        files: files and folders as they were named, and where they are.
        size: about so many files make a part; those that have begun with another number keep to it.
    """

    fingerprint: str
    files: tuple[tuple[str, str], ...]
    size: int


class State:
    """The state of a collection. Use as a context manager: it locks the folder of the results.

    Attributes:
        folder: of the results.
        size: about so many files make a part.

    Raises:
        OutputError: the folder cannot be written, is in use, or holds something else.
    """

    def __init__(self, folder: Path, identity: Identity) -> None:
        self.folder = folder
        self.size = identity.size
        self._state = folder / STATE
        self._identity = identity
        self._lock = ExitStack()

    def __enter__(self) -> Self:
        self._refuse_strangers()
        make_folder(self._state / "parts")
        with ExitStack() as lock:
            lock.enter_context(
                locked(self._state / "lock", f"{self.folder}: another command is writing here")
            )
            self._check_identity()
            self._sweep()
            self._lock = lock.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder / ASIDE, ignore_errors=True)
        self._lock.close()

    def _refuse_strangers(self) -> None:
        """Leave a folder that holds something else as it is."""
        try:
            if self._state.exists() or not self.folder.exists():
                return
            strangers = [entry.name for entry in self.folder.iterdir()]
        except OSError as error:
            raise output_error(self.folder, error) from error
        if strangers:
            message = f"{self.folder}: is not empty, and holds no collection (it holds {min(strangers)})"
            raise OutputError(message, "Choose an empty or a new folder.")

    def _check_identity(self) -> None:
        path = self._state / "run.json"
        named = [list(pair) for pair in self._named()]
        mine = {"fingerprint": self._identity.fingerprint, "files": named, "size": self.size}
        found = read_record(path)
        if found is None and not path.exists():
            write_file(path, orjson.dumps(mine))
            return
        if found is None or found.get("fingerprint") != mine["fingerprint"]:
            message = f"{self.folder}: holds results with other options, or by another version"
            remedy = "Use the options and the version that it was begun with, or choose another folder."
            raise OutputError(message, remedy)
        if found.get("files") != mine["files"]:
            message = f"{self.folder}: holds results of other files"
            raise OutputError(message, "Name the same files and folders, or choose another folder.")
        self.size = max(1, int(found.get("size", self.size)))

    def _named(self) -> Iterator[tuple[str, ...]]:
        for pair in self._identity.files:
            yield tuple(os.fsencode(name).decode("utf-8", "backslashreplace") for name in pair)

    def _sweep(self) -> None:
        """Remove what a killed command left unfinished: results of parts, a line of the log."""
        shutil.rmtree(self.folder / ASIDE, ignore_errors=True)
        make_folder(self.folder / ASIDE)
        for half in (self._state / "parts").glob(f"*{PARTIAL}"):
            _remove(half)
        log = self._state / "log.jsonl"
        try:
            with log.open("ab+") as file:
                length = file.tell()
                file.seek(max(0, length - _LONGEST_LINE))
                tail = file.read()
                file.truncate(length - len(tail) + tail.rfind(b"\n") + 1)
        except OSError as error:
            raise output_error(log, error) from error

    def record(self, key: str) -> dict[str, Any] | None:
        """The record of a part, if all its files are there in the size that it says.

        One that failed for what may pass, such as a disk that was away, counts as none: it is tried again.
        """
        record = read_record(self._path(key))
        if record is None or record.get("again") or record.get("divided"):
            return None
        there = all(size_of(self.folder / name) == size for name, size in record.get("files", ()))
        return record if there else None

    def finish(self, key: str, record: dict[str, Any]) -> None:
        """Note a part as done; what an earlier try made of it, and this one did not, is removed."""
        before = {name for name, _ in (read_record(self._path(key)) or {}).get("files", ())}
        for name in before - {name for name, _ in record["files"]}:
            _remove(self.folder / name)
        write_file(self._path(key), orjson.dumps(record))

    def divide(self, key: str) -> None:
        """Note that a part is read file by file."""
        write_file(self._path(key), orjson.dumps({"divided": True}))

    def divided(self, key: str) -> bool:
        """Whether a part is read file by file."""
        return bool((read_record(self._path(key)) or {}).get("divided"))

    def log(self, line: dict[str, Any]) -> None:
        """Append a line to the log."""
        path = self._state / "log.jsonl"
        try:
            with path.open("ab") as file:
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            raise output_error(path, error) from error

    def keep(self, wanted: Container[str]) -> None:
        """Forget all other parts: their files changed or are gone. Their results are removed."""
        for path in sorted((self._state / "parts").glob("*.json")):
            if path.stem not in wanted:
                for name, _ in (read_record(path) or {}).get("files", ()):
                    _remove(self.folder / name)
                _remove(path)

    def clear(self, key: str) -> None:
        """Remove what workers that died at a part have left."""
        for left in (self.folder / ASIDE).glob(f"{key}-*"):
            shutil.rmtree(left, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self._state / "parts" / f"{key}.json"


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise output_error(path, error) from error
