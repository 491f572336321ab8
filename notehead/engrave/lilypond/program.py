"""LilyPond and musicxml2ly as child processes: found, and run within limits in a folder of their own."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notehead.errors import MissingExtraError

REMEDY = "Install Debian's package lilypond."
OLDEST = (2, 24)
_LIMITED = Path(__file__).parents[1] / "limited.py"
_VERSION = re.compile(r"GNU LilyPond (\d+)\.(\d+)\.(\d+)")


class ProgramFailed(Exception):  # noqa: N818  # an event, translated by the caller
    """A program ended with an error, was killed, or did not end; the text says which."""


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """What one run of a program may take.

    Attributes:
        seconds: processor time.
        wall_seconds: wall-clock time.
        memory: bytes of address space.
        file_bytes: size of one file that it writes.
    """

    seconds: int = 400
    wall_seconds: int = 600
    memory: int = 3 << 30
    file_bytes: int = 64 << 20


def run(
    program: str, arguments: list[str], folder: Path, limits: ProgramLimits = ProgramLimits()
) -> str:  # fmt: skip
    """Run a program in `folder` and return what it printed.

    It sees no more of the environment than its own folder as home, so that fonts and options do not
    depend on the user; it dies with this process.

    Raises:
        MissingExtraError: it is not installed.
        ProgramFailed: it ended with an error, was killed, or took too long.
    """
    limit = [str(limits.seconds), str(limits.memory), str(limits.file_bytes)]
    command = [sys.executable, "-ISE", str(_LIMITED), *limit, find(program), *arguments]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603  # a known program, its arguments are ours
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"took more than {limits.wall_seconds} s"
        raise ProgramFailed(message) from None
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        message = f"took more than {limits.seconds} s of processor time"
        raise ProgramFailed(message)
    if done.returncode < 0:
        message = f"was killed by signal {-done.returncode}"
        raise ProgramFailed(message)
    printed = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        message = f"ended with code {done.returncode}: {_last_words(printed)}"
        raise ProgramFailed(message)
    return printed


def _last_words(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line] or lines[-1:]
    return errors[-1][:160] if errors else "it printed nothing"


def find(program: str) -> str:
    """The path of an installed program; raises MissingExtraError."""
    path = shutil.which(program)
    if path is None:
        message = f"the engraver LilyPond needs the program {program}, which is not installed"
        raise MissingExtraError(message, REMEDY)
    return path


@cache
def version() -> str:
    """LilyPond's version, such as `2.24.1`; raises MissingExtraError where there is none, or an old one."""
    find("musicxml2ly")
    try:
        printed = run("lilypond", ["--version"], Path("/"))
    except ProgramFailed as error:
        message = f"the program lilypond does not run: it {error}"
        raise MissingExtraError(message, REMEDY) from None
    found = _VERSION.search(printed)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        message = "the installed LilyPond is older than 2.24"
        raise MissingExtraError(message, REMEDY)
    return ".".join(found.groups())
