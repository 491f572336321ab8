"""Archives are unpacked whole, into their folder alone, or not at all."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.datasets import Dataset
from notehead.datasets.archive import Limits, archive_kind, unpack
from notehead.errors import DatasetError, NoteheadError, OutputError

FILES = {
    "ds2/images/a.png": bytes(range(256)) * 40,
    "ds2/images/größe.png": b"x" * 513,
    "ds2/empty": b"",
    "ds2/deep/er/still/b.json": b"{}",
}
ENDINGS = ["zip", "tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"]
MODES = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}

Entry = tuple[str, bytes] | tarfile.TarInfo | zipfile.ZipInfo


def packed(folder: Path, ending: str, files: dict[str, bytes], **options: Any) -> Path:
    """An archive of these files."""
    path = folder / f"data.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in files.items():
                zipped.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return path
    with tarfile.open(path, MODES[ending], **options) as tarred:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            tarred.addfile(info, io.BytesIO(data))
    return path


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def assert_refused(archive: Path, cause: str, limits: Limits | None = None) -> NoteheadError:
    """The error names the archive and the cause, has a remedy, and nothing is left behind."""
    before = everything_in(archive.parent)
    with pytest.raises(DatasetError) as caught:
        unpack(archive, archive.parent / "out", limits)
    assert str(archive) in caught.value.message
    assert cause in caught.value.message
    assert caught.value.remedy
    assert everything_in(archive.parent) == before
    assert not (archive.parent / "out").exists()
    return caught.value


# Good archives.


@pytest.mark.parametrize("ending", ENDINGS)
def test_all_files_come_out_as_they_are(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, FILES)
    place = unpack(archive, tmp_path / "out")
    assert everything_in(tmp_path / "out") == FILES
    assert place == tmp_path / "out" / "ds2"
    assert sorted(path.name for path in tmp_path.iterdir()) == [archive.name, "out"]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar(tmp_path: Path, form: int) -> None:
    long = "/".join(["folder" * 5] * 3 + ["a" * 90])
    files = {long: b"long", "./b": b"dot", "c//d": b"slashes", "e/": b""}
    unpack(packed(tmp_path, "tar", files, format=form), tmp_path / "out")
    assert everything_in(tmp_path / "out") == {long: b"long", "b": b"dot", "c/d": b"slashes"}
    assert (tmp_path / "out" / "e").is_dir()


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_where_the_dataset_begins(tmp_path: Path, ending: str) -> None:
    two = unpack(packed(tmp_path, ending, {"a": b"", "b/c": b""}), tmp_path / "two")
    assert two == tmp_path / "two"
    deep = unpack(
        packed(tmp_path, ending, {"a/b/c": b"", "a/b/d/e": b"", "__MACOSX/x": b""}), tmp_path / "deep"
    )
    assert deep == tmp_path / "deep" / "a" / "b"
    file = unpack(packed(tmp_path, ending, {"a": b"1"}), tmp_path / "file")
    assert file == tmp_path / "file"


def test_folders_may_be_listed_twice_and_after_their_files(tmp_path: Path) -> None:
    archive = packed(tmp_path, "tar", {"a/b": b"1", "a/": b"", "./": b""})
    unpack(archive, tmp_path / "out")
    assert everything_in(tmp_path / "out") == {"a/b": b"1"}


def test_permissions_are_not_taken_over(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a")
    info.mode = 0o6777
    unpack(tar_of(tmp_path, info), tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out" / "a").stat().st_mode) & 0o7111 == 0


def test_the_folder_may_be_there_if_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    unpack(packed(tmp_path, "zip", FILES), tmp_path / "out")
    assert everything_in(tmp_path / "out") == FILES


def test_tar_files_are_streamed(tmp_path: Path) -> None:
    """Neither a large file nor many entries are held in memory."""
    archive = tmp_path / "data.tar"
    with tarfile.open(archive, "w") as tarred:
        for number in range(3000):
            tarred.addfile(tarfile.TarInfo(f"{number}/"), None)
        info = tarfile.TarInfo("large")
        info.size = 30_000_000
        tarred.addfile(info, io.BytesIO(bytes(info.size)))
    tracemalloc.start()
    unpack(archive, tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    assert (tmp_path / "out" / "large").stat().st_size == info.size


class Steps:
    """Progress that counts."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def stage(self, name: str, total: int) -> None:
        self.told.append((name, total))

    def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
        self.told.append(pages)

    def close(self) -> None:
        self.told.append("end")


@pytest.mark.parametrize(("ending", "total"), [("zip", len(FILES)), ("tar", 0)])
def test_progress_is_told(tmp_path: Path, ending: str, total: int) -> None:
    steps = Steps()
    unpack(packed(tmp_path, ending, FILES), tmp_path / "out", progress=steps)
    assert steps.told == [("files", total), *[0] * len(FILES), "end"]


# Places.


@pytest.mark.parametrize("taken", ["folder", "file"])
def test_nothing_is_written_over(tmp_path: Path, taken: str) -> None:
    archive, out = packed(tmp_path, "zip", FILES), tmp_path / "out"
    if taken == "folder":
        out.mkdir()
        (out / "mine").write_bytes(b"1")
    else:
        out.write_bytes(b"1")
    before = everything_in(tmp_path)
    with pytest.raises(OutputError, match=r"there is something already\. Choose a new folder"):
        unpack(archive, out)
    assert everything_in(tmp_path) == before


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="a file is in the way"):
        unpack(packed(tmp_path, "zip", FILES), tmp_path / "file" / "out")


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_a_name_that_the_disk_does_not_take(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, {"a": b"1", "b" * 300: b""})
    with pytest.raises(OutputError, match="File name too long"):
        unpack(archive, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]


@pytest.mark.parametrize("path", ["nowhere.zip", "folder", "a" * 300 + ".zip"])
def test_archives_that_are_not_there(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    assert_refused(tmp_path / path, "")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.zip", b"no archive"), ("a.tar", b""), ("a.json.gz", b"\x1f\x8b" + bytes(20)), ("a", bytes(2000))],
)
def test_files_that_are_no_archives(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert_refused(tmp_path / name, "no archive that can be unpacked")
    assert archive_kind(tmp_path / name) is None


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_kind_is_told_by_the_head(tmp_path: Path, ending: str) -> None:
    kind = archive_kind(packed(tmp_path, ending, FILES))
    assert kind == {"tgz": "gz"}.get(ending, ending.removeprefix("tar."))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_dataset_in_an_archive_is_to_be_unpacked(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, FILES)
    with pytest.raises(DatasetError) as caught:
        Dataset(archive)
    assert caught.value.message == f"{archive}: an archive, not yet a dataset"
    assert caught.value.remedy == f"Unpack it first: `notehead unpack {archive} -o FOLDER`."


def test_an_empty_zip_is_an_empty_folder(tmp_path: Path) -> None:
    assert unpack(packed(tmp_path, "zip", {}), tmp_path / "out") == tmp_path / "out"
    assert list((tmp_path / "out").iterdir()) == []


# Hostile archives.


def tar_of(folder: Path, *entries: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(folder / "data.tar", "w", format=form) as tarred:
        for entry in entries:
            tarred.addfile(entry, io.BytesIO(bytes(entry.size)))
    return folder / "data.tar"


LEADING_OUT = ["../a", "a/../../b", "/etc/a", "..", "a\\..\\..\\b", "C:/a", "c:a", "//host/a"]


@pytest.mark.parametrize("ending", ["zip", "tar"])
@pytest.mark.parametrize("name", LEADING_OUT)
def test_names_that_lead_out(tmp_path: Path, ending: str, name: str) -> None:
    archive = packed(tmp_path, ending, {"good": b"1", name: b"2"})
    error = assert_refused(archive, "its name leads out of the folder")
    assert repr(name) in error.message


@pytest.mark.parametrize("ending", ["zip", "tar"])
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "/".join("a" * 2000), "a/" * 1500 + "b"])
def test_names_that_no_dataset_has(tmp_path: Path, ending: str, name: str) -> None:
    cause = "leads out" if name.startswith("/") else "a name that no dataset has"
    assert_refused(packed(tmp_path, ending, {name: b"2"}), cause)


@pytest.mark.parametrize("ending", ["zip", "tar"])
@pytest.mark.parametrize(
    ("first", "second"), [("a", "a"), ("a/b", "a//b"), ("a", "./a"), ("a", "a/b"), ("a/b", "a"), ("a", "a/")]
)
def test_names_that_occur_twice(tmp_path: Path, ending: str, first: str, second: str) -> None:
    path = tmp_path / f"data.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr(first, b"1")
            with pytest.warns(UserWarning, match="Duplicate") if first == second else _quiet():
                zipped.writestr(second, b"2" if not second.endswith("/") else b"")
    else:
        entries = [tarfile.TarInfo(first), tarfile.TarInfo(second)]
        entries[1].type = tarfile.DIRTYPE if second.endswith("/") else tarfile.REGTYPE
        tar_of(tmp_path, *entries)
    assert_refused(path, "")


class _quiet:  # noqa: N801  # nothing to warn of
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"V", b"9"],
)
@pytest.mark.parametrize("target", ["/etc/passwd", "good"])
def test_tar_entries_that_are_no_files(tmp_path: Path, kind: bytes, target: str) -> None:
    good, other = tarfile.TarInfo("good"), tarfile.TarInfo("other")
    other.type, other.linkname = kind, target
    error = assert_refused(tar_of(tmp_path, good, other), "a link, a device or a file with holes")
    assert "'other'" in error.message


def hard_link(name: str, target: str) -> tarfile.TarInfo:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.LNKTYPE, target
    return link


@pytest.mark.parametrize("can_link", [True, False])
def test_files_with_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_link: bool) -> None:  # noqa: FBT001
    """tar writes the second one as a link to the first: `notehead build` makes such files."""
    if not can_link:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"content")
    os.link(tmp_path / "in" / "a", tmp_path / "in" / "b")
    with tarfile.open(tmp_path / "data.tar", "w") as tarred:
        tarred.add(tmp_path / "in", "in")
        assert {entry.islnk() for entry in tarred.getmembers()} == {True, False}
    place = unpack(tmp_path / "data.tar", tmp_path / "out")
    assert everything_in(place) == {"a": b"content", "b": b"content"}


@pytest.mark.parametrize(
    ("target", "cause"),
    [("/etc/passwd", "leads out"), ("../../data.tar", "leads out"), ("later", "a link to no file"),
     ("link", "a link to no file"), (".", "a link to no file")],
)  # fmt: skip
def test_second_names_of_what_is_no_file_of_the_archive(tmp_path: Path, target: str, cause: str) -> None:
    archive = tar_of(tmp_path, hard_link("link", target), tarfile.TarInfo("later"))
    assert_refused(archive, cause)


def test_second_names_count_where_they_are_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    file = tarfile.TarInfo("file")
    file.size = 50_000
    links = [hard_link(str(number), "file") for number in range(20)]
    assert_refused(tar_of(tmp_path, file, *links), "holds more than", Limits(size=500_000))


def test_a_link_cannot_lead_later_files_astray(tmp_path: Path) -> None:
    link = tarfile.TarInfo("a")
    link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
    assert_refused(tar_of(tmp_path, link, tarfile.TarInfo("a/b")), "a link")


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_zip_entries_that_are_no_files(tmp_path: Path, mode: int) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (mode | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as zipped:
        zipped.writestr(info, "/etc/passwd")
    assert_refused(tmp_path / "data.zip", "a link or a device")


def test_encrypted_files(tmp_path: Path) -> None:
    archive = packed(tmp_path, "zip", FILES)
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    archive.write_bytes(data)
    assert_refused(archive, "it is encrypted")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_headers_larger_than_any_name(tmp_path: Path, kind: bytes) -> None:
    """They would be read into memory as a whole."""
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 2 * 2**20
    archive = tmp_path / "data.tar"
    archive.write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(header.size) + bytes(10240))
    assert_refused(archive, "damaged (a header that no dataset needs")


def test_sparse_files(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.GNUTYPE_SPARSE, 10**15
    (tmp_path / "data.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT))
    assert_refused(tmp_path / "data.tar", "damaged (a header that no dataset needs")


def test_headers_within_headers_without_end(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 512
    (tmp_path / "data.tar").write_bytes((header.tobuf(tarfile.GNU_FORMAT) + bytes(512)) * 5000)
    assert_refused(tmp_path / "data.tar", "damaged")


# Limits.


@pytest.mark.parametrize("ending", ENDINGS)
def test_archives_far_larger_inside_than_outside(tmp_path: Path, ending: str) -> None:
    """Twenty million zeros make an archive of some twenty thousand bytes."""
    archive = packed(tmp_path, ending, {"bomb": bytes(20_000_000)})
    limits = Limits(ratio=100.0, plain=10**6)
    if ending == "tar":
        assert unpack(archive, tmp_path / "out", limits) == tmp_path / "out"
    else:
        most = max(10**6, 100 * archive.stat().st_size)
        error = assert_refused(archive, f"the archive holds more than {most:,} bytes", limits)
        assert "'bomb'" in error.message


@pytest.mark.parametrize("ending", ENDINGS)
def test_archives_larger_than_the_limit(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, {str(number): os.urandom(40_000) for number in range(5)})
    assert_refused(archive, "the archive holds more than 150,000 bytes", Limits(size=150_000))
    unpack(archive, tmp_path / "out", Limits(size=250_000))


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_archives_with_more_files_than_the_limit(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, {f"{number}/": b"" for number in range(5)})
    assert_refused(archive, "the archive holds more than 4 files", Limits(files=4))
    unpack(archive, tmp_path / "out", Limits(files=5))


def test_what_comes_after_the_end_counts(tmp_path: Path) -> None:
    """Zeros behind a tar file's end are read for the checksum, but not without end."""
    archive = packed(tmp_path, "tar", {"a": b"1"})
    archive.write_bytes(archive.read_bytes() + bytes(500_000))
    assert_refused(archive, "the archive holds more than 100,000 bytes", Limits(size=100_000))


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    """What the list says is too little is no way around the limits, nor is it a file cut short."""
    archive = packed(tmp_path, "zip", {"bomb": bytes(1_000_000)})
    data = archive.read_bytes().replace((1_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    archive.write_bytes(data)
    assert_refused(archive, "damaged", Limits(size=2000))


# Damage.


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=12)
@given(share=st.floats(0.05, 0.999))
def test_archives_that_are_cut_off(
    tmp_path_factory: pytest.TempPathFactory, ending: str, share: float
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    archive = packed(folder, ending, FILES)
    data = archive.read_bytes()
    if ending == "tar":  # the rest is zeros behind the end
        data = data[: data.rindex(b"{}") + 512]
    archive.write_bytes(data[: int(len(data) * share)])
    assert_refused(archive, "")


def test_a_tar_file_cut_off_between_two_files(tmp_path: Path) -> None:
    """No file is damaged; only the end is missing."""
    archive = tar_of(tmp_path, tarfile.TarInfo("a"), tarfile.TarInfo("b"))
    archive.write_bytes(archive.read_bytes()[:512])
    assert_refused(archive, "it is cut off")


def test_a_damaged_header_is_not_the_end(tmp_path: Path) -> None:
    archive = tar_of(tmp_path, tarfile.TarInfo("a"), tarfile.TarInfo("b"))
    data = bytearray(archive.read_bytes())
    data[512 + 150] ^= 1
    archive.write_bytes(data)
    assert_refused(archive, "damaged (bad checksum)")


@pytest.mark.parametrize("ending", ["tar.gz", "tar.bz2", "tar.xz", "zip"])
def test_a_wrong_checksum(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending, FILES)
    data = bytearray(archive.read_bytes())
    places: dict[str, Callable[[], int]] = {
        "zip": lambda: data.index(b"PK\x01\x02") + 16,
        "tar.gz": lambda: len(data) - 8,
        "tar.bz2": lambda: len(data) - 3,
        "tar.xz": lambda: len(data) - 20,
    }
    data[places[ending]()] ^= 0x40
    archive.write_bytes(data)
    assert_refused(archive, "damaged")


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
@settings(max_examples=40)
@given(
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6)
)
def test_any_damage_is_an_error_of_ours_or_none(
    tmp_path_factory: pytest.TempPathFactory, ending: str, places: list[tuple[float, int]]
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    archive = packed(folder, ending, {"a/b": b"1" * 600, "c": b"", "d" * 120: b"2"})
    data = bytearray(archive.read_bytes().rstrip(b"\0"))
    for share, value in places:
        data[int(share * len(data))] = value
    archive.write_bytes(bytes(data) + bytes(1024))
    try:
        unpack(archive, folder / "out", Limits(size=10**6))
    except NoteheadError:
        assert [path.name for path in folder.iterdir()] == [archive.name]
    else:
        assert sorted(path.name for path in folder.iterdir()) == [archive.name, "out"]
