"""What holds for all tests, and a small dataset that is built once: two scores, a page each."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from notehead import BuildOptions, build
from tests.support.object_store import BUCKET, Faults, object_store
from tests.support.scores import MUSICXML

# The first example may wait for a compiler, and machines are shared: time says nothing about an example.
settings.register_profile("notehead", deadline=None)
settings.load_profile("notehead")

_LONGEST_ID = 80


def pytest_make_parametrize_id(val: object) -> str | None:
    """Short names for long texts and files: children find the test's name in their environment."""
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > _LONGEST_ID):
        data = val if isinstance(val, bytes) else val.encode("utf-8", "surrogatepass")
        return f"{len(data)}-{zlib.crc32(data):08x}"
    return None


SONG = (
    MUSICXML.replace("<step>D</step>", "<step>E</step>")
    .replace("Klavier", "Gesang")
    .replace("</notations>", "</notations><lyric><text>Größe</text></lyric>")
)


@pytest.fixture(scope="session")
def scores_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scores, and the licence of one of them."""
    folder = tmp_path_factory.mktemp("scores")
    (folder / "piano.musicxml").write_text(MUSICXML, encoding="utf-8")
    (folder / "song.musicxml").write_text(SONG, encoding="utf-8")
    (folder / "manifest.csv").write_text("file,licence\nsong.musicxml,CC0-1.0\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def dataset_folder(scores_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its dataset. Many tests read it: whoever changes something takes `own_dataset`."""
    folder = tmp_path_factory.mktemp("built") / "dataset"
    build(scores_folder, folder, BuildOptions(workers=1, resolution=150.0, patches=3, report_pages=1))
    return folder


@pytest.fixture
def own_dataset(dataset_folder: Path, tmp_path: Path) -> Path:
    """A copy of the dataset, to be damaged."""
    return Path(shutil.copytree(dataset_folder, tmp_path / "dataset"))


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """The faults of a server that runs while the test does."""
    import s3fs  # noqa: PLC0415

    s3fs.S3FileSystem.clear_instance_cache()
    with object_store(monkeypatch.setenv) as found:
        yield found
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def url(faults: Faults) -> str:
    """Where a dataset may lie."""
    assert faults.requests
    return f"s3://{BUCKET}/dataset"
