"""PASCAL VOC in and out: the development kit's pixels, others' folders, others' readers, and bad files."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import supervision
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import Dataset, Page, Symbols
from notehead.datasets.convert import LossWarning, convert
from notehead.datasets.formats import FORMATS
from notehead.datasets.formats.pascal_voc import page_xml
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.vocabulary import VOCABULARY, Vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols
from tests.support.parts import CLASSES, SPLIT, full_page, surviving

SIZE = (200, 100)
GOING = ReadOptions(keep_going=True)
HEAD = "<annotation><size><width>200</width><height>100</height><depth>3</depth></size>"


@contextmanager
def silent() -> Iterator[None]:
    """What a format cannot hold is said by a test of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        yield


def written(folder: Path, *pages: Page, split: str = "train", name: str = "voc") -> Path:
    vocabulary = pages[0].symbols.vocabulary if pages else VOCABULARY
    with silent():
        return convert(Dataset(MemorySource(pages, vocabulary, split)), folder / name, "pascal_voc").folder


def by_hand(folder: Path, xml: str = "", image: str = "a.jpg") -> Path:
    """A folder of one page of 200 x 100 pixels as anybody may have one."""
    for place in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (folder / place).mkdir(parents=True)
    pixels = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    (folder / "JPEGImages" / image).write_bytes(encode_png(pixels))
    (folder / "Annotations/a.xml").write_text(xml or f"{HEAD}{GOOD}</annotation>")
    return folder


def boxed(xmin: object, ymin: object, xmax: object, ymax: object, name: str = "stem", more: str = "") -> str:
    """An object."""
    return (
        f"<object><name>{name}</name><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax>"
        f"<ymax>{ymax}</ymax></bndbox>{more}</object>"
    )


GOOD = boxed(11, 21, 30, 60)


# There and back.


@given(data=st.data())
@settings(max_examples=30)
def test_pages_come_back(data: st.DataObject) -> None:
    vocabulary = data.draw(st.sampled_from([VOCABULARY, CLASSES]))
    symbols = data.draw(random_symbols(vocabulary=vocabulary))
    scores = data.draw(st.lists(st.integers(0, 10**6), min_size=len(symbols), max_size=len(symbols)))
    page = blank_page("page", symbols.replace(score=np.array(scores, np.float64) / 1e6))
    with tempfile.TemporaryDirectory() as folder:
        (back,) = Dataset(written(Path(folder), page))
    assert np.abs(back.symbols.box - symbols.box).max(initial=0) < 1e-3
    assert back.symbols.id.tolist() == symbols.id.tolist()
    assert back.symbols.label.tolist() == symbols.label.tolist()
    assert [(row.id, row.name) for row in back.symbols.vocabulary.classes] == [
        (row.id, row.name) for row in vocabulary.classes
    ]
    assert back.symbols.score.tolist() == pytest.approx(page.symbols.score.tolist(), abs=1e-6)
    assert np.array_equal(back.image, page.image)


def test_what_is_said_to_come_back_does_and_nothing_else(tmp_path: Path) -> None:
    page = full_page()
    dataset = Dataset(written(tmp_path, page, split=SPLIT))
    assert surviving(page, SPLIT, dataset) == set(FORMATS["pascal_voc"].holds)


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    with pytest.warns(LossWarning, match="pascal_voc cannot hold .*masks"):
        convert(Dataset(MemorySource([full_page()], CLASSES)), tmp_path / "voc", "pascal_voc")


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    pages = [disc_page(f"page{number}") for number in range(3)]
    one, other = written(tmp_path / "1", *pages), written(tmp_path / "2", *pages)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == 8
    assert all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


def test_a_dataset_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    dataset = Dataset(written(tmp_path, disc_page()))
    sent = pickle.loads(pickle.dumps(dataset))
    assert np.array_equal(sent[0].symbols.box, dataset[0].symbols.box)


@pytest.mark.parametrize("splits", [["train", "test"], ["", "fold 1", "train"], []])
def test_splits_come_back(splits: list[str], tmp_path: Path) -> None:
    pages = [disc_page(f"page{number}") for number in range(len(splits))]
    source = MemorySource(pages)
    source.entries = [
        type(entry)(entry.name, split) for entry, split in zip(source.entries, splits, strict=True)
    ]
    with silent():
        folder = convert(Dataset(source), tmp_path / "voc", "pascal_voc").folder
    assert [entry.split for entry in Dataset(folder).entries] == splits
    assert {path.stem for path in folder.glob("ImageSets/Main/*")} == {*splits} - {""}


def test_pixels_are_numbered_from_1_and_the_last_ones_belong_to_the_box() -> None:
    page = blank_page("p", Symbols.build(["stem"] * 2, [[0.0, 0, 200, 100], [3.25, 4, 10, 80.5]]), SIZE)
    first, second = ET.fromstring(page_xml(page)).findall("object/bndbox")
    assert [corner.text for corner in first] == ["1", "1", "200", "100"]
    assert [corner.text for corner in second] == ["4.25", "5", "10", "80.5"]


def test_a_thin_symbol_is_a_pixel_wide_and_comes_back_as_it_was(tmp_path: Path) -> None:
    boxes = [[10, 20, 10, 60], [5, 7.5, 45, 7.75], [0, 0, 0, 0], [50, 50, 51, 51]]
    folder = written(tmp_path, blank_page("p", Symbols.build(["stem"] * 4, np.array(boxes)), SIZE))
    nodes = ET.parse(folder / "Annotations/p.xml").findall("object/bndbox")
    for node in nodes:
        xmin, ymin, xmax, ymax = (float(corner.text or "") for corner in node)
        assert xmin <= xmax
        assert ymin <= ymax
    assert [corner.text for corner in nodes[0]] == ["10.5", "21", "10.5", "60"]
    assert Dataset(folder)[0].symbols.box == pytest.approx(np.array(boxes), abs=1e-5)


def test_plain_pages_make_plain_files() -> None:
    text = page_xml(blank_page("p", Symbols.build(["stem"], [[1, 2, 3, 4]]), SIZE)).decode()
    assert "attribute" not in text


# Others' readers.


def some_pages() -> list[Page]:
    """Pages with whole and broken numbers, a thin symbol, names that need care, and one without symbols."""
    vocabulary = Vocabulary.of([(5, "stem"), (2, "a <b> & \"c\" 'd'"), (9, "Größe ♯")])
    boxes = [[10, 20, 60, 45.5], [0, 0, 200, 100], [150.25, 3, 151.5, 90]]
    symbols = Symbols.build([5, 2, 9], np.array(boxes), vocabulary, id=[4, 9, 2], score=[1, 0.5, 1])
    return [
        blank_page("a & b <c> Größe", symbols, SIZE),
        disc_page("b", vocabulary),
        blank_page("c", Symbols(vocabulary=vocabulary), SIZE),
    ]


def test_supervision_reads_the_same(tmp_path: Path) -> None:
    pages = some_pages()
    folder = written(tmp_path, *pages)
    found = supervision.DetectionDataset.from_pascal_voc(
        images_directory_path=str(folder / "JPEGImages"),
        annotations_directory_path=str(folder / "Annotations"),
    )
    assert len(found) == 3
    for page in pages:
        path, image, detections = next(item for item in found if Path(item[0]).stem == page.name)
        assert image.shape[:2] == page.image.shape, path
        assert detections.xyxy == pytest.approx(page.symbols.box, abs=1e-3)
        assert [found.classes[number] for number in np.asarray(detections.class_id)] == page.symbols.names


def as_torchvision(node: ET.Element) -> Any:
    """An element as torchvision's VOCDetection gives it: text, or a dict with lists for tags that repeat."""
    if len(node) == 0:
        return (node.text or "").strip()
    values: dict[str, Any] = {}
    for child in node:
        values.setdefault(child.tag, []).append(as_torchvision(child))
    for tag, found in values.items():
        if len(found) == 1 and (node.tag, tag) != ("annotation", "object"):
            values[tag] = found[0]
    return values


def test_torchvision_finds_what_it_looks_for(tmp_path: Path) -> None:
    page = some_pages()[0]
    folder = written(tmp_path, page)
    (name,) = (folder / "ImageSets/Main/train.txt").read_text().splitlines()
    found = as_torchvision(ET.parse(folder / f"Annotations/{name}.xml").getroot())
    assert found["folder"] == "JPEGImages"
    assert (folder / found["folder"] / found["filename"]).is_file()
    assert found["size"] == {"width": "200", "height": "100", "depth": "1"}
    assert found["segmented"] == "0"
    first, second, _ = found["object"]
    assert [one["name"] for one in found["object"]] == page.symbols.names
    assert first["bndbox"] == {"xmin": "11", "ymin": "21", "xmax": "60", "ymax": "45.5"}
    assert (first["pose"], first["truncated"], first["difficult"]) == ("Unspecified", "0", "0")
    assert second["attributes"]["attribute"] == [
        {"name": "id", "value": "9"},
        {"name": "score", "value": "0.5"},
    ]


ULTRALYTICS = os.environ.get("NOTEHEAD_ULTRALYTICS", "")
PARSE = """
import json, sys
from xml.etree import ElementTree
from torchvision.datasets import VOCDetection
print(json.dumps(VOCDetection.parse_voc_xml(ElementTree.parse(sys.argv[1]).getroot())))
"""


@pytest.mark.skipif(not ULTRALYTICS, reason="NOTEHEAD_ULTRALYTICS names no Python that has torchvision")
def test_torchvision_itself_finds_it(tmp_path: Path) -> None:
    page = some_pages()[0]
    path = tmp_path / "a.xml"
    path.write_bytes(page_xml(page))
    said = subprocess.run(
        [ULTRALYTICS, "-c", PARSE, path], capture_output=True, text=True, check=True, timeout=300
    )
    assert json.loads(said.stdout) == {"annotation": as_torchvision(ET.parse(path).getroot())}


# Others' folders.


def test_a_folder_of_vocs(tmp_path: Path) -> None:
    more = "<pose>Left</pose><truncated>1</truncated><difficult>1</difficult>"
    name = boxed(48, 20.5, 195, 71, "\n noteheadBlackOnLine ", more)
    dataset = Dataset(
        by_hand(tmp_path, f'<?xml version="1.0"?>{HEAD}<segmented>0</segmented>{name}{GOOD}</annotation>')
    )
    page = dataset["a"]
    assert page.symbols.names == ["noteheadBlackOnLine", "stem"]
    assert page.symbols.box == pytest.approx(np.array([[47, 19.5, 195, 71], [10, 20, 30, 60]]))
    assert page.image.shape == (100, 200)
    assert dataset.symbols("a").box.tolist() == page.symbols.box.tolist()


def test_names_of_deepscores_v2_are_known_and_a_table_knows_others(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, f"{HEAD}{boxed(1, 1, 9, 9, 'legerLine')}</annotation>")
    assert Dataset(folder)[0].symbols.names == ["ledgerLine"]
    (folder / "classes.csv").write_text("id,name\n7,smudge\n2,legerLine\n")
    symbols = Dataset(folder)[0].symbols
    assert (symbols.names, symbols.label.tolist()) == (["legerLine"], [2])
    own = Vocabulary.of([(4, "legerLine")])
    assert Dataset(folder, options=ReadOptions(vocabulary=own))[0].symbols.label.tolist() == [4]


@pytest.mark.parametrize(
    ("lists", "split"),
    [
        ({}, ""),
        ({"train": "a\n"}, "train"),
        ({"trainval": "a\n", "train": "a\n", "test": ""}, "train"),
        ({"trainval": "a\n"}, "trainval"),
        ({"aeroplane_train": "a -1\n", "train": "a\n"}, "train"),
        ({"aeroplane_train": "a  1\n"}, ""),
        ({"val": "\ufeffa  \n\n"}, "val"),
    ],
)
def test_lists_say_the_split(lists: dict[str, str], split: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path)
    for name, text in lists.items():
        (folder / f"ImageSets/Main/{name}.txt").write_text(text, encoding="utf-8")
    assert [(entry.name, entry.split) for entry in Dataset(folder).entries] == [("a", split)]


def test_a_file_without_a_size_has_that_of_its_image(tmp_path: Path) -> None:
    size = "<size><width>0</width><height></height></size>"
    folder = by_hand(tmp_path, f"<annotation>{size}{GOOD}{boxed(1, 1, 999, 9)}</annotation>")
    with pytest.raises(DatasetError, match="object 2: its box lies outside of the page"):
        Dataset(folder)[0]
    (folder / "JPEGImages/a.jpg").unlink()
    assert len(Dataset(folder).symbols(0)) == 2


def test_attributes_of_others_mean_nothing_to_us(tmp_path: Path) -> None:
    attributes = "<attributes><attribute><name>id</name><value>red</value></attribute></attributes>"
    folder = by_hand(tmp_path, f"{HEAD}{boxed(1, 1, 9, 9, more=attributes)}</annotation>")
    assert Dataset(folder)[0].symbols.id.tolist() == [1]


# Bad files.


OURS = "<source><database>notehead</database></source>"


def said(**values: object) -> str:
    """Attributes."""
    return "<attributes>{}</attributes>".format(
        "".join(
            f"<attribute><name>{name}</name><value>{value}</value></attribute>"
            for name, value in values.items()
        )
    )


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        (boxed(1, 1, 9, 9, "smudge"), "unknown class 'smudge'"),
        (boxed(1, 1, 9, 9, " "), "it has no name of a class"),
        ("<object/>", "it has no name of a class"),
        ("<object><name>stem</name></object>", "its box is not made of numbers"),
        (boxed(1, 1, 9, ""), "its box is not made of numbers"),
        (boxed(1, 1, 9, "nine"), "its box is not made of numbers"),
        (boxed(1, "nan", 9, 9), "its box is not made of numbers"),
        (boxed(1, 1, "inf", 9), "its box is not made of numbers"),
        (boxed(9, 1, 1, 9), "its box has a negative width or height"),
        (boxed(1, 1, 202, 9), "its box lies outside of the page"),
        (boxed(-5, 1, 9, 9), "its box lies outside of the page"),
        (boxed(1, 1, 9, 9, more=said(id=1)), "the id 1 is there twice"),
        (boxed(1, 1, 9, 9, more=said(id=0)), "its id is not from 1 to 65535"),
        (boxed(1, 1, 9, 9, more=said(id=7.5)), "its id is not from 1 to 65535"),
        (boxed(1, 1, 9, 9, more=said(id="x")), "its id is not from 1 to 65535"),
        (boxed(1, 1, 9, 9, more=said(id=2, score=2)), "its score 2 is not from 0 to 1"),
        (boxed(1, 1, 9, 9, more=said(width="x")), "its box is not made of numbers"),
        (boxed(1, 1, 9, 9, more=said(height=-1)), "its box has a negative width or height"),
    ],
)
def test_a_bad_object_is_named_or_left_out(bad: str, cause: str, tmp_path: Path) -> None:
    third = boxed(1, 1, 9, 9, more=said(id=3))
    folder = by_hand(tmp_path, f"{HEAD}{OURS}{GOOD}{bad}{third}</annotation>")
    with pytest.raises(DatasetError, match=r"Annotations/a\.xml: object 2: ") as caught:
        Dataset(folder)[0]
    assert cause in str(caught.value)
    dataset = Dataset(folder, options=GOING)
    assert dataset[0].symbols.id.tolist() == [1, 3]
    assert dataset.complaints.counts["symbols"] == 1


values = st.sampled_from(["0", "1", "9.5", "-1", "1e308", "-1e308", "inf", "nan", "", "x", "99999999999"])


@given(data=st.data())
@settings(max_examples=100)
def test_any_numbers_can_stand_in_an_annotation(data: st.DataObject) -> None:
    def some() -> str:
        return data.draw(values)

    more = said(id=some(), score=some(), width=some())
    xml = (
        f"<annotation><size><width>{some()}</width><height>{some()}</height></size>{OURS}"
        f"{boxed(some(), some(), some(), some(), more=more)}</annotation>"
    )
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(by_hand(Path(folder) / "voc", xml), options=GOING)
        symbols = dataset.symbols(0)
    assert np.isfinite(symbols.box).all()
    assert len(symbols) + dataset.complaints.counts["symbols"] == 1


def test_an_unknown_class_says_where_a_table_of_classes_goes(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"Put classes\.csv with the columns id and name .* beside Annotations"
    ):
        Dataset(by_hand(tmp_path, f"{HEAD}{boxed(1, 1, 9, 9, 'smudge')}</annotation>"))[0]


@pytest.mark.parametrize(
    ("xml", "cause"),
    [
        (" ", "it is no well-formed XML"),
        (f"{HEAD}{GOOD}", "it is no well-formed XML"),
        (f"{HEAD}{GOOD[:60]}", "it is no well-formed XML"),
        ("<annotations/>", "it is no annotation but a annotations"),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>',
            "it defines a document type of its own",
        ),
        ('<!DOCTYPE a SYSTEM "http://localhost/a.dtd"><annotation/>', "it defines a document type"),
        (
            f"{HEAD.replace('200', '201')}{GOOD}</annotation>",
            "200 x 100 pixels, its annotation says 201 x 100",
        ),
    ],
)
def test_a_bad_annotation_is_a_bad_page(xml: str, cause: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path, xml)
    with pytest.raises(DatasetError, match=cause):
        list(Dataset(folder))
    dataset = Dataset(folder, options=GOING)
    assert list(dataset) == []
    assert dataset.complaints.counts["pages"] == 1


@pytest.mark.parametrize(
    ("file", "other", "cause"),
    [
        ("Annotations/b.xml", f"{HEAD}</annotation>", r"b\.xml: its image .*JPEGImages/b\.jpg or b\.png"),
        (
            "Annotations/b.xml",
            f"{HEAD}<filename>../x/b.png</filename></annotation>",
            r"b\.xml: its image is not there: .*JPEGImages/b\.png\.",
        ),
        (
            "Annotations/b.xml",
            f"{HEAD}<filename>b</filename></annotation>",
            r"b\.xml: its image is not there: .*JPEGImages/b\.jpg or b\.png\.",
        ),
        ("JPEGImages/b.jpg", "", r"Annotations/b\.xml: No such file"),
        ("ImageSets/Main/train.txt", "b\n", r"Annotations/b\.xml: No such file"),
    ],
)
def test_half_a_page_is_a_bad_page(file: str, other: str, cause: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path)
    (folder / file).write_text(other)
    assert [entry.name for entry in Dataset(folder).entries] == ["a", "b"]
    with pytest.raises(DatasetError, match=cause):
        list(Dataset(folder))
    dataset = Dataset(folder, options=GOING)
    assert [page.name for page in dataset] == ["a"]
    assert dataset.complaints.counts["pages"] == 1


def test_a_missing_image_has_the_name_that_we_gave_it(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page("a"))
    (folder / "JPEGImages/a.png").unlink()
    with pytest.raises(DatasetError, match=r"a\.xml: its image is not there: .*JPEGImages/a\.png\."):
        Dataset(folder)[0]


def test_a_damaged_image_is_a_bad_page(tmp_path: Path) -> None:
    folder = by_hand(tmp_path)
    image = folder / "JPEGImages/a.jpg"
    image.write_bytes(image.read_bytes()[:50])
    with pytest.raises(DatasetError, match=r"a\.jpg: "):
        Dataset(folder)[0]
    assert len(Dataset(folder).symbols(0)) == 1


def test_a_folder_without_annotations(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Annotations: there is no such folder"):
        Dataset(tmp_path, format="pascal_voc")


@pytest.mark.parametrize(
    ("name", "split", "cause"),
    [
        ("../page", "train", "'../page' cannot be the name of a page's file"),
        ("page", "../train", "'../train' cannot be the name of a split's file"),
        ("pa\nge", "train", "cannot be the name of a page's file"),
    ],
)
def test_names_that_cannot_be_files(name: str, split: str, cause: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=cause):
        written(tmp_path / "in", disc_page(name), split=split)
    assert list(tmp_path.rglob("*.png")) == []


@pytest.mark.parametrize("name", ["", " stem", "a\x07b"])
def test_classes_that_xml_cannot_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be named in XML"):
        written(tmp_path, disc_page("page", Vocabulary.of([(1, name)])))
