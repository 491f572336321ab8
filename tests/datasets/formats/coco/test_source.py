"""COCO: what is written comes back, others' tools read it, and what others write is read."""

from __future__ import annotations

import contextlib
import json
import pickle
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.formats import PARTS, find_format, parts_of
from notehead.datasets.formats.coco.source import CocoSource
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.page import COLUMNS, Origin
from tests.support.coco import MISCHIEF, OWN, assert_same, document, full_page, put, written
from tests.support.pages import NAMES, blank_page, disc_page, random_symbols

TIMES = ("onset", "duration")


def test_all_that_a_page_may_have_comes_back(tmp_path: Path) -> None:
    page = full_page()
    assert parts_of(page) | {"split", "class ids"} == set(PARTS) == set(find_format("coco").holds)
    dataset = written(tmp_path / "coco", page)
    assert_same(dataset[0], page)
    entry = dataset.entries[0]
    assert (entry.name, entry.split, entry.width, entry.height) == ("full", "train", 200, 120)
    assert (entry.score, entry.score_id, entry.number, entry.font) == ("ä/b.mei", "id 1", 3, "Leland")
    assert (entry.symbols, entry.licence, entry.key) == (5, "CC0", "1")
    assert dataset.staff_space(0) == 9.5
    assert dataset.format == "coco"
    for column in COLUMNS:
        one, other = getattr(dataset.symbols(0), column), getattr(page.symbols, column)
        assert column in ("text", "links") or np.array_equal(one, other, equal_nan=column in TIMES)


@st.composite
def pages(draw: st.DrawFn) -> list[Page]:
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    found = []
    for name in names:
        symbols = draw(random_symbols(vocabulary=OWN))
        text = np.full(len(symbols), None, object)
        for row in range(len(symbols)):
            text[row] = draw(st.none() | st.text(max_size=4))
        score = draw(
            st.lists(st.floats(0, 1), min_size=len(symbols), max_size=len(symbols)).map(np.array)
        ).astype(np.float64)
        found.append(blank_page(name, symbols.replace(text=text, score=score)))
    return found


@given(pages=pages())
@settings(max_examples=40, deadline=None)
def test_any_pages_come_back(pages: list[Page]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        dataset = written(Path(folder) / "coco", *pages, vocabulary=OWN)
        assert dataset.vocabulary == OWN
        assert list(dataset.vocabulary) == list(OWN)
        for found, wanted in zip(dataset, pages, strict=True):
            assert_same(found, wanted)


def test_pages_without_symbols_keep_their_masks(tmp_path: Path) -> None:
    blank = np.zeros((120, 200), np.uint16)
    page = replace(blank_page("blank", Symbols(), (200, 120)), ids=blank, under=blank)
    dataset = written(tmp_path / "coco", page, blank_page("bare", Symbols()))
    assert_same(dataset["blank"], page)
    assert dataset["bare"].ids is None


def test_pages_may_have_one_layer_and_symbols_without_pixels(tmp_path: Path) -> None:
    page = disc_page()
    assert page.ids is not None
    hidden: NDArray[np.uint16] = np.where(page.ids == 2, 5, page.ids).astype(np.uint16)
    found = written(tmp_path / "coco", replace(page, ids=hidden, under=None))[0]
    assert found.ids is not None
    assert found.under is not None
    assert np.array_equal(found.ids, hidden)
    assert not found.under.any()
    assert not found.mask(2).any()
    assert len(found.symbols) == 5


def test_pixels_of_symbols_that_were_left_out_are_paper(tmp_path: Path) -> None:
    page = disc_page()
    assert page.ids is not None
    found = written(tmp_path / "coco", replace(page, symbols=page.symbols[1:]))[0]
    assert found.ids is not None
    assert sorted(np.unique(found.ids).tolist()) == [0, 5, 8, 11, 14]
    for identity in (5, 8, 11, 14):
        assert np.array_equal(found.mask(identity), page.mask(identity))


def test_a_dataset_without_pages_is_one(tmp_path: Path) -> None:
    dataset = written(tmp_path / "coco")
    assert len(dataset) == 0
    assert dataset.vocabulary == VOCABULARY


# Others' tools.


# What others write.


def test_a_stranger_s_file_has_boxes_and_classes(tmp_path: Path) -> None:
    (page,) = Dataset(put(tmp_path, "annotations/instances_val.json"))
    assert page.symbols.box.tolist() == [[1, 2, 11, 7], [3.5, 2, 5.75, 6]]
    assert page.symbols.names == ["stem", "smudge"]
    assert page.symbols.label.tolist() == [9, 4]
    assert page.symbols.id.tolist() == [1, 2]
    assert page.symbols.area.tolist() == [0, 0]
    assert page.symbols.corners[1].tolist() == [[3.5, 2], [5.75, 2], [5.75, 6], [3.5, 6]]
    assert (page.ids, page.under, page.origin) == (None, None, Origin())
    assert (page.image == 200).all()
    entry = Dataset(tmp_path).entries[0]
    assert (entry.split, entry.key, entry.number, entry.licence) == ("val", "17", 0, "")


def test_sizes_may_be_missing_and_order_is_free(tmp_path: Path) -> None:
    content = document(images=[{"file_name": "one.png", "id": 17, "license": 3}])
    content = {"licenses": [{"id": 3, "name": "MIT"}], **dict(reversed(content.items())), "info": {}}
    dataset = Dataset(put(tmp_path, "annotations/instances_a.json", content))
    assert (dataset.entries[0].width, dataset.entries[0].licence) == (0, "MIT")
    assert len(dataset.symbols(0)) == len(dataset[0].symbols) == 2


def test_small_symbols_stay_on_top(tmp_path: Path) -> None:
    box = [[1, 2, 11, 2, 11, 7, 1, 7]]
    rle = {"size": [20, 30], "counts": [3 * 20 + 2, 4, 16, 4, 600 - 86]}
    content = document()
    for record, mask in zip(content["annotations"], (rle, box), strict=True):
        record["segmentation"] = mask
    page = Dataset(put(tmp_path, "annotations/instances_a.json", content))[0]
    assert page.ids is not None
    assert page.under is not None
    wanted = np.zeros((20, 30), int)
    wanted[2:7, 1:11] = 2
    wanted[2:6, 3:5] = 1
    assert page.ids.tolist() == wanted.tolist()
    assert page.under.tolist() == np.where(wanted == 1, 2, 0).tolist()
    assert page.mask(2).sum() == 50


@pytest.fixture(name="folder", scope="module")
def written_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coco") / "dataset"
    written(folder, disc_page("a", OWN), disc_page("b", OWN, count=3), vocabulary=OWN)
    return folder


# Opening reads no page; reading one reads no other.


def test_opening_and_symbols_need_no_image(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "annotations", tmp_path / "annotations")
    dataset = pickle.loads(pickle.dumps(Dataset(tmp_path)))
    assert [entry.symbols for entry in dataset.entries] == [5, 3]
    assert len(dataset.symbols("a")) == 5
    with pytest.raises(DatasetError, match=r"image 'a.png': there is no such file"):
        dataset["a"]


def test_pages_with_a_class_are_known_without_reading_them(folder: Path) -> None:
    dataset = Dataset(folder)
    opened = CocoSource(folder, ReadOptions())
    assert opened.rows_with([1200]) == [0]
    assert opened.rows_with([7]) == [0, 1]
    assert [entry.name for entry in dataset.containing("Größe, ♯").entries] == ["a"]


# What is wrong is told, and left out if wanted; `test_coco_records.py` has what is wrong with symbols.


Change = Callable[[dict[str, Any]], None]


def image(**changes: Any) -> Change:
    def change(content: dict[str, Any]) -> None:
        content["images"].append({**content["images"][0], **changes})

    return change


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (image(), "two images have the id 17"),
        (image(id=18, width=10**6, height=10**6), "image 18: 1000000 x 1000000 pixels are more than a page"),
        (image(id=18, file_name=None), "image 18: it has no file_name"),
        (image(id=18, file_name=""), "'' cannot be the name of a page"),
        (image(id=18, file_name=".."), "'..' cannot be the name of a page"),
        (image(id=18, file_name="a\nb.png"), "cannot be the name of a page"),
    ],
)
def test_an_image_that_cannot_be_used(change: Change, cause: str, tmp_path: Path) -> None:
    content = document()
    change(content)
    folder = put(tmp_path, "annotations/instances_a.json", content)
    with pytest.raises(DatasetError, match=cause):
        Dataset(folder)
    dataset = Dataset(folder, options=ReadOptions(keep_going=True))
    assert [page.name for page in dataset] == ["one"]
    assert dataset.complaints.counts == {"pages": 1}


def test_annotations_of_no_image(tmp_path: Path) -> None:
    content = document()
    content["annotations"][1]["image_id"] = 18
    folder = put(tmp_path, "annotations/instances_a.json", content)
    with pytest.raises(DatasetError, match=r"annotations of image 18: there is no such image"):
        Dataset(folder)
    dataset = Dataset(folder, options=ReadOptions(keep_going=True))
    assert len(dataset.symbols(0)) == 1
    assert dataset.complaints.counts == {"symbols": 1}


def test_an_image_of_another_size(tmp_path: Path) -> None:
    content = document(images=[{"id": 17, "file_name": "one.png", "width": 31, "height": 20}])
    dataset = Dataset(put(tmp_path, "annotations/instances_a.json", content))
    with pytest.raises(DatasetError, match=r"one\.png: 30 x 20 pixels, its annotation says 31 x 20"):
        dataset[0]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (json.dumps(document())[:-30], "cut off"),
        (json.dumps(document())[:200], "cut off"),
        (json.dumps(document()).replace("[1, 2, 10, 5]", "[1, 2, 10 5]"), "no JSON"),
        (json.dumps(document(categories=None)), "no list of categories"),
        (json.dumps(document(categories=[{"id": 1}])), "a category has no id and name"),
        (json.dumps(document(categories=[7])), "a category has no id and name"),
        (json.dumps(document(categories=[{"id": 1, "name": "a"}] * 2)), "two categories have the id 1"),
        (
            json.dumps(document(categories=[{"id": 1, "name": "a"}, {"id": 2, "name": "a"}])),
            "two classes have the name 'a'",
        ),
        (json.dumps(document(categories=[{"id": 2**31, "name": "a"}])), "id of a class is not from 0"),
        (json.dumps(document(images=7)), "'images' is no array"),
        (json.dumps(document(annotations=[7])), "no object"),
        (json.dumps({"images": [], "categories": []}), "there is no 'annotations'"),
    ],
)
def test_a_damaged_file(content: str, cause: str, tmp_path: Path) -> None:
    folder = put(tmp_path, "annotations/instances_a.json", content)
    with pytest.raises(DatasetError, match=cause) as error:
        for _ in Dataset(folder):
            pass
    assert "instances_a.json" in str(error.value)


def test_files_that_disagree_about_a_class(tmp_path: Path) -> None:
    put(tmp_path, "train/_annotations.coco.json", images="train")
    put(tmp_path, "valid/_annotations.coco.json", document(categories=[{"id": 9, "name": "x"}]), "valid")
    with pytest.raises(DatasetError, match="category 9 is 'x' here and 'stem' before"):
        Dataset(tmp_path)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_ends_in_a_traceback(data: st.DataObject) -> None:
    text = json.dumps(document(licenses=[], info={}))
    start = data.draw(st.integers(0, len(text)))
    text = text[:start] + data.draw(MISCHIEF) + text[start + data.draw(st.integers(0, 12)) :]
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), "annotations/instances_a.json", text)
        with contextlib.suppress(DatasetError):
            for page in Dataset(folder, options=ReadOptions(keep_going=True), format="coco"):
                assert np.isfinite(page.symbols.box).all()
