"""Compressed MusicXML (.mxl): the one score in a zip archive, read in memory and never past a limit."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from notehead.engrave.checks.decode import decode_text
from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.checks.xml import local_name, parse_xml
from notehead.errors import ScoreFormatError, ScoreLimitError

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip archive starts; the second is an empty one."""

_CONTAINER = "META-INF/container.xml"
_CONTAINER_BYTES = 2**20
_DAMAGED = "Fetch or export the .mxl file again."
_HOSTILE = "Do not use this archive; export the score again from its editor."
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_archive(data: bytes, file: str, limits: ScoreLimits) -> bytes:
    """The bytes of the score that an .mxl archive holds.

    Raises:
        ScoreFormatError: damaged, encrypted, without a score, or with names that lead out of it.
        ScoreLimitError: it would unpack to more than a score can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive, file, limits)
            return _read(archive, members[_score_name(archive, members, file, limits)], file, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise ScoreFormatError(file, f"its archive is damaged ({error})", _DAMAGED) from None


def _members(archive: zipfile.ZipFile, file: str, limits: ScoreLimits) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by name, after a look at all names and sizes that it declares."""
    infos = archive.infolist()
    if len(infos) > limits.archive_members:
        raise ScoreLimitError(file, f"its archive holds {len(infos)} files", _HOSTILE)
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename.replace("\\", "/")
        path = PurePosixPath(name)
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
            raise ScoreFormatError(
                file, f"its archive holds the path {name[:80]!r}, which leads out of it", _HOSTILE
            )
        if name in members:
            raise ScoreFormatError(file, f"its archive holds {name[:80]!r} twice", _DAMAGED)
        members[name] = info
    if sum(info.file_size for info in infos) > limits.text_bytes:
        raise ScoreLimitError(file, f"its archive unpacks to more than {limits.text_bytes:,} bytes", _HOSTILE)
    return members


def _score_name(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], file: str, limits: ScoreLimits
) -> str:
    """The member that the container names, or else the only one that can be a score."""
    if _CONTAINER in members:
        content = _read(archive, members[_CONTAINER], file, limits, _CONTAINER_BYTES)
        root = parse_xml(decode_text(content, file), file, limits)
        for element in root.iter("{*}rootfile"):
            if local_name(element) == "rootfile" and (name := element.get("full-path")):
                if name in members:
                    return name
                raise ScoreFormatError(
                    file, f"its archive lacks the score {name[:80]!r} that it names", _DAMAGED
                )
    scores = [name for name in members if _may_be_score(name)]
    if len(scores) == 1:
        return scores[0]
    if any(name.endswith(".mscx") for name in members):
        raise ScoreFormatError(file, "it is a MuseScore file", "Export it as MusicXML from MuseScore.")
    cause = (
        "its archive holds no score"
        if not scores
        else f"its archive holds {len(scores)} scores and names none"
    )
    raise ScoreFormatError(file, cause, "Give the score itself, as .musicxml.")


def _may_be_score(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.parts[0] in {"META-INF", "__MACOSX"} or path.name.startswith(".")
    return not hidden and path.suffix.lower() in {".xml", ".musicxml"}


def _read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, limits: ScoreLimits, most: int | None = None
) -> bytes:
    """A member's bytes; stops one byte after the limit whatever size the archive declares."""
    if info.flag_bits & 0x1:
        raise ScoreFormatError(
            file, f"{info.filename!r} in its archive is encrypted", "Save it without a password."
        )
    if info.compress_type not in _METHODS:
        raise ScoreFormatError(
            file, "its archive uses an unusual compression", "Export the score again as .mxl."
        )
    # A small member may well be repetitive: the ratio counts from a megabyte on.
    allowed = min(most or limits.text_bytes, max(2**20, info.compress_size * limits.archive_ratio))
    with archive.open(info) as stream:
        content = stream.read(allowed + 1)
    if len(content) > allowed:
        raise ScoreLimitError(
            file, f"{info.filename!r} in its archive unpacks to more than {allowed:,} bytes", _HOSTILE
        )
    return content
