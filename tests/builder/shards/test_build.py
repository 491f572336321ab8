"""Datasets of shards: the same bytes however they are made, and nothing lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from notehead import BuildOptions, BuildResult, Dataset, build
from notehead.cli.main import cli
from notehead.datasets.verify import Verification, verify_files, verify_pages
from notehead.errors import DatasetError, OutputError
from tests.builder.scores import bad_files, song, write
from tests.builder.shards.conftest import SMALL, options, songs


def manifest(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()


def shard_files(folder: Path) -> dict[str, tuple[int, int]]:
    """When each shard was written, and where."""
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (folder / "data").iterdir()}


# What it is.


def test_the_pages_are_those_of_a_folder(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    folder = build(
        scores, tmp_path / "folder", BuildOptions(resolution=100, per_score=2, patches=0, workers=1)
    )
    shards, files = Dataset(built.folder), Dataset(folder.folder)
    assert built.pages == folder.pages == len(shards) >= 28
    assert built.symbols == folder.symbols
    assert shards.format == "parquet"
    for page in files:
        other = shards[page.name]
        assert np.array_equal(page.image, other.image)
        assert page.ids is not None
        assert other.ids is not None
        assert np.array_equal(page.ids, other.ids)
        assert page.symbols == other.symbols or page.symbols.box.tolist() == other.symbols.box.tolist()
        assert shards.entry(page.name).split == files.entry(page.name).split


def test_hugging_face_reads_it(built: BuildResult, tmp_path: Path) -> None:
    from datasets import load_dataset  # noqa: PLC0415

    found = load_dataset(str(built.folder), cache_dir=str(tmp_path))
    assert set(found) == {"train", "test"}
    assert sum(len(part) for part in found.values()) == built.pages
    row = found["test"][0]
    assert row["image"].size == row["class_mask"].size == row["instance_mask"].size
    assert row["symbols"] == len(row["objects"]["id"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Ray's own
@pytest.mark.xdist_group("ray")
def test_ray_data_reads_it(built: BuildResult, ray_cluster: str) -> None:
    import ray  # noqa: PLC0415

    assert ray_cluster == "auto"
    pages = ray.data.read_parquet(str(built.folder / "data"), columns=["name", "symbols"])
    assert pages.sum("symbols") == built.symbols


def test_nothing_is_wrong_with_it(built: BuildResult) -> None:
    found = Verification()
    list(verify_files(built.folder, found))
    list(verify_pages(Dataset(built.folder), found))
    assert found.problems == []
    assert found.pages == built.pages


def test_its_card_says_how_it_was_made(built: BuildResult) -> None:
    card = (built.folder / "README.md").read_text()
    assert "--layout parquet" in card
    assert "| `class_mask` |" in card
    assert f"{built.pages:,} pages" in card


def test_statistics_are_those_of_its_pages(built: BuildResult) -> None:
    told = orjson.loads((built.folder / "statistics.json").read_bytes())
    counted = CliRunner().invoke(cli, ["stats", str(built.folder), "--json"])
    assert orjson.loads(counted.stdout) == told


# The same bytes.


def test_workers_change_nothing(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    two = build(scores, tmp_path / "two", options(per_score=2, workers=2))
    assert manifest(two.folder) == manifest(built.folder)


@pytest.mark.xdist_group("ray")
def test_a_cluster_changes_nothing(
    built: BuildResult, scores: Path, tmp_path: Path, ray_cluster: str
) -> None:
    far = build(scores, tmp_path / "far", options(per_score=2, runner="ray", address=ray_cluster, workers=2))
    assert manifest(far.folder) == manifest(built.folder)


def test_more_pages_keep_what_is_there(scores: Path, tmp_path: Path) -> None:
    few = build(scores, tmp_path / "grows", options(limit=10, per_score=None))
    assert few.pages == 10
    before = shard_files(few.folder)
    more = build(scores, few.folder, options(limit=40, per_score=None))
    assert more.pages == 40
    kept = {name for name, what in shard_files(more.folder).items() if before.get(name) == what}
    assert len(before) - len(kept) <= 1  # the one that ended the dataset
    once = build(scores, tmp_path / "once", options(limit=40, per_score=None, workers=2))
    assert manifest(once.folder) == manifest(more.folder)
    fewer = build(scores, more.folder, options(limit=10, per_score=None))
    assert fewer.pages == 10
    assert len(Dataset(fewer.folder)) == 10


def test_a_score_more_leaves_the_other_shards_alone(scores: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(scores, tmp_path / "songs")
    first = build(folder, tmp_path / "out", options())
    before = shard_files(first.folder)
    write(folder, {"new.musicxml": song("GABC", measures=5).encode()})
    second = build(folder, tmp_path / "out", options())
    assert second.pages == first.pages + 1
    after = shard_files(second.folder)
    assert len({name for name in after if before.get(name) != after[name]}) == 1


def test_running_again_makes_nothing(built: BuildResult, scores: Path) -> None:
    before, was = shard_files(built.folder), manifest(built.folder)
    again = build(scores, built.folder, options(per_score=2))
    assert again.made == 0
    assert (shard_files(built.folder), manifest(built.folder)) == (before, was)


def test_bad_scores_cost_nobody_else_anything(tmp_path: Path) -> None:
    files = bad_files()
    folder = write(tmp_path / "scores", {**files, "good.musicxml": song().encode()})
    result = build(folder, tmp_path / "out", options())
    assert {failure.file for failure in result.failures} == set(files)
    assert result.pages == 1


# Faults.

_RUN = """import sys
from notehead import BuildOptions, build
build(sys.argv[1], sys.argv[2], BuildOptions(per_score=2, **{**eval(sys.argv[3]), "workers": 2}))
"""


def start(scores: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _RUN, str(scores), str(out), repr(SMALL)])


@contextmanager
def hooked(folder: Path, code: str) -> Iterator[None]:
    """Every Python that is started meanwhile runs some code first."""
    (folder / "hook").mkdir()
    (folder / "hook" / "sitecustomize.py").write_text(code)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{folder / 'hook'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        yield


_KILLER = """import importlib, os, random, signal, threading
marks, import_module = {marks!r}, importlib.import_module
def mark_made(number, *words):
    try:
        with open(os.path.join(marks, number), "x") as file:
            file.write(" ".join(words))
    except FileExistsError:  # the other worker was faster
        return False
    return True
def watched(make_rows):
    def made(source, style, split, values, path, most):
        shard, unit = os.path.basename(os.path.dirname(path)), source["score_id"] + "_" + str(style)
        known = [open(os.path.join(marks, name)).read().split() for name in os.listdir(marks)]
        worker = len(known) % 3 == 2 and sum(mark[:2] == ["worker", shard] for mark in known) < 2
        timer = None
        if len(known) < 20 and sum(mark[2:] == [unit] for mark in known) < 2 and mark_made(
            str(len(known)), "worker" if worker else "engraver", shard, unit
        ):
            victim = os.getppid() if worker else os.getpid()
            timer = threading.Timer(random.random() * 0.03, os.kill, (victim, signal.SIGKILL))
            timer.start()
        try:
            return make_rows(source, style, split, values, path, most)
        finally:
            if timer is not None:  # no later unit dies of it
                timer.cancel()
                timer.join()
    return made
def imported(name, package=None):
    module = import_module(name, package)
    if name == "notehead.builder.shards.rows" and module.make_rows.__name__ != "made":
        module.make_rows = watched(module.make_rows)
    return module
importlib.import_module = imported
"""


def test_workers_killed_at_random_cost_nothing(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    """Twenty times, some moment after a unit began, its engraver or the worker; no unit or shard thrice."""
    marks = tmp_path / "marks"
    marks.mkdir()
    with hooked(tmp_path, _KILLER.format(marks=str(marks))):
        result = build(scores, tmp_path / "out", options(per_score=2, workers=2))
    assert len(list(marks.iterdir())) == 20
    assert result.deaths > 5  # some units were done before their time came
    assert result.failures == ()
    assert manifest(result.folder) == manifest(built.folder)
    assert not list(result.folder.rglob("*.partial"))


def test_killed_and_resumed_is_the_same(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for wanted in (1, 4, 8):
        child = start(scores, out)
        deadline = time.monotonic() + 120
        while child.poll() is None and time.monotonic() < deadline:
            if len(list(out.glob(".build/shards/*.json"))) >= wanted:
                break
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert not (out / "manifest.csv").exists()
    result = build(scores, out, options(per_score=2))
    assert manifest(result.folder) == manifest(built.folder)
    assert result.made < built.pages


def test_a_unit_that_kills_its_worker_is_set_aside_after_three_times(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'notehead.builder.unit':\n"
        "            import notehead.engrave.score as score\n"
        "            read = score.read_score\n"
        "            def watched(path, *rest):\n"
        "                if path.name == '03.musicxml' and sys._getframe(1).f_code.co_name == 'pages_of':\n"
        f"                    open({str(tmp_path / 'deaths')!r}, 'a').write('x')\n"
        "                    os.abort()\n"
        "                return read(path, *rest)\n"
        "            score.read_score = watched\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    folder = write(tmp_path / "scores", songs(6))
    with hooked(tmp_path, code):
        result = build(folder, tmp_path / "out", options())
    assert [(failure.file, "SIGABRT" in failure.reason) for failure in result.failures] == [
        ("03.musicxml", True)
    ]
    assert (tmp_path / "deaths").read_text() == "xxx"
    assert result.deaths == 3
    assert result.pages == 5
    again = build(folder, tmp_path / "out", options())  # it is tried again, and now works
    assert (again.pages, again.failures) == (6, ())


def test_an_engraver_that_dies_with_its_work_done_is_not_asked_again(tmp_path: Path) -> None:
    code = (
        "import importlib, os\n"
        "import_module = importlib.import_module\n"
        "def imported(name, package=None):\n"
        "    module = import_module(name, package)\n"
        "    if name == 'notehead.builder.shards.rows':\n"
        "        make_rows = module.make_rows\n"
        "        module.make_rows = lambda *arguments: (make_rows(*arguments), os.abort())\n"
        "    return module\n"
        "importlib.import_module = imported\n"
    )
    folder = write(tmp_path / "scores", songs(2))
    with hooked(tmp_path, code):
        result = build(folder, tmp_path / "out", options())
    assert (result.pages, result.deaths, result.failures) == (2, 2, ())


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a small file system of its own")
def test_full_disk_is_said_and_survived(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        with pytest.raises(OutputError, match="No space left"):
            build(scores, small / "out", options(per_score=2))
        whole = {path.name for path in (small / "out" / "data").glob("*.parquet")}
        recorded = {f"{path.stem}.parquet" for path in (small / "out" / ".build" / "shards").glob("*.json")}
        assert recorded <= whole
        assert all(path.read_bytes().endswith(b"PAR1") for path in (small / "out" / "data").glob("*.parquet"))
        assert not (small / "out" / "manifest.csv").exists()
        subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
        assert manifest(build(scores, small / "out", options(per_score=2)).folder) == manifest(built.folder)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_two_builders_do_not_share_an_output(scores: Path, tmp_path: Path) -> None:
    child = start(scores, tmp_path / "out")
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "out" / ".build" / "build.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(OutputError, match="another build is writing here"):
            build(scores, tmp_path / "out", options(per_score=2))
    finally:
        child.kill()
        child.wait()


def test_a_folder_of_something_else_is_left_alone(scores: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not empty"):
        build(scores, tmp_path, options())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_other_options_need_another_folder(built: BuildResult, scores: Path) -> None:
    with pytest.raises(OutputError, match="other options"):
        build(scores, built.folder, options(seed=5))


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.8, 0.99])
def test_a_damaged_byte_is_named_with_shard_and_page(
    built: BuildResult, tmp_path: Path, share: float
) -> None:
    out = shutil.copytree(built.folder, tmp_path / "out")
    file = max((out / "data").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(file.read_bytes())
    footer = int.from_bytes(data[-8:-4], "little") + 8
    data[4 + int(share * (len(data) - footer - 8))] ^= 0x55
    file.write_bytes(data)
    done = CliRunner().invoke(cli, ["verify", str(out)])
    assert isinstance(done.exception, DatasetError)
    named = [entry.name for entry in Dataset(built.folder).entries if entry.name in done.stderr]
    assert f"data/{file.name}" in done.stderr
    assert len(named) == 1


def test_a_damaged_footer_names_the_shard(built: BuildResult, tmp_path: Path) -> None:
    out = shutil.copytree(built.folder, tmp_path / "out")
    file = min((out / "data").iterdir())
    file.write_bytes(file.read_bytes()[:-20])
    done = CliRunner().invoke(cli, ["verify", str(out)])
    assert isinstance(done.exception, DatasetError)
    assert f"data/{file.name}: files unchanged" in done.stderr


def test_a_lost_shard_is_made_again(built: BuildResult, scores: Path, tmp_path: Path) -> None:
    out = shutil.copytree(built.folder, tmp_path / "out")
    min((out / "data").iterdir()).unlink()
    again = build(scores, out, options(per_score=2))
    assert 0 < again.made < again.pages
    assert manifest(out) == manifest(built.folder)


def test_the_log_tells_every_shard(built: BuildResult) -> None:
    lines = [orjson.loads(line) for line in (built.folder / ".build" / "log.jsonl").read_bytes().splitlines()]
    assert lines[0]["event"] == "begin"
    shards = [line for line in lines if line["event"] == "shard"]
    assert sum(line["pages"] for line in shards) == built.pages
    assert {line["event"] for line in lines} >= {"begin", "shard", "end"}
