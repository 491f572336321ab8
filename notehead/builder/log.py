"""`Log`: what a build does, as JSON lines: when, what, and its figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import orjson

from notehead.errors import OutputError
from notehead.files import make_folder
from notehead.stores import Store
from notehead.stores.local import LocalStore

_SECONDS = 60.0
"""Between two writings into an object store, where files do not grow and are written whole."""


class Log:
    """A file that grows by a line for each event. A log is a help: where it cannot be written, work goes on.

    In an object store it is written again every minute, and at the end.
    """

    def __init__(self, store: Store, name: str, clock: Callable[[], float] = time.time) -> None:
        self._store, self._name, self._clock = store, name, clock
        self._path = store.folder / name if isinstance(store, LocalStore) else None
        self._lines = bytearray()
        self._written = 0.0

    def __enter__(self) -> Self:
        if self._path is not None:
            make_folder(self._path.parent)
        else:
            self._lines += self._store.read(self._name) or b""
            self._written = self._clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            self._put()

    def tell(self, event: str, **facts: object) -> None:
        """Append an event."""
        now = self._clock()
        line = orjson.dumps({"time": round(now, 3), "event": event, **facts}, default=str) + b"\n"
        if self._path is not None:
            with suppress(OSError), self._path.open("ab") as file:
                file.write(line)
            return
        self._lines += line
        if now - self._written > _SECONDS:
            self._put()

    def _put(self) -> None:
        self._written = self._clock()
        with suppress(OutputError):
            self._store.write(self._name, bytes(self._lines))
