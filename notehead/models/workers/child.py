"""A worker as a process of this machine: `local.py` starts it, hands it its work, and reads what it says."""

from __future__ import annotations

import json
import os
import pickle
import signal
import struct
import sys
import threading
from dataclasses import dataclass
from typing import BinaryIO

import torch

from notehead.models.lesson import PeerLostError
from notehead.models.work import Means, Work
from notehead.models.workers.team import meet
from notehead.models.workers.worker import Message, report

HEAD = struct.Struct(">Q")
"""How long the work is that follows, pickled."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which worker of how many a process is.

    Attributes:
        rank: its number, from 0.
        size: how many there are.
        meeting: the URL where they meet.
        threads: how many it computes with.
    """

    rank: int
    size: int
    meeting: str
    threads: int


def main() -> None:
    """Take the work from standard input, and do it; messages go to standard output, a line of JSON each."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not come between
    (size,) = HEAD.unpack(source.read(HEAD.size))
    work, means, place = pickle.loads(source.read(size))  # noqa: S301  # from our own parent
    threading.Thread(target=_end_with, args=(source,), daemon=True).start()
    if not _works(work, means, place, sink):
        os._exit(1)  # whoever is gone cannot be waited for


def _works(work: Work, means: Means, place: Place, sink: BinaryIO) -> bool:
    def say(message: Message) -> None:
        sink.write(json.dumps(message).encode() + b"\n")
        sink.flush()

    torch.set_num_threads(place.threads)
    try:
        meet(place.rank, place.size, place.meeting)
    except PeerLostError as error:
        say(("lost", str(error)))
        return False
    return report(work, means, say)


def _end_with(source: BinaryIO) -> None:
    """End this worker and all that read for it when the parent is gone, killed without a word."""
    source.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
    sys.exit()
