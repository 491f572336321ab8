"""Ultralytics' command line, which another Python has."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from notehead.errors import MissingExtraError, NoteheadError
from notehead.files import make_folder

LOG = "log.txt"
_REMEDY = (
    "Make one (python -m venv X; X/bin/pip install torch torchvision ultralytics): --python X/bin/python."
)
_VERSION = "from importlib.metadata import version; print(version('ultralytics'))"
_COMMAND = (
    "from importlib.metadata import distribution as d; "
    "next(e for e in d('ultralytics').entry_points if e.name == 'yolo').load()()"
)
"""The `yolo` of that environment, wherever its scripts lie."""
_MOST_SECONDS = 120
_LINES = 15


@dataclass(frozen=True, slots=True)
class Program:
    """A Python that has Ultralytics.

    Attributes:
        python: its path.
        version: of Ultralytics.
    """

    python: str
    version: str

    def run(self, mode: Literal["train", "predict"], options: Mapping[str, object], folder: Path) -> None:
        """Run `yolo detect MODE OPTION=VALUE ...` in a folder; what it prints is added to `log.txt` there.

        It neither downloads nor installs anything, and its settings lie in the folder. When this process is
        interrupted, it goes, too.

        Raises:
            NoteheadError: it ended with an error.
        """
        own = {
            "YOLO_CONFIG_DIR": str(make_folder(folder.resolve() / "settings")),
            "YOLO_OFFLINE": "true",
            "YOLO_AUTOINSTALL": "false",
        }
        said = [f"{name}={value}" for name, value in options.items()]
        command = [self.python, "-I", "-c", _COMMAND, "detect", mode, *said]
        log = folder / LOG
        with log.open("ab") as sink:
            sink.write(f"yolo detect {mode} {' '.join(said)}\n".encode())
            sink.flush()
            status = _outcome(
                subprocess.Popen(
                    command, cwd=folder, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=sink,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )
            )  # fmt: skip
        if status:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES:]
            message = f"Ultralytics {self.version} ended with exit status {status}. The end of {log}:\n"
            remedy = "Mend the cause and run the same command again: it goes on where it stopped."
            raise NoteheadError(message + "\n".join(lines), remedy)


def _outcome(child: subprocess.Popen[bytes]) -> int:
    """Wait for a program; it and its own children go when this one is stopped."""
    with child:
        try:
            return child.wait()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def find_program(python: str) -> Program:
    """The Python at this path, made sure that it has Ultralytics.

    Raises:
        MissingExtraError: none is named, it cannot be run, or it has no Ultralytics.
    """
    if not python:
        message = "no Python that has Ultralytics is named, by --python or NOTEHEAD_ULTRALYTICS"
        raise MissingExtraError(message, _REMEDY)
    path = shutil.which(python)
    if path is None:
        message = f"{python}: there is no such Python, or it cannot be run"
        raise MissingExtraError(message, _REMEDY)
    path = str(Path(path).absolute())
    try:
        result = subprocess.run(
            [path, "-I", "-c", _VERSION], capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{python}: it cannot be run ({error})"
        raise MissingExtraError(message, _REMEDY) from error
    if result.returncode:
        message = f"{python}: the package ultralytics is not installed there"
        raise MissingExtraError(message, _REMEDY)
    return Program(path, result.stdout.strip())
