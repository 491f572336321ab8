"""Another Python: found, run, and what is said where it is missing or fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.yolov10.program import Program, find_program
from notehead.errors import MissingExtraError, NoteheadError

Fake = Callable[[str], str]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A program that takes what a Python takes, and runs these lines of shell."""

    def make(lines: str) -> str:
        file = tmp_path / "python"
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)
        return str(file)

    return make


def test_no_python_is_named() -> None:
    with pytest.raises(MissingExtraError, match=r"NOTEHEAD_ULTRALYTICS\. Make one \(python -m venv X"):
        find_program("")


def test_there_is_no_such_python(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"nowhere: there is no such Python"):
        find_program(str(tmp_path / "nowhere"))


def test_it_cannot_be_run(tmp_path: Path) -> None:
    file = tmp_path / "python"
    file.write_bytes(b"\x7fELF")
    file.chmod(0o755)
    with pytest.raises(MissingExtraError, match=r"python: it cannot be run"):
        find_program(str(file))


def test_it_lacks_the_package() -> None:
    """Ours does: Ultralytics is no dependency."""
    with pytest.raises(MissingExtraError, match=r"the package ultralytics is not installed there\. Make one"):
        find_program(sys.executable)


def test_it_is_found(fake: Fake) -> None:
    python = fake("echo 8.4.190")
    assert find_program(python) == Program(python, "8.4.190")


def test_it_runs_in_the_folder_without_a_network(fake: Fake, tmp_path: Path) -> None:
    python = fake('shift 3; echo "$@"; echo "$YOLO_OFFLINE $YOLO_AUTOINSTALL"; pwd; echo "$YOLO_CONFIG_DIR"')
    folder = tmp_path / "run"
    folder.mkdir()
    Program(python, "1").run("train", {"epochs": 2, "save": False, "data": Path("a b")}, folder)
    said = "detect train epochs=2 save=False data=a b"
    lines = [f"yolo {said}", said, "true false", str(folder), str(folder / "settings")]
    assert (folder / "log.txt").read_text().splitlines() == lines


def test_the_end_of_what_it_said_is_told(fake: Fake, tmp_path: Path) -> None:
    python = fake("seq 40; echo 'out of memory' >&2; exit 3")
    with pytest.raises(NoteheadError) as caught:
        Program(python, "8.4").run("train", {}, tmp_path)
    text = str(caught.value)
    assert "Ultralytics 8.4 ended with exit status 3. The end of" in text
    assert "\n40\nout of memory. Mend the cause" in text
    assert "\n20\n" not in text


def test_it_goes_with_its_children_when_this_is_interrupted(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's child, too, whose number the child writes down."""
    note = tmp_path / "note"
    python = fake(f"sleep 60 & echo $! > '{note}'; wait")
    waited = subprocess.Popen.wait

    def interrupted(child: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        while not (note.exists() and note.read_text()):
            time.sleep(0.01)
        if child.poll() is None and timeout is None:
            monkeypatch.undo()
            raise KeyboardInterrupt
        return waited(child, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Program(python, "1").run("train", {}, tmp_path)
    state = Path(f"/proc/{int(note.read_text())}/stat")
    for _ in range(1000):  # a signal takes its time on a busy machine, but less than the sleep
        if not state.exists() or state.read_text().split()[2] in "ZX":
            return
        time.sleep(0.01)
    pytest.fail("the child's child goes on")
