"""Prediction files: found out by their content, written under ids that others' tools know."""

from __future__ import annotations

import contextlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Symbols
from notehead.datasets.convert import convert
from notehead.datasets.predictions import PredictionFormat, open_predictions, write_predictions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError, OutputError
from notehead.vocabulary import Vocabulary, class_map
from tests.support.coco import MISCHIEF
from tests.support.pages import MemorySource, blank_page

STEM = Symbols.build(["stem"], [[1, 2, 3, 4]])
RESULT = '{"image_id": 1, "category_id": 42, "bbox": [1, 2, 3, 4], "score": 1}'
PROPOSAL = '{"img_id": 1, "cat_id": 42, "bbox": [1, 2, 3, 4], "score": 1}'


def truth(*names: str, keys: tuple[str, ...] = ()) -> Dataset:
    source = MemorySource([blank_page(name, STEM) for name in names or ("a", "b")])
    if keys:
        source.entries = [replace(entry, key=key) for entry, key in zip(source.entries, keys, strict=True)]
    return Dataset(source)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (f"[{RESULT}]", "coco-results"),
        (f"\ufeff\r\n\t [{RESULT}]", "coco-results"),
        (f'{{"annotation_set": "deepscores", "proposals": [{PROPOSAL}]}}', "deepscores-proposals"),
        (f'\n{{"proposals" : [{PROPOSAL}], "annotation_set": "deepscores"}}', "deepscores-proposals"),
    ],
)
def test_formats_are_found_out(content: str, found: str, tmp_path: Path) -> None:
    for name in ("x.json", "x.txt"):
        (tmp_path / name).write_text(content, encoding="utf-8")
        predictions = open_predictions(tmp_path / name, truth(keys=("1", "2")))
        assert predictions.format == found
        assert len(predictions.symbols(truth().entries[0])) == 1
        assert predictions.path == tmp_path / name


def test_a_folder_or_a_dataset_s_file_is_a_dataset(tmp_path: Path) -> None:
    convert(truth(), tmp_path / "coco", "coco")
    for path in (tmp_path / "coco", tmp_path / "coco" / "annotations" / "instances_train.json"):
        predictions = open_predictions(path, truth())
        assert predictions.format == "coco"
        assert predictions.symbols(truth().entries[0]).score.tolist() == [1.0]
        assert predictions.symbols(truth().entries[0]).area.tolist() == [0]


def test_what_is_not_there_or_none(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "text.json").write_text("hello")
    (tmp_path / "folder").mkdir()
    for name in ("missing.json", "empty.json", "text.json", "folder"):
        with pytest.raises(DatasetError, match=name):
            open_predictions(tmp_path / name, truth())


def image_ids(path: Path, to: PredictionFormat) -> list[Any]:
    content = json.loads(path.read_bytes())
    if to == "coco-results":
        return [record["image_id"] for record in content]
    return [record["img_id"] for record in content["proposals"]]


@pytest.mark.parametrize("to", get_args(PredictionFormat))
def test_images_have_the_ids_that_they_have_in_the_truth(to: PredictionFormat, tmp_path: Path) -> None:
    dataset = truth("a", "b", keys=("17", "5"))
    path = tmp_path / "p.json"
    write_predictions(path, to, dataset, [(dataset.entries[row], STEM) for row in (1, 0)])
    assert image_ids(path, to) == [5, 17]


@pytest.mark.parametrize("keys", [(), ("x", "y", "z"), ("1", "1", "2")])
def test_results_name_pages_where_the_truth_has_no_ids(keys: tuple[str, ...], tmp_path: Path) -> None:
    dataset = truth("a", "b", "c", keys=keys)
    path = tmp_path / "p.json"
    write_predictions(path, "coco-results", dataset, [(dataset.entries[row], STEM) for row in (2, 0)])
    assert image_ids(path, "coco-results") == ["c", "a"]
    part = dataset.where(lambda entry: entry.name != "b")
    for opened in (dataset, part):
        predictions = open_predictions(path, opened)
        assert {entry.name for entry in opened.entries if predictions.has(entry)} == {"a", "c"}


def test_names_that_are_numbers_do_not_lead_astray(tmp_path: Path) -> None:
    dataset = truth("2", "3", "4", "1")
    other = Symbols.build(["beam"], [[1, 2, 3, 4]])
    pages = [(dataset.entries[0], STEM), (dataset.entries[1], other)]
    write_predictions(tmp_path / "p.json", "coco-results", dataset, pages)
    for opened in (dataset, truth("2", "3", "4", "1", keys=("1", "2", "3", "4"))):
        predictions = open_predictions(tmp_path / "p.json", opened)
        found = [predictions.symbols(entry).names for entry in opened.entries]
        assert found == [["stem"], ["beam"], [], []]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    dataset = truth()
    pages = [(dataset.entries[0], STEM)]
    path = tmp_path / "p.json"
    with pytest.raises(DatasetError, match="there is no format of prediction files 'voc'"):
        write_predictions(path, "voc", dataset, pages)  # type: ignore[arg-type]  # what a user may say
    stranger = [(truth("x").entries[0], STEM)]
    with pytest.raises(DatasetError, match="page 'x' is not one of the truth"):
        write_predictions(path, "coco-results", dataset, stranger)
    others = STEM.mapped(class_map(VOCABULARY, Vocabulary.of([(42, "stem")])))
    with pytest.raises(DatasetError, match="page 'a': its classes are not those of the truth"):
        write_predictions(path, "coco-results", dataset, [(dataset.entries[0], others)])
    for wrong in ({"score": np.array([np.nan])}, {"score": np.array([2.0])}, {"box": STEM.box * np.inf}):
        with pytest.raises(DatasetError, match="page 'a': a score is not from 0 to 1, or a box"):
            write_predictions(path, "coco-results", dataset, [(dataset.entries[0], STEM.replace(**wrong))])
    for keys in ((), ("1", "1"), ("x", "y")):
        with pytest.raises(DatasetError, match="the pages of the truth have no image ids of their own"):
            write_predictions(path, "deepscores-proposals", truth(keys=keys), pages)
    with pytest.raises(OutputError):
        write_predictions(tmp_path / "missing" / "p.json", "coco-results", dataset, pages)
    assert list(tmp_path.iterdir()) == []


@given(
    start=st.integers(0, 130),
    length=st.integers(0, 12),
    mischief=MISCHIEF,
    content=st.sampled_from(
        [f"[{RESULT}, {RESULT}]", f'{{"proposals": [{PROPOSAL}], "annotation_set": "deepscores"}}']
    ),
)
@settings(max_examples=200, deadline=None)
def test_no_damage_ends_in_a_traceback(start: int, length: int, mischief: str, content: str) -> None:
    dataset = truth(keys=("1", "2"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.json"
        path.write_text(content[:start] + mischief + content[start + length :], errors="surrogatepass")
        with contextlib.suppress(DatasetError):
            predictions = open_predictions(path, dataset, ReadOptions(keep_going=True))
            for entry in dataset.entries:
                symbols = predictions.symbols(entry)
                assert np.isfinite(symbols.box).all()
                assert set(symbols.label.tolist()) <= set(dataset.vocabulary.by_id)
