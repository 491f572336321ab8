"""COCO as it is written: files, numbers, memory, and what others' tools make of it."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import faster_coco_eval
import numpy as np
import pycocotools.coco
import pytest
import supervision

from notehead import Dataset, Page
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.formats import WriteOptions
from notehead.errors import DatasetError
from notehead.page import Origin
from notehead.vocabulary import Vocabulary
from tests.support.coco import OWN, assert_same, full_page, written
from tests.support.pages import MemorySource, disc_page


def several_splits() -> Dataset:
    source = MemorySource([disc_page(f"p{number}") for number in range(6)])
    splits = ["train", "test", "", "test", "val2017", "train"]
    source.entries = [
        replace(entry, split=split) for entry, split in zip(source.entries, splits, strict=True)
    ]
    return Dataset(source)


def test_each_split_has_a_file_and_images_are_numbered_throughout(tmp_path: Path) -> None:
    convert(several_splits(), tmp_path / "coco", "coco")
    files = sorted((tmp_path / "coco" / "annotations").iterdir())
    assert [path.name for path in files] == [
        "instances.json",
        "instances_test.json",
        "instances_train.json",
        "instances_val2017.json",
    ]
    documents = [json.loads(path.read_bytes()) for path in files]
    for document in documents:
        assert {"info", "licenses"} <= document.keys()
        assert len(document["annotations"]) == 5 * len(document["images"])
        for record in document["annotations"]:
            assert (record["id"] - 1) // 5 == record["image_id"] - 1, "in the order of the pages"
    every = [record["id"] for document in documents for record in document["annotations"]]
    assert sorted(every) == list(range(1, 31)), "one number for one symbol in the dataset"
    dataset = Dataset(tmp_path / "coco")
    found = {entry.name: (entry.split, entry.key) for entry in dataset.entries}
    assert found == {
        "p0": ("train", "1"),
        "p1": ("test", "2"),
        "p2": ("", "3"),
        "p3": ("test", "4"),
        "p4": ("val2017", "5"),
        "p5": ("train", "6"),
    }
    assert [page.name for page in Dataset(tmp_path / "coco", split="test")] == ["p1", "p3"]
    for page in dataset:
        assert_same(page, disc_page(page.name))


def test_pages_of_no_split_have_none_when_they_come_back(tmp_path: Path) -> None:
    source = MemorySource([disc_page("a"), disc_page("b")], split="")
    convert(Dataset(source), tmp_path / "coco", "coco")
    dataset = Dataset(tmp_path / "coco")
    assert [path.name for path in (tmp_path / "coco" / "annotations").iterdir()] == ["instances.json"]
    assert [entry.split for entry in dataset.entries] == ["", ""]
    assert [page.name for page in Dataset(tmp_path / "coco" / "annotations" / "instances.json")] == ["a", "b"]


def test_a_dataset_without_pages_is_one(tmp_path: Path) -> None:
    dataset = written(tmp_path / "coco", vocabulary=OWN)
    assert (len(dataset), dataset.format, dataset.vocabulary) == (0, "coco", OWN)


def test_masks_may_be_left_out(tmp_path: Path) -> None:
    options = ConvertOptions(write=WriteOptions(masks=False, description="a test"))
    source = Dataset(MemorySource([full_page()]))
    convert(source, tmp_path / "coco", "coco", options)
    dataset = Dataset(tmp_path / "coco")
    assert dataset[0].ids is None
    assert_same(dataset[0], replace(full_page(), ids=None, under=None))
    document = json.loads((tmp_path / "coco" / "annotations" / "instances_train.json").read_bytes())
    assert document["info"]["description"] == "a test"
    assert [record["segmentation"] for record in document["annotations"]] == [[]] * 5


def test_names_that_json_cannot_hold_are_told(tmp_path: Path) -> None:
    origin = Origin(score="b\udcff.mei")
    with pytest.raises(DatasetError, match=r"page 'discs': a name or text is no Unicode"):
        written(tmp_path / "a", replace(disc_page(), origin=origin))
    with pytest.raises(DatasetError, match="classes: a name or text is no Unicode"):
        written(tmp_path / "b", vocabulary=Vocabulary.of([(1, "b\udcff")]))
    for name in ("../up", "a/b", ".."):
        with pytest.raises(DatasetError, match="cannot be the name"):
            written(tmp_path / "c", disc_page(name))
    source = MemorySource([disc_page()], split="../up")
    with pytest.raises(DatasetError, match="cannot be the name of a split"):
        convert(Dataset(source), tmp_path / "d", "coco")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        source = Dataset(MemorySource([disc_page(f"p{number}") for number in range(count)]))
        tracemalloc.start()
        convert(source, tmp_path / str(count), "coco")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(2)
    assert peak(40) < few + 200_000


@pytest.fixture(name="folder", scope="module")
def written_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coco") / "dataset"
    written(folder, disc_page("a", OWN), disc_page("b", OWN, count=3), vocabulary=OWN)
    return folder


def pages_by_name() -> dict[str, Page]:
    return {"a": disc_page("a", OWN), "b": disc_page("b", OWN, count=3)}


@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("tool", [pycocotools.coco.COCO, faster_coco_eval.COCO])
def test_pycocotools_and_faster_coco_eval_read_it(tool: type, folder: Path) -> None:
    coco = tool(str(folder / "annotations" / "instances_train.json"))
    assert {row["id"]: row["name"] for row in coco.cats.values()} == {row.id: row.name for row in OWN.classes}
    for image in coco.imgs.values():
        page = pages_by_name()[Path(image["file_name"]).stem]
        assert (image["width"], image["height"]) == (page.width, page.height)
        records = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        assert len(records) == len(page.symbols)
        for record, symbol in zip(records, page.symbols, strict=True):
            x, y, width, height = record["bbox"]
            assert (x, y, x + width, y + height) == symbol.box
            assert record["category_id"] == symbol.cls.id
            assert record["area"] == symbol.area
            assert np.array_equal(coco.annToMask(record), page.mask(symbol))


def test_supervision_reads_it(folder: Path) -> None:
    dataset = supervision.DetectionDataset.from_coco(
        str(folder / "images"), str(folder / "annotations" / "instances_train.json"), force_masks=True
    )
    assert dataset.classes == [OWN.by_id[identity].name for identity in sorted(OWN.by_id)]
    count = 0
    for path, image, found in dataset:
        page = pages_by_name()[Path(path).stem]
        assert np.array_equal(image[:, :, 0], page.image)
        assert np.array_equal(found.xyxy, page.symbols.box)
        assert found.class_id is not None
        assert found.mask is not None
        assert [dataset.classes[number] for number in found.class_id] == page.symbols.names
        for mask, symbol in zip(np.asarray(found.mask), page.symbols, strict=True):
            assert np.array_equal(mask, page.mask(symbol))
        count += 1
    assert count == 2


def test_what_supervision_writes_is_read(folder: Path, tmp_path: Path) -> None:
    theirs = supervision.DetectionDataset.from_coco(
        str(folder / "images"), str(folder / "annotations" / "instances_train.json"), force_masks=True
    )
    theirs.as_coco(str(tmp_path / "images"), str(tmp_path / "annotations" / "instances_val.json"))
    dataset = Dataset(tmp_path)
    assert sorted(page.name for page in dataset) == ["a", "b"]
    assert {entry.split for entry in dataset.entries} == {"val"}
    for page in dataset:
        wanted = pages_by_name()[page.name]
        assert np.array_equal(page.symbols.box, wanted.symbols.box)
        assert page.symbols.names == wanted.symbols.names
        assert page.ids is not None
