"""The program MuseScore 3: found, and run in a child process that sees nothing of the user's."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from notehead.engrave.musescore.fonts import LETTERS
from notehead.errors import EngraverError, MissingExtraError

NAMES = ("mscore3", "musescore3")
"""What Debian and others call the program."""
_LIMITED = Path(__file__).parents[1] / "limited.py"
_PASSED_ON = ("PATH",)
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
"""Which fonts the program sees: the system's, and those that styles name."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run of the program may take.

    Attributes:
        seconds: wall-clock time.
        cpu_seconds: processor time.
        memory: bytes of address space.
        file_bytes: size of one file that it writes.
    """

    seconds: float = 180.0
    cpu_seconds: int = 120
    memory: int = 4 << 30
    file_bytes: int = 256 << 20


def find_program(names: tuple[str, ...] = NAMES) -> Path:
    """Where MuseScore 3 is installed.

    Raises:
        MissingExtraError: nowhere that `PATH` leads to.
    """
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found).resolve()
    message = "MuseScore 3 is not installed"
    raise MissingExtraError(message, "Install it (Debian, Ubuntu: `apt-get install musescore3`).")


@cache
def program_version(program: Path) -> str:
    """The version that the program says it is, such as `3.2.3`; empty where it says none."""
    data = program.read_bytes()
    found = re.search(rb"MuseScore Version: (3\.\d+\.\d+)", data)
    return found[1].decode() if found is not None else ""


def run_program(
    program: Path, arguments: list[str], folder: Path, score: str, limits: RunLimits = RunLimits()
) -> None:  # fmt: skip
    """Run the program in a folder that is its home, its settings and its working folder in one.

    Raises:
        EngraverError: it took too long, crashed, or said that it failed; `score` is named.
    """
    home = folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    fonts = _FONTS.format(fonts=escape(str(LETTERS)), cache=escape(str(home / "fonts")))
    (home / "fonts.conf").write_text(fonts, encoding="utf-8")
    limit = [str(limits.cpu_seconds), str(limits.memory), str(limits.file_bytes)]
    command = [
        sys.executable, "-I", "-S", str(_LIMITED), *limit,
        str(program), "-s", "-m", "-w", "-f", "-c", str(home / "settings"), *arguments,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603  # the arguments are our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(home),
            start_new_session=True,
        )
        try:
            code = child.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            cause = f"MuseScore gave no answer within {limits.seconds:g} s"
            raise EngraverError(score, cause, "Split the score, or leave it out.") from None
        finally:
            _end(child)
    if code:
        raise EngraverError(score, _cause(code, folder, limits), "Open and save it with a score editor.")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child, and whatever it started, if it still lives."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _environment(home: Path) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed_on,
        "HOME": str(home),
        "FONTCONFIG_FILE": str(home / "fonts.conf"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(home),
        "LC_ALL": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }


def _cause(code: int, folder: Path, limits: RunLimits) -> str:
    if code == -signal.SIGXCPU:
        return f"MuseScore took more than {limits.cpu_seconds} s of processor time"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return f"MuseScore crashed ({name})"
    said = (folder / "log").read_text("utf-8", "replace").strip().splitlines()
    return f"MuseScore refuses it ({said[-1][:200]})" if said else "MuseScore refuses it"
