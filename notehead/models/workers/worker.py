"""What a worker says to whoever started it, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from torch import distributed

from notehead.errors import NoteheadError, error_from
from notehead.models.lesson import PeerLostError
from notehead.models.work import Means, Work, do_work
from notehead.models.workers.team import Peers
from notehead.sandbox import error_parts

Message = tuple[str, Any]
"""`tell` and a line of text; `done` and whether all steps are; `error` and what `error_from` takes; `lost`
and what was seen of it, where another worker is."""


class WorkerLostError(Exception):
    """A worker was killed, or its machine is gone; the text says more."""


def report(work: Work, means: Means, say: Callable[[Message], None]) -> bool:
    """Work as one of a team that has met, and say what came of it; whether all went well.

    Args:
        work: what is to be trained.
        means: of this worker.
        say: takes messages to whoever started it.
    """
    try:
        done = do_work(work, means, Peers(), lambda text: say(("tell", text)))
    except NoteheadError as error:
        say(("error", error_parts(error)))
        return False
    except PeerLostError as error:
        say(("lost", str(error)))
        return False
    say(("done", done))
    with suppress(RuntimeError):  # others may be gone already
        distributed.destroy_process_group()
    return True


def heard(message: Message, tell: Callable[[str], None]) -> bool | None:
    """What a message means: whether all steps are done, None where it says nothing of that.

    Raises:
        NoteheadError: a worker has met it.
    """
    kind, value = message
    if kind == "error":
        raise error_from(list(value))
    if kind == "tell":
        tell(value)
    return bool(value) if kind == "done" else None
