"""A collection's pages are those of single runs, as files and as rows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

from notehead.collection import Detecting
from notehead.collection.run import run
from notehead.collection.state import STATE
from notehead.detect.detector import NO_STAFF
from notehead.images import read_png
from notehead.images.page_range import parse_pages
from notehead.vocabulary import named_vocabulary
from tests.cli.test_detect import MUSIC, SCAN, saved
from tests.collection.conftest import found, options
from tests.collection.ink import MODULE

BLANK = Image.fromarray(np.full_like(MUSIC, 255))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A scan, one on its side, two pages of which one is blank, and a file that is none."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "my scan.png").write_bytes(SCAN)
    (folder / "side.png").write_bytes(saved(Image.fromarray(np.ascontiguousarray(np.rot90(MUSIC)))))
    two = saved(Image.fromarray(MUSIC), "TIFF", save_all=True, append_images=[BLANK])
    (folder / "two.tif").write_bytes(two)
    (folder / "none.png").write_bytes(b"")
    return folder


def detect_with_ink(folder: Path, output: Path, detecting: Detecting) -> Any:
    work = replace(detecting.work(), function=f"{MODULE}:detect_ink")
    return run(work, found(folder, output), output, options(workers=1))


def test_rows_say_what_the_files_say(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = detect_with_ink(pages, out, Detecting())
    table = pd.read_parquet(out / "tables").sort_values(["file", "page"]).reset_index(drop=True)
    assert [Path(file).name for file in table.file] == ["my scan.png", "none.png", "side.png"] + [
        "two.tif"
    ] * 2
    assert table.name.tolist()[0] == "my-scan"
    assert table.name.tolist()[3:] == ["two-p1", "two-p2"]
    assert table.error.notna().tolist() == [False, True, False, False, False]
    assert table.notes.tolist()[4] == [NO_STAFF]
    assert table.turned[2] % 180 == 90
    assert summary.counts == {"pages": 4, "symbols": table.symbols.sum(), "empty": 1}
    for _, row in table[table.error.isna()].iterrows():
        page = orjson.loads((out / f"{row['name']}.json").read_bytes())
        for name in (
            "file",
            "page",
            "pages",
            "width",
            "height",
            "staff_space",
            "confidence",
            "turned",
            "skew",
        ):
            assert page[name] == row[name]
        assert row.symbols == len(page["symbols"]) == len(row.objects["category"])
        _same_symbols(page["symbols"], row.objects)
    assert table.symbols[0] > 10


def _same_symbols(symbols: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    names = list(named_vocabulary("notehead"))
    assert [symbol["class"] for symbol in symbols] == [names[place] for place in columns["category"]]
    if symbols:
        boxes = np.stack(columns["bbox"])
        boxes[:, 2:] += boxes[:, :2]
        assert np.allclose([symbol["box"] for symbol in symbols], boxes, atol=0.006)
        assert np.allclose([symbol["score"] for symbol in symbols], columns["score"], atol=1e-4)


def test_tables_name_their_classes(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    wanted = Detecting(classes="mung", pages=parse_pages("1"), json=False, muscima=True, overlay=True)
    detect_with_ink(pages, out, wanted)
    assert not list(out.glob("*.json"))
    assert read_png(out / "my-scan.png").shape == (*MUSIC.shape, 3)
    assert {path.name for path in out.glob("*.xml")} == {"my-scan.xml", "side.xml", "two-p1.xml"}
    [*tables] = (out / "tables").iterdir()
    own = orjson.loads(pq.read_schema(tables[0]).metadata[b"notehead"])
    assert own["format"] == "notehead pages 1"
    assert [row["name"] for row in own["classes"]] == list(named_vocabulary("mung"))
    named = pd.read_csv(out / "classes.csv").name.tolist()
    assert named == list(named_vocabulary("mung"))
    objects = pd.read_parquet(out / "tables").objects
    assert "noteheadFull" in {named[place] for columns in objects for place in columns["category"]}


def test_a_file_that_is_away_is_tried_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "pages", tmp_path / "out"
    folder.mkdir()
    (folder / "a.png").write_bytes(SCAN)
    (folder / "b.png").write_bytes(SCAN)
    (folder / "b.png").rename(tmp_path / "b.png")
    (folder / "b.png").symlink_to(tmp_path / "away" / "b.png")
    assert detect_with_ink(folder, out, Detecting()).failed == 1
    records = [orjson.loads(path.read_bytes()) for path in (out / STATE / "parts").iterdir()]
    assert any(record["again"] for record in records)
    (tmp_path / "away").mkdir()
    shutil.move(tmp_path / "b.png", tmp_path / "away" / "b.png")
    summary = detect_with_ink(folder, out, Detecting())
    assert (summary.failed, summary.counts["pages"]) == (0, 2)
