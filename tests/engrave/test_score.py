from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.score import Score, ScoreFormat, find_scores, read_score, score_from_bytes
from notehead.errors import ScoreError, ScoreFormatError, ScoreLimitError
from tests.support.mutate import mutate
from tests.support.scores import KERN, MEI, MUSICXML, mxl

CORPUS = Path(__file__).parents[3] / "shared" / "scores"
TEXTS: dict[ScoreFormat, str] = {"musicxml": MUSICXML, "mei": MEI, "kern": KERN}
FORMATS = tuple(TEXTS)
BYTES = {"xml": MUSICXML.encode(), "mei": MEI.encode(), "krn": KERN.encode(), "mxl": mxl()}

OTHER_FILES = {
    "html": b"<!DOCTYPE html>\n<html><body><p>404</p></body></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "pdf": b"%PDF-1.7",
    "midi": b"MThd\x00\x00\x00\x06",
    "random": random.Random(1).randbytes(4096),
    "text": b"Dear reader,\nthis is no score.\n",
    "zeros": bytes(1000),
    "timewise": b"<score-timewise/>",
    "musescore": b"<museScore/>",
    "prefixed": b'<m:mei xmlns:m="http://www.music-encoding.org/ns/mei"/>',
}


def assert_passes_or_says_why(data: bytes) -> None:
    """A checked text passes again unchanged; an error says which file, why, and what to do."""
    caught: ScoreError | None = None
    try:
        text = score_from_bytes(data, "any").text
        assert score_from_bytes(text.encode(), "again").text == text
    except ScoreError as error:
        caught = error
    assert caught is None or (caught.file == "any" and caught.cause and caught.remedy)


def read_bytes(tmp_path: Path, data: bytes, name: str = "score.bin") -> Score:
    path = tmp_path / name
    path.write_bytes(data)
    return read_score(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_each_format_whatever_the_suffix(tmp_path: Path, kind: ScoreFormat) -> None:
    score = read_bytes(tmp_path, TEXTS[kind].encode(), "score.any")
    assert score.format == kind
    assert score.name == "score.any"


def test_mxl_and_plain_musicxml_are_the_same_score() -> None:
    plain, packed = score_from_bytes(BYTES["xml"], "a.xml"), score_from_bytes(BYTES["mxl"], "b.mxl")
    assert plain.text == packed.text
    assert plain.score_id == packed.score_id


def test_id_is_fifteen_digits_of_the_content() -> None:
    score = score_from_bytes(KERN.encode(), "a.krn")
    assert score.score_id == score_from_bytes(KERN.encode(), "other.krn").score_id
    assert score.score_id != score_from_bytes(KERN.replace("4C", "4D").encode(), "a.krn").score_id
    assert len(score.score_id) == 15
    assert int(score.score_id) == int(score.sha256, 16) >> 208


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        *product(FORMATS, ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        *product(("musicxml", "mei"), ("utf-16-le", "utf-16-be")),  # without a mark, only XML tells
    ],
)
def test_unicode_encodings_give_the_same_text(kind: ScoreFormat, encoding: str) -> None:
    data = TEXTS[kind].replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert score_from_bytes(data, "score").text == score_from_bytes(TEXTS[kind].encode(), "score").text


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("kind", FORMATS)
def test_line_ends_do_not_matter(kind: ScoreFormat, line_end: str) -> None:
    data = TEXTS[kind].replace("\n", line_end).encode()
    assert score_from_bytes(data, "score").text == score_from_bytes(TEXTS[kind].encode(), "score").text


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "cp1250"])
def test_declared_encoding(encoding: str) -> None:
    data = MUSICXML.replace("UTF-8", encoding).encode(encoding)
    assert "Klavier é" in score_from_bytes(data, "score").text


def test_text_is_ready_for_the_engraver() -> None:
    text = score_from_bytes(BYTES["xml"], "score").text
    assert text.startswith("<score-partwise")
    assert "DOCTYPE" not in text
    assert score_from_bytes(text.encode(), "score").text == text


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_file(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ScoreFormatError, match="empty"):
        read_bytes(tmp_path, data)


@pytest.mark.parametrize("kind", BYTES)
@pytest.mark.parametrize("tenth", range(10))
def test_truncated_file(tmp_path: Path, kind: str, tenth: int) -> None:
    with pytest.raises(ScoreFormatError):
        read_bytes(tmp_path, BYTES[kind][: len(BYTES[kind]) * tenth // 10])


@pytest.mark.parametrize("kind", OTHER_FILES)
def test_other_files(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ScoreFormatError) as caught:
        read_bytes(tmp_path, OTHER_FILES[kind])
    assert caught.value.remedy


@pytest.mark.parametrize("kind", FORMATS)
def test_bytes_that_do_not_decode(tmp_path: Path, kind: ScoreFormat) -> None:
    with pytest.raises(ScoreFormatError, match="cannot be read as UTF-8"):
        read_bytes(tmp_path, TEXTS[kind].encode("latin-1"))


def test_folder_missing_file_and_name_that_no_file_has(tmp_path: Path) -> None:
    for path, cause in (
        (tmp_path, "folder"),
        (tmp_path / "none.xml", "not exist"),
        (tmp_path / "a\0b", "cannot be read"),
        (tmp_path / ("n" * 5000), "cannot be read"),
    ):
        with pytest.raises(ScoreFormatError, match=cause):
            read_score(path)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "score.xml").write_bytes(BYTES["xml"])
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ScoreFormatError, match="Permission denied"):
        read_score(tmp_path / "score.xml")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os = pytest.importorskip("os")
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "score.xml")
    with pytest.raises(ScoreFormatError, match="regular file"):
        read_score(tmp_path / "score.xml")


def test_too_large_file(tmp_path: Path) -> None:
    (tmp_path / "score.krn").write_bytes(BYTES["krn"])
    with pytest.raises(ScoreLimitError, match="larger than 100 bytes"):
        read_score(tmp_path / "score.krn", ScoreLimits(file_bytes=100))


def test_find_scores(tmp_path: Path) -> None:
    names = (
        "b/x.mxl",
        "a.KRN",
        "b/META-INF/container.xml",
        "b/.hidden.xml",
        "notes.txt",
        ".git/x.xml",
        "c.mei",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)
    given_twice = [tmp_path, tmp_path / "notes.txt", tmp_path / "c.mei"]
    found = [path.relative_to(tmp_path).as_posix() for path in find_scores(given_twice)]
    assert found == ["a.KRN", "c.mei", "b/x.mxl", "notes.txt"]


def test_find_scores_refuses_a_path_that_is_not_there(tmp_path: Path) -> None:
    for path, cause in ((tmp_path / "none", "does not exist"), (tmp_path / ("n" * 5000), "cannot be read")):
        with pytest.raises(ScoreFormatError, match=cause):
            find_scores([path])


def test_find_scores_refuses_a_folder_that_it_cannot_look_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", denied)
    with pytest.raises(ScoreFormatError, match="Permission denied"):
        find_scores([tmp_path])


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_raise_score_errors_only(data: bytes) -> None:
    assert_passes_or_says_why(data)


@given(st.sampled_from(list(BYTES)), st.data())
@settings(deadline=None)
def test_any_damaged_byte_raises_score_errors_only(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(BYTES[kind])
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=5)):
        damaged[place] = data.draw(st.integers(0, 255))
    assert_passes_or_says_why(bytes(damaged))


@given(st.sampled_from(FORMATS), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_mutants_pass_or_raise_score_errors(kind: ScoreFormat, seed: int) -> None:
    assert_passes_or_says_why(mutate(TEXTS[kind], kind, random.Random(seed)).encode())


def test_mutants_are_reproducible() -> None:
    for kind, text in TEXTS.items():
        one, other = (mutate(text, kind, random.Random(7)) for _ in range(2))
        assert one == other


@pytest.mark.scale
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the score corpus is not beside the repository")
def test_real_scores_pass_and_their_beginnings_do_not() -> None:
    paths = find_scores([CORPUS])
    for path in random.Random(5).sample(paths, 60):
        score = read_score(path)
        assert score.format == ("kern" if path.suffix == ".krn" else "musicxml")
        data = path.read_bytes()
        for tenth in range(10):
            with pytest.raises(ScoreFormatError):
                score_from_bytes(data[: len(data) * tenth // 10], path.name)
