"""`Lease`: who writes into an object store. Stores have no locks, but they create an object only once."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import orjson

from notehead.errors import OutputError

if TYPE_CHECKING:
    from notehead.stores.objects import ObjectStore

LASTS = 90.0
"""Seconds after which a lease that nobody has renewed is nobody's: its holder was killed."""


class Lease:
    """Held while the context lasts; a thread renews it. Clocks may differ by less than `LASTS`.

    Raises:
        OutputError: somebody else holds it.
    """

    def __init__(self, store: ObjectStore, name: str, lasts: float = LASTS) -> None:
        self._store, self._name, self._lasts = store, name, lasts
        self._token = secrets.token_hex(8)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        if not self._store.create(self._name, self._text()):
            held = self._held()
            if held is not None and float(held["until"]) > time.time():
                message = f"{self._store.url}: another build is writing here, on {held['where']}"
                remedy = f"Wait for it to end; one that was killed is forgotten after {self._lasts:g} s."
                raise OutputError(message, remedy)
            self._store.remove(self._name)
            if not self._store.create(self._name, self._text()):
                message = f"{self._store.url}: another build is writing here"
                raise OutputError(message, "Wait for it to end, or choose another folder.")
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        held = self._held()
        if held is not None and held["token"] == self._token:
            self._store.remove(self._name)

    def _text(self) -> bytes:
        where = f"{socket.gethostname()}, process {os.getpid()}"
        return orjson.dumps({"token": self._token, "where": where, "until": time.time() + self._lasts})

    def _held(self) -> dict[str, Any] | None:
        try:
            found = orjson.loads(self._store.read(self._name) or b"null")
        except ValueError:
            return None
        return found if isinstance(found, dict) and {"token", "until", "where"} <= found.keys() else None

    def _renew(self) -> None:
        while not self._ended.wait(self._lasts / 4):
            try:
                self._store.write(self._name, self._text())
            except OutputError:
                continue  # the build itself will find that the store is gone
