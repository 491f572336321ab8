"""Collections of small files, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import notehead
from notehead.collection.files import Files, documents, files_outside
from notehead.collection.options import CollectionOptions
from notehead.runners import RunnerOptions

NUMBER = 12


@pytest.fixture(autouse=True)
def _workers_find_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers import functions of the tests, wherever these were started."""
    monkeypatch.setenv("PYTHONPATH", str(Path(notehead.__file__).parents[1]))


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A folder of files that are pages by their names."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(NUMBER):
        (folder / f"{number}.png").write_text("x" * (number + 1))
    return folder


def found(folder: Path, output: Path) -> Files:
    """The files of a folder."""
    return files_outside(output, [folder], documents)


def options(
    workers: int = 1, files: int = 3, name: str = "local", cpu_seconds: int = 60
) -> CollectionOptions:
    """Small parts."""
    return CollectionOptions(RunnerOptions(name, workers), files=files, cpu_seconds=cpu_seconds)


def results(output: Path) -> dict[str, bytes]:
    """All results by their names, without what tells how they came to be."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".notehead" not in path.parts
    }


def texts(numbers: Sequence[int] = range(NUMBER)) -> dict[str, bytes]:
    """What copies of the files are called, and hold."""
    return {f"{number}.txt": b"x" * (number + 1) for number in numbers}
