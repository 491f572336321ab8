"""Parts are done once, whatever happens on the way; what is wrong with a file costs that file."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import psutil
import pytest

from notehead.collection.run import run
from notehead.collection.state import STATE, Identity, State
from notehead.collection.summary import Failure
from notehead.errors import MissingExtraError, NoteheadError, OutputError
from notehead.progress import Silent
from tests.collection.conftest import NUMBER, found, options, results, texts
from tests.collection.workers import MODULE, STORM, copying


def rows(output: Path) -> pd.DataFrame:
    """The tables in the order of their files."""
    table = pd.read_parquet(output / "tables")
    return table.sort_values("file", key=lambda names: names.str.extract(r"(\d+)\D*$")[0].astype(int))


def log(output: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (output / STATE / "log.jsonl").read_bytes().splitlines()]


def copies(output: Path) -> dict[str, bytes]:
    return {name: data for name, data in results(output).items() if name.endswith(".txt")}


class Telling(Silent):
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, int]] = []
        self.total = 0

    def stage(self, name: str, total: int) -> None:
        self.total = total

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        self.told.append((steps, pages, failures))


def test_every_file_has_its_result_and_its_row(scans: Path, tmp_path: Path) -> None:
    (scans / "3.png").write_text("bad")
    out, told = tmp_path / "out", Telling()
    summary = run(copying(), found(scans, out), out, options(), told)
    rest = [number for number in range(NUMBER) if number != 3]
    assert copies(out) == texts(rest)
    table = rows(out)
    assert table.file.tolist() == [str(scans / f"{number}.png") for number in range(NUMBER)]
    assert table.heads.dropna().tolist() == [number + 1 for number in rest]
    assert table.error.dropna().tolist() == ["it is bad"]
    assert (summary.files, summary.passed, summary.counts["pages"], summary.failed) == (12, 0, 11, 1)
    assert summary.failures == {"it is bad": Failure(1, str(scans / "3.png"))}
    lines = log(out)
    assert len(lines) == summary.parts > 1
    assert sum(line["pages"] for line in lines) == 11
    assert sum(line["failures"] for line in lines) == 1
    assert all(line["seconds"] >= 0 and line["key"] for line in lines)
    assert told.total == sum(files for files, *_ in told.told) == NUMBER
    assert sum(pages for _, pages, _ in told.told) == 11
    assert not (out / STATE / "aside").exists()


def test_what_is_done_is_passed_over(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(copying(), found(scans, out), out, options())
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.txt")}
    (out / "5.txt").unlink()
    lines = out / STATE / "log.jsonl"
    lines.write_bytes(lines.read_bytes()[:-5])  # as a kill may leave it
    told = Telling()
    second = run(copying(), found(scans, out), out, options(files=7), told)
    assert (second.parts, second.passed) == (first.parts, first.parts - 1)  # parts are those it began with
    assert second.counts == first.counts
    again = {path.name for path, when in before.items() if path.stat().st_mtime_ns != when}
    assert "5.txt" in again
    assert len(again) < NUMBER
    assert sum(pages for _, pages, _ in told.told) == len(again)
    assert len(log(out)) == first.parts
    assert log(out)[-1]["pages"] == len(again)


def test_files_that_come_change_and_go(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(copying(), found(scans, out), out, options())
    (scans / "2.png").write_text("other")
    (scans / "5.png").unlink()
    (scans / "12.png").write_text("x" * 13)
    second = run(copying(), found(scans, out), out, options())
    assert copies(out) == texts([n for n in range(13) if n not in {2, 5}]) | {"2.txt": b"other"}
    assert len(rows(out)) == 12
    assert 0 < second.passed < first.parts
    assert run(copying(), found(scans, out), out, options()).passed == second.parts


def test_what_it_refuses(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = found(scans, out)
    here = State(out, Identity(copying().fingerprint, files.places, 3))
    with here, pytest.raises(OutputError, match="out: another command is writing here"):
        run(copying(), files, out, options())
    run(copying(), files, out, options())
    kept = results(out)
    with pytest.raises(OutputError, match="holds results with other options, or by another version"):
        run(copying(seconds=0.001), files, out, options())
    with pytest.raises(OutputError, match=r"holds results of other files\. Name the same files"):
        run(copying(), replace(files, named=(scans / "1.png",)), out, options())
    with pytest.raises(OutputError, match=r"is not empty, and holds no collection \(it holds 0.png\)"):
        run(copying(), files, scans, options())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        run(copying(), files, tmp_path / "file" / "out", options())
    assert results(out) == kept


KILLED = """
import sys
from pathlib import Path
from notehead.collection.run import run
from tests.collection.conftest import found, options
from tests.collection.workers import copying
scans, out = map(Path, sys.argv[1:])
run(copying(seconds=0.05), found(scans, out), out, options(workers=2, files=2))
"""


def test_a_command_that_is_killed_goes_on(scans: Path, tmp_path: Path) -> None:
    clean, out = tmp_path / "clean", tmp_path / "out"
    for number in range(NUMBER, 40):
        (scans / f"{number}.png").write_text("x" * (number + 1))
    with subprocess.Popen([sys.executable, "-c", KILLED, scans, out]) as command:
        done = out / STATE / "log.jsonl"
        while command.poll() is None and (not done.exists() or done.read_bytes().count(b"\n") < 3):
            time.sleep(0.01)
        workers = psutil.Process(command.pid).children()
        command.kill()
    psutil.wait_procs(workers, timeout=20)
    assert not any(worker.is_running() for worker in workers)
    assert 0 < len(copies(out)) < 40
    summary = run(copying(seconds=0.05), found(scans, out), out, options(workers=2, files=2))
    assert 0 < summary.passed < summary.parts
    run(copying(seconds=0.05), found(scans, clean), clean, options(files=2))
    assert results(out) == results(clean)
    assert copies(out) == texts(range(40))


class KillsAWorker(Silent):
    """Kills a worker, and nobody else's child, once the first part is done."""

    def __init__(self) -> None:
        self.killed = 0
        self.others = psutil.Process().children()

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        if not self.killed:
            worker = next(one for one in psutil.Process().children() if one not in self.others)
            self.killed = worker.pid
            worker.kill()


def test_a_worker_that_is_killed_costs_nothing(scans: Path, tmp_path: Path) -> None:
    out, killer = tmp_path / "out", KillsAWorker()
    summary = run(copying(seconds=0.05), found(scans, out), out, options(), killer)
    assert killer.killed
    assert (copies(out), summary.failed) == (texts(), 0)
    assert sum(line["deaths"] for line in log(out)) <= 1
    assert not (out / STATE / "aside").exists()


def test_a_file_that_kills_workers_is_set_aside(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for number in range(6, NUMBER):
        (scans / f"{number}.png").unlink()
    (scans / "4.png").write_text("crash")
    (scans / STORM).touch()
    summary = run(copying(), found(scans, out), out, options(workers=2, files=1000))
    rest = [0, 1, 2, 3, 5]
    assert copies(out) == texts(rest)
    assert summary.failures == {"reading it crashed (SIGKILL)": Failure(1, str(scans / "4.png"))}
    assert summary.counts["pages"] == 5
    assert rows(out).error.dropna().tolist() == ["reading it crashed (SIGKILL)"]
    assert not list((out / STATE).glob("aside/*"))
    (scans / STORM).unlink()
    told = Telling()
    summary = run(copying(), found(scans, out), out, options(), told)  # it alone is tried again
    assert copies(out) == texts(rest) | {"4.txt": b"crash"}
    assert (summary.failed, summary.counts["pages"]) == (0, 6)
    assert sum(pages for _, pages, _ in told.told) == 1
    assert len(rows(out)) == 6


def test_a_file_that_never_ends_is_set_aside(scans: Path, tmp_path: Path) -> None:
    for number in range(1, NUMBER):
        (scans / f"{number}.png").unlink()
    (scans / "0.png").write_text("loop")
    summary = run(copying(), found(scans, tmp_path / "out"), tmp_path / "out", options(cpu_seconds=3))
    assert list(summary.failures) == ["reading it took more than 3 s of processor time"]


def test_what_no_worker_can_do_ends_the_command(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notehead.collection.run._HOPELESS", 2)
    broken = replace(copying(), function="builtins:len")
    with pytest.raises(NoteheadError, match="no worker does its work: reading it failed: TypeError"):
        run(broken, found(scans, tmp_path / "a"), tmp_path / "a", options())
    lacking = replace(copying(), function=f"{MODULE}:without_library")
    with pytest.raises(MissingExtraError, match="PDF needs pypdfium2"):
        run(lacking, found(scans, tmp_path / "a"), tmp_path / "a", options())
    summary = run(copying(), found(scans, tmp_path / "a"), tmp_path / "a", options())
    assert (summary.failed, copies(tmp_path / "a")) == (0, texts())


def test_a_full_disk_ends_the_command(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / STATE).mkdir()
    (out / "tables").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        run(copying(), found(scans, out), out, options())
    (out / "tables").unlink()
    assert run(copying(), found(scans, out), out, options()).counts["pages"] == NUMBER


def test_what_may_pass_is_tried_again(scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part whose files could not be reached is not done."""
    out = tmp_path / "out"
    run(copying(), found(scans, out), out, options(files=1000))
    [path] = (out / STATE / "parts").iterdir()
    record = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps(record | {"again": True, "files": [*record["files"], ["old.txt", 3]]}))
    (out / "old.txt").write_text("old")
    summary = run(copying(), found(scans, out), out, options())
    assert (summary.passed, summary.counts["pages"]) == (0, NUMBER)
    assert not (out / "old.txt").exists()
    assert list((out / STATE / "parts").iterdir()) == [path]


@pytest.mark.xdist_group("ray")
def test_a_cluster_gives_the_same(scans: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    (scans / "4.png").write_text("bad")
    here, there = tmp_path / "here", tmp_path / "there"
    run(copying(), found(scans, here), here, options(files=1000))
    run(copying(), found(scans, there), there, options(workers=2, files=1000, name="ray"))
    assert results(there) == results(here)
    assert len(rows(there)) == NUMBER
