"""The proposals of DeepScoresV2's toolkit, written and read."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Symbols
from notehead.datasets.predictions import (
    Predictions,
    PredictionWriteOptions,
    open_predictions,
    write_predictions,
)
from notehead.datasets.predictions.deepscores_proposals import set_vocabulary
from notehead.datasets.source import AnnotationSet, ReadOptions
from notehead.errors import DatasetError
from notehead.vocabulary import Vocabulary, named_vocabulary
from tests.support.pages import MemorySource, blank_page, random_symbols

MUSCIMA = named_vocabulary("muscima++")
DEEPSCORES = named_vocabulary("deepscores")
STEM = {"bbox": [1, 2, 3.5, 9], "cat_id": 42, "img_id": 30, "score": 0.5}


def truth(vocabulary: Vocabulary = DEEPSCORES, keys: tuple[str, ...] = ("30", "10", "20")) -> Dataset:
    source = MemorySource(
        [blank_page(name, Symbols(vocabulary=vocabulary)) for name in "abc"], vocabulary, split="test"
    )
    source.entries = [replace(entry, key=key) for entry, key in zip(source.entries, keys, strict=True)]
    return Dataset(source)


def opened(
    folder: Path,
    proposals: list[dict[str, Any]],
    dataset: Dataset | None = None,
    annotation_set: object = "deepscores",
    *,
    keep_going: bool = False,
) -> Predictions:
    path = folder / "proposals.json"
    path.write_text(json.dumps({"annotation_set": annotation_set, "proposals": proposals}))
    return open_predictions(path, dataset or truth(), ReadOptions(keep_going=keep_going))


@given(data=st.data(), oriented=st.booleans(), vocabulary=st.sampled_from([DEEPSCORES, MUSCIMA, VOCABULARY]))
@settings(max_examples=40, deadline=None)
def test_what_is_written_comes_back(data: st.DataObject, *, oriented: bool, vocabulary: Vocabulary) -> None:
    dataset = truth(vocabulary)
    pages = [data.draw(random_symbols(vocabulary=vocabulary)) for _ in dataset.entries]
    pages = [page.replace(box=page.box - 50, corners=page.corners - 50) for page in pages]
    options = PredictionWriteOptions(oriented=oriented)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proposals.json"
        write_predictions(
            path,
            "deepscores-proposals",
            dataset,
            reversed(list(zip(dataset.entries, pages, strict=True))),
            options,
        )
        content = json.loads(path.read_bytes())
        assert content["annotation_set"] == ("muscima++" if vocabulary is MUSCIMA else "deepscores")
        assert {len(record["bbox"]) for record in content["proposals"]} <= {8 if oriented else 4}
        predictions = open_predictions(path, dataset)
        assert predictions.format == "deepscores-proposals"
        assert predictions.unknown_classes() == {}
        for entry, wanted in zip(dataset.entries, pages, strict=True):
            found = predictions.symbols(entry)
            assert found.label.tolist() == wanted.label.tolist()
            assert found.score.tolist() == wanted.score.tolist()
            if oriented:
                assert np.allclose(found.corners, wanted.corners, rtol=0, atol=0.00051)
            else:
                assert np.allclose(found.box, wanted.box, rtol=0, atol=1e-9)


def test_upright_boxes_are_corners_and_oriented_ones_have_a_hull(tmp_path: Path) -> None:
    eight = [3, 0, 5, 2, 3, 4, 1, 2]
    symbols = opened(tmp_path, [STEM, {**STEM, "bbox": eight}]).symbols(truth().entries[0])
    assert symbols.box.tolist() == [[1, 2, 3.5, 9], [1, 0, 5, 4]]
    assert symbols.corners[1].ravel().tolist() == eight
    assert symbols.names == ["stem", "stem"]
    assert symbols.score.tolist() == [0.5, 0.5]


def test_ids_may_be_strings(tmp_path: Path) -> None:
    predictions = opened(tmp_path, [{**STEM, "cat_id": "42", "img_id": "10"}])
    assert [len(predictions.symbols(entry)) for entry in truth().entries] == [0, 1, 0]


def test_older_files_have_the_image_s_place(tmp_path: Path) -> None:
    bare = {key: STEM[key] for key in ("bbox", "cat_id", "score")}
    proposals = [{**bare, "img_idx": 0}, {**bare, "img_idx": "2"}, {**bare, "img_idx": 3}]
    predictions = opened(tmp_path, proposals)
    assert [len(predictions.symbols(entry)) for entry in truth().entries] == [1, 0, 1]
    assert predictions.unmatched == ["3"]
    with pytest.raises(DatasetError, match=r"none of its images \(7, \.\.\.\)"):
        opened(tmp_path, [{**bare, "img_idx": 7}])


def test_places_are_those_of_one_split(tmp_path: Path) -> None:
    source = MemorySource([blank_page(name, Symbols()) for name in "ab"])
    source.entries = [
        replace(entry, key=str(ord(entry.name)), split=split)
        for entry, split in zip(source.entries, ("train", "test"), strict=True)
    ]
    bare = {key: STEM[key] for key in ("bbox", "cat_id", "score")}
    with pytest.raises(DatasetError, match="it numbers the images of one part of the truth"):
        opened(tmp_path, [{**bare, "img_idx": 0}], Dataset(source))
    part = Dataset(source, split="test")
    assert opened(tmp_path, [{**bare, "img_idx": 0}], part).has(part.entries[0])


def test_a_truth_without_ids_is_none_for_proposals(tmp_path: Path) -> None:
    for ids in ({"img_id": 1}, {"img_idx": 1}):
        with pytest.raises(DatasetError, match="no image ids that proposals could mean"):
            opened(tmp_path, [{**STEM, **ids}], truth(keys=("", "x", "1")))


def test_the_set_may_stand_behind_the_proposals(tmp_path: Path) -> None:
    path = tmp_path / "proposals.json"
    path.write_text(json.dumps({"proposals": [STEM], "annotation_set": "deepscores"}))
    assert len(open_predictions(path, truth()).symbols(truth().entries[0])) == 1


@pytest.mark.parametrize(
    ("annotation_set", "category", "vocabulary", "name"),
    [
        ("deepscores", 2, DEEPSCORES, "legerLine"),
        ("deepscores", 2, VOCABULARY, "ledgerLine"),
        ("deepscores", 2, Vocabulary.of([(5, "ledgerLine"), (2, "stem")]), "ledgerLine"),
        ("deepscores", 42, MUSCIMA, "stem"),
        ("deepscores", VOCABULARY.id("barlineFinal"), VOCABULARY, "barlineFinal"),
        ("muscima++", 161, MUSCIMA, "stem"),
        ("muscima++", 161, DEEPSCORES, "stem"),
        ("deepscores", 900, Vocabulary.of([(900, "smudge"), (1, "stem")]), "smudge"),
    ],
)
def test_classes_are_found_by_name(
    annotation_set: AnnotationSet, category: int, vocabulary: Vocabulary, name: str, tmp_path: Path
) -> None:
    predictions = opened(tmp_path, [{**STEM, "cat_id": category}], truth(vocabulary), annotation_set)
    symbols = predictions.symbols(truth(vocabulary).entries[0])
    assert symbols.names == [name]
    assert symbols.vocabulary == vocabulary


def test_a_set_may_be_chosen(tmp_path: Path) -> None:
    dataset = truth(MUSCIMA)
    pages = [(dataset.entries[0], Symbols.build(["stem"], [[1, 2, 3, 4]], MUSCIMA))]
    path = tmp_path / "proposals.json"
    options = PredictionWriteOptions(annotation_set="deepscores")
    write_predictions(path, "deepscores-proposals", dataset, pages, options)
    assert json.loads(path.read_bytes()) == {
        "annotation_set": "deepscores",
        "proposals": [{"bbox": [1, 2, 3, 4], "cat_id": 42, "img_id": 30, "score": 1.0}],
    }
    assert open_predictions(path, dataset).symbols(dataset.entries[0]).names == ["stem"]


def test_a_class_that_the_set_lacks_cannot_be_written(tmp_path: Path) -> None:
    own = Vocabulary.of([(1, "smudge"), (2, "stem")])
    dataset = truth(own)
    pages = [(dataset.entries[0], Symbols.build(["smudge"], [[1, 2, 3, 4]], own))]
    with pytest.raises(DatasetError, match="the annotation set deepscores has no class for 'smudge'"):
        write_predictions(tmp_path / "p.json", "deepscores-proposals", dataset, pages)
    assert list(tmp_path.iterdir()) == [], "nothing half done"


def test_both_sets_are_those_of_deepscores_v2() -> None:
    assert set(DEEPSCORES.by_id) < set(set_vocabulary("deepscores").by_id)
    assert all(set_vocabulary("deepscores").by_id[row.id].name == row.name for row in DEEPSCORES.classes)
    assert set_vocabulary("muscima++") == MUSCIMA


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"bbox": [1, 2, 3]}, "its bbox is not made of 4 or 8 numbers"),
        ({"bbox": [1, 2, 3, None]}, "its bbox is not made of 4 or 8 numbers"),
        ({"bbox": [1, 2, 0, 9]}, "its box has a negative width or height (1, 2, 0, 9)"),
        ({"bbox": [float("nan")] * 8}, "its bbox is not made of 4 or 8 numbers"),
        ({"score": 2}, "its score is not from 0 to 1 (2)"),
        ({"score": float("nan")}, "its score is not from 0 to 1 (nan)"),
        ({"cat_id": [42, 1]}, "its cat_id is no class ([42, 1])"),
        ({"cat_id": "stem"}, "its cat_id is no class ('stem')"),
    ],
)
def test_a_proposal_that_cannot_be_used(change: dict[str, Any], cause: str, tmp_path: Path) -> None:
    entry = truth().entries[0]
    with pytest.raises(DatasetError) as error:
        opened(tmp_path, [STEM, {**STEM, **change}]).symbols(entry)
    assert f"proposals.json: page a: prediction number 2: {cause}" in str(error.value)
    predictions = opened(tmp_path, [STEM, {**STEM, **change}], keep_going=True)
    assert len(predictions.symbols(entry)) == 1
    assert predictions.complaints.counts == {"symbols": 1}


def test_unknown_classes_images_and_sets(tmp_path: Path) -> None:
    predictions = opened(tmp_path, [STEM, {**STEM, "cat_id": 161}, {**STEM, "img_id": 31}])
    assert predictions.unknown_classes() == {"161": 1}
    assert predictions.unmatched == ["31"]
    for wrong in ("mung", None, 7, ["deepscores"]):
        with pytest.raises(DatasetError, match=r"proposals\.json: there is no annotation set"):
            opened(tmp_path, [STEM], annotation_set=wrong)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ('{"annotation_set": "deepscores", "proposals": [{"img_id": 30', "cut off"),
        ('{"annotation_set": "deepscores", "proposals": 7}', "'proposals' is no array"),
        ('{"annotation_set": "deepscores"}', "there is no 'proposals'"),
        ('{"proposals": [{"img_id": 30, "cat_id": 42}]}', "there is no annotation set None"),
    ],
)
def test_a_damaged_file(content: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "proposals.json"
    path.write_text(content)
    with pytest.raises(DatasetError, match=cause) as error:
        open_predictions(path, truth())
    assert "proposals.json" in str(error.value)
