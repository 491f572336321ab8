"""Tables of large files are kept until the files change, and never trusted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from notehead.datasets.formats.deepscores_v2.source import DeepScoresV2Source
from notehead.datasets.json_index import remembered as module
from notehead.datasets.json_index.remembered import VARIABLE, Tables, cache_folder, remembered
from notehead.datasets.source import ReadOptions
from tests.support.deepscores import annotation, document, write_dataset


@pytest.fixture(name="cache")
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache for this test, where small files are kept, too."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(module, "WORTH_IT", 1)
    return tmp_path / "cache"


class Maker:
    """Makes tables, and counts how often."""

    def __init__(self, *, keep: bool = True) -> None:
        self.calls = 0
        self.keep = keep

    def __call__(self) -> tuple[Tables, bool]:
        self.calls += 1
        return {"a": np.arange(5), "b": np.frombuffer(b"xyz", np.uint8), "c": np.zeros((2, 0))}, self.keep


@pytest.fixture(name="path")
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large.json"
    path.write_text("1234")
    return path


def same(one: Tables, other: Tables) -> bool:
    return list(one) == list(other) and all(
        np.array_equal(one[name], other[name]) and one[name].dtype == other[name].dtype for name in one
    )


def test_tables_are_made_once(cache: Path, path: Path) -> None:
    maker = Maker()
    first = remembered(path, "kind", maker)
    assert same(remembered(path, "kind", maker), first)
    assert maker.calls == 1
    assert len(list(cache.iterdir())) == 1
    assert sorted(file.name for file in path.parent.iterdir()) == ["cache", "large.json"], "nothing beside it"


def test_kinds_are_kept_apart(cache: Path, path: Path) -> None:
    maker = Maker()
    remembered(path, "one", maker)
    remembered(path, "two", maker)
    assert maker.calls == 2
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("change", ["size", "time"])
def test_a_changed_file_is_read_again(cache: Path, path: Path, change: str) -> None:
    maker = Maker()
    remembered(path, "kind", maker)
    if change == "size":
        time = path.stat().st_mtime_ns
        path.write_text("12345")
        os.utime(path, ns=(time, time))
    else:
        os.utime(path, ns=(0, 10**9))
    remembered(path, "kind", maker)
    assert maker.calls == 2
    assert len(list(cache.iterdir())) == 1, "in the place of the old one"


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "folder"])
def test_damage_is_found(cache: Path, path: Path, damage: str) -> None:
    maker = Maker()
    first = remembered(path, "kind", maker)
    (file,) = cache.iterdir()
    data = bytearray(file.read_bytes())
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        data[-1] ^= 1
        file.write_bytes({"flip": bytes(data), "cut": bytes(data[:50]), "empty": b""}[damage])
    assert same(remembered(path, "kind", maker), first)
    assert maker.calls == 2


def test_what_is_not_worth_it_is_not_kept(cache: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(keep=False)
    remembered(path, "kind", maker)
    monkeypatch.setattr(module, "WORTH_IT", 5)
    remembered(path, "kind", Maker())
    assert not cache.exists()


def test_it_can_be_turned_off(cache: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    maker = Maker()
    remembered(path, "kind", maker)
    remembered(path, "kind", maker)
    assert maker.calls == 2
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_does_no_harm(cache: Path, path: Path) -> None:
    cache.write_text("a file is in the way")
    maker = Maker()
    remembered(path, "kind", maker)
    remembered(path, "kind", maker)
    assert maker.calls == 2


def test_a_file_that_is_missing_is_left_to_its_reader(cache: Path, tmp_path: Path) -> None:
    maker = Maker()
    remembered(tmp_path / "nothing.json", "kind", maker)
    assert maker.calls == 1
    assert not cache.exists()


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "x/notehead"),
        ("linux", "", "home/.cache/notehead"),
        ("win32", "LOCALAPPDATA", "x/notehead"),
        ("win32", "", "home/AppData/Local/notehead"),
        ("darwin", "", "home/Library/Caches/notehead"),
    ],
)
def test_the_usual_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, expected: str
) -> None:
    for name in (VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "x"))
    assert cache_folder() == tmp_path / expected


def test_nobodys_process_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError

    for name in (VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", nowhere)
    assert cache_folder() is None


# With a dataset.


def test_a_dataset_opens_the_same_from_the_cache(cache: Path, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, images=False)
    first = DeepScoresV2Source(folder, ReadOptions())
    assert len(list(cache.iterdir())) == 1
    (folder / "deepscores_train.json").chmod(0o600)
    again = DeepScoresV2Source(folder, ReadOptions())
    assert list(again.entries) == list(first.entries)
    assert again.vocabulary == first.vocabulary
    assert again.rows_with([42]) == first.rows_with([42]) == [0]
    assert again.symbols(again.entries[0]).id.tolist() == [3]
    DeepScoresV2Source(folder, ReadOptions(annotation_set="muscima++"))
    assert len(list(cache.iterdir())) == 2


def test_complaints_are_not_forgotten(cache: Path, tmp_path: Path) -> None:
    content = document({"1": annotation(), "2": annotation(img_id=None)})
    folder = write_dataset(tmp_path, {"deepscores_train.json": content}, images=False)
    for _ in range(2):
        source = DeepScoresV2Source(folder, ReadOptions(keep_going=True))
        assert source.complaints.counts["symbols"] == 1
    assert not cache.exists()
