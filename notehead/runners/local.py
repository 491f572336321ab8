"""Work on this machine: some sandboxed processes, fed one call at a time."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

from notehead.errors import NoteheadError, OutputError
from notehead.runners.call import TRIES, Answer, Call, reason
from notehead.sandbox import ChildDied, Limits, Sandbox


@dataclass(slots=True)
class _Task:
    """A call that is being answered, and how many workers have died at it."""

    call: Call
    deaths: int = 0


class LocalRunner:
    """Runs calls in `workers` child processes. Use as a context manager: it ends them."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self.workers = workers
        self._limits = limits
        self._idle = [Sandbox(limits) for _ in range(workers)]
        self._busy: dict[int, tuple[Sandbox, _Task]] = {}
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sandbox in [*self._idle, *(sandbox for sandbox, _ in self._busy.values())]:
            sandbox.close()
        self._selector.close()

    def run(self, calls: Iterable[Call]) -> Iterator[Answer]:
        """Answers in the order in which they come; calls are taken from the iterable only as needed.

        Raises:
            OutputError: a worker could not write; nothing else can be written either.
        """
        waiting = iter(calls)
        more = True
        while True:
            while more and self._idle:
                call = next(waiting, None)
                if call is None:
                    more = False
                else:
                    self._start(_Task(call))
            if not self._busy:
                return
            yield from self._wait()

    def _start(self, task: _Task) -> None:
        sandbox, call = self._idle.pop(), task.call
        sandbox.limits = replace(self._limits, seconds=call.seconds or self._limits.seconds)
        sandbox.start(call.function, *call.arguments)
        descriptor = sandbox.fileno()
        self._busy[descriptor] = sandbox, task
        self._selector.register(descriptor, selectors.EVENT_READ)

    def _wait(self) -> list[Answer]:
        """Wait until something comes, or somebody's time is over."""
        deadline = min(sandbox.deadline for sandbox, _ in self._busy.values())
        ready = {key.fd for key, _ in self._selector.select(max(0.0, deadline - time.monotonic()))}
        late = {fd for fd, (sandbox, _) in self._busy.items() if time.monotonic() >= sandbox.deadline}
        return [answer for fd in sorted(ready | late) if (answer := self._take(fd)) is not None]

    def _take(self, descriptor: int) -> Answer | None:
        sandbox, task = self._busy[descriptor]
        failure, value, done, again = "", None, False, False
        try:
            done, value = sandbox.poll()
        except OutputError:
            raise
        except ChildDied as death:
            task.deaths += 1
            failure, again = reason(death, task.call.who), death.again and task.deaths < TRIES
        except NoteheadError as error:
            failure = reason(error, task.call.who)
        if not done and not failure:
            return None
        del self._busy[descriptor]
        self._selector.unregister(descriptor)
        self._idle.append(sandbox)
        if again:
            self._start(task)
            return None
        return Answer(task.call.key, value, failure, task.deaths)
