"""Workers as processes of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Self

from notehead.models.options import Surroundings
from notehead.models.work import Means, Work
from notehead.models.workers.child import HEAD, Place
from notehead.models.workers.worker import Message, WorkerLostError, heard

_CHILD = "notehead.models.workers.child"
_GRACE = 5.0
"""Seconds in which the cause is waited for, once a worker has missed another one."""


def work_here(work: Work, where: Surroundings, tell: Callable[[str], None]) -> bool:
    """Train with several processes of this machine; whether all steps are done.

    Args:
        work: what is to be trained.
        where: how many, on which devices.
        tell: called with lines of text.

    Raises:
        WorkerLostError: one of them was killed.
        NoteheadError: one of them has met it.
    """
    each = max(1, (os.cpu_count() or 1) // where.workers)
    with tempfile.TemporaryDirectory() as meeting, contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_Worker()) for _ in range(where.workers)]
        for rank, worker in enumerate(workers):
            means = Means(where.place(rank), where.readers or each, where.seconds)
            worker.begin(work, means, Place(rank, where.workers, f"file://{meeting}/team", each))
        return _listened(workers, tell)


def _listened(workers: Sequence[_Worker], tell: Callable[[str], None]) -> bool:
    """What all workers say until they end; whether all steps are done."""
    done, missed, until = False, "", float("inf")
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            selector.register(worker.fileno(), selectors.EVENT_READ, worker)
        while selector.get_map() and time.monotonic() < until:
            for key, _ in selector.select(min(until - time.monotonic(), _GRACE)):
                worker = key.data
                for message in worker.said():
                    done = heard(message, tell) or done
                    if message[0] == "lost":
                        missed, until = message[1], min(until, time.monotonic() + _GRACE)
                if worker.ended:
                    selector.unregister(key.fd)
                    worker.check()
    if missed:
        raise WorkerLostError(missed)
    return done


class _Worker:
    """A process of its own session, so that Ctrl-C is for the parent, which then ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # our own module, by this very interpreter
            [sys.executable, "-m", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"GLOO_SOCKET_IFNAME": "lo", **os.environ},
            start_new_session=True,
        )
        self._inbox = b""
        self._last = ""
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it and all that read for it, whatever they are doing."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def begin(self, work: Work, means: Means, place: Place) -> None:
        """Hand it its work; it lives as long as this pipe is open."""
        packed = pickle.dumps((work, means, place))
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # its death shows when it is listened to
                pipe.write(HEAD.pack(len(packed)) + packed)
                pipe.flush()

    def fileno(self) -> int:
        """The descriptor that becomes readable when it says something, or ends."""
        return -1 if self._process.stdout is None else self._process.stdout.fileno()

    def said(self) -> list[Message]:
        """What it has said since it was asked last."""
        data = os.read(self.fileno(), 1 << 16)
        self.ended = not data
        *lines, self._inbox = (self._inbox + data).split(b"\n")
        messages: list[Message] = [tuple(json.loads(line)) for line in lines]
        self._last = messages[-1][0] if messages else self._last
        return messages

    def check(self) -> None:
        """Look what it ended of.

        Raises:
            WorkerLostError: it did not end by itself.
        """
        code = self._process.wait()
        if self._last not in {"done", "lost"}:
            known = -code in set(signal.Signals)
            how = f"killed by {signal.Signals(-code).name}" if known else f"exit code {code}"
            raise WorkerLostError(how)
