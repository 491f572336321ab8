"""COCO's annotations: what is wrong is told, and left out if wanted; what is others' is let be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from notehead import Dataset
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.page import ABSENT
from tests.support.coco import document, put, written
from tests.support.pages import disc_page


def test_attributes_of_others_are_not_looked_at(tmp_path: Path) -> None:
    content = document()
    content["images"][0]["attributes"] = ["x"]
    content["annotations"][0]["attributes"] = {
        "occluded": False, "staff": "violin", "onset": None, "text": 7, "obb": [1, 2], "links": "2",
        "voice": True, "instance": 2, "covered": "damaged", "position": 2**40,
    }  # fmt: skip
    content["annotations"][1]["attributes"] = "x"
    symbols = Dataset(put(tmp_path, "annotations/instances_a.json", content))[0].symbols
    assert symbols.id.tolist() == [1, 2]
    for column in ("staff", "voice", "position"):
        assert (getattr(symbols, column) == ABSENT).all()
    assert np.isnan(symbols.onset).all()
    assert symbols.text.tolist() == [None, None]
    assert len(symbols.links) == 0


def test_ids_may_be_strings_of_digits(tmp_path: Path) -> None:
    content = document()
    content["images"][0]["id"] = "17"
    content["annotations"][0].update(image_id="17", category_id="9", id="x")
    assert len(Dataset(put(tmp_path, "annotations/instances_a.json", content)).symbols(0)) == 2


Change = Callable[[dict[str, Any]], None]


def annotation(**changes: Any) -> Change:
    def change(content: dict[str, Any]) -> None:
        content["annotations"][1].update(changes)

    return change


def without(*keys: str) -> Change:
    def change(content: dict[str, Any]) -> None:
        for key in keys:
            del content["annotations"][1][key]

    return change


SYMBOLS: list[tuple[Change, str]] = [
    (annotation(bbox=[3, 2, -1, 4]), r"negative width or height \(3, 2, 2, 6\)"),
    (annotation(bbox=[3, 2, float("nan"), 4]), "its bbox is not made of 4 numbers"),
    (annotation(bbox=[3, 2, 4]), "its bbox is not made of 4 numbers"),
    (annotation(bbox=[3, 2, "4", 4]), "its bbox is not made of 4 numbers"),
    (without("bbox"), "its bbox is not made of 4 numbers"),
    (annotation(bbox=[25, 2, 10, 4]), "outside of the page"),
    (annotation(bbox=[-3, 2, 10, 4]), "outside of the page"),
    (annotation(bbox=[1e308, 1e308, 1e308, 1e308]), "its box is not made of numbers"),
    (annotation(category_id=5), "there is no category 5"),
    (annotation(category_id=None), "there is no category None"),
    (annotation(category_id=9.5), "there is no category 9.5"),
    (without("category_id"), "there is no category None"),
    (annotation(id=1), "1: its id occurs twice"),
    (annotation(iscrowd=1), "region with many symbols"),
    (annotation(score=1.5), "its score is not from 0 to 1"),
    (annotation(score=None), "its score is not from 0 to 1"),
    (annotation(score=float("nan")), "its score is not from 0 to 1"),
    (annotation(area=-1), "its area is no area"),
    (annotation(area=float("inf")), "its area is no area"),
    (annotation(segmentation={"size": [20, 31], "counts": [620]}), "mask is made for a page of another size"),
    (annotation(segmentation={"size": [20, 30], "counts": "xx"}), "run lengths of its mask are damaged"),
    (annotation(segmentation=[[1, 2, 3]]), "a polygon of its mask"),
    (annotation(segmentation=[[0, 0, 1e300, 1, 2, 2]]), "a polygon of its mask is far from the page"),
    (annotation(segmentation="x"), "neither run lengths nor polygons"),
]


@pytest.mark.parametrize(("change", "cause"), SYMBOLS)
def test_a_symbol_that_cannot_be_used(change: Change, cause: str, tmp_path: Path) -> None:
    content = document()
    change(content)
    folder = put(tmp_path, "annotations/instances_a.json", content)
    for read in (Dataset(folder).symbols, Dataset(folder).__getitem__):
        with pytest.raises(DatasetError, match=rf"instances_a.json: page one: annotation .*{cause}"):
            read(0)
    dataset = Dataset(folder, options=ReadOptions(keep_going=True))
    assert dataset[0].symbols.names == ["stem"]
    assert dataset.complaints.counts == {"symbols": 1}


def test_a_region_says_what_to_do(tmp_path: Path) -> None:
    content = document()
    content["annotations"][1]["iscrowd"] = 1
    with pytest.raises(DatasetError) as error:
        Dataset(put(tmp_path, "annotations/instances_a.json", content)).symbols(0)
    assert "supervision" in error.value.remedy


def test_links_end_where_a_symbol_was_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path / "coco", disc_page()).folder
    path = folder / "annotations" / "instances_train.json"
    content = json.loads(path.read_bytes())
    content["annotations"][1]["bbox"][2] = -1
    path.write_text(json.dumps(content))
    symbols = Dataset(folder, options=ReadOptions(keep_going=True)).symbols(0)
    assert symbols.id.tolist() == [2, 8, 11, 14]
    assert symbols.links.tolist() == []
