"""Datasets with scores as predictions."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import convert
from notehead.datasets.predictions import open_predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.vocabulary import Vocabulary
from tests.support.pages import MemorySource, blank_page

TRUE = Vocabulary.of([(5, "stem"), (6, "legerLine")])


def truth(vocabulary: Vocabulary = TRUE) -> Dataset:
    empty = Symbols(vocabulary=vocabulary)
    return Dataset(MemorySource([blank_page(name, empty) for name in ("a", "b")], vocabulary))


def scored(name: str, size: tuple[int, int] = (300, 200)) -> Page:
    names = ["ledgerLine", "stem", "beam", "beam"]
    boxes = [[place, 2, place + 9, 30] for place in range(4)]
    return blank_page(name, Symbols.build(names, boxes, score=[0.1, 0.25, 0.5, 1]), size)


def put(folder: Path, to: str, *pages: Page) -> Path:
    convert(Dataset(MemorySource(pages)), folder / "predicted", to)
    return folder / "predicted"


@pytest.mark.parametrize("to", ["notehead", "coco"])
def test_pages_are_matched_by_their_names_and_classes_by_theirs(to: str, tmp_path: Path) -> None:
    predictions = open_predictions(put(tmp_path, to, scored("b"), scored("c")), truth())
    first, second = (predictions.symbols(entry) for entry in truth().entries)
    assert (len(first), first.vocabulary) == (0, TRUE)
    assert second.names == ["legerLine", "stem"]
    assert second.label.tolist() == [6, 5]
    assert second.score.tolist() == [0.1, 0.25]
    assert second.vocabulary == TRUE
    assert predictions.unmatched == ["c"]
    assert predictions.unknown_classes() == {"beam": 4}
    assert predictions.format == to
    assert [predictions.has(entry) for entry in truth().entries] == [False, True]
    assert len(pickle.loads(pickle.dumps(predictions)).symbols(truth().entries[1])) == 2


def test_classes_that_agree_need_no_second_reading(tmp_path: Path) -> None:
    path = put(tmp_path, "notehead", scored("a"))
    predictions = open_predictions(path, truth(VOCABULARY))
    for file in (path / "pages").iterdir():
        file.unlink()
    assert predictions.unknown_classes() == {}


def test_a_page_of_another_size(tmp_path: Path) -> None:
    path = put(tmp_path, "coco", scored("a", (150, 100)), scored("b"))
    entry = truth().entries[0]
    with pytest.raises(DatasetError, match="page a: predicted on 150 x 100 pixels, the truth has 300 x 200"):
        open_predictions(path, truth()).symbols(entry)
    predictions = open_predictions(path, truth(), ReadOptions(keep_going=True))
    assert len(predictions.symbols(entry)) == 0
    assert len(predictions.symbols(truth().entries[1])) == 2
    assert predictions.complaints.counts == {"pages": 1}


def test_what_has_nothing_to_do_with_the_truth(tmp_path: Path) -> None:
    path = put(tmp_path, "notehead", scored("c"))
    with pytest.raises(DatasetError, match=r"none of its pages \(c, \.\.\.\) is one of the truth's"):
        open_predictions(path, truth())
    path = put(tmp_path / "own", "coco", scored("a"))
    with pytest.raises(DatasetError, match=r"none of its classes \(.*, \.\.\.\) is one of the truth's"):
        open_predictions(path, truth(Vocabulary.of([(1, "smudge")])))


def test_boxes_and_scores_are_those_of_the_dataset(tmp_path: Path) -> None:
    predictions = open_predictions(put(tmp_path, "notehead", scored("a")), truth(VOCABULARY))
    found = predictions.symbols(truth().entries[0])
    assert np.array_equal(found.box, scored("a").symbols.box)
    assert np.array_equal(found.score, scored("a").symbols.score)
