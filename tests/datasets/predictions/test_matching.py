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


@pytest.mark.parametrize("images", [[1, 2], [0, 1], [2], ["x", 2]])
@pytest.mark.parametrize(
    "pages",
    [
        [("a", ""), ("b", "")],
        [("a", "images/a.png"), ("b", "images/b.png")],
        [("a", "t.parquet:0:1"), ("17", "")],
    ],
)
def test_integers_are_never_the_places_of_pages(
    images: list[int | str], pages: list[tuple[str, str]]
) -> None:
    with pytest.raises(DatasetError) as error:
        matched(images, *pages)
    number = next(image for image in images if isinstance(image, int))
    assert f"results.json: it numbers its images ({number}, ...), and the truth has no image ids" in str(
        error.value
    )
    assert "Write the pages' names as image_id" in str(error.value)


def test_integers_beside_names_that_fit_are_no_pages() -> None:
    found = match_images(RESULTS, ["a", 2], [PageEntry("a"), PageEntry("b")])
    assert (found.images, found.unmatched) == ({"a": ["a"]}, ["2"])


def test_names_that_are_numbers_may_lack_some() -> None:
    assert matched([12, 8], ("0012", ""), ("a", "")) == {"0012": [12]}


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


def test_keys_may_count_from_0() -> None:
    assert matched([0, 1], ("a", "0"), ("b", "1")) == {"a": [0], "b": [1]}
