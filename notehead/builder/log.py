"""`Log`: what a build does, as JSON lines: when, what, and its figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from notehead.files import make_folder
from notehead.stores import Store
from notehead.stores.local import LocalStore


class Log:
    """A file that grows by a line for each event. A log is a help: where it cannot be written, work goes on.

    In an object store, where files do not grow, it is kept here and put there at the end.
    """

    def __init__(self, store: Store, name: str, clock: Callable[[], float] = time.time) -> None:
        self._store, self._name, self._clock = store, name, clock
        self._grows = isinstance(store, LocalStore)
        folder = store.folder if isinstance(store, LocalStore) else store.scratch()
        self._path = folder / (name if self._grows else Path(name).name)

    def __enter__(self) -> Self:
        make_folder(self._path.parent)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._grows and kind is None:
            self._store.write(self._name, self._path.read_bytes())

    def tell(self, event: str, **facts: object) -> None:
        """Append an event."""
        line = orjson.dumps({"time": round(self._clock(), 3), "event": event, **facts}, default=str)
        with suppress(OSError), self._path.open("ab") as file:
            file.write(line + b"\n")
