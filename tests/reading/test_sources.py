"""What is read of files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from notehead.images.failure import DocumentError
from notehead.reading.sources import Source, find_sources

DETECTION = b'{"format":"notehead detection 1","name":"a"}\n'


def test_named_files_are_taken_as_they_are() -> None:
    paths = [Path("-"), Path("b.pdf"), Path("a.json"), Path("./b.pdf"), Path("a.JSONL")]
    assert find_sources(paths) == [
        Source(Path("-"), "document"), Source(Path("b.pdf"), "document"), Source(Path("a.json"),
        "detections"),
        Source(Path("a.JSONL"), "detections"),
    ]  # fmt: skip


def test_a_folder_of_detections_is_read_without_its_pictures(tmp_path: Path) -> None:
    for name in ("s-p10.json", "s-p2.json"):
        (tmp_path / name).write_bytes(DETECTION)
    (tmp_path / "images.json").write_bytes(b"{}")  # of --coco
    (tmp_path / "s-p2.png").write_bytes(b"\x89PNG")  # of --overlay
    assert [source.path.name for source in find_sources([tmp_path])] == ["s-p2.json", "s-p10.json"]


def test_folders_of_images_and_datasets(tmp_path: Path) -> None:
    for folder in ("scans", "dataset"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "dataset" / "pages.csv").write_text("name\n")
    assert find_sources([tmp_path / "scans", tmp_path / "dataset"]) == [
        Source(tmp_path / "scans" / "a.png", "document"), Source(tmp_path / "dataset", "dataset"),
    ]  # fmt: skip


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no image, no PDF and nothing of `notehead detect` in there"):
        find_sources([tmp_path])
