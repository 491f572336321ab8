from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from notehead.engrave.lilypond import program
from notehead.engrave.lilypond.program import ProgramFailed, ProgramLimits, find, run
from notehead.errors import MissingExtraError


def test_a_missing_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(
        MissingExtraError, match=r"program lilypond, .*not installed\. Install Debian's package lilypond"
    ):
        find("lilypond")


def test_a_program_runs_in_its_folder(tmp_path: Path) -> None:
    assert run("sh", ["-c", "pwd; echo $HOME; ulimit -f"], tmp_path).split()[:2] == [str(tmp_path)] * 2


def test_errors_are_said_in_the_programs_words(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"^ended with code 3: an error: x$"):
        run("sh", ["-c", "echo an error: x; echo later; exit 3"], tmp_path)


def test_a_program_that_says_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"^ended with code 2: it printed nothing$"):
        run("sh", ["-c", "exit 2"], tmp_path)


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"^took more than 1 s$"):
        run("sleep", ["60"], tmp_path, ProgramLimits(wall_seconds=1))


def test_a_program_that_computes_for_ever_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"^took more than 1 s of processor time$"):
        run("sh", ["-c", "while :; do :; done"], tmp_path, ProgramLimits(seconds=1))


def test_a_crash_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"^was killed by signal 11$"):
        run("sh", ["-c", "kill -SEGV $$"], tmp_path)


def test_files_have_a_limit(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed):
        run("sh", ["-c", "head -c 100000 /dev/zero > f"], tmp_path, ProgramLimits(file_bytes=1000))
    assert (tmp_path / "f").stat().st_size <= 1000


def test_an_old_lilypond_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "find", lambda name: name)
    monkeypatch.setattr(program, "run", lambda *_: "GNU LilyPond 2.18.2\n")
    with pytest.raises(MissingExtraError, match=r"older than 2\.24"):
        program.version.__wrapped__()
