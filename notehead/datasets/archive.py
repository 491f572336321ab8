"""`unpack`: datasets as they are distributed, out of ZIP and tar archives from strangers.

An archive may try to write outside of its folder, to fill the disk, or to be cut off. Each file is looked
at before it is written and streamed to its place; the folder has its name only when all of it is there.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any, Literal, Self, cast

from notehead.errors import DatasetError
from notehead.files import GrowingFile, output_error, whole_folder, write_stream
from notehead.progress import Progress, Silent

Kind = Literal["zip", "tar", "gz", "bz2", "xz"]

_HEADS: dict[bytes, Kind] = {
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz",
}  # fmt: skip
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "gz": (".tar.gz", ".tgz"), "bz2": (".tar.bz2", ".tbz2", ".tbz"), "xz": (".tar.xz", ".txz"),
}  # fmt: skip
_USTAR = 257
"""Where a tar file says that it is one."""
_PIECE = 2**20
_MORE = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
"""What tar says of a file beside its plain header: long names and such; read into memory as a whole."""
_LARGEST_MORE = 2**20
_DEEPEST = 100
"""Folders in each other."""

_DAMAGE = (
    ArithmeticError, LookupError, OSError, RuntimeError, ValueError,
    lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What Python's readers of archives raise at bad ones, unknown methods of compression included."""
_FETCH_AGAIN = "Fetch the archive again."
_DO_NOT_USE = "Do not use this archive, or unpack it by hand with care."


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold; a larger one is refused, at the latest when it grows beyond.

    Attributes:
        files: how many files and folders.
        size: bytes of all files.
        ratio: bytes of all files for each of the archive's, from `plain` bytes on.
        plain: bytes that may come out of any archive, however small.
    """

    files: int = 2_000_000
    size: int = 500 * 10**9
    ratio: float = 200.0
    plain: int = 100 * 10**6


def archive_kind(path: Path) -> Kind | None:
    """What kind of archive a file is, by its head; None where it is none, or cannot be read.

    A compressed file is an archive if its name says that there is a tar file inside.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_USTAR + 8)
    except OSError:
        return None
    if head[_USTAR : _USTAR + 5] == b"ustar":
        return "tar"
    kind = next((kind for magic, kind in _HEADS.items() if head.startswith(magic)), None)
    if kind in _ENDINGS and not path.name.lower().endswith(_ENDINGS[kind]):
        return None
    return kind


def unpack(
    archive: Path, folder: Path, limits: Limits | None = None, progress: Progress | None = None
) -> Path:
    """Unpack an archive into a new folder: ZIP, or tar, plain or compressed with gzip, bzip2 or xz.

    Symbolic links, devices, names that lead out of the folder, names that occur twice and encrypted files
    are refused. Permissions and dates are not taken over.

    Returns:
        Where the files begin: the folder, or the one below it that holds all.

    Raises:
        DatasetError: the archive is missing, damaged, cut off, none of these, or refused.
        OutputError: the folder holds something already, or cannot be written.

    Example:
        >>> unpack(Path("ds2_dense.tar.gz"), Path("deepscores"))  # doctest: +SKIP
        PosixPath('deepscores/ds2_dense')
    """
    limits, progress = limits or Limits(), progress or Silent()
    kind = archive_kind(archive)
    if kind is None:
        raise _none_such(archive)
    with whole_folder(folder) as aside, contextlib.closing(progress):
        place = _Place(archive, aside, limits, progress)
        with _reading(archive):
            (_unzip if kind == "zip" else _untar)(place, kind)
    return _beginning(folder)


def _none_such(archive: Path) -> DatasetError:
    try:
        with archive.open("rb"):
            pass
    except OSError as error:
        return DatasetError(f"{archive}: {error.strerror or error}", "Check the path of the archive.")
    return DatasetError(f"{archive}: no archive that can be unpacked", "ZIP, tar, tar.gz, .bz2 or .xz can.")


def _beginning(folder: Path) -> Path:
    """The first folder on the way down that holds more than one folder alone, and what systems leave."""
    while True:
        inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]
        if len(inside) != 1 or not inside[0].is_dir():
            return folder
        folder = inside[0]


@contextlib.contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """What goes wrong inside is the archive's fault, and said so."""
    try:
        yield
    except EOFError as error:
        message = f"{archive}: it is cut off"
        raise DatasetError(message, _FETCH_AGAIN) from error
    except _DAMAGE as error:
        message = f"{archive}: damaged ({getattr(error, 'strerror', None) or error})"
        raise DatasetError(message, _FETCH_AGAIN) from error


class _Place:
    """The folder that is being filled, and what it still takes."""

    def __init__(self, archive: Path, folder: Path, limits: Limits, progress: Progress) -> None:
        self.archive = archive
        self.progress = progress
        self._folder = folder
        by_ratio = int(limits.ratio * archive.stat().st_size)
        self._most_bytes = min(limits.size, max(limits.plain, by_ratio))
        self._most_entries = limits.files
        self._entries = 0
        self._bytes = 0

    def refuse(self, entry: str, cause: str) -> DatasetError:
        """What to raise for an entry that is not taken."""
        return DatasetError(f"{self.archive}: {entry!r}: {cause}", _DO_NOT_USE)

    def _path_of(self, entry: str) -> Path:
        """Where an entry goes; raises DatasetError if its name leads elsewhere."""
        self._entries += 1
        if self._entries > self._most_entries:
            raise self.refuse(entry, f"the archive holds more than {self._most_entries:,} files")
        name = PurePosixPath(entry)
        if name.is_absolute() or ".." in name.parts or "\\" in entry or PureWindowsPath(entry).drive:
            raise self.refuse(entry, "its name leads out of the folder")
        if len(name.parts) > _DEEPEST or any(ord(letter) < ord(" ") for letter in entry):
            raise self.refuse(entry, "a name that no dataset has")
        return self._folder.joinpath(name)

    def take(self, more: int, entry: str) -> None:
        """Count bytes that come out of the archive; raises DatasetError where they are too many."""
        self._bytes += more
        if self._bytes > self._most_bytes:
            raise self.refuse(entry, f"the archive holds more than {self._most_bytes:,} bytes")

    def make_folder(self, entry: str) -> None:
        """Make a folder; it may be there already."""
        self._make(self._path_of(entry), entry)

    def write(self, entry: str, size: int, content: IO[bytes]) -> None:
        """Stream a file of so many bytes to its place."""
        with GrowingFile(self._free(entry)) as file:
            while piece := content.read(_PIECE):
                file.write(piece)
            if file.size != size:
                raise EOFError
        self.progress.step()

    def link(self, entry: str, target: str) -> None:
        """Give a file that was written before a second name: what tar makes of files with two names."""
        path, other = self._free(entry), self._path_of(target)
        if not other.is_file():
            raise self.refuse(entry, "a link to no file of the archive")
        try:
            path.hardlink_to(other)
        except OSError:  # not every disk can
            self.take(other.stat().st_size, entry)
            with other.open("rb") as content:
                write_stream(path, iter(lambda: content.read(_PIECE), b""))
        self.progress.step()

    def _free(self, entry: str) -> Path:
        path = self._path_of(entry)
        self._make(path.parent, entry)
        if os.path.lexists(path):
            raise self.refuse(entry, "its name occurs twice")
        return path

    def _make(self, folder: Path, entry: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise self.refuse(entry, "a file and a folder of one name") from error
        except OSError as error:
            raise output_error(folder, error) from error


def _unzip(place: _Place, _: Kind) -> None:
    with zipfile.ZipFile(place.archive) as archive:
        entries = archive.infolist()
        place.progress.stage("files", len(entries))
        for entry in entries:  # all of them before the first is written
            place.take(entry.file_size, entry.filename)
            if entry.flag_bits & 1:
                raise place.refuse(entry.filename, "it is encrypted")
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise place.refuse(entry.filename, "a link or a device")
        for entry in entries:
            if entry.is_dir():
                place.make_folder(entry.filename)
                continue
            with archive.open(entry) as content:
                place.write(entry.filename, entry.file_size, content)


def _untar(place: _Place, kind: Kind) -> None:
    with _plain(place.archive, kind) as file:
        counted: Any = _Counted(file, place)
        place.progress.stage("files", 0)
        with tarfile.open(fileobj=counted, mode="r|", tarinfo=_Header) as archive:
            kept: list[tarfile.TarInfo] = getattr(archive, "members", [])
            while (entry := archive.next()) is not None:
                kept.clear()  # else it holds all of them, and there may be millions
                counted.entry = entry.name
                _take_entry(place, archive, entry)
        while counted.read(_PIECE):  # to the end, where checksums are
            pass


def _take_entry(place: _Place, archive: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
    if entry.isdir():
        place.make_folder(entry.name)
    elif entry.islnk():
        place.link(entry.name, entry.linkname)
    elif entry.isreg() and not entry.issparse() and (content := archive.extractfile(entry)) is not None:
        with content:
            place.write(entry.name, entry.size, content)
    else:
        raise place.refuse(entry.name, "a link, a device or a file with holes")


def _plain(archive: Path, kind: Kind) -> IO[bytes]:
    """The tar file inside; these readers tell where it is cut off, and verify its checksums."""
    readers: dict[Kind, Any] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    return cast("IO[bytes]", readers.get(kind, open)(archive, "rb"))


class _Counted:
    """A file that counts what is read from it: nothing in a tar file is larger than what is read."""

    def __init__(self, file: IO[bytes], place: _Place) -> None:
        self.entry = ""
        self._file = file
        self._place = place

    def read(self, size: int) -> bytes:
        """Read bytes; raises DatasetError where it is more than the limits allow."""
        with _reading(self._place.archive):
            data = self._file.read(size)
        self._place.take(len(data), self.entry)
        return data


class _Header(tarfile.TarInfo):
    """A header in a tar file. tarfile itself takes a damaged one for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header.

        Raises:
            EOFError: the file ends before the archive does.
            tarfile.ReadError: it is damaged, or too long.
            tarfile.HeaderError: it is empty: the archive ends here.
        """
        if len(buf) < tarfile.BLOCKSIZE:
            raise EOFError
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not any(buf):
                raise
            raise tarfile.ReadError(str(error)) from error
        if header.type == tarfile.GNUTYPE_SPARSE or (header.type in _MORE and header.size > _LARGEST_MORE):
            message = f"a header that no dataset needs, of {header.name!r}"
            raise tarfile.ReadError(message)
        return header
