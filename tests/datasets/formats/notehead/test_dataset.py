"""notehead's own format written and read: everything survives, own classes and missing masks, too."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.formats import PARTS, WriteOptions, parts_of
from notehead.datasets.formats.notehead.dataset import (
    CLASSES,
    FORMAT,
    NoteheadSource,
    classes_csv,
    read_classes,
)
from notehead.datasets.index import MANIFEST, PAGES, read_manifest
from notehead.datasets.source import ReadOptions
from notehead.datasets.verify import Verification, verify_files
from notehead.errors import DatasetError, OutputError
from notehead.files import sha256_of
from notehead.page import COLUMNS, Origin
from notehead.vocabulary import Vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

OWN = Vocabulary.of([(700, "stem"), (0, "smudge"), (3, 'Größe, "quer"\n♯')])


def write(folder: Path, *pages: Page, vocabulary: Vocabulary = VOCABULARY, masks: bool = True) -> Dataset:
    source = MemorySource(pages, vocabulary, split="test")
    convert(Dataset(source), folder, "notehead", ConvertOptions(WriteOptions(masks=masks)))
    return Dataset(folder)


def full_page(name: str = "full") -> Page:
    """A page that holds every part."""
    page = disc_page(name)
    turned = page.symbols.corners.copy()
    turned[0] = [[1, 2], [5, 3], [4, 7], [0, 6]]
    symbols = page.symbols.replace(
        corners=turned,
        score=np.array([1.0, 0.5, 0.25, 1.0, 0.125]),
        onset=np.array([0.0, 1 / 3, np.nan, 2.5, np.nan]),
        duration=np.array([0.5, np.nan, np.nan, 1.0, np.nan]),
        position=np.array([-4, 0, 3, 2, 1], np.int32),
        diatonic=np.array([28, 30, 31, 29, 35], np.int32),
        alter=np.array([0, -1, 2, 1, 0], np.int32),
        staff=np.array([0, 1, 0, 1, 0], np.int32),
        text=np.array([None, "dolce", None, "Größe ♯", None], object),
    )
    style: dict[str, float | str | bool] = {"paper": "tall", "scale": 0.5, "header": True}
    origin = Origin("a/b.mei", "42", 7, "Verovio 6.4", "Leland", 400.0, 2**40, style, "CC0-1.0")
    lines = np.array([[0, 1.5, 10.25, 190, 10.5], [1, 1.5, 60, 190, 60]])
    return replace(page, symbols=symbols, staff_lines=lines, origin=origin)


def assert_same(found: Page, page: Page) -> None:
    for column in COLUMNS:
        one, other = getattr(found.symbols, column), getattr(page.symbols, column)
        assert one.dtype == other.dtype, column
        assert np.array_equal(one, other, equal_nan=one.dtype == np.float64), column
    assert found.symbols.vocabulary == page.symbols.vocabulary
    assert found.symbols.names == page.symbols.names
    for layer in ("image", "ids", "under", "staff_lines"):
        one, other = getattr(found, layer), getattr(page, layer)
        assert (one is None) == (other is None), layer
        assert one is None or np.array_equal(one, other), layer
    assert (found.name, found.staff_space, found.origin) == (page.name, page.staff_space, page.origin)


# What survives.


def test_a_page_with_every_part_comes_back_whole(tmp_path: Path) -> None:
    page = full_page()
    assert parts_of(page) == set(PARTS) - {"split", "class ids"}, "those two are the dataset's"
    dataset = write(tmp_path / "out", page)
    assert_same(dataset[0], page)
    assert parts_of(dataset[0]) | {"split", "class ids"} == FORMAT.holds
    (entry,) = dataset.entries
    assert entry == replace(MemorySource([page], split="test").entries[0], symbols=5, width=200, height=120)
    assert (entry.split, entry.score_id, entry.font, entry.licence) == ("test", "42", "Leland", "CC0-1.0")
    assert dataset.staff_space(0) == page.staff_space
    assert dataset.symbols(0).names == page.symbols.names
    assert dataset.format == "notehead"


@given(symbols=random_symbols(vocabulary=OWN), masks=st.booleans())
@settings(max_examples=25)
def test_any_symbols_come_back(
    symbols: Symbols,
    masks: bool,  # noqa: FBT001
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    page = blank_page("p", symbols.replace(corners=symbols.corners.round(3)))
    if masks:
        ids = np.zeros((200, 300), np.uint16)
        ids.flat[: len(symbols)] = symbols.id
        page = replace(page, ids=ids, under=np.roll(ids, 1) * (ids > 0))
    folder = tmp_path_factory.mktemp("any") / "out"
    assert_same(write(folder, page, vocabulary=OWN)[0], page)
    shutil.rmtree(folder)


def test_the_layout_is_as_documented(tmp_path: Path) -> None:
    write(tmp_path / "out", full_page("a"), blank_page("b", Symbols()))
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert files == {
        PAGES, MANIFEST, "images/a.png", "images/b.png", "pages/a.json.gz", "pages/b.json.gz",
        "instance/a_inst.png",
    }  # fmt: skip


def test_the_manifest_lists_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, full_page(), vocabulary=VOCABULARY)
    found = Verification()
    assert sorted(verify_files(folder, found)) == sorted(path for path, _, _ in read_manifest(folder))
    assert found.problems == []
    write(tmp_path / "own", disc_page("p", OWN), vocabulary=OWN)
    assert list(verify_files(tmp_path / "own", found)) == [
        CLASSES, "images/p.png", "instance/p_inst.png", PAGES, "pages/p.json.gz",
    ]  # fmt: skip
    assert found.problems == []


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, full_page(), disc_page())
    assert sha256_of(tmp_path / "one" / MANIFEST) == sha256_of(tmp_path / "two" / MANIFEST)


def test_no_page_at_all(tmp_path: Path) -> None:
    dataset = write(tmp_path / "out", vocabulary=OWN)
    assert (len(dataset), dataset.vocabulary) == (0, OWN)


# Classes.


def test_classes_of_ones_own_keep_ids_and_order(tmp_path: Path) -> None:
    dataset = write(tmp_path / "out", disc_page("p", OWN), vocabulary=OWN)
    assert dataset.vocabulary == OWN
    assert dataset[0].symbols.label.tolist() == [700, 0, 3, 700, 0]
    assert dataset.symbols(0).names == ["stem", "smudge", 'Größe, "quer"\n♯', "stem", "smudge"]


def test_our_own_classes_need_no_list(tmp_path: Path) -> None:
    dataset = write(tmp_path / "out", disc_page())
    assert not (tmp_path / "out" / CLASSES).exists()
    assert dataset.vocabulary is VOCABULARY


words = st.text() | st.sampled_from([*VOCABULARY, "\r", "a\rb", "\n", '"', " ", os.fsdecode(b"\xff")])


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 999_999), words),
        max_size=8,
        unique_by=(lambda row: row[0], lambda row: row[1]),
    )
)
def test_lists_of_classes_hold_any_name(
    rows: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("classes") / CLASSES
    path.write_bytes(classes_csv(Vocabulary.of(rows)))
    assert read_classes(path) == Vocabulary.of(rows)


def test_a_list_from_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / CLASSES).write_bytes(b"\xef\xbb\xbfid,name,remark\r\n 7 ,stem,x\r\n3,beam,\r\n")
    assert read_classes(tmp_path / CLASSES) == Vocabulary.of([(7, "stem"), (3, "beam")])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "there is no column 'id'"),
        ("id;name\n1;stem\n", r"'id'"),
        ("id,class\n1,stem\n", r"'name'"),
        ("id,name\none,stem\n", "'one'"),
        ("id,name\n1\n", "line 2 has no name"),
        ("id,name\n1,stem\n1,beam\n", "two classes have the id 1"),
        ("id,name\n1,stem\n2,stem\n", "two classes have the name 'stem'"),
        ("id,name\n-1,stem\n", "not from 0 to 999,999"),
        ("id,name\n1," + "x" * 200_000, "field larger"),
    ],
)
def test_lists_that_are_none(tmp_path: Path, text: str, cause: str) -> None:
    write(tmp_path / "out", disc_page("p", OWN), vocabulary=OWN)
    (tmp_path / "out" / CLASSES).write_text(text)
    with pytest.raises(
        DatasetError, match=rf"classes\.csv: no list of classes \(.*{cause}.*It has the columns"
    ):
        Dataset(tmp_path / "out")


def test_a_symbol_whose_class_the_list_lacks(tmp_path: Path) -> None:
    write(tmp_path / "out", disc_page("p", OWN), vocabulary=OWN)
    (tmp_path / "out" / CLASSES).write_text("id,name\n700,stem\n0,smudge\n")
    dataset = Dataset(tmp_path / "out")
    for read in (dataset.symbols, dataset.__getitem__):
        with pytest.raises(DatasetError, match=r"^p\.json\.gz: damaged \(a class is unknown\)"):
            read(0)


# Masks.


def test_pages_without_masks(tmp_path: Path) -> None:
    page = replace(full_page(), ids=None, under=None)
    dataset = write(tmp_path / "out", page)
    assert_same(dataset[0], page)
    assert list((tmp_path / "out" / "instance").iterdir()) == []


def test_masks_are_left_out_where_they_are_not_wanted(tmp_path: Path) -> None:
    dataset = write(tmp_path / "out", full_page(), masks=False)
    assert_same(dataset[0], replace(full_page(), ids=None, under=None))
    assert list((tmp_path / "out" / "instance").iterdir()) == []


def test_masks_of_one_layer_get_an_empty_second_one(tmp_path: Path) -> None:
    page = write(tmp_path / "out", replace(disc_page(), under=None))[0]
    assert page.under is not None
    assert not page.under.any()


# Names.


def test_names_may_be_no_text(tmp_path: Path) -> None:
    """As those of image files that are no UTF-8: the page keeps it, JSON cannot hold it."""
    name = os.fsdecode(b'M\xfcnchen, "1"')
    page = disc_page()
    symbols = page.symbols.replace(text=np.array([name, None, None, None, ""], object))
    dataset = write(tmp_path / "out", replace(page, name=name, symbols=symbols, origin=Origin(score=name)))
    assert [entry.name for entry in dataset.entries] == [name]
    assert dataset[name].name == name
    assert dataset.symbols(name).text.tolist() == ['M\ufffdnchen, "1"', None, None, None, ""]
    assert dataset[name].origin.score == 'M\ufffdnchen, "1"'
    assert dataset.entries[0].score == name
    found = Verification()
    list(verify_files(tmp_path / "out", found))
    assert found.problems == []


@pytest.mark.parametrize("name", ["../a", "a/b", "/tmp/a", "..", "", "a\0b"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").mkdir()
    with pytest.raises((DatasetError, OutputError), match="cannot be the name of a page's file"):
        write(tmp_path / "deep" / "out", replace(disc_page(), name=name))
    assert [path.name for path in tmp_path.rglob("*")] == ["deep"]


# Bad input.


Damage = Callable[[Path], object]
FAULTS: dict[str, tuple[Damage, str]] = {
    "no image": (lambda out: (out / "images/b.png").unlink(), r"^b\.png: No such file"),
    "no page file": (lambda out: (out / "pages/b.json.gz").unlink(), r"^b\.json\.gz: No such file"),
    "no masks": (lambda out: (out / "instance/b_inst.png").unlink(), r"^b_inst\.png: No such file"),
    "half an image": (
        lambda out: os.truncate(out / "images/b.png", 60), r"^b\.png: not a readable image",
    ),
    "half a page file": (lambda out: os.truncate(out / "pages/b.json.gz", 60), r"^b\.json\.gz: "),
    "another page's image": (
        lambda out: shutil.copy(out / "images/small.png", out / "images/b.png"),
        r"^b\.png is 60 x 50, its page should have 200 x 120\. Run `notehead verify`",
    ),
    "another page's masks": (
        lambda out: shutil.copy(out / "images/b.png", out / "instance/b_inst.png"),
        r"^b_inst\.png is 200 x 120, its page should have 200 x 120 x 3\.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_damaged_pages_are_told_or_left_out(tmp_path: Path, fault: str) -> None:
    small = blank_page("small", Symbols(), (60, 50))
    write(tmp_path / "out", disc_page("a"), disc_page("b"), small)
    damage, message = FAULTS[fault]
    damage(tmp_path / "out")
    dataset = Dataset(tmp_path / "out")
    assert dataset["a"].name == "a"
    with pytest.raises(DatasetError, match=message) as caught:
        dataset["b"]
    assert caught.value.remedy
    again = Dataset(tmp_path / "out", options=ReadOptions(keep_going=True))
    assert [page.name for page in again] == ["a", "small"]
    assert again.complaints.counts == {"pages": 1}
    assert str(again.complaints.kept[0]) == caught.value.message


def test_lists_of_pages_that_are_damaged(tmp_path: Path) -> None:
    write(tmp_path / "out", disc_page())
    pages = tmp_path / "out" / PAGES
    pages.write_text(pages.read_text().replace("200", "wide"))
    with pytest.raises(DatasetError, match=r"pages\.csv: damaged \(.*'wide'"):
        Dataset(tmp_path / "out")


def test_what_the_format_is_known_by(tmp_path: Path) -> None:
    assert not FORMAT.here(tmp_path)
    assert not FORMAT.here(tmp_path / "nowhere")
    write(tmp_path / "out", disc_page())
    assert FORMAT.here(tmp_path / "out")
    (tmp_path / "going" / ".build" / "units").mkdir(parents=True)
    assert FORMAT.here(tmp_path / "going"), "so that its message says what to do"


def test_the_source_can_be_sent_to_another_process(tmp_path: Path) -> None:
    write(tmp_path / "out", full_page(), vocabulary=VOCABULARY)
    source = pickle.loads(pickle.dumps(NoteheadSource(tmp_path / "out", ReadOptions(keep_going=True))))
    assert source.complaints.keep_going
    assert_same(source.page(source.entries[0]), full_page())


@pytest.mark.parametrize("view", ["only", "remap"])
def test_views_come_back_with_their_very_vocabulary(view: str, dataset_folder: Path, tmp_path: Path) -> None:
    """Greys, too: a copy of a part of the classes is not another vocabulary."""
    dataset = Dataset(dataset_folder)
    part = dataset.only("stem", "noteheadBlackOnLine") if view == "only" else dataset.remap("deepscores")
    convert(part, tmp_path / "copy", "notehead")
    back = Dataset(tmp_path / "copy")
    assert back.vocabulary == part.vocabulary
    assert all(np.array_equal(page.classes, again.classes) for page, again in zip(part, back, strict=True))
