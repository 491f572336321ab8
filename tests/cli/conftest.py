"""The command line, called in this process (fast) and in one of its own (as users do)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Protocol

import pytest

from notehead.cli import main


@dataclass(frozen=True)
class Outcome:
    """What came of a call."""

    code: int
    out: str
    err: str


class Call(Protocol):
    """A call of `notehead` with some words."""

    def __call__(self, *words: str | os.PathLike[str]) -> Outcome: ...


@pytest.fixture
def notehead(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Call `main` here."""

    def call(*words: str | os.PathLike[str]) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["notehead", *(os.fspath(word) for word in words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        assert isinstance(caught.value.code, int)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Outcome(caught.value.code, out, err)

    return call


COMMAND = [sys.executable, "-m", "notehead"]
BUFFERED = {**os.environ, "PYTHONUNBUFFERED": ""}
"""What users have; a last flush may then fail after everything else."""


@pytest.fixture
def process() -> Call:
    """Call `main` in a process of its own."""

    def call(*words: str | os.PathLike[str]) -> Outcome:
        done = subprocess.run([*COMMAND, *words], env=BUFFERED, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return Outcome(done.returncode, done.stdout, done.stderr)

    return call
