"""YOLO's label files alone as predictions."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset, Symbols
from notehead.datasets.predictions import open_predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from tests.support.coco import OWN
from tests.support.pages import MemorySource, blank_page


def truth(*, sizes: bool = True) -> Dataset:
    source = MemorySource([blank_page(name, Symbols(vocabulary=OWN), (200, 100)) for name in "ab"], OWN)
    if not sizes:
        source.entries = [replace(entry, width=0, height=0) for entry in source.entries]
    return Dataset(source)


def put(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


@pytest.mark.parametrize("sizes", [True, False])
@pytest.mark.parametrize("inside", ["", "labels"])
def test_labels_with_confidence(inside: str, tmp_path: Path, *, sizes: bool) -> None:
    put(tmp_path / inside, a="1 0.5 0.5 0.25 0.5 0.75\n0 0.25 0.5 0.5 1 1\n", x="0 0.5 0.5 1 1 1\n")
    put(tmp_path / inside, classes="stem\nsmudge\n")
    dataset = truth(sizes=sizes)
    predictions = pickle.loads(pickle.dumps(open_predictions(tmp_path, dataset)))
    found = predictions.symbols(dataset.entries[0])
    assert found.box.tolist() == [[75, 25, 125, 75], [0, 0, 100, 100]]
    assert found.score.tolist() == [0.75, 1]
    assert found.label.tolist() == [3, 7]
    assert found.vocabulary == OWN
    assert len(predictions.symbols(dataset.entries[1])) == 0
    assert [predictions.has(entry) for entry in dataset.entries] == [True, False]
    assert (predictions.format, predictions.unmatched) == ("yolo-labels", ["x"])
    assert predictions.unknown_classes() == {}


def test_oriented_labels(tmp_path: Path) -> None:
    put(tmp_path, a="0 0.5 0.1 0.6 0.3 0.5 0.5 0.4 0.3 0.125\n")
    found = open_predictions(tmp_path, truth()).symbols(truth().entries[0])
    assert np.allclose(found.corners[0], [[100, 10], [120, 30], [100, 50], [80, 30]])
    assert np.allclose(found.box, [[80, 10, 120, 50]])
    assert found.score.tolist() == [0.125]


@pytest.mark.parametrize("line", ["9 0.5 0.5 0.1 0.1 1", "0 0.5 0.5 0.1 0.1 2", "0 0.5 0.5", "stem 0 0 1 1"])
def test_lines_that_cannot_be_used(line: str, tmp_path: Path) -> None:
    put(tmp_path, a=f"0 0.5 0.5 0.1 0.1 0.5\n{line}\n")
    with pytest.raises(DatasetError, match=r"a\.txt: line 2"):
        open_predictions(tmp_path, truth()).symbols(truth().entries[0])
    predictions = open_predictions(tmp_path, truth(), ReadOptions(keep_going=True))
    assert len(predictions.symbols(truth().entries[0])) == 1
    assert predictions.complaints.counts == {"symbols": 1}


def test_files_for_other_pages(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none of its files \(x\.txt, \.\.\.\) is named as a page"):
        open_predictions(put(tmp_path, x="0 0.5 0.5 0.1 0.1 0.5\n"), truth())


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    predictions = open_predictions(put(tmp_path, a="0 0.5 0.5 0.1 0.1\n"), truth())
    (tmp_path / "a.txt").unlink()
    with pytest.raises(DatasetError, match=r"a\.txt: No such file"):
        predictions.symbols(truth().entries[0])
