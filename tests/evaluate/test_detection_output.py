"""Figures of detection as JSON, table, CSV and plots."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import orjson
import pytest
from PIL import Image

from notehead import VOCABULARY, Symbols
from notehead.datasets.index import PageEntry
from notehead.errors import OutputError
from notehead.evaluate import DEFINITIONS, DetectionFigures, DetectionOptions, evaluate_detection
from notehead.evaluate.detection_plots import MOST_CONFUSED, confused_classes, write_detection_plots
from notehead.evaluate.detection_table import classes_csv
from notehead.vocabulary import Vocabulary

PLOTS = ["average_precision", "confusions", "precision_recall"]


@pytest.fixture(scope="module")
def figures() -> DetectionFigures:
    """Three classes with truth, one without; one found as another, one missed, one false."""
    truth = Symbols.build(
        ["stem", "stem", "clefG", "clefC", "staff"],
        [[0, 0, 3, 60], [20, 0, 23, 60], [40, 0, 70, 90], [90, 0, 120, 90], [0, 0, 900, 80]],
    )
    found = Symbols.build(
        ["stem", "clefC", "staff", "brace"],
        [[2, 0, 5, 60], [40, 0, 70, 90], [0, 0, 900, 80], [500, 0, 510, 90]],
        score=[0.9, 0.8, 0.7, 0.6],
    )
    return evaluate_detection([(PageEntry("a"), truth, found)], VOCABULARY)


def many_classes(count: int) -> DetectionFigures:
    """Each class once; each found as the next."""
    vocabulary = Vocabulary.of((number, f"c{number}") for number in range(1, count + 1))
    labels = np.arange(1, count + 1)
    boxes = np.array([[20 * number, 0, 20 * number + 10, 10] for number in range(count)])
    truth = Symbols.build(labels.tolist(), boxes, vocabulary)
    found = truth.replace(label=np.roll(truth.label, -1))
    return evaluate_detection([(PageEntry("a"), truth, found)], vocabulary)


def test_json_holds_every_figure(figures: DetectionFigures) -> None:
    written = orjson.loads(orjson.dumps(figures.to_json()))
    assert written["boxes"] == "upright"
    assert (written["pages"], written["truths"], written["detections"]) == (1, 5, 4)
    assert list(written["mean"]) == list(written["weighted_mean"]) == list(DEFINITIONS)
    assert written["without_truth"] == {"brace": 1}
    assert [row["name"] for row in written["classes"]] == ["stem", "clefC", "clefG", "staff"]
    assert ["clefG", "clefC", 1] in written["confusion"]
    assert ["(background)", "brace", 1] in written["confusion"]
    stem = written["classes"][0]
    assert stem["ap50"] == stem["ap"]["coco"][0] == 0
    assert stem["near"] == [pytest.approx(51 / 101, abs=1e-6)] * 2
    assert len(stem["curve"]) == len(written["curve"]) == 101
    assert stem["at"] == {"confidence": 0.4, "precision": 0, "recall": 0, "f1": 0}
    assert written["at"]["precision"] == 0.25


def test_the_table_names_every_definition(figures: DetectionFigures) -> None:
    text = figures.table()
    assert text.startswith("1 pages, 5 true symbols of 4 classes, 4 detections; upright boxes\n")
    for definition in DEFINITIONS.values():
        assert f"\n{definition.title} " in text
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}
    assert lines["staff"] == [
        "1",
        "1",
        "1.000",
        "1.000",
        "1.000",
        "1.000",
        "1.000",
        "1.000",
        "1.000",
        "1.000",
    ]
    assert lines["clefG"] == ["1", "0", "0.000", "0.000", "0.000", "-", "-", "0.000", "0.000", "0.000"]
    assert "AP of the 2 thin classes by distance: 0.752 within 0.25 staff spaces, 0.752 within 0.5" in text
    assert text.endswith("found, falsely: brace 1\n")
    assert max(map(len, text.splitlines())) <= 110


def test_the_csv_has_every_class_and_figure(figures: DetectionFigures) -> None:
    rows = list(csv.DictReader(io.StringIO(classes_csv(figures).decode())))
    counts = [f"{row['class']} {row['symbols']} {row['found']}" for row in rows]
    assert counts == ["stem 2 1", "clefC 1 1", "clefG 1 0", "staff 1 1", "brace 0 1"]
    assert all(f"{name}_{kind}" in rows[0] for name in DEFINITIONS for kind in ("ap50", "ap75", "ap50_95"))
    assert rows[3]["coco_ap50_95"] == rows[3]["recall"] == "1.000000"
    assert rows[0]["near_0.5"] == f"{51 / 101:.6f}"
    assert rows[0]["near_f1_0.5"] == f"{2 / 3:.6f}"  # one of two stems, and nothing false
    assert {rows[2]["near_0.5"], rows[2]["near_f1_0.5"], rows[4]["coco_ap50"], rows[4]["ar"]} == {""}
    assert None not in rows[4]
    assert None not in rows[4].values()


def test_plots_are_the_same_bytes_each_time(figures: DetectionFigures, tmp_path: Path) -> None:
    paths = write_detection_plots(figures, tmp_path / "new" / "a")
    again = write_detection_plots(figures, tmp_path / "b")
    assert sorted({path.stem for path in paths}) == PLOTS
    assert sorted(path.suffix for path in paths) == [".png"] * 3 + [".svg"] * 3
    for one, other in zip(paths, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
        if one.suffix == ".svg":
            assert ET.parse(one).getroot().tag.endswith("svg")
        else:
            with Image.open(one) as image:
                assert min(image.size) > 200
                assert len(image.convert("L").getcolors() or ()) > 20  # not blank


@pytest.mark.parametrize("count", [0, 1, 30])
def test_plots_of_few_and_many_classes(count: int, tmp_path: Path) -> None:
    assert len(write_detection_plots(many_classes(count), tmp_path)) == 6


def test_plots_that_cannot_be_written(figures: DetectionFigures, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="a file is in the way"):
        write_detection_plots(figures, tmp_path / "file")


def test_the_most_confused_classes(figures: DetectionFigures) -> None:
    names, shares = confused_classes(figures)
    assert names == [name for name in VOCABULARY if name in {"brace", "clefG", "stem", "staff", "clefC"}]
    row = names.index("clefG")
    assert shares[row, names.index("clefC")] == 1
    assert shares[names.index("stem"), -1] == 1  # missed
    assert shares[-1].sum() == pytest.approx(1)  # what is not there
    assert shares[-1, names.index("brace")] == 0.5


def test_only_the_most_confused_classes_are_shown() -> None:
    names, shares = confused_classes(many_classes(50))
    assert len(names) == MOST_CONFUSED
    assert shares.shape == (MOST_CONFUSED + 1, MOST_CONFUSED + 2)
    assert shares[:-1].sum(axis=1) == pytest.approx(1)
    assert shares[:, -2].sum() >= 1  # found as a class that is not shown


def test_oriented_boxes_are_said(figures: DetectionFigures) -> None:
    assert "upright boxes" in figures.table()
    oriented = evaluate_detection([], VOCABULARY, DetectionOptions(oriented=True))
    assert oriented.table().startswith("0 pages, 0 true symbols of 0 classes, 0 detections; oriented boxes\n")
    assert oriented.to_json()["boxes"] == "oriented"
