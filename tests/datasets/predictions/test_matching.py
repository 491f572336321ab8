"""Which pages the images of a prediction file are."""

from __future__ import annotations

from pathlib import Path

import pytest

from notehead.datasets.index import PageEntry
from notehead.datasets.predictions.matching import match_images
from notehead.errors import DatasetError

RESULTS = Path("results.json")


def matched(images: list[int | str], *pages: tuple[str, str]) -> dict[str, list[int | str]]:
    """What the images are among pages of (name, key)."""
    return match_images(RESULTS, images, [PageEntry(name, key=key) for name, key in pages]).images


def test_integers_are_keys() -> None:
    assert matched([9, 7], ("a", "7"), ("b", "9")) == {"b": [9], "a": [7]}


def test_integers_are_places_where_pages_have_no_keys() -> None:
    assert matched([2, 1], ("a", ""), ("b", ""), ("c", "")) == {"b": [2], "a": [1]}
    assert matched([2], ("a", "images/a.png"), ("b", "images/b.png")) == {"b": [2]}, "nor keys that are ids"


def test_integers_are_names_that_are_numbers() -> None:
    assert matched([12, 7], ("0007", ""), ("0012", "")) == {"0012": [12], "0007": [7]}
    assert matched([12, 7], ("0007", "1"), ("0012", "2")) == {"0012": [12], "0007": [7]}, (
        "as Ultralytics does"
    )


def test_integers_are_what_fits_most_of_them() -> None:
    pages = [("1", "2"), ("2", "3"), ("3", "4")]
    assert matched([2, 3, 4], *pages) == {"1": [2], "2": [3], "3": [4]}
    assert matched([1, 2, 3], *pages) == {"1": [1], "2": [2], "3": [3]}
    assert matched([2, 3], *pages) == {"1": [2], "2": [3]}, "keys come first"


@pytest.mark.parametrize("text", ["a-1", "a-1.png", "images/a-1.JPG", "C:\\x\\a-1.tif", "k/1"])
def test_texts_are_names_with_or_without_ending_or_keys(text: str) -> None:
    assert matched([text], ("a-1", "k/1"), ("b", "")) == {"a-1": [text]}


def test_names_may_have_dots() -> None:
    assert matched(["a.1", "b.png"], ("a.1", ""), ("b.png", "")) == {"a.1": ["a.1"], "b.png": ["b.png"]}


def test_one_page_may_be_named_in_two_ways() -> None:
    assert matched([7, "a.png"], ("a", "7")) == {"a": [7, "a.png"]}


def test_what_is_no_page_is_listed() -> None:
    found = match_images(RESULTS, [7, 8, "x"], [PageEntry("a", key="7")])
    assert found.unmatched == ["8", "x"]
    assert match_images(RESULTS, [], [PageEntry("a")]).unmatched == []


def test_nothing_that_matches_is_an_error() -> None:
    with pytest.raises(DatasetError, match=r"results\.json: none of its images \(8, x, \.\.\.\) is a page"):
        match_images(RESULTS, [8, "x"], [PageEntry("a", key="7")])


def test_an_id_of_two_pages_is_an_error_if_it_is_used() -> None:
    pages = [("a", "1"), ("b", "1"), ("c", "2")]
    with pytest.raises(DatasetError, match="image 1 is both a and b"):
        matched([1, 2], *pages)
    assert matched([2], *pages) == {"c": [2]}


def test_places_that_count_from_0_are_an_error() -> None:
    with pytest.raises(DatasetError, match="places of pages count from 1"):
        matched([0, 1], ("a", ""), ("b", ""))
    assert matched([0, 1], ("a", "0"), ("b", "1")) == {"a": [0], "b": [1]}, "keys may"
