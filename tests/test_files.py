"""A file is whole or absent, whatever happens while it is written."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notehead.errors import OutputError
from notehead.files import (
    PARTIAL,
    GrowingFile,
    make_folder,
    output_error,
    sha256_of,
    whole_folder,
    write_file,
    write_stream,
)


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 5000])
def test_a_file_holds_what_was_written(tmp_path: Path, data: bytes) -> None:
    write_file(tmp_path / "a", data)
    assert (tmp_path / "a").read_bytes() == data
    assert everything_in(tmp_path) == ["a"]


def test_parts_are_written_in_order_over_an_older_file(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"older and longer")
    write_stream(tmp_path / "a", (b"%d," % number for number in range(3)))
    assert (tmp_path / "a").read_bytes() == b"0,1,2,"
    assert everything_in(tmp_path) == ["a"]


def test_the_name_appears_only_with_the_whole_file(tmp_path: Path) -> None:
    seen = []

    def parts() -> Iterator[bytes]:
        yield b"first"
        seen.append(everything_in(tmp_path))
        yield b"last"

    write_stream(tmp_path / "a", parts())
    ((name,),) = seen
    assert name.startswith("a.")
    assert name.endswith(PARTIAL)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_parts_that_fail_leave_the_older_file(tmp_path: Path, kind: type[BaseException]) -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise kind

    write_file(tmp_path / "a", b"older")
    with pytest.raises(kind):
        write_stream(tmp_path / "a", parts())
    assert (tmp_path / "a").read_bytes() == b"older"
    assert everything_in(tmp_path) == ["a"]


def test_a_disk_that_takes_no_more_leaves_the_older_file(tmp_path: Path) -> None:
    """The kernel refuses the write midway, as on a full disk."""
    write_file(tmp_path / "a", b"older")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OutputError, match="File too large"):
            write_file(tmp_path / "a", bytes(1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "a").read_bytes() == b"older"
    assert everything_in(tmp_path) == ["a"]


_SLOW = """
import sys, time
from pathlib import Path
from notehead.files import write_stream

def parts():
    yield b"half" * 100_000
    print("writing", flush=True)
    time.sleep(600)

write_stream(Path(sys.argv[1]), parts())
"""


def test_a_process_killed_while_writing_leaves_the_older_file(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"older")
    command = [sys.executable, "-c", _SLOW, str(tmp_path / "a")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"writing\n"
        child.send_signal(signal.SIGKILL)
    assert (tmp_path / "a").read_bytes() == b"older"
    (rest,) = set(everything_in(tmp_path)) - {"a"}
    assert rest.endswith(PARTIAL)


def missing_folder(folder: Path) -> Path:
    return folder / "missing" / "a"


def file_in_the_way(folder: Path) -> Path:
    (folder / "file").write_bytes(b"")
    return folder / "file" / "a"


def folder_in_the_way(folder: Path) -> Path:
    (folder / "taken").mkdir()
    return folder / "taken"


def name_too_long(folder: Path) -> Path:
    return folder / ("a" * 300)


def name_too_long_with_its_ending(folder: Path) -> Path:
    return folder / ("a" * 250)


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        (missing_folder, "No such file or directory"),
        (file_in_the_way, "Not a directory"),
        (folder_in_the_way, "Is a directory"),
        (name_too_long, "File name too long"),
        (name_too_long_with_its_ending, "File name too long"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, place: Callable[[Path], Path], cause: str) -> None:
    path = place(tmp_path)
    before = everything_in(tmp_path)
    with pytest.raises(OutputError) as caught:
        write_file(path, b"data")
    assert caught.value.message == f"{path}: cannot be written: {cause}"
    assert caught.value.remedy
    assert everything_in(tmp_path) == before


def test_the_folder_itself_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError):
        write_file(Path(), b"data")
    assert everything_in(tmp_path) == []


# Files that grow.


def test_a_growing_file_has_its_name_when_it_is_kept(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"older")
    with GrowingFile(tmp_path / "a") as file:
        assert everything_in(tmp_path) == ["a"], "nothing is opened before something is written"
        file.write(b"one,")
        file.write(b"two")
        assert file.size == 7
        assert (tmp_path / "a").read_bytes() == b"older"
        assert len(everything_in(tmp_path)) == 2
    assert (tmp_path / "a").read_bytes() == b"one,two"
    assert everything_in(tmp_path) == ["a"]


def test_a_growing_file_of_nothing_exists(tmp_path: Path) -> None:
    with GrowingFile(tmp_path / "a"):
        pass
    assert (tmp_path / "a").read_bytes() == b""


def test_what_is_raised_discards_it(tmp_path: Path) -> None:
    def half() -> None:
        with GrowingFile(tmp_path / "a") as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert everything_in(tmp_path) == []


def test_keeping_twice_or_discarding_what_is_kept_does_no_harm(tmp_path: Path) -> None:
    with GrowingFile(tmp_path / "a") as file:
        file.write(b"whole")
        file.keep()
        file.discard()
        file.keep()
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert everything_in(tmp_path) == ["a"]


def test_what_is_discarded_stays_so(tmp_path: Path) -> None:
    with GrowingFile(tmp_path / "a") as file:
        file.write(b"half")
        file.discard()
        file.discard()
        assert everything_in(tmp_path) == []
        with pytest.raises(ValueError, match="a was discarded already"):
            file.write(b"rest")
        with pytest.raises(ValueError, match="a was discarded already"):
            file.keep()
    assert everything_in(tmp_path) == []


def test_nothing_is_added_to_a_file_that_is_whole(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "a")
    file.write(b"whole")
    file.keep()
    with pytest.raises(ValueError, match="a was kept already"):
        file.write(b"more")
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert everything_in(tmp_path) == ["a"]


def test_after_a_full_disk_no_half_of_it_is_written(tmp_path: Path) -> None:
    """Somebody may catch the error and go on: the rest alone must not take the file's name."""
    file = GrowingFile(tmp_path / "a")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OutputError, match="File too large"):
            file.write(bytes(1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with pytest.raises(ValueError, match="was discarded already"):
        file.write(b"rest")
    with pytest.raises(ValueError, match="was discarded already"):
        file.keep()
    assert everything_in(tmp_path) == []


def test_a_name_that_was_taken_meanwhile_discards_it(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "a")
    file.write(b"whole")
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        file.keep()
    assert everything_in(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Make space"),
        (errno.EDQUOT, "Make space"),
        (errno.EACCES, "may write to"),
        (errno.EPERM, "may write to"),
        (errno.EROFS, "may write to"),
        (errno.EEXIST, "a file is in the way"),
        (errno.ENOTDIR, "a file is in the way"),
        (errno.EISDIR, "a folder is in the way"),
        (errno.EIO, "Check the path and the disk"),
        (errno.ENAMETOOLONG, "Check the path and the disk"),
    ],
)
def test_each_cause_has_its_remedy(number: int, remedy: str) -> None:
    error = output_error(Path("out/a.png"), OSError(number, os.strerror(number)))
    assert error.message == f"out/a.png: cannot be written: {os.strerror(number)}"
    assert remedy in error.remedy


def test_folders_are_made_with_those_above_and_may_exist(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    assert make_folder(folder) == folder
    assert make_folder(folder).is_dir()


@pytest.mark.parametrize("below", ["", "b", "b/c"])
def test_a_folder_where_a_file_is(tmp_path: Path, below: str) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError, match="a file is in the way"):
        make_folder(tmp_path / "a" / below)


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_hashes_are_those_of_the_content(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()


def test_a_new_folder_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with whole_folder(place) as aside:
        (aside / "a").write_text("a")
        assert not place.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (place / "a").read_text() == "a"


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_folder_that_was_not_finished_leaves_nothing(fault: type[BaseException], tmp_path: Path) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "out") as aside:
            (aside / "a").write_text("a")
            raise fault

    with pytest.raises(fault):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="there is something already"), whole_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out").read_text() == "mine"
