"""Run a program under limits: `python limited.py CPU_SECONDS MEMORY PROGRAM ARGUMENTS...`.

A file of its own that imports nothing of notehead, so that it starts at once; the program takes its place.
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
    """Set the limits, then become the program."""
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux the time limit must do
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, int(arguments[0]))
    _lower(resource.RLIMIT_AS, int(arguments[1]))
    os.execv(arguments[2], arguments[2:])  # noqa: S606  # no shell is wanted


def _lower(limit: int, value: int) -> None:
    """Lower a limit; one that is lower already (of a sandbox around us) stays."""
    _, hard = resource.getrlimit(limit)
    if hard == resource.RLIM_INFINITY or value < hard:
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main(sys.argv[1:])
