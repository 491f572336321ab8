"""Datasets in an object store: a real server of S3, which fails and falls silent."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from notehead import BuildOptions, BuildResult, Dataset, build
from notehead.builder.log import Log
from notehead.builder.shards.ground import Ground, prepare
from notehead.builder.shards.record import IDENTITY
from notehead.cli.main import cli
from notehead.datasets.index import MANIFEST
from notehead.errors import DatasetError, OutputError
from notehead.progress import Silent
from notehead.runners import open_runner
from notehead.stores import Store, open_store
from tests.builder.shards.conftest import SMALL, options
from tests.support.object_store import Faults


def same(url: str, built: BuildResult) -> bool:
    """Whether the dataset in the store is the one of the folder, by its manifest."""
    return open_store(url).read(MANIFEST) == (built.folder / MANIFEST).read_bytes()


def test_it_is_what_a_folder_is(built: BuildResult, scores: Path, url: str) -> None:
    made = build(scores, url, options(per_score=2))
    assert same(url, built)
    assert str(made.folder) == url
    here, far = Dataset(built.folder), Dataset(url)
    assert len(far) == len(here)
    name = here.entries[3].name
    assert np.array_equal(here[name].image, far[name].image)
    done = CliRunner().invoke(cli, ["verify", url])
    assert done.exit_code == 0, done.stderr
    assert f"{built.pages} pages checked" in done.stdout
    assert open_store(url).read(".build/lock") is None


def test_a_damaged_byte_is_named(scores: Path, url: str) -> None:
    build(scores, url, options(limit=8))
    store = open_store(url)
    name = max(store.names("data"))
    data = bytearray(store.read(f"data/{name}") or b"")
    data[len(data) // 4] ^= 1
    store.write(f"data/{name}", bytes(data))
    done = CliRunner().invoke(cli, ["verify", url])
    assert isinstance(done.exception, DatasetError)
    assert f"data/{name}" in done.stderr
    assert sum(entry.name in done.stderr for entry in Dataset(url).entries) == 1


def test_a_store_that_fails_and_stops_loses_nothing(
    built: BuildResult, scores: Path, url: str, faults: Faults
) -> None:
    """Every tenth request is refused, and for half a minute nothing is answered."""
    faults.every = 10
    stopped = threading.Timer(6, faults.stop, (30,))
    stopped.start()
    begun = time.monotonic()
    build(scores, url, options(per_score=2, workers=2))
    stopped.cancel()
    assert time.monotonic() - begun > 30
    assert faults.failed > 10
    faults.every = 0
    assert same(url, built)


def test_a_stores_log_goes_on_where_it_ended(url: str) -> None:
    store, now = open_store(url), [0.0]
    for seconds in (0.0, 100.0):
        now[0] = seconds
        with Log(store, "log.jsonl", lambda: now[0]) as log:
            log.tell("begin")
            now[0] += 61
            log.tell("shard")
            assert (store.read("log.jsonl") or b"").endswith(b'"event":"shard"}\n')  # before the end, too
            log.tell("end")
    events = [orjson.loads(line)["event"] for line in (store.read("log.jsonl") or b"").splitlines()]
    assert events == 2 * ["begin", "shard", "end"]


def test_another_build_at_the_same_url_begins_anew(scores: Path, url: str) -> None:
    """What a build left on this machine is no part of one with other options, which came after it."""
    store, folders = open_store(url), []
    for resolution in (100, 110):
        chosen = options(resolution=resolution)
        folders += [store.scratch(_ground(store, scores, chosen).build) for _ in range(2)]
        store.remove(IDENTITY)
    assert folders[0] == folders[1] != folders[2] == folders[3]


def _ground(store: Store, scores: Path, chosen: BuildOptions) -> Ground:
    with open_runner(chosen.place(), chosen.limits()) as runner:
        return prepare(store, chosen, runner, ([scores / "00.musicxml"], [scores]), Silent())


def test_killed_and_resumed_is_the_same(built: BuildResult, scores: Path, url: str) -> None:
    run = (
        "import sys\nfrom notehead import BuildOptions, build\n"
        f"build(sys.argv[1], sys.argv[2], BuildOptions(per_score=2, **{SMALL!r}))\n"
    )
    store, deadline = open_store(url), time.monotonic() + 120
    with subprocess.Popen([sys.executable, "-c", run, str(scores), url]) as child:
        while len(store.names(".build/shards")) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        with pytest.raises(OutputError, match="another build is writing here"):
            build(scores, url, options(per_score=2))
        child.send_signal(signal.SIGKILL)
    assert store.read(MANIFEST) is None
    store.remove(".build/lock")  # else its lease would have to run out
    result = build(scores, url, options(per_score=2))
    assert result.made < built.pages
    assert same(url, built)
