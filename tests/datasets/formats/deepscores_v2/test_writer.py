"""Any dataset as DeepScoresV2: what comes back is what the format says that it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.formats import Part, WriteOptions, parts_of
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.formats.deepscores_v2.writer import FORMAT, DeepScoresV2Writer, known_classes
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.images import read_png
from notehead.page import ABSENT
from notehead.vocabulary import SETS, VOCABULARY, Vocabulary, named_vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

pytestmark = pytest.mark.filterwarnings("ignore::notehead.datasets.convert.LossWarning")
HELD = ("id", "label", "box", "area", "position", "onset", "duration")
OWN = Vocabulary.of([(7, "stem"), (3, "smudge"), (140, "ink")])


@pytest.fixture(name="place", scope="module")
def one_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("v2")


def written(place: Path, *pages: Page, **options: Any) -> Path:
    """A new folder with these pages."""
    vocabulary = pages[0].symbols.vocabulary if pages else VOCABULARY
    folder = place / str(len(list(place.iterdir())))
    convert(
        Dataset(MemorySource(pages, vocabulary)),
        folder,
        "deepscores_v2",
        ConvertOptions(WriteOptions(**options)),
    )
    return folder


def entry_of(page: Page, split: str) -> PageEntry:
    return PageEntry(page.name, split, width=page.width, height=page.height, symbols=len(page.symbols))


def write_splits(folder: Path, pages: dict[str, list[Page]]) -> Path:
    """Pages of several parts, which come by turns."""
    folder.mkdir()
    writer = DeepScoresV2Writer(folder, VOCABULARY, WriteOptions())
    longest = max(len(part) for part in pages.values())
    for place in range(longest):
        for split, part in pages.items():
            if place < len(part):
                entry = entry_of(part[place], split)
                writer.add(entry, writer.page(entry, part[place]))
    writer.finish()
    writer.close()
    return folder


# What comes back.


@settings(max_examples=60)
@given(symbols=random_symbols() | random_symbols(vocabulary=OWN))
def test_symbols_come_back(place: Path, symbols: Symbols) -> None:
    folder = written(place, blank_page("p", symbols))
    dataset = Dataset(folder)
    assert dataset.format == "deepscores_v2"
    assert dataset.vocabulary == symbols.vocabulary
    (entry,) = dataset.entries
    assert (entry.name, entry.split, entry.width, entry.height) == ("p", "train", 300, 200)
    assert entry.symbols == len(symbols)
    found = dataset[0].symbols
    for column in HELD:
        one, other = getattr(found, column), getattr(symbols, column)
        assert np.array_equal(one, other, equal_nan=other.dtype.kind == "f"), column
    assert np.allclose(found.corners, symbols.corners, atol=0.0051)


def rich_page() -> Page:
    """A page that has all that a page can have."""
    page = disc_page()
    n = len(page.symbols)
    symbols = page.symbols.replace(
        corners=page.symbols.corners[:, [1, 2, 3, 0]] + [[[0, 2], [-2, 0], [0, -2], [2, 0]]],
        staff=np.zeros(n, np.int32), position=np.arange(n, dtype=np.int32), onset=np.arange(n) / 4,
        duration=np.full(n, 0.5), diatonic=np.full(n, 35, np.int32), score=np.full(n, 0.5),
        text=np.array(["a"] * n, object),
    )  # fmt: skip
    return replace(page, symbols=symbols, staff_lines=np.array([[0, 1, 2, 3, 4.0]]))


def test_it_holds_what_it_says(tmp_path: Path) -> None:
    """Each part of a page comes back exactly if the format says so."""
    page = rich_page()
    there = parts_of(page)
    with pytest.warns(LossWarning) as caught:
        folder = written(tmp_path, page)
    (warning,) = caught
    lost = there - FORMAT.holds
    assert str(warning.message) == f"deepscores_v2 cannot hold {', '.join(sorted(lost))}"
    found = Dataset(folder)[0]
    assert parts_of(found) == there & FORMAT.holds
    split: Part = "split"
    assert FORMAT.holds == (there & FORMAT.holds) | {split}
    for column in HELD:
        assert np.array_equal(getattr(found.symbols, column), getattr(page.symbols, column))
    assert found.symbols.corners == pytest.approx(page.symbols.corners)
    assert found.ids is not None
    assert page.ids is not None
    assert np.array_equal(found.ids, page.ids)
    assert np.array_equal(found.image, page.image)
    assert (found.symbols.diatonic == ABSENT).all()


def test_masks_are_those_of_the_page(tmp_path: Path) -> None:
    page = disc_page()
    folder = written(tmp_path, page)
    assert np.array_equal(read_png(folder / "segmentation" / "discs_seg.png"), page.classes)
    folder = written(tmp_path, page, masks=False)
    assert sorted(path.name for path in folder.iterdir()) == ["deepscores_train.json", "images"]
    assert Dataset(folder)[0].ids is None


def test_masks_of_other_classes(tmp_path: Path) -> None:
    page = disc_page(vocabulary=OWN)
    folder = written(tmp_path, page)
    assert np.array_equal(read_png(folder / "segmentation" / "discs_seg.png"), page.classes)
    assert Dataset(folder)[0].classes.max() == 3


def test_symbols_of_the_second_set(tmp_path: Path) -> None:
    symbols = Symbols.build(["stem", "barlineSingle", "ledgerLine"], [[1, 2, 3, 9]] * 3)
    folder = written(tmp_path, blank_page("p", symbols))
    content = json.loads((folder / "deepscores_train.json").read_text())
    assert [record["cat_id"] for record in content["annotations"].values()] == [
        ["42", "161"], ["209", None], ["2", "138"],
    ]  # fmt: skip
    dataset = Dataset(folder, format="deepscores_v2")
    assert dataset.symbols(0).names == ["stem", "barlineSingle", "ledgerLine"]


def test_the_file_is_as_the_builder_writes_it(tmp_path: Path) -> None:
    symbols = Symbols.build(
        ["noteheadBlackOnLine", "stem"], [[1, 2, 3, 9]] * 2, position=[3, ABSENT], area=[1, 2]
    )
    folder = written(
        tmp_path, blank_page("a", symbols), blank_page("b", symbols[[1]]), description="Two pages"
    )
    found = json.loads((folder / "deepscores_train.json").read_text())
    v2.write_json(
        tmp_path / "b.json", [(1, "a", 300, 200, symbols), (2, "b", 300, 200, symbols[[1]])], found["info"], 1
    )
    assert found == json.loads((tmp_path / "b.json").read_text())
    assert found["info"]["description"] == "Two pages"
    assert list(found["info"]) == ["description", "version", "year", "contributor", "date_created", "url"]


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (written(tmp_path, disc_page("a"), disc_page("b")) for _ in range(2))
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == 7
    assert all((one / path).read_bytes() == (two / path).read_bytes() for path in files)


# Classes.


@pytest.mark.parametrize("name", SETS)
def test_classes_of_the_packages_vocabularies(tmp_path: Path, name: str) -> None:
    vocabulary = named_vocabulary(name)
    row = vocabulary.classes[-1]
    folder = written(tmp_path, blank_page("p", Symbols.build([row.id], [[1, 2, 3, 9]], vocabulary)))
    dataset = Dataset(folder)
    own = known_classes(vocabulary) is None
    assert own == (name not in ("notehead", "deepscores"))
    assert dataset.vocabulary == (vocabulary if own else VOCABULARY)
    assert dataset.symbols(0).names == [row.name]


def test_known_classes_get_their_ids(tmp_path: Path) -> None:
    vocabulary = Vocabulary.of([(5, "stem"), (9, "legerLine")])
    symbols = Symbols.build(["stem", "legerLine"], [[1, 2, 3, 9]] * 2, vocabulary)
    dataset = Dataset(written(tmp_path, blank_page("p", symbols)))
    assert dataset.vocabulary is VOCABULARY
    assert dataset.symbols(0).names == ["stem", "ledgerLine"]


def test_two_classes_do_not_become_one() -> None:
    assert known_classes(Vocabulary.of([(5, "ledgerLine"), (9, "legerLine")])) is None
    assert known_classes(Vocabulary.of([(5, "smudge")])) is None


def test_classes_that_are_no_text() -> None:
    with pytest.raises(DatasetError, match="the classes: a name is no Unicode"):
        DeepScoresV2Writer(Path("nowhere"), Vocabulary.of([(1, "\udcff")]), WriteOptions())


# Splits and files.


def stems(count: int) -> Symbols:
    return Symbols.build(["stem"] * count, np.tile([1.5, 2, 3, 9], (count, 1)))


def test_splits_keep_their_names(tmp_path: Path) -> None:
    pages = {
        split: [blank_page(f"{split or 'none'}-{number}", stems(number)) for number in range(2)]
        for split in ("test", "train", "", "val_1", "ü")
    }
    folder = write_splits(tmp_path / "a", pages)
    names = ["deepscores.json", *(f"deepscores_{split}.json" for split in ("test", "train", "val_1", "ü"))]
    assert sorted(path.name for path in folder.glob("*.json")) == sorted(names)
    dataset = Dataset(folder)
    assert [entry.split for entry in dataset.entries[::2]] == ["train", "test", "", "val_1", "ü"]
    found = {split: [entry.name for entry in dataset.entries if entry.split == split] for split in pages}
    assert found == {split: [page.name for page in part] for split, part in pages.items()}


def test_numbers_are_unique_over_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v2, "PAGES_PER_FILE", 2)
    pages = {
        "train": [blank_page(f"a-{number}", stems(number)) for number in range(5)],
        "test": [blank_page(f"b-{number}", stems(2)) for number in range(2)],
    }
    folder = write_splits(tmp_path / "a", pages)
    names = [*(f"deepscores-complete-{number}_train.json" for number in range(3)), "deepscores_test.json"]
    assert sorted(path.name for path in folder.glob("*.json")) == sorted(names)
    documents = [json.loads((folder / name).read_text()) for name in names]
    images = [image for content in documents for image in content["images"]]
    assert sorted(image["id"] for image in images) == list(range(1, 8))
    numbers = [int(number) for image in images for number in image["ann_ids"]]
    assert sorted(numbers) == list(range(1, 15))
    for content in documents:
        told = [number for image in content["images"] for number in image["ann_ids"]]
        assert told == list(content["annotations"])
        for image in content["images"]:
            for number in image["ann_ids"]:
                assert content["annotations"][number]["img_id"] == str(image["id"])
    dataset = Dataset(folder)
    assert [entry.symbols for entry in dataset.entries] == [0, 1, 2, 3, 4, 2, 2]
    assert [len(symbols) for _, symbols in dataset.annotations()] == [0, 1, 2, 3, 4, 2, 2]


def test_a_full_file_is_not_followed_by_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v2, "PAGES_PER_FILE", 2)
    folder = write_splits(
        tmp_path / "a", {"train": [blank_page(f"a-{number}", stems(1)) for number in range(2)]}
    )
    assert [path.name for path in folder.glob("*.json")] == ["deepscores_train.json"]


def test_a_dataset_without_pages(tmp_path: Path) -> None:
    dataset = Dataset(written(tmp_path))
    assert len(dataset) == 0
    assert dataset.vocabulary is VOCABULARY


def test_workers_write_the_same(tmp_path: Path, dataset_folder: Path) -> None:
    dataset = Dataset(dataset_folder)
    for workers in (1, 2):
        convert(dataset, tmp_path / str(workers), "deepscores_v2", ConvertOptions(workers=workers))
    files = [path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*") if path.is_file()]
    assert len(files) == 8, "two pages, and a JSON file for each of their parts"
    assert all((tmp_path / "1" / path).read_bytes() == (tmp_path / "2" / path).read_bytes() for path in files)


# What is wrong.


@pytest.mark.parametrize("name", ["a/b", "..", "a\\b"])
def test_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="cannot be the name of a page's file"):
        written(tmp_path, blank_page(name, stems(1)))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DatasetError, match="cannot be the name of a split's file"):
        write_splits(tmp_path / "a", {name: [blank_page("p", stems(1))]})


def test_a_page_that_fails_leaves_nothing(tmp_path: Path) -> None:
    pages = [blank_page("a", stems(1)), blank_page("b", stems(1))]
    source = MemorySource(pages)
    source.entries = [*source.entries, PageEntry("c")]
    with pytest.raises(DatasetError):
        convert(Dataset(source), tmp_path / "out", "deepscores_v2")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25)
@given(onset=st.floats(0, 1e5), duration=st.floats(0, 100))
def test_times_are_exact_to_a_millionth(place: Path, onset: float, duration: float) -> None:
    symbols = Symbols.build(["restQuarter"], [[1, 2, 3, 9]], onset=[onset], duration=[duration])
    found = Dataset(written(place, blank_page("p", symbols))).symbols(0)
    assert found.onset == pytest.approx([onset], abs=5.1e-7)
    assert found.duration == pytest.approx([duration], abs=5.1e-7)
