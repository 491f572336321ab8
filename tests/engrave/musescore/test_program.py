"""The program is found, and run within its limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notehead.engrave.musescore.fonts import embedded_fonts
from notehead.engrave.musescore.program import RunLimits, find_program, program_version, run_program
from notehead.errors import EngraverError, MissingExtraError


def script(folder: Path, text: str) -> Path:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_a_missing_program_says_how_to_install_it() -> None:
    with pytest.raises(MissingExtraError, match="apt-get install musescore3"):
        find_program(("no-such-program-of-ours",))


def test_it_sees_its_own_home_and_nothing_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_USER", "1")
    program = script(tmp_path, 'echo "$HOME $PWD [$SECRET_OF_THE_USER] $QT_QPA_PLATFORM $*" > seen')
    run_program(program, ["-o", "x"], tmp_path, "a.xml")
    seen = (tmp_path / "seen").read_text()
    assert seen.startswith(f"{tmp_path}/home {tmp_path} [] offscreen ")
    assert seen.endswith(f"-c {tmp_path}/home/settings -o x\n")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("echo something is wrong; exit 3", "refuses it .something is wrong"),
        ("kill -SEGV $$", "crashed .SIGSEGV"),
        ("exit 1", "MuseScore refuses it$"),
    ],
)
def test_what_goes_wrong_is_said(text: str, cause: str, tmp_path: Path) -> None:
    with pytest.raises(EngraverError) as caught:
        run_program(script(tmp_path, text), [], tmp_path, "a.xml")
    assert caught.value.file == "a.xml"
    assert re.search(cause, caught.value.cause)


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(EngraverError, match=r"no answer within 0\.2 s"):
        run_program(script(tmp_path, "sleep 60"), [], tmp_path, "a.xml", RunLimits(seconds=0.2))


def test_processor_time_is_limited(tmp_path: Path) -> None:
    with pytest.raises(EngraverError, match=r"processor time|SIGKILL"):
        run_program(script(tmp_path, "while :; do :; done"), [], tmp_path, "a.xml", RunLimits(cpu_seconds=1))


def test_version_and_fonts_of_what_is_no_program(tmp_path: Path) -> None:
    file = tmp_path / "program"
    file.write_bytes(b"\0MuseScore Version: 3.6.2\0 OTTO\0\x0c junk that is no font")
    assert program_version(file) == "3.6.2"
    assert embedded_fonts(file) == {}
