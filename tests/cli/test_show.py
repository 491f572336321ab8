"""`notehead show`: a picture of a page, or a word about the page or class that is not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset, OverlayOptions, overlay
from notehead.images import read_png
from tests.cli.conftest import Call


@pytest.mark.parametrize("place", ["0", "1", "name"])
def test_a_page_by_number_and_by_name(
    notehead: Call, dataset_folder: Path, tmp_path: Path, place: str
) -> None:
    page = Dataset(dataset_folder)[int(place) if place != "name" else 1]
    outcome = notehead(
        "show", dataset_folder, page.name if place == "name" else place, "-o", tmp_path / "a.png"
    )
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"{tmp_path / 'a.png'}: {page.name}, {len(page.symbols)} symbols\n"
    assert np.array_equal(read_png(tmp_path / "a.png"), overlay(page))


def test_numbers_from_the_end(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    outcome = notehead("show", "-o", tmp_path / "a.png", "--", dataset_folder, "-1")
    assert outcome.code == 0
    assert Dataset(dataset_folder)[-1].name in outcome.err


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("--classes stem,clefG", OverlayOptions(classes=("stem", "clefG"))),
        ("--oriented", OverlayOptions(oriented=True)),
        ("--masks", OverlayOptions(masks=True)),
        ("--links", OverlayOptions(links=True)),
        ("--scale 0.25", OverlayOptions(scale=0.25)),
    ],
)
def test_options_are_those_of_the_library(
    notehead: Call, dataset_folder: Path, tmp_path: Path, words: str, options: OverlayOptions
) -> None:
    assert notehead("show", dataset_folder, "0", "-o", tmp_path / "a.png", *words.split()).code == 0
    page = Dataset(dataset_folder)[0]
    picture = read_png(tmp_path / "a.png")
    assert np.array_equal(picture, overlay(page, options))
    assert not np.array_equal(picture, overlay(page))


@pytest.mark.parametrize("place", ["2", "99999999999999999999", "²", "1.5", "nothing", ""])
def test_a_page_that_is_not_there(notehead: Call, dataset_folder: Path, tmp_path: Path, place: str) -> None:
    outcome = notehead("show", dataset_folder, place, "-o", tmp_path / "a.png")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("notehead: page ")
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_near_names_are_offered(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    name = Dataset(dataset_folder).entries[0].name
    outcome = notehead("show", dataset_folder, name.replace("-aug-", "-augh-"), "-o", tmp_path / "a.png")
    assert outcome.code == 4
    assert f"Did you mean {name}" in outcome.err
    outcome = notehead("show", dataset_folder, "0", "-o", tmp_path / "a.png", "--classes", "stem,clefg")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("notehead: there is no class 'clefg'. Did you mean clefG")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "1e9"])
def test_sizes_that_cannot_be(notehead: Call, dataset_folder: Path, tmp_path: Path, scale: str) -> None:
    outcome = notehead("show", dataset_folder, "0", "-o", tmp_path / "a.png", "--scale", scale)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "notehead: the scale must be 0.01 to 10\n"


@pytest.mark.parametrize("place", ["missing/a.png"])
def test_a_picture_that_cannot_be_written(
    notehead: Call, dataset_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = notehead("show", dataset_folder, "0", "-o", place)
    assert (outcome.code, outcome.out) == (6, "")
    assert outcome.err.startswith(f"notehead: {place}: cannot be written: ")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_page(notehead: Call, own_dataset: Path, tmp_path: Path) -> None:
    page = Dataset(own_dataset).entries[0].name
    (own_dataset / "images" / f"{page}.png").write_bytes(b"no image")
    outcome = notehead("show", own_dataset, page, "-o", tmp_path / "a.png")
    assert (outcome.code, outcome.out) == (4, "")
    assert "not a readable image. Run `notehead verify`" in outcome.err
    assert not (tmp_path / "a.png").exists()
