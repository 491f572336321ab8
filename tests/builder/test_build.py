"""Builds: bad input, determinism, interruption, limits, splits."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from notehead import BuildOptions, BuildResult, Dataset, build
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.datasets.index import read_manifest, read_pages
from notehead.datasets.verify import Verification, verify_files, verify_pages
from notehead.errors import NoteheadError, OutputError, ScoreFormatError
from tests.builder.scores import bad_files, good_files, song, write

QUICK = BuildOptions(workers=1, resolution=150, patches=20, report_pages=2)


_HOOK = """import os, sys, time
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "notehead.builder.unit":
            import notehead.engrave.score as score
            read = score.read_score
            def watched(path, *rest):
                found = read(path, *rest)
                if path.name == "two.krn" and sys._getframe(1).f_code.co_name == "pages_of":
                    {fault}
                return found
            score.read_score = watched
        return None
sys.meta_path.insert(0, Finder())
"""


def digest(path: Path) -> str:
    """Of a file, or of a dataset's manifest."""
    file = path / "manifest.csv" if path.is_dir() else path
    return hashlib.sha256(file.read_bytes()).hexdigest()


def options(**changes: object) -> BuildOptions:
    return BuildOptions(**{"workers": 1, "resolution": 150, "patches": 20, "report_pages": 2, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("scores"), good_files())
    return write(
        folder / "more", {f"{i}.musicxml": song("CDEFGAB"[i:] + "C").encode() for i in range(3)}
    ).parent


@pytest.fixture(scope="module")
def built(scores: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    return build(scores, tmp_path_factory.mktemp("built"), QUICK)


def test_every_format_and_encoding_is_built(built: BuildResult) -> None:
    assert built.failures == ()
    assert {entry.score for entry in read_pages(built.folder)} >= set(good_files())
    assert built.pages >= 9


def test_nothing_is_wrong_with_the_pages(built: BuildResult) -> None:
    found = Verification()
    list(verify_files(built.folder, found))
    list(verify_pages(Dataset(built.folder), found))
    assert found.problems == []
    assert found.exceptions == []
    assert found.counts["noteheads"] == found.counts["noteheads with onset"] > 50


def test_manifest_lists_every_file_but_itself(built: BuildResult) -> None:
    listed = {path for path, *_ in read_manifest(built.folder)}
    there = {
        path.relative_to(built.folder).as_posix()
        for path in built.folder.rglob("*")
        if path.is_file() and ".build" not in path.parts
    }
    assert there - listed == {"manifest.csv"}
    assert listed <= there


def test_workers_and_order_do_not_change_a_byte(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    two = build(scores, tmp_path / "two", options(workers=2))
    assert digest(two.folder) == digest(built.folder)
    files = [path for path in scores.rglob("*") if path.is_file()]
    random.Random(1).shuffle(files)
    shuffled = build(files, tmp_path / "shuffled", QUICK)
    again = build(sorted(files), tmp_path / "sorted", QUICK)
    assert digest(shuffled.folder) == digest(again.folder)


def test_another_seed_makes_other_pages(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    other = build(scores, tmp_path / "other", options(seed=1))
    assert digest(other.folder) != digest(built.folder)


def test_pages_of_a_score_stay_on_one_side(built: BuildResult) -> None:
    sides: dict[str, set[str]] = {}
    for entry in read_pages(built.folder):
        sides.setdefault(entry.score_id, set()).add(entry.split)
    assert all(len(side) == 1 for side in sides.values())
    assert {"train", "test"} == set().union(*sides.values())


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_files_cost_nobody_else_anything(tmp_path: Path, workers: int) -> None:
    files = bad_files()
    folder = write(tmp_path / "scores", {**files, "good.musicxml": song().encode()})
    result = build(folder, tmp_path / "out", options(workers=workers))
    assert {failure.file for failure in result.failures} == set(files)
    assert all(len(failure.reason) > 10 for failure in result.failures)
    assert [entry.score for entry in read_pages(result.folder)] == ["good.musicxml"]
    card = (result.folder / "README.md").read_text(encoding="utf-8")
    assert all(name.replace("_", "\\_") in card for name in files)


def test_a_copy_is_built_once_and_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "scores", {"a.musicxml": song().encode(), "b.musicxml": song().encode()})
    result = build(folder, tmp_path / "out", QUICK)
    assert result.scores == 1
    assert [(copy.file, copy.reason) for copy in result.copies] == [
        ("b.musicxml", "has the same content as a.musicxml")
    ]


def test_styles_per_score_have_fonts_of_their_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "scores", {"a.musicxml": song().encode()})
    result = build(folder, tmp_path / "out", options(per_score=6))
    pages = read_pages(result.folder)
    assert len({entry.name for entry in pages}) == len(pages) == 6
    assert len({entry.font for entry in pages}) == 5
    assert len({entry.split for entry in pages}) == 1


def test_a_dataset_among_its_scores_is_not_built_again(tmp_path: Path) -> None:
    folder = write(tmp_path / "scores", {"a.musicxml": song().encode()})
    first = build(folder, folder / "dataset", QUICK)
    again = build(folder, folder / "dataset", QUICK)
    assert (again.pages, again.failures, again.copies) == (first.pages, (), ())


def test_the_order_of_fonts_does_not_matter(tmp_path: Path) -> None:
    folder = write(tmp_path / "scores", {"a.musicxml": song().encode()})
    made = {
        (
            digest(
                build(folder, tmp_path / str(i), options(fonts=fonts, per_score=2)).folder
                / "deepscores_train.json"
            )
        )
        for i, fonts in enumerate((("Leland", "Bravura"), ("Bravura", "Leland")))
    }
    assert len(made) == 1


def test_limit_takes_the_first_pages_of_the_plan(scores: Path, built: BuildResult, tmp_path: Path) -> None:
    every = [entry.name for entry in read_pages(built.folder)]
    few = build(scores, tmp_path / "few", options(limit=4, workers=2))
    assert few.pages == 4
    assert {entry.name for entry in read_pages(few.folder)} <= set(every)
    images = {path.stem for path in (few.folder / "images").iterdir()}
    assert images == {entry.name for entry in read_pages(few.folder)}
    # Going on without the limit gives what a build in one go gives.
    whole = build(scores, few.folder, QUICK)
    assert digest(whole.folder) == digest(built.folder)


def test_running_again_changes_nothing(built: BuildResult, scores: Path) -> None:
    before = digest(built.folder)
    times = {path: path.stat().st_mtime_ns for path in (built.folder / "images").iterdir()}
    again = build(scores, built.folder, QUICK)
    assert digest(again.folder) == before
    assert times == {path: path.stat().st_mtime_ns for path in (built.folder / "images").iterdir()}


_RUN = """import sys
from notehead import BuildOptions, build
build(sys.argv[1], sys.argv[2], BuildOptions(workers=2, resolution=150, patches=20, report_pages=2))
"""


def test_killed_and_resumed_is_the_same(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    """Killed whenever a new unit, or the first patches, stand there: five different moments."""
    out = tmp_path / "out"
    for wanted in (1, 3, 5, 7, 9):
        child = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(scores), str(out)], stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while child.poll() is None and time.monotonic() < deadline:
            if len(list(out.glob(".build/units/*.json"))) >= wanted:
                break
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert not (out / "manifest.csv").exists() or wanted == 9
        for path in out.rglob("*"):
            if path.is_file() and path.suffix == ".png":
                assert path.read_bytes().endswith(b"IEND\xaeB`\x82"), f"{path.name} is partial"
    result = build(scores, out, QUICK)
    assert digest(result.folder) == digest(built.folder)
    assert not list(out.rglob("*.partial"))


def test_a_damaged_record_is_made_again(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    out = build(scores, tmp_path / "out", QUICK).folder
    record = next(iter(sorted((out / ".build" / "units").iterdir())))
    record.write_bytes(b"{")
    assert digest(build(scores, out, QUICK).folder) == digest(built.folder)


@pytest.mark.parametrize("kind", ["images", "pages", "segmentation", v1.CLASSIFICATION])
def test_a_lost_file_is_made_again(built: BuildResult, scores: Path, tmp_path: Path, kind: str) -> None:
    out = build(scores, tmp_path / "out", QUICK).folder
    lost = min(path for path in (out / kind).rglob("*") if path.suffix in {".png", ".gz"})
    lost.unlink()
    assert digest(build(scores, out, QUICK).folder) == digest(built.folder)
    assert lost.exists()


def test_a_score_that_failed_is_tried_again(
    scores: Path, built: BuildResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_HOOK.format(fault="os.abort()"))
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{hook}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        assert build(scores, tmp_path / "out", QUICK).failures
    again = build(scores, tmp_path / "out", QUICK)
    assert again.failures == ()
    assert digest(again.folder) == digest(built.folder)


def test_other_options_need_another_folder(built: BuildResult, scores: Path) -> None:
    with pytest.raises(OutputError, match="other options"):
        build(scores, built.folder, options(seed=5))


def test_a_folder_of_something_else_is_left_alone(scores: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not empty"):
        build(scores, tmp_path, QUICK)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_damaged_identity_is_another_build(scores: Path, tmp_path: Path) -> None:
    out = build(scores, tmp_path / "out", options(limit=1)).folder
    (out / ".build" / "build.json").write_bytes(b"{")
    with pytest.raises(OutputError, match="other options"):
        build(scores, out, QUICK)


def test_a_name_that_is_no_text_is_built(tmp_path: Path) -> None:
    folder = os.fsencode(write(tmp_path / "scores", {}))
    with open(folder + b"/caf\xe9.musicxml", "wb") as file:  # noqa: PTH123  # such a name is no Path's friend
        file.write(song().encode())
    result = build(tmp_path / "scores", tmp_path / "out", QUICK)
    assert result.failures == ()
    assert {entry.score for entry in read_pages(result.folder)} == {"caf\ufffd.musicxml"}


def test_two_builds_do_not_share_a_folder(scores: Path, tmp_path: Path) -> None:
    from notehead.builder.journal import Journal  # noqa: PLC0415

    with Journal(tmp_path / "out", "any"), pytest.raises(OutputError, match="another build"):
        build(scores, tmp_path / "out", QUICK)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a small file system of its own")
def test_full_disk_is_said_and_survived(scores: Path, built: BuildResult, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        with pytest.raises(OutputError, match="No space left"):
            build(scores, small / "out", QUICK)
        names = [path.name for path in small.rglob("*") if path.is_file()]
        assert names
        assert not [name for name in names if name == "manifest.csv"]
        subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
        assert digest(build(scores, small / "out", QUICK).folder) == digest(built.folder)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"fonts": ("Comic",)}, "unknown font"),
        ({"fonts": ()}, "unknown font"),
        ({"papers": ("napkin",)}, "unknown paper"),
        ({"per_score": 0}, "styles per score"),
        ({"resolution": 0}, "resolution"),
        ({"split": 1.5}, "split"),
        ({"seed": -1}, "seed"),
        ({"limit": 0}, "limit"),
        ({"patches": -1}, "patches"),
        ({"workers": -1}, "workers"),
        ({"seconds": float("nan")}, "wall-clock"),
        ({"cpu_seconds": 0}, "processor time"),
        ({"memory": 0}, "address space"),
        ({"report_pages": -1}, "report"),
    ],
)
def test_options_out_of_range_are_refused(changes: dict[str, object], match: str) -> None:
    with pytest.raises(NoteheadError, match=match):
        options(**changes)


def test_no_scores_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(ScoreFormatError, match="no scores"):
        build(tmp_path / "in", tmp_path / "out", QUICK)
    with pytest.raises(ScoreFormatError):
        build(tmp_path / "nowhere", tmp_path / "out", QUICK)


@pytest.mark.parametrize(
    ("fault", "reason", "changes"),
    [
        ("os.abort()", "the engraver crashed (SIGABRT)", {}),
        ("time.sleep(1000)", "the engraver gave no answer within 8 s", {"seconds": 8.0}),
        ("[0 for _ in iter(int, 1)]", "took more", {"cpu_seconds": 3, "memory": 3 << 30}),
        ("bytearray(1 << 40)", "the engraver took more memory than it may", {}),
        ("os._exit(0)", "the engraver ended unexpectedly (exit code 0)", {}),
        ("1 / 0", "the engraver failed: ZeroDivisionError: division by zero", {}),
    ],
)
def test_a_fault_in_a_worker_costs_its_score_only(
    scores: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    reason: str,
    changes: dict[str, object],
) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_HOOK.format(fault=fault))
    monkeypatch.setenv("PYTHONPATH", f"{hook}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    result = build(scores, tmp_path / "out", options(**changes))
    assert [failure.file for failure in result.failures] == ["two.krn"]
    assert reason in result.failures[0].reason
    assert result.scores == 8


def test_records_hold_nothing_that_changes_from_run_to_run(built: BuildResult) -> None:
    record = orjson.loads(next((built.folder / ".build" / "units").iterdir()).read_bytes())
    assert set(record) == {"pages"}
    assert set(record["pages"][0]) == {"name", "width", "height", "symbols", "files"}
