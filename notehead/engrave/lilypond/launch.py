"""Run a program within limits: `launch.py SECONDS MEMORY FILE_BYTES PROGRAM ARGUMENT...`.

A script for a bare interpreter (`python -ISE`): it sets the limits on itself, asks to die with its
parent, and becomes the program.
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
    seconds, memory, file_bytes = map(int, arguments[:3])
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    os.execv(arguments[3], arguments[3:])  # noqa: S606  # the program is the caller's


if __name__ == "__main__":
    main(sys.argv[1:])
