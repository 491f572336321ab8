"""Slices to train on: pages at one size, cut symbols, empty slices, and which pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.yolov10.cutting import CutOptions, at_size, corners, scaled, some_pages, write_slices
from notehead import Dataset, Page, Symbols
from notehead.datasets.slicing import SliceOptions, slices
from notehead.errors import DatasetError, NoteheadError
from notehead.progress import Silent
from tests.support.pages import MemorySource, blank_page, disc_page


def dataset_of(*pages: Page, splits: list[str]) -> Dataset:
    source = MemorySource(pages)
    source.entries = [
        type(entry)(entry.name, split) for entry, split in zip(source.entries, splits, strict=True)
    ]
    return Dataset(source)


@pytest.mark.parametrize("size", [(400, 600), (600, 400), (200, 300), (203, 301)])
def test_pages_are_scaled_with_what_stands_on_them(size: tuple[int, int]) -> None:
    symbols = Symbols.build(["clefG"], [[20, 40, 60, 140]], area=[1000])
    page = blank_page("page", symbols, size)
    made = at_size(page, 200)
    assert min(made.image.shape) == 200
    assert made.image.shape == scaled(page.image, 200).shape
    factor = np.array([made.width / page.width, made.height / page.height] * 2)
    assert made.symbols.box == pytest.approx(page.symbols.box * factor)
    assert made.symbols.corners[0, 2] == pytest.approx(made.symbols.box[0, 2:])
    assert made.symbols.area.tolist() == [round(1000 * factor[0] * factor[1])]


def test_a_page_of_the_right_size_stays_as_it_is() -> None:
    page = disc_page()
    assert at_size(page, 120) is page
    made = at_size(page, 60)
    assert made.ids is None
    assert made.staff_space == 5.0


def test_the_image_of_a_slice_is_where_slices_has_it() -> None:
    page, slicing = disc_page(), SliceOptions(64, 0.2)
    places = [f"{page.name}-x{left}-y{top}" for left, top in corners(page.image, slicing)]
    assert places == [part.name for part in slices(page, slicing)]


def test_a_page_of_deepscores_has_24_slices() -> None:
    assert len(list(corners(np.empty((2772, 1960), np.uint8), CutOptions().slicing()))) == 24


@pytest.mark.parametrize(("empty", "images"), [(0.0, 1), (1.0, 6)])
def test_a_dataset_of_slices_is_written_once(empty: float, images: int, tmp_path: Path) -> None:
    page = blank_page("page", Symbols.build(["clefG"], [[2, 2, 30, 60]]), (150, 250))
    dataset = dataset_of(page, splits=["train"])
    options = CutOptions(short=150, size=100, overlap=0.2, least=0.1, empty=empty)
    folder = tmp_path / "slices"
    write_slices(dataset, folder, options, 1, Silent())
    written = sorted(folder.rglob("*.*"))
    assert len([file for file in written if file.suffix == ".png"]) == images
    (label,) = (folder / "labels/train/page-x0-y0.txt").read_text().splitlines()
    assert list(map(float, label.split()[1:])) == pytest.approx([0.16, 0.31, 0.28, 0.58])
    write_slices(dataset, folder, CutOptions(size=50), 1, Silent())
    assert sorted(folder.rglob("*.*")) == written


def test_some_empty_slices_are_kept_by_their_names_alone() -> None:
    page = blank_page("page", Symbols(), (1000, 1000))
    every = [part.name for part in slices(page, SliceOptions(40, 0.0))]
    some = [part.name for part in slices(page, SliceOptions(40, 0.0, empty=0.25))]
    assert len(every) == 625
    assert 0.18 < len(some) / len(every) < 0.32
    assert set(some) < {part.name for part in slices(page, SliceOptions(40, 0.0, empty=0.5))}


def test_a_share_is_from_0_to_1() -> None:
    with pytest.raises(NoteheadError, match="the share of empty slices must be 0 to 1"):
        CutOptions(empty=1.5).slicing()


def test_a_dataset_without_pages_to_train_on_is_refused(tmp_path: Path) -> None:
    dataset = dataset_of(disc_page(), splits=["test"])
    with pytest.raises(DatasetError, match="memory: it has no pages to train on"):
        write_slices(dataset, tmp_path / "slices", CutOptions(), 1, Silent())
    assert not (tmp_path / "slices").exists()


def test_pages_are_taken_evenly() -> None:
    pages = [disc_page(f"{number}") for number in range(10)]
    dataset = dataset_of(*pages, splits=["train"] * 6 + ["test"] * 3 + ["odd"])
    assert [entry.name for entry in some_pages(dataset, ("train", "test"), 2).entries] == ["0", "3", "6", "7"]
    assert len(some_pages(dataset, ("train", "test"), 0)) == 9
    assert len(some_pages(dataset, ("train",), 99)) == 6
