"""Every file of a collection is a piece of its own, and a row tells where it is in doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree
from PIL import Image

from notehead.collection import Detecting, Pieces
from notehead.collection.files import files_outside
from notehead.collection.run import run
from notehead.collection.summary import Summary
from notehead.reading.sources import find_sources
from tests.cli.test_detect import MUSIC, PLACED, SCAN, saved
from tests.collection.conftest import options, results
from tests.collection.ink import MODULE
from tests.collection.test_detecting import BLANK, detect_with_ink


def read_with_ink(folder: Path, output: Path) -> Summary:
    work = replace(Pieces().work(), function=f"{MODULE}:read_ink")
    return run(work, files_outside(output, [folder], find_sources), output, options())


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    """A page, a piece of two pages of which one is damaged, a blank one, and a file that is no page."""
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "one.png").write_bytes(SCAN)
    music = Image.fromarray(MUSIC)
    (folder / "two.tif").write_bytes(saved(music, "TIFF", save_all=True, append_images=[music]))
    (folder / "blank.png").write_bytes(saved(BLANK))
    (folder / "none.png").write_bytes(b"Dear Sir or Madam, ")
    return folder


def pitches(path: Path) -> int:
    return len(etree.fromstring(path.read_bytes()).findall(".//pitch"))


def test_files_become_pieces(pieces: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = read_with_ink(pieces, out)
    assert {name for name in results(out) if not name.startswith("tables/")} == {
        "one.musicxml",
        "two.musicxml",
    }
    assert pitches(out / "one.musicxml") == len(PLACED)
    assert pitches(out / "two.musicxml") == 2 * len(PLACED)
    table = (
        pd.read_parquet(out / "tables")
        .sort_values("file")
        .set_index(pd.Index(["blank", "none", "one", "two"]))
    )
    assert table.pages.tolist() == [0, 0, 1, 2]
    assert table.heads["two"] == 2 * len(PLACED)
    assert table.error["blank"] == "there is no music on these pages"
    assert table.error["none"].startswith("it is no image and no PDF")
    assert table.error[["one", "two"]].isna().all()
    assert "no staff was found" in table.notes["blank"][0]
    doubts = table.doubts["two"]
    assert len(doubts["measure"]) == len(doubts["amount"])
    assert (doubts["amount"] > 0).sum() == table.doubtful["two"]
    assert (summary.counts["pieces"], summary.counts["pages"], summary.failed) == (2, 3, 2)
    assert summary.counts["measures"] == table.measures.sum()
    assert read_with_ink(pieces, out).counts == summary.counts


def test_what_was_detected_is_read(pieces: Path, tmp_path: Path) -> None:
    seen, out = tmp_path / "seen", tmp_path / "out"
    detect_with_ink(pieces, seen, Detecting())
    summary = read_with_ink(seen, out)
    assert {path.name for path in out.glob("*.musicxml")} == {
        "one.musicxml",
        "two-p1.musicxml",
        "two-p2.musicxml",
    }
    assert pitches(out / "one.musicxml") == len(PLACED)
    assert list(summary.failures) == ["there is no music on these pages"]
