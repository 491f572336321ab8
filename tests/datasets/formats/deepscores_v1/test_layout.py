"""DeepScores v1's files: boxes as fractions, class numbers, patches, and XML whatever a page is called."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import Dataset
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.images import class_image, read_png
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY


def opened(name: str, size: tuple[int, int], symbols: Symbols) -> ET.Element:
    return ET.fromstring(v1.page_xml(name, size, symbols))


def box(node: ET.Element, size: tuple[int, int]) -> list[float]:
    """A box in pixels, as a reader of v1 computes it."""
    width, height = size
    return [
        float(node.findtext(f"bndbox/{tag}", "nan")) * scale
        for tag, scale in (("xmin", width), ("ymin", height), ("xmax", width), ("ymax", height))
    ]


# One page of our own.


@given(
    size=st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)),
    thousandths=st.lists(st.integers(0, 10**7), min_size=4, max_size=4),
)
def test_fractions_give_back_boxes(size: tuple[int, int], thousandths: list[int]) -> None:
    wanted = [number / 1000 for number in thousandths]
    (node,) = opened("a", size, Symbols.build(["stem"], [wanted])).findall("object")
    assert box(node, size) == pytest.approx(wanted, abs=1e-4)


def test_the_file_says_which_page_it_is_of() -> None:
    root = opened("lg-1-aug-leland--page-1", (30, 40), Symbols())
    assert root.tag == "annotation"
    assert root.findtext("filename") == "lg-1-aug-leland--page-1.png"
    assert [root.findtext(f"size/{tag}") for tag in ("width", "height", "depth")] == ["30", "40", "1"]
    assert root.findall("object") == []


@pytest.mark.parametrize(
    "name",
    [
        "</filename><object/>",
        "&amp; & \"quotes\" 'and' <more>",
        "]]>",
        "Größe ♯ 𝄞",
        "line\nbreak\ttab",
        "return\rreturn",
        " spaces ",
        "",
    ],
)
def test_hostile_names_are_only_names(name: str) -> None:
    root = opened(name, (3, 4), Symbols())
    assert root.findtext("filename") == f"{name}.png"
    assert [node.tag for node in root] == ["filename", "size"]


@given(name=st.text(st.characters(exclude_categories=())))
def test_any_name_gives_a_file_that_is_read(name: str) -> None:
    """What XML cannot hold, half a surrogate pair say, is replaced, one sign by one sign."""
    found = opened(name, (3, 4), Symbols()).findtext("filename")
    assert found is not None
    assert len(found) == len(name) + 4
    assert all(one in (other, "\ufffd") for one, other in zip(found, name, strict=False))


def test_names_from_disks_that_are_no_text() -> None:
    root = opened(os.fsdecode(b"caf\xe9"), (3, 4), Symbols())
    assert root.findtext("filename") == "caf\ufffd.png"


@pytest.mark.parametrize(
    ("name", "columns", "tags"),
    [
        ("stem", {}, {"instance": "#000001"}),
        ("stem", {"id": 0xABCD, "onset": 1.5}, {"instance": "#00abcd", "onset": "1.5"}),
        ("stem", {"duration": 1.5, "position": 3}, {"instance": "#000001"}),
        (
            "noteheadHalfOnLine",
            {"onset": 0.0, "duration": 2.0, "position": -4},
            {"instance": "#000001", "onset": "0.0", "duration": "2.0", "rel_position": "-4"},
        ),
        ("noteheadHalfOnLine", {"position": 0}, {"instance": "#000001", "rel_position": "0"}),
        ("noteheadHalfOnLine", {"onset": math.nan, "duration": math.nan}, {"instance": "#000001"}),
    ],
)
def test_the_tags_of_v1_extended(name: str, columns: dict[str, Any], tags: dict[str, str]) -> None:
    symbols = Symbols.build([name], [[0, 0, 1, 1]], **{key: [value] for key, value in columns.items()})
    (node,) = opened("a", (3, 4), symbols).findall("object")
    found = {child.tag: child.text for child in node if child.tag not in ("name", "bndbox")}
    assert found == tags
    assert node.findtext("name") == v1.v1_name(VOCABULARY.id(name))


def test_late_onsets_are_exact() -> None:
    symbols = Symbols.build(["stem"], [[0, 0, 1, 1]], onset=[12345.0625])
    assert opened("a", (3, 4), symbols).findtext("object/onset") == "12345.0625"


# Classes.


def test_numbers_fit_into_a_pixel_and_tell_classes_apart() -> None:
    numbers = v1.class_numbers()
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert len(numbers) <= 255
    assert set(numbers) == {row.deepscores_v1 or row.name for row in VOCABULARY.classes}


def test_names_are_the_published_ones_where_there_are_some() -> None:
    assert v1.v1_name(VOCABULARY.id("noteheadBlackOnLine")) == "noteheadBlack"
    assert v1.v1_name(VOCABULARY.id("noteheadBlackInSpace")) == "noteheadBlack"
    assert v1.v1_name(VOCABULARY.id("clefG")) == "gClef"
    assert v1.v1_name(VOCABULARY.id("barlineFinal")) == "barlineFinal"


def test_the_list_of_classes_is_a_table() -> None:
    rows = list(csv.reader(v1.class_names_csv().splitlines()))
    assert {name: int(number) for number, name in rows} == v1.class_numbers()


def test_the_table_of_a_page_is_by_symbol() -> None:
    symbols = Symbols.build(["stem", "clefG", "stem"], np.zeros((3, 4)), id=[5, 2, 9])
    table, numbers = v1.number_table(symbols), v1.class_numbers()
    assert table.dtype == np.uint8
    assert table.tolist() == [0, 0, numbers["gClef"], 0, 0, numbers["stem"], 0, 0, 0, numbers["stem"]]
    assert v1.number_table(Symbols()).tolist() == [0]


# The files of a real dataset.


@pytest.fixture(name="detection")
def detection_folder(dataset_folder: Path) -> Path:
    return dataset_folder / "deepscores_v1" / "segmentation_detection"


def test_every_page_has_its_three_files(dataset_folder: Path, detection: Path) -> None:
    names = sorted(entry.name for entry in Dataset(dataset_folder).entries)
    for folder in ("images_png", "xml_annotations", "pix_annotations_png"):
        assert sorted(path.stem for path in (detection / folder).iterdir()) == names
    for name in names:
        one, other = detection / "images_png" / f"{name}.png", dataset_folder / "images" / f"{name}.png"
        assert one.read_bytes() == other.read_bytes()


def test_files_hold_what_the_pages_do(dataset_folder: Path, detection: Path) -> None:
    for page in Dataset(dataset_folder):
        root = ET.parse(detection / "xml_annotations" / f"{page.name}.xml").getroot()
        size = page.width, page.height
        assert (root.findtext("size/width"), root.findtext("size/height")) == tuple(map(str, size))
        nodes = root.findall("object")
        boxes = np.array([box(node, size) for node in nodes])
        assert boxes == pytest.approx(page.symbols.box, abs=1e-4)
        assert [node.findtext("name") for node in nodes] == [
            v1.v1_name(label) for label in page.symbols.label.tolist()
        ]
        image = read_png(detection / "pix_annotations_png" / f"{page.name}.png")
        assert page.ids is not None
        assert np.array_equal(image, class_image(page.ids, v1.number_table(page.symbols)))
        for node, symbol in zip(nodes, page.symbols, strict=True):
            seen = np.unique(image[page.ids == symbol.id]).tolist()
            assert seen in ([], [v1.class_numbers()[node.findtext("name", "")]])


def test_patches_lie_in_the_folder_of_their_class(dataset_folder: Path) -> None:
    dataset = Dataset(dataset_folder)
    folder = dataset_folder / "deepscores_v1" / "DeepScores_classification"
    files = list(folder.glob("*/*.png"))
    assert len(files) > 20
    assert (folder / "class_names.csv").read_text() == v1.class_names_csv()
    per_class: dict[str, int] = {}
    for file in files:
        name, _, number = file.stem.rpartition("_")
        page = dataset[name]
        (row,) = np.flatnonzero(page.symbols.id == int(number)).tolist()
        assert file.parent.name == v1.v1_name(int(page.symbols.label[row]))
        x0, y0, x1, y1 = page.symbols.box[row]
        x, y = int((x0 + x1) / 2), int((y0 + y1) / 2)
        patch = read_png(file)
        assert patch.shape == (170, 45)
        assert patch[85, 22] == page.image[y, x]
        around = page.image[max(y - 40, 0) : y + 41, max(x - 15, 0) : x + 16]
        assert (patch < 255).sum() >= (around < 255).sum() > 0
        per_class[file.parent.name] = per_class.get(file.parent.name, 0) + 1
    for count in per_class.values():
        assert count <= 2 * 3, "at most three of each of our classes, of which up to two are one of v1's"
