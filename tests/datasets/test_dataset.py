"""`Dataset`: pages by place and by name, whole or their symbols alone."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset, Page
from notehead.datasets.index import PAGES
from notehead.errors import DatasetError
from notehead.page import COLUMNS


@pytest.fixture(name="dataset")
def opened(dataset_folder: Path) -> Dataset:
    return Dataset(dataset_folder)


def test_a_dataset_is_an_iterable_of_its_pages(dataset: Dataset) -> None:
    pages = list(dataset)
    assert len(dataset) == len(pages) == 2
    assert [page.name for page in pages] == [entry.name for entry in dataset.entries]
    assert [page.name for page in dataset] == [page.name for page in pages], "and again"
    for page, entry in zip(pages, dataset.entries, strict=True):
        assert isinstance(page, Page)
        assert (page.width, page.height) == (entry.width, entry.height)
        assert len(page.symbols) == entry.symbols > 20
        assert (page.origin.score, page.origin.score_id) == (entry.score, entry.score_id)
        assert (page.origin.font, page.origin.number) == (entry.font, entry.number)
        assert page.origin.licence == entry.licence == ("CC0-1.0" if entry.score == "song.musicxml" else "")
        assert page.origin.resolution == 150.0
        assert page.origin.engraver.lower().startswith("verovio")


def test_pages_hold_their_music(dataset: Dataset) -> None:
    by_score = {page.origin.score: page for page in dataset}
    song = by_score["song.musicxml"].symbols
    assert "Größe" in song.named("textLyrics").text.tolist()
    heads = song[song.is_notehead]
    assert [(str(head.pitch and head.pitch.step), head.onset) for head in heads] == [("C", 0.0), ("E", 1.5)]
    assert "stem" in song.linked(heads[0]).names


def test_paths_may_be_strings(dataset_folder: Path) -> None:
    assert len(Dataset(str(dataset_folder))) == len(Dataset(os.fspath(dataset_folder) + os.sep)) == 2


@pytest.mark.parametrize("place", [0, 1, -1, -2, np.int64(1), True])
def test_pages_by_place(dataset: Dataset, place: int) -> None:
    assert dataset[place].name == dataset.entries[place].name
    assert dataset.entry(place) is dataset.entries[place]


def test_pages_by_name(dataset: Dataset) -> None:
    for entry in dataset.entries:
        assert dataset[entry.name].name == entry.name
        assert dataset.entry(entry.name) is entry


def test_symbols_alone_are_those_of_the_page(dataset: Dataset) -> None:
    for place, page in enumerate(dataset):
        alone = dataset.symbols(place)
        assert dataset.symbols(page.name).names == page.symbols.names
        for column in COLUMNS:
            one, other = getattr(alone, column), getattr(page.symbols, column)
            assert np.array_equal(one, other, equal_nan=column in ("onset", "duration"))


def test_symbols_alone_need_no_image(own_dataset: Path) -> None:
    for path in own_dataset.rglob("*.png"):
        path.unlink()
    dataset = Dataset(own_dataset)
    assert len(dataset.symbols(0)) == dataset.entries[0].symbols
    with pytest.raises(DatasetError, match="No such file"):
        dataset[0]


@pytest.mark.parametrize("place", [2, -3, 10**30])
def test_places_that_are_not_there(dataset: Dataset, place: int) -> None:
    for ask in (dataset.__getitem__, dataset.entry, dataset.symbols):
        with pytest.raises(DatasetError, match=rf"^page {place}: the dataset has 2 pages\. Pages are"):
            ask(place)


def test_names_that_are_not_there_are_met_with_near_ones(dataset: Dataset) -> None:
    name = dataset.entries[1].name
    for ask in (dataset.__getitem__, dataset.entry, dataset.symbols):
        with pytest.raises(DatasetError) as caught:
            ask(name.replace("page-1", "page-7"))
        assert f"Did you mean {name}" in caught.value.remedy
    with pytest.raises(DatasetError, match=r"'music' is not in .*`pages\.csv` lists all pages"):
        dataset["music"]


def test_half_a_page_is_no_page(dataset: Dataset) -> None:
    with pytest.raises(TypeError):
        dataset[0.5]  # type: ignore[index]


def test_splits_are_parts(dataset_folder: Path) -> None:
    parts = {
        split: {entry.name for entry in Dataset(dataset_folder, split).entries} for split in ("train", "test")
    }
    assert all(len(part) == 1 for part in parts.values())
    assert parts["train"] | parts["test"] == {entry.name for entry in Dataset(dataset_folder).entries}
    (hidden,) = parts["test"]
    with pytest.raises(DatasetError):
        Dataset(dataset_folder, "train")[hidden]


@pytest.mark.parametrize("split", ["Train", "validation", ""])
def test_a_split_that_is_not_there_is_no_empty_one(dataset_folder: Path, split: str) -> None:
    with pytest.raises(DatasetError, match=rf"^there is no split '{split}'\. Choose among train, test\.$"):
        Dataset(dataset_folder, split)


def test_pages_are_read_one_at_a_time(dataset: Dataset) -> None:
    """Opening costs no page, and no page stays behind."""
    page = dataset[0]
    assert page.ids is not None
    size = page.image.nbytes + 2 * page.ids.nbytes
    tracemalloc.start()
    again = Dataset(dataset.folder)
    assert tracemalloc.get_traced_memory()[0] < size / 10
    for _ in again:
        pass
    del _
    assert tracemalloc.get_traced_memory()[0] < size / 10
    tracemalloc.stop()


# Folders that are no dataset.


def test_a_folder_without_a_dataset(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(
            DatasetError,
            match=r"no dataset here\. A dataset holds pages\.csv, or is of",
        ):
            Dataset(folder)


def test_a_file_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(DatasetError, match="no dataset here"):
        Dataset(tmp_path / "a")


def test_a_build_that_goes_on_is_no_dataset_yet(own_dataset: Path) -> None:
    (own_dataset / PAGES).unlink()
    with pytest.raises(
        DatasetError, match=r"this build is not finished\. Run the same `notehead build` again"
    ):
        Dataset(own_dataset)


def test_a_name_too_long_for_any_folder() -> None:
    with pytest.raises(DatasetError, match="File name too long"):
        Dataset("a" * 300)
