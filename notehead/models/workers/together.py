"""Several workers on one training: started where they are wanted, and anew where one is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from notehead.errors import NoteheadError
from notehead.models.loop import CHECKPOINT
from notehead.models.options import Surroundings
from notehead.models.work import Work
from notehead.models.workers.cluster import work_on_cluster
from notehead.models.workers.local import work_here
from notehead.models.workers.worker import WorkerLostError
from notehead.runners import TRIES

WORKERS: dict[str, Callable[[Work, Surroundings, Callable[[str], None]], bool]] = {
    "local": work_here,
    "ray": work_on_cluster,
}
"""Where workers are, by the name of the runner."""


def work_together(work: Work, where: Surroundings, tell: Callable[[str], None]) -> bool:
    """Train with several workers; whether all steps are done.

    Where a worker is lost, all begin anew from the last checkpoint; so often in all without a new one.

    Raises:
        NoteheadError: a worker has met it, or workers are lost again and again.
    """
    until = time.monotonic() + where.seconds
    lost, before = 0, _mark(work)
    while True:
        try:
            left = max(0.0, until - time.monotonic())
            return WORKERS[where.runner](work, replace(where, seconds=left), tell)
        except WorkerLostError as death:
            now = _mark(work)
            lost, before = (1 if now != before else lost + 1), now
            if lost >= TRIES:
                message = f"{work.folder}: a worker was lost {lost} times ({death})"
                remedy = "Look for what ends it: fewer --readers and a smaller --buffer take less memory."
                raise NoteheadError(message, remedy) from death
            tell(f"a worker was lost ({death}); all go on from the last checkpoint")


def _mark(work: Work) -> int:
    """When the last checkpoint was written."""
    path = work.folder / CHECKPOINT
    return path.stat().st_mtime_ns if path.exists() else 0
