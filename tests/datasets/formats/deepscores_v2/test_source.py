"""DeepScoresV2 is read as it is published, and as others write it."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import Dataset
from notehead.datasets.formats.deepscores_v2.records import Comments
from notehead.datasets.formats.deepscores_v2.source import DeepScoresV2Source, is_deepscores_v2
from notehead.datasets.source import AnnotationSet, ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.page import ABSENT, COLUMNS, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary, named_vocabulary
from tests.support.deepscores import CATEGORIES, NAME, annotation, document, write_dataset, write_masks

NAN = float("nan")


def opened(path: Path, annotation_set: AnnotationSet = "deepscores", **options: Any) -> Dataset:
    return Dataset(path, options=ReadOptions(annotation_set=annotation_set, **options))


def one_page(folder: Path, *records: dict[str, Any], **changes: Any) -> Symbols:
    """The symbols of the annotations, read alone."""
    content = document({str(501 + number): record for number, record in enumerate(records)}, **changes)
    return opened(write_dataset(folder, {"deepscores_train.json": content}, images=False)).symbols(0)


# A dataset of our own making, which notehead's own files tell all about.


def test_a_built_dataset_is_the_same_by_both_readers(dataset_folder: Path) -> None:
    own, other = Dataset(dataset_folder), Dataset(dataset_folder, format="deepscores_v2")
    assert (own.format, other.format) == ("notehead", "deepscores_v2")
    assert other.vocabulary is VOCABULARY
    assert sorted(entry.name for entry in other.entries) == sorted(entry.name for entry in own.entries)
    for entry in other.entries:
        known = own.entry(entry.name)
        for column in ("split", "number", "width", "height", "symbols"):
            assert getattr(entry, column) == getattr(known, column)
        assert entry.font == known.font.lower()
        page, truth = other[entry.name], own[entry.name]
        assert np.array_equal(page.image, truth.image)
        assert page.ids is not None
        assert truth.ids is not None
        assert np.array_equal(page.ids, truth.ids)
        assert len(page.symbols) == len(truth.symbols) > 20
        for column in ("id", "label", "box", "area"):
            assert np.array_equal(getattr(page.symbols, column), getattr(truth.symbols, column))
        assert page.symbols.corners == pytest.approx(truth.symbols.corners, abs=0.0051)
        assert np.allclose(page.symbols.onset, truth.symbols.onset, atol=5.1e-7, equal_nan=True)
        heads, true_heads = (symbols[symbols.is_notehead] for symbols in (page.symbols, truth.symbols))
        assert len(heads) > 1
        assert heads.position.tolist() == true_heads.position.tolist()
        assert np.allclose(heads.duration, true_heads.duration, atol=5.1e-7)
        for column in COLUMNS:
            found, alone = getattr(page.symbols, column), getattr(other.symbols(entry.name), column)
            assert np.array_equal(found, alone, equal_nan=found.dtype.kind == "f")


def test_the_second_set_of_a_built_dataset(dataset_folder: Path) -> None:
    own = Dataset(dataset_folder)
    other = Dataset(dataset_folder, None, ReadOptions(annotation_set="muscima++"), "deepscores_v2")
    assert other.vocabulary == named_vocabulary("muscima++")
    muscima = {row.name: row.muscima for row in VOCABULARY.classes}
    for entry in other.entries:
        expected = [name for name in map(muscima.get, own.symbols(entry.name).names) if name]
        assert other.symbols(entry.name).names == expected
        assert entry.symbols == len(expected) < own.entry(entry.name).symbols


# A published page.


def test_an_entry_says_what_the_name_says(tmp_path: Path) -> None:
    (entry,) = opened(write_dataset(tmp_path)).entries
    assert (entry.name, entry.key, entry.split) == (NAME, "1", "train")
    assert (entry.score, entry.score_id, entry.font, entry.number) == ("lg-4711", "4711", "beethoven", 2)
    assert (entry.width, entry.height, entry.symbols) == (60, 40, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lg-02-aug-gutenberg1939-", ("02", "gutenberg1939", 1)),
        ("lg-02-aug-lilyjazz--page-17", ("02", "lilyjazz", 17)),
        ("lg-02-aug-lilyjazz--page-", ("", "", 0)),
        ("page-17", ("", "", 0)),
    ],
)
def test_names_of_single_pages_and_of_others(
    tmp_path: Path, name: str, expected: tuple[str, str, int]
) -> None:
    image = {"id": 1, "filename": f"{name}.png", "width": 9, "height": 9}
    dataset = opened(write_dataset(tmp_path, {"deepscores_test.json": document({}, [image])}))
    (entry,) = dataset.entries
    assert (entry.score_id, entry.font, entry.number) == expected
    page = dataset[name]
    assert (page.origin.score_id, page.origin.font) == expected[:2]
    assert len(page.symbols) == 0


def test_a_page_has_all_that_the_annotation_says(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    ids = np.zeros((40, 60), np.uint16)
    ids[5:25, 10:12] = 3
    ids[0:3, 0:3] = 9  # a barline, say: it has pixels, and no annotation
    write_masks(folder, ids)
    page = opened(folder)[NAME]
    (symbol,) = page.symbols
    assert (symbol.id, symbol.name, symbol.area, symbol.onset) == (3, "stem", 40, 4.5)
    assert (symbol.duration, symbol.position, symbol.pitch, symbol.score) == (None, None, None, 1.0)
    assert symbol.box == (10.0, 5.0, 12.0, 25.0)
    assert symbol.corners.tolist() == [[12, 25], [10, 25], [10, 5], [12, 5]]
    assert page.ids is not None
    assert page.ids.tolist() == np.where(ids == 3, 3, 0).tolist()
    assert (page.under, page.staff_space) == (None, 0.0)
    assert (page.origin.score, page.origin.number) == ("lg-4711", 2)
    assert page.image.shape == (40, 60)
    assert np.count_nonzero(page.classes == VOCABULARY["stem"].grey) == 40


def test_pages_without_masks(tmp_path: Path) -> None:
    assert opened(write_dataset(tmp_path))[NAME].ids is None


def test_numbers_and_strings_are_the_same(tmp_path: Path) -> None:
    plain = one_page(tmp_path, annotation())
    other = annotation(cat_id=[42, 161], img_id=1, area=40.0, a_bbox=["10", 5, 12, 25])
    image = {"id": "1", "filename": f"{NAME}.png", "width": 60, "height": 40, "ann_ids": [501]}
    again = one_page(tmp_path, other, images=[image])
    for column in COLUMNS:
        one, two = getattr(plain, column), getattr(again, column)
        assert np.array_equal(one, two, equal_nan=one.dtype.kind == "f")


def test_annotations_may_be_a_list(tmp_path: Path) -> None:
    """As in the revised schema that others use."""
    content = document()
    content["annotations"] = [{"id": 7, **annotation()}, {"id": 8, **annotation(comments="", cat_id=42)}]
    symbols = opened(write_dataset(tmp_path, {"deepscores_train.json": content})).symbols(0)
    assert symbols.id.tolist() == [3, 1]


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        (None, Comments()),
        ("", Comments()),
        ("instance:#00ffff;", Comments(65535)),
        ("instance:00001F", Comments(31)),
        (" rel_position:-3; duration: 0.25 ;instance:#000002;", Comments(2, duration=0.25, position=-3)),
        ("onset:16.0;", Comments(onset=16.0)),
        ("onset:2;font:x;;", Comments(onset=2.0)),
    ],
)
def test_comments_are_read_by_name(comments: str | None, expected: Comments) -> None:
    assert repr(Comments.read(comments)) == repr(expected)


def test_symbols_without_number_get_a_free_one(tmp_path: Path) -> None:
    told = (
        "instance:#000002;",
        None,
        "instance:#000001;",
        "onset:3;",
        "instance:#000000;",
        "instance:#000009;",
    )
    symbols = one_page(tmp_path, *(annotation(comments=comments) for comments in told))
    assert symbols.id.tolist()[0::2] == [2, 1, 5]
    assert symbols.id.tolist() == [2, 3, 1, 4, 5, 9]


def test_pixels_of_a_number_that_nobody_told_belong_to_nobody(tmp_path: Path) -> None:
    content = document({"501": annotation(comments=None)})
    folder = write_dataset(tmp_path, {"deepscores_train.json": content})
    write_masks(folder, np.full((40, 60), 1, np.uint16))
    page = opened(folder)[NAME]
    assert page.symbols.id.tolist() == [1]
    assert page.ids is not None
    assert not page.ids.any()


def test_a_symbol_without_oriented_box_has_its_upright_one(tmp_path: Path) -> None:
    symbols = one_page(tmp_path, annotation(o_bbox=None), annotation(o_bbox=[], comments=None))
    assert symbols.corners.tolist() == [[[10, 5], [12, 5], [12, 25], [10, 25]]] * 2


# Classes.


def test_both_names_of_ledger_lines_are_one(tmp_path: Path) -> None:
    for name in ("legerLine", "ledgerLine"):
        categories = {**CATEGORIES, "2": {**CATEGORIES["2"], "name": name}}
        content = document({"1": annotation(cat_id=["2", "138"])}, categories=categories)
        dataset = opened(write_dataset(tmp_path, {"deepscores_train.json": content}))
        assert dataset.vocabulary is VOCABULARY
        assert dataset.symbols(0).names == ["ledgerLine"]
        assert len(dataset.containing("ledgerLine")) == 1


def test_other_ids_of_known_classes(tmp_path: Path) -> None:
    categories = {"7": {**CATEGORIES["42"]}, "8": {**CATEGORIES["2"]}}
    content = document({"1": annotation(cat_id=["7", None]), "2": annotation(cat_id=[8], comments=None)})
    content["categories"] = categories
    dataset = opened(write_dataset(tmp_path, {"deepscores_train.json": content}))
    assert dataset.vocabulary is VOCABULARY
    assert dataset.symbols(0).names == ["stem", "ledgerLine"]
    assert len(dataset.containing("stem")) == 1
    assert len(dataset.containing("beam")) == 0


def test_unknown_classes_are_a_vocabulary_of_their_own(tmp_path: Path) -> None:
    categories = {"900": {"name": "smudge", "annotation_set": "deepscores"}, "42": CATEGORIES["42"]}
    content = document({"1": annotation(cat_id=["900", None])}, categories=categories)
    dataset = opened(write_dataset(tmp_path, {"deepscores_train.json": content}))
    assert dataset.vocabulary == Vocabulary.of([(900, "smudge"), (42, "stem")])
    assert dataset.symbols(0).label.tolist() == [900]
    assert len(dataset.containing("smudge")) == 1


def test_categories_may_say_anything_else(tmp_path: Path) -> None:
    strange = {"name": "sm\ud800dge", "annotation_set": "deepscores", "color": 10**30, "weight": NAN}
    content = document({"1": annotation(cat_id=["900"])}, categories={"900": strange})
    dataset = opened(write_dataset(tmp_path, {"deepscores_train.json": content}))
    assert dataset.symbols(0).names == ["sm\ud800dge"]


def test_symbols_without_class_in_the_set_are_left_out(tmp_path: Path) -> None:
    records = {
        "1": annotation(),
        "2": annotation(cat_id=["122", None], comments=None),
        "3": annotation(cat_id=["2"], comments=None),
    }
    folder = write_dataset(tmp_path, {"deepscores_train.json": document(records)})
    dataset = opened(folder, "muscima++")
    assert dataset.symbols(0).names == ["stem"]
    assert dataset.entries[0].symbols == 1
    assert dataset.symbols(0).label.tolist() == [161]
    assert len(dataset.containing("stem")) == 1
    assert len(dataset.containing("legerLine")) == 0
    assert len(opened(folder).containing("ledgerLine")) == 1


def test_the_sets_may_stand_in_another_order(tmp_path: Path) -> None:
    content = document({"1": annotation(cat_id=["161", "42"])}, annotation_sets=["muscima++", "deepscores"])
    folder = write_dataset(tmp_path, {"deepscores_train.json": content})
    for annotation_set, label in (("deepscores", 42), ("muscima++", 161)):
        dataset = opened(folder, annotation_set)  # type: ignore[arg-type]
        assert dataset.symbols(0).label.tolist() == [label]
        assert len(dataset.containing("stem")) == 1


# Many files.


def some_files(folder: Path) -> Path:
    """Three files of two splits, and 5 pages, whose numbers begin anew in the test part."""

    def content(first: int, last: int, label: int) -> dict[str, Any]:
        images = [
            {"id": number, "filename": f"page-{label}-{number}.png", "width": 60, "height": 40}
            for number in range(first, last)
        ]
        records = {
            str(1000 * label + 10 * number + other): annotation(
                img_id=str(number), cat_id=[str(label), None], comments=None
            )
            for other in range(3)
            for number in range(first, last)
            if other < number
        }
        return document(records, images)

    files = {
        "deepscores-complete-10_train.json": content(3, 4, 42),
        "deepscores-complete-2_train.json": content(1, 3, 42),
        "deepscores_test.json": content(1, 3, 122),
    }
    return write_dataset(folder, files)


def test_files_come_in_order(tmp_path: Path) -> None:
    dataset = opened(some_files(tmp_path))
    names = [f"page-42-{number}" for number in (1, 2, 3)] + ["page-122-1", "page-122-2"]
    assert [entry.name for entry in dataset.entries] == names
    assert [entry.split for entry in dataset.entries] == ["train"] * 3 + ["test"] * 2
    assert [entry.symbols for entry in dataset.entries] == [1, 2, 3, 1, 2]
    assert [len(symbols) for _, symbols in dataset.annotations()] == [1, 2, 3, 1, 2]
    assert len(dataset.containing("beam")) == 2
    assert len(dataset.containing("beam", "stem")) == 5
    assert [entry.name for entry in Dataset(tmp_path, "test").containing("beam").entries] == names[3:]
    for place in (-1, -5, 0, 4):
        assert dataset.entries[place] == list(dataset.entries)[place]
        assert dataset[place].name == names[place]
    assert dataset.entries[1:3] == list(dataset.entries)[1:3]
    with pytest.raises(IndexError):
        dataset.entries[5]


def test_one_file_alone(tmp_path: Path) -> None:
    some_files(tmp_path)
    dataset = opened(tmp_path / "deepscores-complete-2_train.json")
    assert [entry.name for entry in dataset.entries] == ["page-42-1", "page-42-2"]
    assert dataset.entries[0].split == "train"
    assert dataset.folder == tmp_path
    assert dataset[0].image.shape == (40, 60)
    (tmp_path / "deepscores_test.json").rename(tmp_path / "mine.json")
    assert [entry.split for entry in opened(tmp_path / "mine.json").entries] == ["", ""]


def test_a_copy_for_another_process_reads_the_same(tmp_path: Path) -> None:
    source = DeepScoresV2Source(some_files(tmp_path), ReadOptions())
    copy = pickle.loads(pickle.dumps(source))
    assert list(copy.entries) == list(source.entries)
    assert [len(copy.symbols(entry)) for entry in copy.entries] == [1, 2, 3, 1, 2]


def test_annotations_of_a_page_may_stand_anywhere(tmp_path: Path) -> None:
    """In `some_files` they are mixed; the order in the file is kept."""
    dataset = opened(some_files(tmp_path))
    assert dataset.symbols("page-42-3").id.tolist() == [1, 2, 3]


def test_many_pages_cost_little(tmp_path: Path) -> None:
    """20,000 pages and their entries one by one: some hundred bytes a page."""
    images = [
        {"id": number, "filename": f"lg-{number:015d}-aug-beethoven--page-1.png", "width": 60, "height": 40}
        for number in range(20_000)
    ]
    folder = write_dataset(tmp_path, {"deepscores_train.json": document({}, images)}, images=False)
    tracemalloc.start()
    dataset = opened(folder)
    kept, _ = tracemalloc.get_traced_memory()
    assert sum(entry.width for entry in dataset.entries) == 60 * 20_000
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 20_000 * 250
    assert after - kept < 20_000 * 20


@pytest.mark.parametrize(
    "name", ["deepscores_train.json", "deepscores-complete-3_test.json", "deepscores.json"]
)
def test_it_is_found_by_its_names(tmp_path: Path, name: str) -> None:
    assert not is_deepscores_v2(tmp_path)
    (tmp_path / name).write_text("{}")
    assert is_deepscores_v2(tmp_path)
    assert is_deepscores_v2(tmp_path / name)


def test_a_file_of_another_name_is_known_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    assert not is_deepscores_v2(path)
    path.write_text('{"images": []}')
    assert not is_deepscores_v2(path)
    path.write_text(json.dumps(document()))
    assert is_deepscores_v2(path)
    assert not is_deepscores_v2(tmp_path)


# What is wrong with a symbol: an error, or left out and counted.


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"a_bbox": [10, 5, 8, 25]}, r"its box has a negative width or height \(10, 5, 8, 25\)"),
        ({"a_bbox": [10, 5, NAN, 25]}, "its box is not made of numbers"),
        ({"a_bbox": [10, 5, 90, 25]}, "its box lies outside of the page"),
        ({"a_bbox": [10, 5, 12]}, "its a_bbox is not four numbers"),
        ({"a_bbox": None}, "its a_bbox is not four numbers"),
        ({"a_bbox": [10, 5, 12, "x"]}, "its a_bbox is not four numbers"),
        ({"a_bbox": [10, 5, 12, 10**400]}, "its a_bbox is not four numbers"),
        ({"o_bbox": [10**400] * 8}, "its o_bbox is not eight numbers"),
        ({"area": 10**400}, "its area 1000"),
        ({"a_bbox": 5}, "its a_bbox is not four numbers"),
        ({"o_bbox": [1, 2, 3]}, "its o_bbox is not eight numbers"),
        ({"o_bbox": [1, 2, 3, 4, 5, 6, 7, NAN]}, "its o_bbox is not eight numbers"),
        ({"o_bbox": "12345678"}, ""),
        ({"cat_id": ["999", None]}, "its class '999' is not among the categories"),
        ({"cat_id": ["stem"]}, "its class 'stem' is not among the categories"),
        ({"cat_id": ["161"]}, "its class '161' is not among the categories"),
        ({"area": -1}, "its area -1 is no number of pixels"),
        ({"area": NAN}, "its area nan is no number of pixels"),
        ({"area": "many"}, "its area 'many' is no number of pixels"),
        ({"comments": "instance:red;"}, "its comments 'instance:red;' cannot be read"),
        ({"comments": "onset:now;"}, "its comments 'onset:now;' cannot be read"),
        ({"comments": "instance:#010000;"}, "a number in its comments 'instance:#010000;' is out of range"),
        ({"comments": "rel_position:99999;"}, "a number in its comments"),
        ({"comments": "rel_position:1.5;"}, "its comments 'rel_position:1.5;' cannot be read"),
        ({"comments": "onset:-inf;"}, "a number in its comments 'onset:-inf;' is out of range"),
        ({"comments": "duration:1e999;"}, "a number in its comments"),
        ({"comments": "instance:#000003;"}, "another annotation has its instance #000003"),
    ],
)
def test_a_bad_symbol(tmp_path: Path, changes: dict[str, Any], cause: str) -> None:
    content = document({"501": annotation(), "502": annotation(**{"comments": None, **changes})})
    folder = write_dataset(tmp_path, {"deepscores_train.json": content})
    if not cause:  # a string of digits is a list of numbers, after all
        assert len(opened(folder).symbols(0)) == 2
        return
    with pytest.raises(DatasetError, match=rf"deepscores_train\.json: {NAME}: annotation 502: {cause}"):
        opened(folder).symbols(0)
    dataset = opened(folder, keep_going=True)
    assert dataset.symbols(0).id.tolist() == [3]
    assert dataset.complaints.counts["symbols"] == 1


def test_two_annotations_with_one_number(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    path = folder / "deepscores_train.json"
    first, second = json.dumps(annotation()), json.dumps(annotation(comments=None))
    text = path.read_text().replace(f'"501": {first}', f'"501": {first}, "501": {second}')
    path.write_text(text)
    with pytest.raises(DatasetError, match="annotation 501: another annotation has its id"):
        opened(folder).symbols(0)
    dataset = opened(folder, keep_going=True)
    assert dataset.symbols(0).id.tolist() == [3]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"img_id": None}, r"annotations\[1\]: its 'img_id' is missing"),
        ({"img_id": "x"}, r"annotations\[1\]: its 'img_id' is no integer"),
        ({"img_id": "7"}, "annotations: 1 annotations are of image 7, which is not listed"),
    ],
)
def test_an_annotation_of_no_page(tmp_path: Path, changes: dict[str, Any], cause: str) -> None:
    content = document({"501": annotation(), "502": annotation(**changes)})
    folder = write_dataset(tmp_path, {"deepscores_train.json": content})
    with pytest.raises(DatasetError, match=rf"deepscores_train\.json: {cause}"):
        opened(folder)
    dataset = opened(folder, keep_going=True)
    assert dataset.complaints.counts["symbols"] == 1
    assert len(dataset.symbols(0)) == 1


# What is wrong with a page.


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"filename": "../../etc/passwd"}, "its file name '../../etc/passwd' is not a plain name"),
        ({"filename": "/a.png"}, "its file name '/a.png' is not a plain name"),
        ({"filename": "a\\b.png"}, r"its file name 'a\\\\b.png' is not a plain name"),
        ({"filename": ".."}, "its file name '..' is not a plain name"),
        ({"filename": ""}, "its file name '' is not a plain name"),
        ({"filename": 5}, "its file name 5 is not a plain name"),
        ({"filename": "\ud800.png"}, "its file name .* is no text"),
        ({"width": -5}, "its width -5 is no number of pixels"),
        ({"height": "40"}, "its height '40' is no number of pixels"),
        ({"width": 1e9}, "its width 1000000000.0 is no number of pixels"),
        ({"id": 1}, r"its id 1 is that of images\[0\]"),
    ],
)
def test_a_bad_image(tmp_path: Path, changes: dict[str, Any], cause: str) -> None:
    image = {"id": 1, "filename": f"{NAME}.png", "width": 60, "height": 40}
    other = {"id": 2, "filename": "b.png", "width": 60, "height": 40, **changes}
    content = document(images=[image, other])
    folder = write_dataset(tmp_path, {"deepscores_train.json": content}, images=False)
    with pytest.raises(DatasetError, match=rf"deepscores_train\.json: images\[1\]: {cause}"):
        opened(folder)
    dataset = opened(folder, keep_going=True)
    assert len(dataset) == 1
    assert dataset.complaints.counts["pages"] == 1


def test_the_image_must_be_there_and_of_its_size(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    path = folder / "images" / f"{NAME}.png"
    path.write_bytes(encode_png(np.zeros((41, 60), np.uint8)))
    with pytest.raises(DatasetError, match="60 x 41 pixels, its annotation says 60 x 40"):
        opened(folder)[0]
    path.write_bytes(b"\x89PNG")
    with pytest.raises(DatasetError, match=f"{NAME}.png"):
        opened(folder)[0]
    path.unlink()
    with pytest.raises(DatasetError, match=f"{NAME}.png: No such file"):
        opened(folder)[0]
    assert list(opened(folder, keep_going=True)) == []
    assert len(opened(folder).symbols(0)) == 1


def test_a_size_that_is_not_told_is_that_of_the_image(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    path = folder / "deepscores_train.json"
    path.write_text(path.read_text().replace('"width": 60, "height": 40, ', ""))
    dataset = opened(folder)
    assert (dataset.entries[0].width, dataset.entries[0].height) == (0, 0)
    write_masks(folder, np.full((40, 60), 3, np.uint16))
    assert (dataset[0].width, dataset[0].height) == (60, 40)


# What is wrong with the files.


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"annotations": None}, "there is no 'annotations' in it"),
        ({"images": None}, "there is no 'images' in it"),
        ({"categories": None}, "there are no categories in it"),
        ({"categories": []}, "there are no categories in it"),
        ({"categories": {}}, "there are no categories of the annotation set 'deepscores'"),
        ({"categories": {"a": {"name": "stem"}}}, "category 'a': its id is no integer"),
        ({"categories": {"1": {"color": 3}}}, "category '1': no name"),
        ({"categories": {"1": "stem"}}, "category '1': no name"),
        ({"categories": {"1": {"name": "x"}, "2": {"name": "x"}}}, "two classes have the name 'x'"),
        ({"categories": {"-1": {"name": "x"}}}, "the id of a class is not from 0"),
        ({"annotation_sets": ["muscima++"]}, "there is no annotation set 'deepscores'"),
        ({"annotation_sets": 5}, "there is no annotation set 'deepscores'"),
        ({"annotations": {"501": 3}}, r"annotations\[0\] is no object"),
        ({"images": [3]}, r"images\[0\] is no object"),
        ({"images": [{"filename": "a.png"}]}, r"images\[0\]: its 'id' is missing"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, changes: dict[str, Any], cause: str) -> None:
    content = {key: value for key, value in {**document(), **changes}.items() if value is not None}
    (tmp_path / "deepscores_train.json").write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=rf"deepscores_train\.json: .*{cause}") as caught:
        opened(tmp_path)
    assert caught.value.remedy


def test_a_cut_file_is_an_error_even_where_the_work_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "deepscores_train.json"
    text = json.dumps(document())
    path.write_text(text[: len(text) // 2])
    with pytest.raises(DatasetError, match=r"train\.json: line 1, byte [\d,]+: the file is cut off here"):
        opened(tmp_path, keep_going=True)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no DeepScoresV2 here\. A DeepScoresV2 folder holds"):
        Dataset(tmp_path, format="deepscores_v2")
    with pytest.raises(DatasetError, match="no DeepScoresV2 here"):
        Dataset(tmp_path / "x.json", format="deepscores_v2")


def test_two_files_with_one_page(tmp_path: Path) -> None:
    write_dataset(tmp_path, {"deepscores_train.json": document(), "deepscores_test.json": document()})
    with pytest.raises(DatasetError, match=f"train.json and .*test.json: two pages are called '{NAME}'"):
        opened(tmp_path)


def test_two_files_with_other_classes(tmp_path: Path) -> None:
    other = document({}, [], categories={"42": {"name": "beam", "annotation_set": "deepscores"}})
    write_dataset(tmp_path, {"deepscores_train.json": document(), "deepscores_test.json": other})
    with pytest.raises(DatasetError, match=r"test\.json: category 42 is 'beam', and 'stem' in .*train\.json"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("pixels", "cause"),
    [
        (np.zeros((40, 61, 3), np.uint8), "61 x 40 pixels, its page has 60 x 40"),
        (np.full((40, 60, 3), 1, np.uint8), "an instance number is beyond 65,535"),
        (np.zeros((40, 60), np.uint8), "no colours in it"),
    ],
)
def test_a_bad_instance_mask(tmp_path: Path, pixels: np.ndarray[Any, np.dtype[np.uint8]], cause: str) -> None:
    folder = write_dataset(tmp_path)
    (folder / "instance").mkdir()
    (folder / "instance" / f"{NAME}_inst.png").write_bytes(encode_png(pixels))
    with pytest.raises(DatasetError, match=rf"{NAME}_inst\.png: {cause}"):
        opened(folder)[0]
    assert len(opened(folder).symbols(0)) == 1


def test_absent_values_stay_absent(tmp_path: Path) -> None:
    symbols = one_page(tmp_path, annotation(comments="instance:#000001;"))
    assert np.isnan(symbols.onset).all()
    assert np.isnan(symbols.duration).all()
    assert symbols.position.tolist() == [ABSENT]
    assert symbols.staff.tolist() == [ABSENT]


# Whatever stands in a file, nothing but DatasetError is raised.

STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**31, 10**30, 1.5, NAN, float("inf"), "", "1", "-1", "x", "\ud800", "\0"),
    *("9" * 5000, "instance:#ffffffff;", "onset:;", "rel_position:9e9;"),
    *([], {}, [[]], [1, 2, 3, 4], ["42", "161"]),
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys, however deep."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += places_in(value[key])
    return found


@given(
    data=st.data(), injuries=st.integers(1, 3), annotation_set=st.sampled_from(["deepscores", "muscima++"])
)
def test_strange_values_are_told(
    place: Path, data: st.DataObject, injuries: int, annotation_set: AnnotationSet
) -> None:
    content = json.loads(json.dumps(document({"501": annotation(), "502": annotation(comments=None)})))
    for _ in range(injuries):
        container, key = data.draw(st.sampled_from(places_in(content)))
        container[key] = copy.deepcopy(data.draw(st.sampled_from(STRANGE)))
    read_all(place, json.dumps(content).encode(), annotation_set)


@given(at=st.floats(0, 1, exclude_max=True), change=st.binary(max_size=3), cut=st.integers(0, 4))
def test_damaged_files_are_told(place: Path, at: float, change: bytes, cut: int) -> None:
    raw = json.dumps(document()).encode()
    begin = int(at * len(raw))
    read_all(place, raw[:begin] + change + raw[begin + cut :], "deepscores")


@pytest.fixture(name="place", scope="module")
def one_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("strange"))


def read_all(folder: Path, raw: bytes, annotation_set: AnnotationSet) -> None:
    (folder / "deepscores_train.json").write_bytes(raw)
    for keep_going in (False, True):
        with contextlib.suppress(DatasetError):
            dataset = opened(folder, annotation_set, keep_going=keep_going)
            for page in dataset:
                assert len(page.symbols) <= 2
            dataset.containing(*list(dataset.vocabulary)[:1])
