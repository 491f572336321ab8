"""Datasets in an object store: a real server of S3, which fails and falls silent."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from notehead import BuildResult, Dataset, build
from notehead.cli.main import cli
from notehead.datasets.index import MANIFEST
from notehead.errors import DatasetError, OutputError
from notehead.stores import open_store
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
