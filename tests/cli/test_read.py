"""`notehead read`: pages in, one score out; what cannot be read is told, and nothing is overwritten."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lxml import etree
from PIL import Image

import notehead as package
from notehead.detect import detector as detector_module
from notehead.detect.shipped import load_model
from notehead.errors import NoteheadError
from notehead.images.failure import DocumentError
from notehead.reading.music import music_of, read
from notehead.transcribe import Score
from tests.cli.conftest import Call
from tests.cli.test_detect import SCAN, saved, upright
from tests.detect.stand_in import InkModel, music
from tests.images.pdf_bytes import encrypted

MUSIC, PLACED = music([12.0, 12.0])
BLANK = saved(Image.new("L", (400, 600), 255))


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that needs no training."""
    monkeypatch.setattr(detector_module, "estimate_orientation", upright)
    monkeypatch.setattr(
        "notehead.detect.detector.load_model",
        lambda folder, threads: load_model(folder, threads) if folder else InkModel(),
    )


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    (tmp_path / "scan.png").write_bytes(SCAN)
    return tmp_path / "scan.png"


def pitches(musicxml: bytes | str) -> int:
    """How many notes with a pitch a file has."""
    root = etree.fromstring(musicxml.encode() if isinstance(musicxml, str) else musicxml)
    assert root.tag == "score-partwise"
    return len(root.findall(".//pitch"))


def test_music_to_standard_output(notehead: Call, scan: Path) -> None:
    for more in ((), ("-o", "-")):
        outcome = notehead("read", scan, *more)
        assert (outcome.code, pitches(outcome.out)) == (0, len(PLACED))
        assert outcome.err.startswith("1 page, ")
        assert " not add up, 0 uncertain notes\n" in outcome.err
    assert list(scan.parent.iterdir()) == [scan]


def test_every_kind_of_file(notehead: Call, scan: Path, tmp_path: Path) -> None:
    names = ("a.musicxml", "a.xml", "a.mxl", "a.mei", "a.mid")
    for name in names:
        outcome = notehead("read", scan, "-o", tmp_path / name)
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err.startswith(f"{tmp_path / name}: 1 page, ")
    files = {name: (tmp_path / name).read_bytes() for name in names}
    assert files["a.musicxml"] == files["a.xml"]
    assert pitches(files["a.xml"]) == len(PLACED)
    with zipfile.ZipFile(io.BytesIO(files["a.mxl"])) as archive:
        assert archive.read("score.musicxml") == files["a.xml"]
    assert b"<mei " in files["a.mei"]
    assert files["a.mid"][:4] == b"MThd"


def test_midi_and_report_beside_the_music(notehead: Call, scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    files = [out / name for name in ("a.musicxml", "a.mid", "a.html")]
    outcome = notehead("read", scan, "-o", files[0], "--midi", files[1], "--report", files[2])
    assert outcome.code == 0
    assert outcome.err.startswith(", ".join(map(str, files)) + ": 1 page, ")
    assert sorted(out.iterdir()) == sorted(files)  # and nothing that was written aside
    assert "<h1>scan.png</h1>" in files[2].read_text()
    outcome = notehead("read", scan, "--midi", files[1])
    assert (outcome.code, outcome.out) == (0, "")


def test_pages_in_their_order_make_one_score(notehead: Call, tmp_path: Path) -> None:
    blank, image = Image.open(io.BytesIO(BLANK)), Image.fromarray(MUSIC)
    (tmp_path / "two.tif").write_bytes(saved(image, "TIFF", save_all=True, append_images=[blank, image]))
    outcome = notehead("read", tmp_path / "two.tif", "--report", tmp_path / "r.html")
    assert outcome.code == 0
    assert "page 2: no staff was found" in outcome.err
    assert "r.html: 3 pages, " in outcome.err
    report = (tmp_path / "r.html").read_text()
    assert report.count('class="leaf"') == 3
    first = notehead("read", tmp_path / "two.tif", "--pages", "1")
    both = notehead("read", tmp_path / "two.tif", "--pages", "1,3")
    assert (pitches(first.out), pitches(both.out)) == (len(PLACED), 2 * len(PLACED))


def test_standard_input(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SCAN)))
    assert pitches(notehead("read", "-").out) == len(PLACED)


def test_what_detect_wrote_gives_the_same(notehead: Call, scan: Path, tmp_path: Path) -> None:
    found = tmp_path / "found"
    assert notehead("detect", scan, "-o", found, "--json", "--overlay", "--coco").code == 0
    (tmp_path / "found.jsonl").write_text(notehead("detect", scan).out)
    direct = notehead("read", scan)
    for source in (found, found / "scan.json", tmp_path / "found.jsonl"):
        assert notehead("read", source).out == direct.out
    assert notehead("read", found, "--pages", "1-2").out == direct.out
    assert notehead("read", found, "--pages", "2-,9").code == 4
    scan.write_bytes(BLANK)  # of another size: no picture of those symbols
    outcome = notehead("read", found)
    assert (outcome.code, pitches(outcome.out)) == (0, len(PLACED))
    assert f"note: {scan}: its image is not there any more" in outcome.err


def test_low_scores_are_left_out(notehead: Call, scan: Path, tmp_path: Path) -> None:
    outcome = notehead("read", scan, "--confidence", "1")
    assert outcome.code in {0, 4}
    (tmp_path / "found.jsonl").write_text(notehead("detect", scan, "--confidence", "0").out)
    some = notehead("read", tmp_path / "found.jsonl", "--confidence", "0")
    none = notehead("read", tmp_path / "found.jsonl", "--confidence", "1")
    assert pitches(some.out) == len(PLACED)
    assert none.code == 4


def test_a_dataset_of_one_score(notehead: Call, own_dataset: Path) -> None:
    """Of several pieces none is chosen in silence."""
    outcome = notehead("read", own_dataset)
    assert outcome.code == 4
    assert "pieces, and one is read at a time. In Python" in outcome.err
    listed = own_dataset / "pages.csv"
    listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:2]))
    outcome = notehead("read", own_dataset)
    assert outcome.code == 0
    assert pitches(outcome.out) > 0
    outcome = notehead("read", own_dataset, "--pages", "2")
    assert outcome.code == 4
    for image in own_dataset.glob("images/*.png"):
        image.write_bytes(b"")
    outcome = notehead("read", own_dataset)
    assert outcome.code == 4
    assert outcome.err.endswith("notehead: no page could be read\n")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("locked.pdf", encrypted(b"secret"), "password"), ("nothing.png", b"", "it is empty"),
        ("letter.png", b"Dear Sir or Madam, ", "it is no image and no PDF"),
        ("letter.json", b"Dear Sir or Madam, ", "it is no JSON"), ("gone.png", None, "gone.png"),
    ],
)  # fmt: skip
def test_bad_files_stop_no_others(
    notehead: Call, scan: Path, name: str, data: bytes | None, words: str
) -> None:
    bad, out = scan.parent / name, scan.parent / "a.musicxml"
    if data is not None:
        bad.write_bytes(data)
    outcome = notehead("read", bad, "-o", out)
    assert (outcome.code, out.exists()) == (4, False)
    assert words in outcome.err
    assert outcome.err.endswith("notehead: no page could be read\n")
    outcome = notehead("read", bad, scan, "-o", out)
    assert outcome.code == 5
    assert pitches(out.read_bytes()) == len(PLACED)
    assert outcome.err.endswith("notehead: 1 page or file could not be read\n")


def test_pages_without_music(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "blank.png").write_bytes(BLANK)
    outcome = notehead("read", tmp_path / "blank.png", "-o", tmp_path / "a.musicxml")
    assert outcome.code == 4
    assert "notehead: there is no music on these pages. Look with `notehead detect --overlay`" in outcome.err
    assert not (tmp_path / "a.musicxml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "a.pdf"), "a.pdf: its ending tells no kind of music file. Choose among .musicxml"),
        (("--midi", "a.xml"), "a.xml: --midi writes a MIDI file. Give it a name that ends in .mid."),
        (("--report", "a.pdf"), "a.pdf: --report writes a web page. Give it a name that ends in .html."),
        (("-o", "a.mid", "--midi", "a.mid"), "a.mid: two results would have this name"),
        (("-o", "no/a.mid"), "a.mid: there is no folder "), (("-o", "folder.mxl"), "a folder is in the way"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_told_before_reading(
    notehead: Call, scan: Path, words: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scan.parent)
    (scan.parent / "folder.mxl").mkdir()
    outcome = notehead("read", scan, *words)
    assert (outcome.code, outcome.out) == (6, "")
    assert message in outcome.err


def test_what_is_read_is_never_overwritten(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    scan = tmp_path / "scan.mid"  # an image under a name that says something else
    scan.write_bytes(SCAN)
    outcome = notehead("read", scan, "-o", tmp_path / "link" / "scan.mid")
    assert outcome.code == 6
    assert "it is to be read, and would be overwritten. Choose another name" in outcome.err
    assert scan.read_bytes() == SCAN


def test_an_interrupted_run_leaves_nothing(
    notehead: Call, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> Score:
        raise KeyboardInterrupt

    monkeypatch.setattr("notehead.reading.music.transcribe", stopped)
    assert notehead("read", scan, "-o", scan.parent / "a.mxl").code == 130
    assert list(scan.parent.iterdir()) == [scan]


def test_music_that_trips_the_program_is_no_traceback(
    notehead: Call, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(*_: object) -> Score:
        raise ZeroDivisionError

    monkeypatch.setattr("notehead.reading.music.transcribe", trips)
    outcome = notehead("read", scan)
    assert outcome.code == 1
    assert "the music could not be put together (ZeroDivisionError: ). Please report it" in outcome.err


# Collections.


def test_each_file_is_a_piece(notehead: Call, scan: Path, tmp_path: Path) -> None:
    found, music_ = tmp_path / "found", tmp_path / "music"
    (tmp_path / "blank.png").write_bytes(BLANK)
    assert notehead("detect", tmp_path, "-o", found, "--json").code == 0
    outcome = notehead("read", found, "-o", music_, "--each", "--jobs", "2")
    assert (outcome.code, outcome.out) == (5, "")
    assert pitches((music_ / "scan.musicxml").read_bytes()) == len(PLACED)
    assert [path.name for path in music_.glob("*.musicxml")] == ["scan.musicxml"]
    first, second, last = outcome.err.splitlines()
    assert first.startswith(f"{music_}: 1 piece, 1 page, ")
    assert first.endswith(" not add up, 0 uncertain notes")
    assert second == f"failed: 1 page or file, first {found / 'blank.json'}: there is no music on these pages"
    assert last == "notehead: 1 page or file could not be read"
    table = pd.read_parquet(music_ / "tables").set_index("file")
    assert table.heads[str(found / "scan.json")] == len(PLACED)
    again = notehead("read", found, "-o", music_, "--each")
    assert (again.code, again.err.splitlines()[1]) == (5, "2 of 2 parts done before")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--each",), "--each writes a file of music for each file, into the folder -o"),
        (("--each", "-o", "out", "--midi", "a.mid"), "and no other"),
        (("-o", "a.mei", "--runner", "local"), "--runner and --address go with --each"),
        (("-", "-o", "out", "--each"), "--each takes files and folders, not standard input"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(
    notehead: Call, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    outcome = notehead("read", tmp_path, *words)
    assert outcome.code == 2
    assert message in outcome.err


# In Python.


def notes(score: Score) -> int:
    return sum(len(c.notes) for part in score.parts for measure in part.measures for c in measure.chords)


def test_read_takes_files_images_and_pages(scan: Path) -> None:
    colours: Any = np.repeat(MUSIC[:, :, None], 3, axis=2)
    page = detector_module.Detector().detect(MUSIC)
    for one in (scan, str(scan), scan.parent, MUSIC, colours, page):
        assert notes(read(one)) == len(PLACED)
    assert notes(read([scan, MUSIC, page])) == 3 * len(PLACED)
    assert music_of([page]) == read(page)


def test_read_raises_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"")
    with pytest.raises(DocumentError, match="it is empty"):
        read(tmp_path / "bad.png")


def test_it_is_public() -> None:
    assert package.read is read
    assert issubclass(DocumentError, NoteheadError)
