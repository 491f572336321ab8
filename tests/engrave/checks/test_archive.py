from __future__ import annotations

import io
import struct
import zipfile

import pytest

from notehead.engrave.checks.archive import read_archive
from notehead.engrave.checks.limits import ScoreLimits
from notehead.errors import ScoreFormatError, ScoreLimitError
from tests.support.scores import CONTAINER, MUSICXML, mxl

LIMITS = ScoreLimits()


def read(data: bytes, limits: ScoreLimits = LIMITS) -> bytes:
    return read_archive(data, "x.mxl", limits)


def test_container_names_the_score() -> None:
    assert (
        read(mxl({"META-INF/container.xml": CONTAINER, "other.xml": "<a/>", "score.xml": "<b/>"})) == b"<b/>"
    )


def test_namespaced_container() -> None:
    container = CONTAINER.replace(
        "<container>", '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    )
    assert read(mxl({"META-INF/container.xml": container, "score.xml": "<b/>"})) == b"<b/>"


@pytest.mark.parametrize("name", ["a.xml", "deep/a.musicxml", "A.XML"])
def test_without_container_the_single_score_counts(name: str) -> None:
    assert read(mxl({name: "<b/>", "__MACOSX/._a.xml": "?", "readme.txt": "?"})) == b"<b/>"


@pytest.mark.parametrize(
    ("members", "cause"),
    [
        ({"a.txt": "?"}, "no score"),
        ({"a.xml": "<a/>", "b.xml": "<b/>"}, "2 scores"),
        ({"META-INF/container.xml": CONTAINER, "b.xml": "<b/>"}, "lacks the score 'score.xml'"),
        ({"META-INF/container.xml": "<cut", "b.xml": "<b/>"}, "well-formed"),
        ({"x.mscx": "<museScore/>"}, "MuseScore"),
    ],
)
def test_archives_without_one_score(members: dict[str, str | bytes], cause: str) -> None:
    with pytest.raises(ScoreFormatError, match=cause):
        read(mxl(members))


@pytest.mark.parametrize("name", ["../a.xml", "a/../../b.xml", "/etc/a.xml", "C:\\a.xml", "..\\a.xml"])
def test_names_that_lead_out(name: str) -> None:
    with pytest.raises(ScoreFormatError, match="leads out"):
        read(mxl({name: MUSICXML}))


def test_container_that_leads_out() -> None:
    container = CONTAINER.replace("score.xml", "../../../../etc/passwd")
    with pytest.raises(ScoreFormatError, match="lacks the score"):
        read(mxl({"META-INF/container.xml": container, "score.xml": MUSICXML}))


def test_bomb() -> None:
    bomb = mxl({"score.xml": bytes(100 * 2**20)})
    assert len(bomb) < 200_000
    with pytest.raises(ScoreLimitError, match="unpacks to more than"):
        read(bomb)


def test_bomb_that_lies_about_its_size() -> None:
    bomb = mxl({"score.xml": bytes(50 * 2**20)})
    honest = struct.pack("<L", 50 * 2**20)
    assert bomb.count(honest) == 2
    with pytest.raises((ScoreLimitError, ScoreFormatError)):
        read(bomb.replace(honest, struct.pack("<L", 1000)))


def test_bomb_of_many_members() -> None:
    members: dict[str, str | bytes] = {f"{i}.txt": bytes(2**20) for i in range(5)}
    with pytest.raises(ScoreLimitError, match="unpacks to more than"):
        read(mxl({**members, "score.xml": MUSICXML}), ScoreLimits(text_bytes=4 * 2**20))
    with pytest.raises(ScoreLimitError, match="holds 6 files"):
        read(mxl({**members, "score.xml": MUSICXML}), ScoreLimits(archive_members=5))


def test_encrypted() -> None:
    data = bytearray(mxl())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        offset = 6 if start == b"PK\x03\x04" else 8
        at = data.find(start)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(start, at + 1)
    with pytest.raises(ScoreFormatError, match="encrypted"):
        read(bytes(data))


def test_unusual_compression() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("score.xml", MUSICXML)
    with pytest.raises(ScoreFormatError, match="compression"):
        read(stream.getvalue())


def test_damaged_member() -> None:
    data = bytearray(mxl({"score.xml": MUSICXML}))
    data[60] ^= 0xFF
    with pytest.raises(ScoreFormatError, match="damaged"):
        read(bytes(data))


def test_empty_archive() -> None:
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    with pytest.raises(ScoreFormatError, match="no score"):
        read(stream.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("score.xml", MUSICXML)
        archive.writestr("score.xml", "<other/>")
    with pytest.raises(ScoreFormatError, match="twice"):
        read(stream.getvalue())
