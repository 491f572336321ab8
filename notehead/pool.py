"""Work for several processes, its results in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from typing import Any, Generic, Protocol, TypeVar

from notehead.parent import die_with_parent

Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")

_AHEAD = 4
"""So many pieces for each worker are waiting or done and not yet taken."""


class Job(Protocol, Generic[Result_co]):
    """Work in numbered pieces; every worker gets it once, so it must be picklable."""

    def do(self, place: int) -> Result_co:
        """Do one piece."""


class WorkerDied(Exception):  # noqa: N818  # the caller makes an error of it
    """A process died at its work, killed or out of memory."""


def in_order(job: Job[Result], count: int, workers: int) -> Iterator[Result]:
    """What became of the pieces 0 to `count` - 1, in their order.

    Args:
        job: the work.
        count: its pieces.
        workers: processes; 0 for one per processor, 1 to work in this one.

    Raises:
        WorkerDied: a process died.

    Example:
        >>> class Squares:
        ...     def do(self, place: int) -> int:
        ...         return place**2
        >>> list(in_order(Squares(), 4, workers=1))
        [0, 1, 4, 9]
    """
    workers = min(workers or os.cpu_count() or 1, count)
    if workers <= 1:
        yield from map(job.do, range(count))
        return
    from loky import ProcessPoolExecutor  # noqa: PLC0415  # not at every start of the program

    waiting: deque[Future[Result]] = deque()
    pool = ProcessPoolExecutor(workers, initializer=_start, initargs=(os.getpid(), job))
    try:
        for place in range(count):
            waiting.append(pool.submit(_do, place))
            if len(waiting) > _AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        raise WorkerDied from error
    finally:
        pool.shutdown(kill_workers=True)


_job: Job[Any] | None = None
"""What this process works at: a pool's workers get it once, not with every piece."""


def _start(parent: int, job: Job[Any]) -> None:
    global _job  # noqa: PLW0603  # the pool offers no other place
    die_with_parent(parent)
    _job = job


def _do(place: int) -> Any:
    if _job is None:
        message = "the worker was not started"
        raise RuntimeError(message)
    return _job.do(place)
