"""DeepScoresV2's files have the published structure, so that its public loader reads them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import BuildOptions, Dataset, build
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.index import read_pages
from notehead.images import read_png
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

INFO = {"description": "x", "version": "1", "year": 2026, "contributor": "y", "date_created": "z", "url": ""}
COMMENTS = re.compile(
    r"instance:#[0-9a-f]{6};(onset:-?\d+(\.\d+)?;)?(duration:-?\d+(\.\d+)?;)?(rel_position:-?\d+;)?"
)


class Loader:
    """What the published toolkit (obb_anns) asks of a file as it opens it, and as it hands pages out."""

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        self.info = data["info"]
        self.sets: list[str] = data["annotation_sets"]
        self.classes = {int(key): row for key, row in data["categories"].items()}
        fields = ("a_bbox", "o_bbox", "cat_id", "area", "img_id", "comments")
        records = data["annotations"]
        table = {field: [record[field] for record in records.values()] for field in fields}
        self.table = pd.DataFrame(table, [int(key) for key in records])
        self.images: list[dict[str, Any]] = data["images"]
        self.place = {int(image["id"]): place for place, image in enumerate(self.images)}

    def annotations(self, image_id: int, annotation_set: str = "deepscores") -> pd.DataFrame:
        """The records of an image, `cat_id` a list with the class in one set."""
        numbers = [int(number) for number in self.images[self.place[image_id]]["ann_ids"]]
        chosen = self.table.loc[numbers].copy()
        at = self.sets.index(annotation_set)
        chosen["cat_id"] = chosen["cat_id"].map(lambda classes: [int(classes[at])])
        return chosen

    def names(self, annotation_set: str = "deepscores") -> set[str]:
        return {row["name"] for row in self.classes.values() if row["annotation_set"] == annotation_set}


def split_of(folder: Path, split: str) -> Loader:
    return Loader(folder / f"deepscores_{split}.json")


@pytest.fixture(name="parts", params=["train", "test"])
def both_splits(request: pytest.FixtureRequest, dataset_folder: Path) -> Loader:
    return split_of(dataset_folder, request.param)


# The files of a real dataset.


def test_the_top_level_is_that_of_the_published_files(dataset_folder: Path) -> None:
    data = json.loads((dataset_folder / "deepscores_train.json").read_text())
    assert set(data) == {"info", "annotation_sets", "categories", "images", "annotations"}
    assert set(data["info"]) == {"description", "version", "year", "contributor", "date_created", "url"}
    assert isinstance(data["info"]["year"], int)
    assert data["annotation_sets"] == ["deepscores", "muscima++"]


def test_each_field_has_the_published_type(dataset_folder: Path) -> None:
    data = json.loads((dataset_folder / "deepscores_train.json").read_text())
    (image,) = data["images"]
    assert set(image) == {"id", "filename", "width", "height", "ann_ids"}
    assert [type(image[key]) for key in ("id", "filename", "width", "height")] == [int, str, int, int]
    assert image["ann_ids"] == list(data["annotations"])
    assert all(isinstance(number, str) for number in image["ann_ids"])
    for record in data["annotations"].values():
        assert set(record) == {"a_bbox", "o_bbox", "cat_id", "area", "img_id", "comments"}
        assert record["img_id"] == str(image["id"])
        assert (len(record["a_bbox"]), len(record["o_bbox"]), len(record["cat_id"])) == (4, 8, 2)
        assert isinstance(record["area"], int)
        assert COMMENTS.fullmatch(record["comments"])
        own, other = record["cat_id"]
        assert isinstance(own, str)
        assert other is None or isinstance(other, str)


def test_the_loader_finds_every_symbol_of_every_page(dataset_folder: Path) -> None:
    dataset = Dataset(dataset_folder)
    seen = []
    for split in ("train", "test"):
        loader = split_of(dataset_folder, split)
        assert {int(image["id"]) for image in loader.images} == set(loader.place)
        for image in loader.images:
            page = dataset[image["filename"].removesuffix(".png")]
            assert dataset.entry(page.name).split == split
            assert (page.width, page.height) == (image["width"], image["height"])
            found = loader.annotations(image["id"])
            assert np.array_equal(np.array(found["a_bbox"].tolist()), page.symbols.box)
            assert [classes[0] for classes in found["cat_id"]] == page.symbols.label.tolist()
            assert found["area"].tolist() == page.symbols.area.tolist()
            corners = np.array(found["o_bbox"].tolist()).reshape(-1, 4, 2)
            assert corners == pytest.approx(page.symbols.corners, abs=0.0051)
            seen.append(page.name)
    assert sorted(seen) == sorted(entry.name for entry in dataset.entries)


def test_images_stand_where_the_published_ones_do(dataset_folder: Path) -> None:
    for split in ("train", "test"):
        for image in split_of(dataset_folder, split).images:
            stem = image["filename"].removesuffix(".png")
            assert re.fullmatch(r"lg-\d{15}-aug-[a-z]+--page-\d+", stem)
            for file, channels in (
                (f"images/{stem}.png", 1),
                (f"segmentation/{stem}_seg.png", 1),
                (f"instance/{stem}_inst.png", 3),
            ):
                shape = read_png(dataset_folder / file).shape
                assert shape == (image["height"], image["width"], 3)[: 3 if channels == 3 else 2]


def test_numbers_are_unique_across_train_and_test(dataset_folder: Path) -> None:
    loaders = [split_of(dataset_folder, split) for split in ("train", "test")]
    annotations = [number for loader in loaders for number in loader.table.index]
    images = [image["id"] for loader in loaders for image in loader.images]
    assert all(len(loader.images) > 0 for loader in loaders)
    assert sorted(annotations) == list(range(1, len(annotations) + 1))
    assert sorted(images) == list(range(1, len(images) + 1))


def test_colours_and_instances_are_those_of_the_masks(dataset_folder: Path, parts: Loader) -> None:
    """Grey value and area of each symbol, by the number in its comments, as others would look it up."""
    (image,) = parts.images
    stem = image["filename"].removesuffix(".png")
    grey = read_png(dataset_folder / "segmentation" / f"{stem}_seg.png")
    colours = read_png(dataset_folder / "instance" / f"{stem}_inst.png").astype(int)
    number = colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
    found = parts.annotations(image["id"])
    instances = [int(text[10:16], 16) for text in found["comments"]]
    assert len(set(instances)) == len(instances) > 20
    assert set(np.unique(number)) - {0} <= set(instances)
    assert not grey[number == 0].any()
    compared = 0
    for instance, (category,), area, box in zip(
        instances, found["cat_id"], found["area"], found["a_bbox"], strict=True
    ):
        mask = number == instance
        assert set(np.unique(grey[mask])) <= {parts.classes[category]["color"]}
        if VOCABULARY.by_id[category].kind != "compound":
            assert np.count_nonzero(mask) == area
            compared += area
        if mask.any():
            ys, xs = np.nonzero(mask)
            assert box[0] <= xs.min() < xs.max() + 1 <= box[2]
            assert box[1] <= ys.min() < ys.max() + 1 <= box[3]
    assert compared == np.count_nonzero(number)


def test_oriented_boxes_are_rectangles(parts: Loader) -> None:
    """A rectangle is its own smallest rectangle."""
    for box, corners in zip(parts.table["a_bbox"], parts.table["o_bbox"], strict=True):
        points = np.array(corners, np.float32).reshape(4, 2)
        size = np.linalg.norm(points[1] - points[0]) * np.linalg.norm(points[2] - points[1])
        (_, _), (width, height), _ = cv2.minAreaRect(points)
        perimeter = 2 * (width + height)
        assert size == pytest.approx(width * height, abs=0.02 * perimeter)
        assert size <= (box[2] - box[0]) * (box[3] - box[1]) + 0.02 * perimeter


def test_times_and_positions_are_those_of_the_page(dataset_folder: Path, parts: Loader) -> None:
    (image,) = parts.images
    symbols = Dataset(dataset_folder).symbols(image["filename"].removesuffix(".png"))
    for symbol, comments in zip(symbols, parts.annotations(image["id"])["comments"], strict=True):
        told = dict(part.split(":") for part in comments.rstrip(";").split(";"))
        assert int(told["instance"][1:], 16) == symbol.id
        assert ("onset" in told) == (symbol.onset is not None)
        if symbol.onset is not None:
            assert float(told["onset"]) == pytest.approx(symbol.onset, abs=5.1e-7)
        if symbol.cls.is_notehead:
            assert float(told["duration"]) == pytest.approx(symbol.duration, abs=5.1e-7)
            assert int(told["rel_position"]) == symbol.position
        else:
            assert not {"duration", "rel_position"} & set(told)


# Categories.


def test_categories_cover_both_sets() -> None:
    found = v2.categories()
    assert list(found) == sorted(found, key=int)
    assert {str(number) for number in range(1, 209)} <= set(found)
    own = {key: row for key, row in found.items() if row["annotation_set"] == "deepscores"}
    other = {key: row for key, row in found.items() if row["annotation_set"] == "muscima++"}
    assert {**own, **other} == found
    assert all(137 <= int(key) <= 208 for key in other)
    colours = [row["color"] for row in own.values()]
    assert len(set(colours)) == len(colours)
    assert all(isinstance(colour, int) and 1 <= colour <= 255 for colour in colours)
    assert len({row["name"] for row in own.values()}) == len(own)


def test_published_names_are_kept_where_ours_differ() -> None:
    found = v2.categories()
    assert found["2"]["name"] == "legerLine"
    assert found["70"] == {
        "name": "keySharp",
        "annotation_set": "deepscores",
        "color": VOCABULARY["keySharp"].grey,
    }
    for row in VOCABULARY.classes:
        assert found[str(row.id)]["color"] == row.grey
        if row.muscima_id is not None:
            assert found[str(row.muscima_id)]["name"] == row.muscima


# Files of our own making.


def page(number: int, symbols: Symbols) -> tuple[int, str, int, int, Symbols]:
    return number, f"page-{number}", 30, 40, symbols


def stems(count: int) -> Symbols:
    return Symbols.build(["stem"] * count, np.tile([1.5, 2, 3, 9], (count, 1)))


def test_annotations_are_numbered_on_and_on(tmp_path: Path) -> None:
    after = v2.write_json(
        tmp_path / "a.json", [page(1, stems(2)), page(2, stems(0)), page(3, stems(3))], INFO, 11
    )
    assert after == 16
    loader = Loader(tmp_path / "a.json")
    assert loader.info == INFO
    assert [image["ann_ids"] for image in loader.images] == [["11", "12"], [], ["13", "14", "15"]]
    assert [image["filename"] for image in loader.images] == ["page-1.png", "page-2.png", "page-3.png"]
    assert [len(loader.annotations(number)) for number in (1, 2, 3)] == [2, 0, 3]
    assert loader.annotations(3)["img_id"].tolist() == ["3"] * 3
    assert loader.annotations(1)["a_bbox"].tolist() == [[1.5, 2, 3, 9]] * 2


@pytest.mark.parametrize("pages", [[], [page(1, stems(0))], [page(1, stems(0)), page(2, stems(1))]])
def test_a_file_with_hardly_anything_is_whole(
    tmp_path: Path, pages: list[tuple[int, str, int, int, Symbols]]
) -> None:
    v2.write_json(tmp_path / "a.json", pages, INFO, 1)
    loader = Loader(tmp_path / "a.json")
    assert len(loader.images) == len(pages)
    assert len(loader.table) == sum(len(symbols) for *_, symbols in pages)
    assert "legerLine" in loader.names()
    assert "accidentalFlat" in loader.names("muscima++")


def test_a_page_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def pages() -> Iterator[tuple[int, str, int, int, Symbols]]:
        yield page(1, stems(1))
        raise LookupError

    with pytest.raises(LookupError):
        v2.write_json(tmp_path / "a.json", pages(), INFO, 1)
    assert list(tmp_path.iterdir()) == []


def comments(**columns: Any) -> str:
    name = columns.pop("name", "noteheadBlackOnLine")
    symbols = Symbols.build([name], [[0, 0, 1, 1]], **{key: [value] for key, value in columns.items()})
    (record,) = v2.records(symbols, 1)
    text = record["comments"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "instance:#000001;"),
        ({"id": 65535}, "instance:#00ffff;"),
        ({"onset": 4.5}, "instance:#000001;onset:4.5;"),
        ({"position": -4}, "instance:#000001;rel_position:-4;"),
        ({"duration": 0.75, "position": 0}, "instance:#000001;duration:0.75;rel_position:0;"),
        ({"name": "stem", "onset": 4.5, "duration": 1.0, "position": 3}, "instance:#000001;onset:4.5;"),
    ],
)
def test_comments_tell_what_is_known(columns: dict[str, Any], told: str) -> None:
    assert comments(**columns) == told


@given(thousandths=st.integers(0, 10**9), places=st.sampled_from([1, 8, 64, 480, 10080]))
def test_late_onsets_are_as_exact_as_early_ones(thousandths: int, places: int) -> None:
    """Quarter 1234.0625 of a long score is not quarter 1234.06."""
    onset = thousandths / places
    text = comments(onset=onset, duration=onset, position=ABSENT)
    numbers = [float(part.split(":")[1]) for part in text.rstrip(";").split(";")[1:]]
    assert numbers == pytest.approx([onset, onset], abs=5.1e-7, rel=1e-15)
    assert not any(math.isnan(number) for number in numbers)


# More pages than one file holds.


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        (0, ["deepscores_test.json"]),
        (1, ["deepscores_test.json"]),
        (2000, ["deepscores_test.json"]),
        (2001, [f"deepscores-complete-{i}_test.json" for i in range(2)]),
        (4000, [f"deepscores-complete-{i}_test.json" for i in range(2)]),
        (4001, [f"deepscores-complete-{i}_test.json" for i in range(3)]),
    ],
)
def test_a_file_holds_2000_pages(pages: int, names: list[str]) -> None:
    assert v2.json_names("test", pages) == names


def test_a_large_split_is_cut(scores_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages a split, one a file: the numbers go on through all files."""
    monkeypatch.setattr(v2, "PAGES_PER_FILE", 1)
    options = BuildOptions(workers=1, resolution=50.0, patches=0, per_score=2, report_pages=0)
    folder = build(scores_folder, tmp_path / "out", options).folder
    names = [f"deepscores-complete-{i}_{split}.json" for split in ("train", "test") for i in range(2)]
    assert {path.name for path in folder.glob("deepscores*.json")} == set(names)
    loaders = [Loader(folder / name) for name in names]
    files = [image["filename"] for loader in loaders for image in loader.images]
    assert files == [
        f"{entry.name}.png"
        for split in ("train", "test")
        for entry in read_pages(folder)
        if entry.split == split
    ]
    assert [len(loader.images) for loader in loaders] == [1] * 4
    numbers = [number for loader in loaders for number in loader.table.index]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [image["id"] for loader in loaders for image in loader.images] == [1, 2, 3, 4]
