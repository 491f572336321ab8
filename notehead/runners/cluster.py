"""Work on the machines of a Ray cluster: each worker keeps a sandboxed child of its own, as at home.

What a call reads and writes must be reached from every machine: an object store, or a folder that all share.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from notehead.errors import MissingExtraError, NoteheadError, OutputError, error_from
from notehead.runners.call import TRIES, Answer, Call, reason
from notehead.sandbox import ChildDied, Limits, Sandbox, error_parts

_AHEAD = 2
"""Calls that are handed to the cluster for each of its processors, so that none waits for the next."""
_WAIT = 2.0
"""Seconds after which the cluster is asked anew how large it is."""


@dataclass(slots=True)
class _Task:
    call: Call
    deaths: int = 0


class RayRunner:
    """Runs calls as tasks of Ray. Use as a context manager: it ends a cluster that it started.

    Args:
        workers: calls at a time; 0 for twice as many as the cluster has processors at that moment, so that
            machines that join get work.
        limits: of each call.
        address: of the cluster; empty to start one of `workers` processors on this machine.

    Raises:
        MissingExtraError: Ray is not installed.
        NoteheadError: the cluster cannot be reached.
    """

    def __init__(self, workers: int, limits: Limits, address: str = "") -> None:
        self._ray = _library()
        self._limits = limits
        self._wanted = workers
        self._started = not self._ray.is_initialized()
        if self._started:
            self._connect(workers, address)
        self._task: Any = self._ray.remote(max_retries=0, num_cpus=1)(answer)

    def _connect(self, workers: int, address: str) -> None:
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # it would warn of what changes
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
        try:
            if address:
                self._ray.init(address=address, **quiet)
            else:
                cpus = workers or os.cpu_count() or 1
                self._ray.init(num_cpus=cpus, include_dashboard=False, **quiet)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            message = f"the Ray cluster {address or 'of this machine'} cannot be reached: {_line(error)}"
            raise NoteheadError(message, "Check the address; `ray status` tells whether one runs.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            self._ray.shutdown()

    @property
    def workers(self) -> int:
        """Calls that are handed over at a time, for the cluster as large as it is now."""
        return self._wanted or _AHEAD * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def run(self, calls: Iterable[Call]) -> Iterator[Answer]:
        """Answers in the order in which they come; calls are taken from the iterable only as needed.

        Raises:
            OutputError: a worker could not write; nothing else can be written either.
            NoteheadError: the cluster is gone.
        """
        waiting, more = iter(calls), True
        busy: dict[Any, _Task] = {}
        try:
            while True:
                while more and len(busy) < self.workers:
                    call = next(waiting, None)
                    if call is None:
                        more = False
                    else:
                        self._start(_Task(call), busy)
                if not busy:
                    return
                done, _ = self._ray.wait(list(busy), num_returns=1, timeout=_WAIT)
                for reference in done:
                    task = busy.pop(reference)
                    found = self._take(reference, task)
                    if found is None:
                        self._start(task, busy)
                    else:
                        yield found
        except self._ray.exceptions.RaySystemError as error:
            message = f"the Ray cluster is gone: {_line(error)}"
            raise NoteheadError(message, "Start it and run the same command again.") from error
        finally:
            for reference in busy:
                self._ray.cancel(reference, force=True)

    def _start(self, task: _Task, busy: dict[Any, _Task]) -> None:
        call = task.call
        limits = replace(self._limits, seconds=call.seconds or self._limits.seconds)
        busy[self._task.remote(call.function, call.arguments, asdict(limits))] = task

    def _take(self, reference: Any, task: _Task) -> Answer | None:
        """The answer of a task that ended; None where it is to be tried again."""
        exceptions = self._ray.exceptions
        try:
            kind, value = self._ray.get(reference)
        except exceptions.OutOfMemoryError:
            kind, value = "died", "was on a machine that was short of memory"
        except (
            exceptions.WorkerCrashedError, exceptions.NodeDiedError, exceptions.ObjectLostError,
            exceptions.RayTaskError, exceptions.RuntimeEnvSetupError,
        ) as error:  # fmt: skip
            kind, value = "died", f"was lost: {_line(error)}"
        if kind in {"died", "ended"}:
            task.deaths += 1
            again = kind == "died" and task.deaths < TRIES
            return None if again else Answer(task.call.key, None, f"{task.call.who} {value}", task.deaths)
        if kind == "error":
            problem = error_from(value)
            if isinstance(problem, OutputError):
                raise problem
            return Answer(task.call.key, None, reason(problem, task.call.who), task.deaths)
        return Answer(task.call.key, value, "", task.deaths)


_sandbox: Sandbox | None = None
"""The child of this worker process, which Ray keeps for further tasks."""


def answer(function: str, arguments: tuple[Any, ...], limits: dict[str, Any]) -> tuple[str, Any]:
    """What a worker of the cluster does: a call, in a child of its own.

    Returns:
        "ok" and the value, "error" and what `error_from` takes; "died" and the reason, or "ended" where it
        would end so again.
    """
    global _sandbox  # noqa: PLW0603  # a child starts slowly, and serves many calls
    if _sandbox is None:
        _sandbox = Sandbox(Limits(**limits))
    _sandbox.limits = Limits(**limits)
    try:
        return "ok", _sandbox.call(function, *arguments)
    except ChildDied as death:
        return "died" if death.again else "ended", str(death)
    except NoteheadError as error:
        return "error", error_parts(error)


def _library() -> Any:
    try:
        import ray  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "the runner ray needs Ray, which is not installed"
        raise MissingExtraError(message, "Run `pip install 'notehead[cluster]'`.") from error
    return ray


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
