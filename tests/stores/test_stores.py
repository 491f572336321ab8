"""Stores: a file is whole or absent, here and far away; what fails for a while is tried again."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from notehead.errors import MissingExtraError, OutputError
from notehead.stores import Store, is_url, open_store, place
from notehead.stores.lease import Lease
from notehead.stores.local import LocalStore
from notehead.stores.objects import ObjectStore
from tests.support.object_store import Faults


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(tmp_path / "out" if request.param == "local" else request.getfixturevalue("url"))


def test_what_is_written_is_read(store: Store) -> None:
    assert store.empty()
    assert store.read("a/b.bin") is None
    store.write("a/b.bin", b"one")
    store.write("a/b.bin", b"three")
    assert store.read("a/b.bin") == b"three"
    assert store.size("a/b.bin") == 5
    assert store.size("a/c.bin") is None
    assert store.names("a") == {"b.bin": 5}
    assert store.names("nowhere") == {}
    assert not store.empty()
    store.remove("a/b.bin")
    store.remove("a/b.bin")
    assert store.names("a") == {}


def test_files_are_taken_in(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "shard"
    path.write_bytes(b"x" * 100_000)
    store.put("data/shard.parquet", path)
    assert store.names("data") == {"shard.parquet": 100_000}


def test_builds_do_not_share_what_they_are_making(store: Store) -> None:
    assert store.scratch("a") == open_store(store.url).scratch("a")
    assert store.scratch("a") != store.scratch("b")


def test_only_one_writes(store: Store) -> None:
    with store.claim("lock"):
        other = open_store(store.url)
        with pytest.raises(OutputError, match="another build is writing here"), other.claim("lock"):
            pass
    with open_store(store.url).claim("lock"):
        assert store.read("lock") is not None


def test_a_lease_that_nobody_renewed_is_nobodys(url: str) -> None:
    store = open_store(url)
    assert isinstance(store, ObjectStore)
    assert store.create("lock", Lease(store, "lock", lasts=60)._text())
    with pytest.raises(OutputError, match="another build"), store.claim("lock"):
        pass
    store.write("lock", Lease(store, "lock", lasts=-1)._text())  # it was renewed a while ago
    with store.claim("lock"):
        pass
    assert store.read("lock") is None


def test_a_lease_is_renewed(url: str) -> None:
    store = open_store(url)
    assert isinstance(store, ObjectStore)
    with Lease(store, "lock", lasts=1.0):
        before = store.read("lock")
        deadline = time.monotonic() + 60
        while store.read("lock") == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert store.read("lock") != before


def test_errors_are_tried_again(url: str, faults: Faults) -> None:
    store = open_store(url)
    faults.every = 3
    for number in range(12):
        store.write(f"{number}", b"%d" % number)
    assert [store.read(f"{number}") for number in range(12)] == [b"%d" % number for number in range(12)]
    assert faults.failed >= 8


def test_a_store_that_is_silent_for_a_while_is_waited_for(url: str, faults: Faults) -> None:
    store = open_store(url)
    faults.stop(4)
    begun = time.monotonic()
    store.write("a", b"late")
    assert time.monotonic() - begun > 3
    assert store.read("a") == b"late"


def test_a_store_that_never_answers_is_an_error(url: str, faults: Faults) -> None:
    store = ObjectStore(url, patience=1.0)
    faults.stop(600)
    with pytest.raises(OutputError, match="does not do as it is told"):
        store.write("a", b"never")


def test_a_bucket_that_is_not_there_is_an_error(url: str) -> None:
    assert url
    with pytest.raises((OutputError, FileNotFoundError)):
        open_store("s3://nowhere/dataset").write("a", b"")


def test_urls_are_told_from_folders(tmp_path: Path) -> None:
    assert is_url("s3://b/x")
    assert not is_url(tmp_path)
    assert isinstance(open_store(f"file://{tmp_path}"), LocalStore)
    assert place(f"file://{tmp_path}") == tmp_path
    with pytest.raises(OutputError, match="Name a folder"):
        open_store("nonsense://x")


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match=r"notehead\[parquet\]"):
        open_store("memory://x")
    monkeypatch.undo()
    with pytest.raises(MissingExtraError, match="not installed"):
        open_store("gs://x/y")


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="file is in the way"):
        open_store(tmp_path / "out").write("a/b", b"")
