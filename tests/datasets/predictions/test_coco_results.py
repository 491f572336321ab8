"""COCO's result files, written, read, and read by others' tools."""

from __future__ import annotations

import json
import pickle
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import faster_coco_eval
import numpy as np
import pycocotools.coco
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import Dataset, Symbols
from notehead.datasets.convert import LossWarning, convert
from notehead.datasets.predictions import Predictions, open_predictions, write_predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.vocabulary import Vocabulary
from tests.support.coco import OWN, written
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

YOLO = Vocabulary.of([(0, "stem"), (1, "beam"), (2, "smudge")])
GOOD = {"image_id": 1, "category_id": 7, "bbox": [1, 2, 10, 5], "score": 0.5}


def truth(*names: str, vocabulary: Vocabulary = OWN) -> Dataset:
    """Pages whose images have the ids 1, 2, ..., as in COCO."""
    source = MemorySource([blank_page(name, Symbols(vocabulary=vocabulary)) for name in names], vocabulary)
    source.entries = [replace(entry, key=str(place)) for place, entry in enumerate(source.entries, start=1)]
    return Dataset(source)


def opened(
    folder: Path, content: object, dataset: Dataset | None = None, *, keep_going: bool = False
) -> Predictions:
    path = folder / "results.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return open_predictions(path, dataset or truth("a", "b"), ReadOptions(keep_going=keep_going))


@st.composite
def predicted(draw: st.DrawFn) -> list[Symbols]:
    """Symbols for three pages, of which boxes may leave the page."""
    found = []
    for _ in range(3):
        symbols = draw(random_symbols(vocabulary=OWN))
        shift = draw(st.integers(-100, 100))
        scores = [
            draw(st.integers(0, 10**6).map(lambda millionths: millionths / 1e6)) for _ in range(len(symbols))
        ]
        found.append(
            Symbols.build(
                symbols.label.tolist(),
                symbols.box + shift,
                OWN,
                score=np.array(scores, np.float64),
                corners=symbols.corners + shift,
            )
        )
    return found


@given(pages=predicted(), order=st.permutations([0, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_what_is_written_comes_back(pages: list[Symbols], order: list[int]) -> None:
    dataset = truth("a", "b", "c")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        write_predictions(path, "coco-results", dataset, [(dataset.entries[k], pages[k]) for k in order])
        if not any(map(len, pages)):
            assert path.read_text() == "[]\n"
        predictions = open_predictions(path, dataset)
        assert predictions.vocabulary == OWN
        assert predictions.format == "coco-results"
        for entry, wanted in zip(dataset.entries, pages, strict=True):
            found = predictions.symbols(entry)
            assert predictions.has(entry) == (len(wanted) > 0)
            for column in ("id", "label", "score"):
                assert np.array_equal(getattr(found, column), getattr(wanted, column)), column
            assert np.allclose(found.box, wanted.box, rtol=0, atol=1e-9)
            assert np.allclose(found.corners, wanted.corners, rtol=0, atol=0.00051)
            assert found.vocabulary == OWN


@pytest.mark.parametrize("tool", [pycocotools.coco.COCO, faster_coco_eval.COCO])
def test_pycocotools_and_faster_coco_eval_read_it(tool: type, tmp_path: Path) -> None:
    dataset = written(tmp_path / "coco", disc_page("a", OWN), disc_page("b", OWN), vocabulary=OWN)
    scored = [
        (entry, symbols.replace(score=np.linspace(0, 1, len(symbols))))
        for entry, symbols in dataset.annotations()
    ]
    write_predictions(tmp_path / "results.json", "coco-results", dataset, scored)
    coco = tool(str(tmp_path / "coco" / "annotations" / "instances_train.json"))
    results = coco.loadRes(str(tmp_path / "results.json"))
    for entry, symbols in scored:
        records = results.loadAnns(results.getAnnIds(imgIds=[int(entry.key)]))
        assert [record["score"] for record in records] == symbols.score.tolist()
        assert [record["category_id"] for record in records] == symbols.label.tolist()
        assert [record["bbox"][:2] for record in records] == symbols.box[:, :2].tolist()


def test_they_can_be_pickled_and_keep_no_file(tmp_path: Path) -> None:
    predictions = opened(tmp_path, [GOOD, {**GOOD, "image_id": 2}])
    assert len(pickle.loads(pickle.dumps(predictions)).symbols(truth("a").entries[0])) == 1


def test_boxes_may_leave_the_page_and_elements_stand_in_any_order(tmp_path: Path) -> None:
    far = {**GOOD, "image_id": 2, "bbox": [-500.5, 900, 2000, 0]}
    predictions = opened(tmp_path, [GOOD, far, {**GOOD, "score": 1, "bbox": [0, 0, 0, 0]}])
    first, second = (predictions.symbols(entry) for entry in truth("a", "b").entries)
    assert first.box.tolist() == [[1, 2, 11, 7], [0, 0, 0, 0]]
    assert first.score.tolist() == [0.5, 1]
    assert second.box.tolist() == [[-500.5, 900, 1499.5, 900]]


def test_pages_are_named_by_texts_too(tmp_path: Path) -> None:
    content = [
        {**GOOD, "image_id": "lg-2"},
        {"image_id": "lg-1.png", **{key: GOOD[key] for key in ("category_id", "bbox", "score")}},
        {**GOOD, "image_id": "lg-2", "category_id": 3},
    ]
    dataset = truth("lg-1", "lg-2")
    predictions = opened(tmp_path, content, dataset)
    assert [predictions.symbols(entry).names for entry in dataset.entries] == [["stem"], ["stem", "smudge"]]
    assert predictions.unmatched == []


def test_pages_that_are_missing_on_either_side(tmp_path: Path) -> None:
    dataset = truth("a", "b")
    predictions = opened(tmp_path, [GOOD, {**GOOD, "image_id": 3}, {**GOOD, "image_id": "x"}], dataset)
    assert predictions.unmatched == ["x", "3"] or sorted(predictions.unmatched) == ["3", "x"]
    assert [predictions.has(entry) for entry in dataset.entries] == [True, False]
    nothing = predictions.symbols(dataset.entries[1])
    assert (len(nothing), nothing.vocabulary) == (0, OWN)


def test_classes_that_the_truth_lacks_are_left_out_and_counted(tmp_path: Path) -> None:
    content = [GOOD, *[{**GOOD, "category_id": 5}] * 2, {**GOOD, "category_id": 1, "image_id": 2}]
    predictions = opened(tmp_path, content)
    assert predictions.symbols(truth("a").entries[0]).names == ["stem"]
    assert predictions.unknown_classes() == {"5": 2, "1": 1}
    assert predictions.complaints.counts == {}
    with pytest.raises(DatasetError, match=r"none of its classes \(1, 5, \.\.\.\) is one of the truth's"):
        opened(tmp_path, content[1:])


@pytest.mark.parametrize(
    ("categories", "more", "names"),
    [
        ([0, 1], {}, ["stem", "beam"]),
        ([1, 2], {}, ["beam", "smudge"]),
        ([1, 3], {}, ["stem", "smudge"]),
        ([1, 2], {"file_name": "a.png"}, ["stem", "beam"]),
        ([0, 3], {"file_name": "a.png"}, ["stem"]),
    ],
)
def test_ultralytics_counts_classes_from_1(
    categories: list[int], more: dict[str, str], names: list[str], tmp_path: Path
) -> None:
    content = [{**GOOD, "image_id": "a", "category_id": category, **more} for category in categories]
    dataset = truth("a", vocabulary=YOLO)
    assert opened(tmp_path, content, dataset).symbols(dataset.entries[0]).names == names


def test_ultralytics_means_places_whatever_the_ids(tmp_path: Path) -> None:
    dataset = truth("a")
    content = [
        {**GOOD, "image_id": "a", "category_id": place, "file_name": "a.png"} for place in (1, 2, 4, 5)
    ]
    predictions = opened(tmp_path, content, dataset)
    assert predictions.symbols(dataset.entries[0]).names == ["stem", "smudge", "Größe, ♯"]
    assert predictions.unknown_classes() == {"5": 1}


def test_oriented_boxes(tmp_path: Path) -> None:
    eight = [3, 0, 5, 2, 3, 4, 1, 2]
    bare = {key: GOOD[key] for key in ("image_id", "category_id", "score")}
    content = [{**GOOD, "obb": eight}, {**bare, "poly": eight, "rbox": [1, 2, 3, 4, 5]}, GOOD]
    symbols = opened(tmp_path, content).symbols(truth("a").entries[0])
    assert symbols.box.tolist() == [[1, 2, 11, 7], [1, 0, 5, 4], [1, 2, 11, 7]]
    assert symbols.corners.reshape(-1, 8).tolist() == [eight, eight, [1, 2, 11, 2, 11, 7, 1, 7]]


@pytest.mark.parametrize(
    ("counts", "box"),
    [
        ([22, 3, 7, 1, 17], [2, 2, 4, 5]),
        ([22, 12, 16], [2, 0, 4, 10]),
        ([49, 1], [4, 9, 5, 10]),
    ],
)
def test_boxes_of_masks_where_there_are_none(counts: list[int], box: list[int], tmp_path: Path) -> None:
    record = {**GOOD, "bbox": [], "segmentation": {"size": [10, 5], "counts": counts}}
    symbols = opened(tmp_path, [record]).symbols(truth("a").entries[0])
    assert symbols.box.tolist() == [box]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"score": 1.001}, "its score is not from 0 to 1 (1.001)"),
        ({"score": -0.1}, "its score is not from 0 to 1 (-0.1)"),
        ({"score": float("nan")}, "its score is not from 0 to 1 (nan)"),
        ({"score": float("inf")}, "its score is not from 0 to 1 (inf)"),
        ({"score": None}, "it has no score"),
        ({"score": "0.5"}, "its score is no number ('0.5')"),
        ({"score": True}, "its score is no number (True)"),
        ({"bbox": [1, 2, -3, 4]}, "its box has a negative width or height (1, 2, -2, 6)"),
        ({"bbox": [1, 2, float("nan"), 4]}, "its bbox is not made of 4 numbers"),
        ({"bbox": [1, 2, 3]}, "its bbox is not made of 4 numbers"),
        ({"bbox": "1 2 3 4"}, "its bbox is not made of 4 numbers"),
        ({"bbox": None}, "its bbox is not made of 4 numbers"),
        ({"bbox": [], "segmentation": {"size": [5, 5], "counts": [25]}}, "its bbox is not made of 4 numbers"),
        (
            {"bbox": [], "segmentation": {"size": [5, 5], "counts": "x"}},
            "the run lengths of its mask are damaged",
        ),
        ({"bbox": [], "segmentation": {"size": [-5, 5], "counts": "x"}}, "its bbox is not made of 4 numbers"),
        (
            {"bbox": [], "segmentation": {"size": [1e30, 5], "counts": "x"}},
            "its bbox is not made of 4 numbers",
        ),
        ({"bbox": [1e308, 0, 1e308, 1]}, "its box is not made of numbers"),
        ({"category_id": None}, "its category_id is no class (None)"),
        ({"category_id": 7.5}, "its category_id is no class (7.5)"),
        ({"category_id": -1}, "its category_id is no class (-1)"),
        ({"category_id": 2**40}, f"its category_id is no class ({2**40})"),
    ],
)
def test_a_prediction_that_cannot_be_used(change: dict[str, Any], cause: str, tmp_path: Path) -> None:
    content = [GOOD, {**GOOD, **change}]
    entry = truth("a").entries[0]
    with pytest.raises(DatasetError) as error:
        opened(tmp_path, content).symbols(entry)
    assert f"results.json: page a: prediction number 2: {cause}" in str(error.value)
    predictions = opened(tmp_path, content, keep_going=True)
    assert len(predictions.symbols(entry)) == 1
    assert predictions.complaints.counts == {"symbols": 1}


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (json.dumps([GOOD] * 3)[:-1], "cut off"),
        (json.dumps([GOOD] * 3)[:-30], "cut off"),
        (json.dumps([GOOD] * 3).replace(", 5]", " 5]"), "no JSON"),
        (json.dumps([GOOD, 7]), r"\[1\] is no object"),
        (json.dumps([GOOD]) + "x", "something follows"),
    ],
)
def test_a_damaged_file(content: str, cause: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=cause) as error:
        opened(tmp_path, content).symbols(truth("a").entries[0])
    assert "results.json" in str(error.value)


def test_a_prediction_without_image(tmp_path: Path) -> None:
    bare = {key: GOOD[key] for key in ("category_id", "bbox", "score")}
    for wrong in (bare, {**bare, "image_id": None}, {**bare, "image_id": [1]}):
        with pytest.raises(DatasetError, match=r"\[1\]: its 'image_id' is"):
            opened(tmp_path, [GOOD, wrong])
        predictions = opened(tmp_path, [GOOD, wrong], keep_going=True)
        assert len(predictions.symbols(truth("a").entries[0])) == 1
        assert predictions.complaints.counts == {"symbols": 1}


def test_a_file_that_is_gone_is_a_page_that_cannot_be_read(tmp_path: Path) -> None:
    predictions = opened(tmp_path, [GOOD], keep_going=True)
    (tmp_path / "results.json").unlink()
    assert len(predictions.symbols(truth("a").entries[0])) == 0
    assert predictions.complaints.counts == {"pages": 1}


def test_a_prediction_without_score(tmp_path: Path) -> None:
    bare = {key: GOOD[key] for key in ("image_id", "category_id", "bbox")}
    with pytest.raises(DatasetError, match="page a: prediction number 1: it has no score"):
        opened(tmp_path, [bare]).symbols(truth("a").entries[0])


def test_numbers_from_another_format_are_no_pages_of_a_truth_without_ids(tmp_path: Path) -> None:
    """Whatever the order of pages: it was once their meaning, and gave an AP of 0 without a word."""
    pages = [disc_page(name, OWN) for name in ("a", "b", "c")]
    coco = written(tmp_path / "coco", *reversed(pages), vocabulary=OWN)
    path = tmp_path / "results.json"
    write_predictions(path, "coco-results", coco, list(coco.annotations()))
    for to in ("notehead", "mung", "pascal_voc", "parquet", "yolo"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LossWarning)
            convert(coco, tmp_path / to, to)
        with pytest.raises(DatasetError, match=r"it numbers its images .* the truth has no image ids"):
            open_predictions(path, Dataset(tmp_path / to))
    found = open_predictions(path, coco)
    for entry, symbols in coco.annotations():
        assert np.array_equal(found.symbols(entry).box, symbols.box)


def test_an_empty_file_of_results_is_one(tmp_path: Path) -> None:
    predictions = opened(tmp_path, " [ ]")
    assert (predictions.unmatched, predictions.unknown_classes()) == ([], {})
    assert len(predictions.symbols(truth("a").entries[0])) == 0
