"""Files that a user means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notehead.images.failure import DocumentError
from notehead.images.find import find_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {
        "page10.png": b"", "page2.PNG": b"", "Page1.jpg": b"", "notes.txt": b"P1 and P2", "bmw": b"BMW",
        "scan": b"%PDF-1.4", "letter": b"see %PDF-1.4", "b/x.tiff": b"", "a/a/deep.pdf": b"",
        ".hidden.png": b"", ".git/x.png": b"", "photo.bin": b"\xff\xd8\xff\xe0", "empty": b"",
        "score.xml": b"<score/>",
    }  # fmt: skip
    for name, data in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "b" / "again").symlink_to(tmp_path, target_is_directory=True)
    return tmp_path


def test_folders_by_ending_and_content_as_people_count(folder: Path) -> None:
    names = [path.relative_to(folder).as_posix() for path in find_documents([folder])]
    assert names == ["a/a/deep.pdf", "b/x.tiff", "Page1.jpg", "page2.PNG", "page10.png", "photo.bin", "scan"]


def test_what_is_named_is_meant(folder: Path) -> None:
    """Whatever it is: the reader tells what is wrong with it."""
    named = [Path("-"), folder / "notes.txt", folder / "none.png", folder / ".hidden.png"]
    assert find_documents(named) == named


def test_nothing_comes_twice(folder: Path) -> None:
    first = folder / "page10.png"
    found = find_documents([first, folder, folder / "b" / ".." / "page2.PNG"])
    assert found[0] == first
    assert len(found) == len(set(found)) == 7


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no image and no PDF in there. Give PNG"):
        find_documents([tmp_path])


def test_nothing_was_named() -> None:
    assert find_documents([]) == []


def test_a_folder_that_is_locked_stands_for_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(path: str) -> object:
        if Path(path) == folder / "a":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", locked)
    assert find_documents([folder])[0] == folder / "a"
