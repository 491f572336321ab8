"""Run a program under limits: `python limited.py SECONDS MEMORY FILE_BYTES PROGRAM ARGUMENT...`.

A script for a bare interpreter that imports nothing of notehead, so that it starts at once: it sets the
limits on itself, asks to die with its parent, and becomes the program.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Set the limits (processor seconds, bytes of memory and of one file), then become the program."""
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux the time limit must do
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    seconds, memory, file_bytes = map(int, arguments[:3])
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_AS, memory)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    os.execv(arguments[3], arguments[3:])  # noqa: S606  # no shell is wanted


def _lower(limit: int, value: int) -> None:
    """Lower a limit; one that is lower already (of a sandbox around us) stays."""
    _, hard = resource.getrlimit(limit)
    if hard == resource.RLIM_INFINITY or value < hard:
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main(sys.argv[1:])
