"""Where COCO datasets have their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset
from notehead.errors import DatasetError
from notehead.images import encode_png
from tests.support.coco import document, put


@pytest.mark.parametrize(
    ("path", "images", "split"),
    [
        ("annotations/instances_train2017.json", "train2017", "train2017"),
        ("annotations/instances_train.json", "images/train", "train"),
        ("annotations/instances_.json", "images", ""),
        ("annotations/train.json", "images", "train"),
        ("annotations/all.json", "images", ""),
        ("annotations/instances.json", "images", ""),
        ("train/_annotations.coco.json", "train", "train"),
        ("_annotations.coco.json", ".", ""),
        ("coco.json", ".", ""),
        ("test.json", "test", "test"),
        ("instances_default.json", "images", "default"),
    ],
)
def test_layouts(path: str, images: str, split: str, tmp_path: Path) -> None:
    put(tmp_path, path, images=images)
    for place in (tmp_path, tmp_path / path):
        dataset = Dataset(place)
        assert dataset.format == "coco"
        assert [entry.split for entry in dataset.entries] == [split]
        assert dataset[0].width == 30


def test_roboflow_s_parts_are_one_dataset(tmp_path: Path) -> None:
    for part in ("train", "valid", "test"):
        put(tmp_path, f"{part}/_annotations.coco.json", images=part)
    dataset = Dataset(tmp_path)
    assert [(entry.name, entry.split, entry.key) for entry in dataset.entries] == [
        ("one", "test", "17"),
        ("one-2", "train", "17"),
        ("one-3", "valid", "17"),
    ]
    (tmp_path / "train" / "one.png").write_bytes(encode_png(np.zeros((20, 30), np.uint8)))
    assert [int(page.image.mean()) for page in dataset] == [200, 0, 200]


def test_others_file_of_all_parts_is_not_read_beside_them(tmp_path: Path) -> None:
    for name in ("instances_train.json", "instances_val.json", "instances.json"):
        put(tmp_path, f"annotations/{name}")
    assert [entry.split for entry in Dataset(tmp_path).entries] == ["train", "val"]


@pytest.mark.parametrize(
    "name", ["one.png", "../images/one.png", "C:\\data\\one.png", "/abs/one.png", "deep/one.png"]
)
def test_images_are_found_by_what_their_name_ends_with(name: str, tmp_path: Path) -> None:
    image = {"id": 17, "file_name": name, "width": 30, "height": 20}
    dataset = Dataset(put(tmp_path, "annotations/instances_a.json", document(images=[image])))
    assert dataset[0].name == "one"
    assert dataset[0].width == 30


def test_no_image_outside_of_the_dataset_is_read(tmp_path: Path) -> None:
    put(tmp_path, "x.json", images="elsewhere")
    image = {"id": 17, "file_name": "../elsewhere/one.png", "width": 30, "height": 20}
    dataset = Dataset(put(tmp_path / "set", "annotations/instances_a.json", document(images=[image])))
    (tmp_path / "set" / "images" / "one.png").unlink()
    with pytest.raises(DatasetError, match=r"instances_a.json: image 'one.png': there is no such file"):
        dataset[0]


def test_what_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text('{"shapes": []}')
    with pytest.raises(DatasetError, match="no COCO dataset here"):
        Dataset(tmp_path, format="coco")
    with pytest.raises(DatasetError, match="no COCO dataset here"):
        Dataset(tmp_path / "labels.json", format="coco")
    with pytest.raises(DatasetError):
        Dataset(tmp_path / "missing.json", format="coco")
