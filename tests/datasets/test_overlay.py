"""What is drawn lies where the symbols are, in their classes' colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.datasets import overlay as module
from notehead.datasets.overlay import OverlayOptions, class_colours, overlay
from notehead.errors import DatasetError
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Sequence

BARE = OverlayOptions(labels=False)


def colour(name: str) -> list[int]:
    return list(map(int, class_colours()[VOCABULARY.id(name)]))


def page_of(*symbols: tuple[str, Sequence[float]], side: int = 60) -> Page:
    built = Symbols.build([name for name, _ in symbols], [box for _, box in symbols])
    return Page("page", np.full((side, side + 10), 255, np.uint8), built)


@pytest.fixture(name="crossing")
def masked_page() -> Page:
    """A stem over a beam: black ink, the stem on top where they cross."""
    image = np.full((40, 40), 255, np.uint8)
    ids = np.zeros((40, 40), np.uint16)
    under = np.zeros((40, 40), np.uint16)
    ids[10:14, 5:35] = 1
    ids[5:35, 20:22] = 2
    under[10:14, 20:22] = 1
    image[ids > 0] = 0
    symbols = Symbols.build(["beam", "stem"], [[5, 10, 35, 14], [20, 5, 22, 35]], links=[[2, 1]])
    return Page("crossing", image, symbols, ids, under)


def test_a_box_stands_just_outside_of_its_symbol() -> None:
    drawn = overlay(page_of(("stem", [20, 10, 30, 40])), BARE)
    assert drawn.shape == (60, 70, 3)
    assert drawn.dtype == np.uint8
    ys, xs = np.nonzero((drawn != 255).any(axis=2))
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (19, 9, 30, 40)
    assert (drawn[10:40, 20:30] == 255).all()
    assert drawn[25, 19].tolist() == drawn[9, 25].tolist() == colour("stem")


def test_the_page_is_paler_and_left_as_it_was(crossing: Page) -> None:
    before = crossing.image.copy()
    drawn = overlay(crossing, OverlayOptions(classes=("clefG",)))
    assert np.array_equal(crossing.image, before)
    assert drawn[0, 0].tolist() == [255, 255, 255]
    assert drawn[12, 7].tolist() == [153, 153, 153]


def test_only_the_classes_asked_for_are_drawn(crossing: Page) -> None:
    drawn = overlay(crossing, OverlayOptions(classes=("stem",), labels=False))
    assert (drawn == colour("stem")).all(axis=2).any()
    assert not (drawn == colour("beam")).all(axis=2).any()


@pytest.mark.parametrize(
    ("name", "meant"),
    [("steem", "stem"), ("noteHeadBlack", "noteheadBlack"), ("sharp", "Sharp"), ("", "vocabulary")],
)
def test_an_unknown_class_is_refused_with_what_may_be_meant(crossing: Page, name: str, meant: str) -> None:
    with pytest.raises(DatasetError, match="there is no class") as caught:
        overlay(crossing, OverlayOptions(classes=("beam", name)))
    assert meant in str(caught.value)


def test_oriented_boxes_follow_the_corners() -> None:
    page = page_of(("beam", [10, 10, 50, 50]))
    diamond = np.array([[[30, 10], [50, 30], [30, 50], [10, 30]]])
    page = Page("page", page.image, page.symbols.replace(corners=diamond.astype(float)))
    drawn = overlay(page, OverlayOptions(labels=False, oriented=True))
    ink = (drawn != 255).any(axis=2)
    assert not ink[9:12, 9:12].any()
    assert ink[20, 18:22].any()
    assert ink[40, 38:42].any()


def test_masks_colour_pixels_and_mix_where_symbols_cross(crossing: Page) -> None:
    drawn = overlay(crossing, OverlayOptions(labels=False, masks=True)).astype(float)
    assert drawn[12, 8].tolist() == colour("beam")
    assert drawn[30, 20].tolist() == colour("stem")
    mixed = 0.6 * np.array(colour("stem")) + 0.4 * np.array(colour("beam"))
    np.testing.assert_allclose(drawn[12, 20], mixed, atol=1)


def test_the_covered_symbol_alone_is_coloured_whole(crossing: Page) -> None:
    drawn = overlay(crossing, OverlayOptions(classes=("beam",), labels=False, masks=True))
    assert (drawn[10:14, 5:35] == colour("beam")).all()
    assert drawn[30, 20].tolist() == [153, 153, 153]


def test_one_layer_of_masks_is_enough(crossing: Page) -> None:
    page = Page("page", crossing.image, crossing.symbols, crossing.ids)
    assert overlay(page, OverlayOptions(labels=False, masks=True))[12, 20].tolist() == colour("stem")


def test_masks_of_a_page_without_any_are_refused() -> None:
    with pytest.raises(DatasetError, match="page has no masks"):
        overlay(page_of(("stem", [1, 1, 3, 30])), OverlayOptions(masks=True))


def test_links_join_the_centres_of_symbols() -> None:
    page = page_of(("noteheadBlackOnLine", [5, 25, 15, 35]), ("stem", [45, 5, 47, 55]))
    page = Page("page", page.image, page.symbols.replace(links=np.array([[1, 2]], np.int32)))
    drawn = overlay(page, OverlayOptions(labels=False, links=True))
    row = drawn[28:32, 30]
    assert (row != 255).any()
    without = overlay(page, OverlayOptions(classes=("stem",), labels=False, links=True))
    assert (without[28:32, 30] == 255).all()


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_scale_scales_page_and_boxes(scale: float) -> None:
    drawn = overlay(page_of(("stem", [20, 10, 30, 40])), OverlayOptions(labels=False, scale=scale))
    assert drawn.shape == (60 * scale, 70 * scale, 3)
    ys, xs = np.nonzero((drawn != 255).any(axis=2))
    found = [xs.min() + 1, ys.min() + 1, xs.max(), ys.max()]
    np.testing.assert_allclose(found, np.array([20, 10, 30, 40]) * scale)


def test_names_are_written_and_can_be_left_out() -> None:
    page = page_of(("stem", [20, 20, 30, 40]))
    assert not np.array_equal(overlay(page), overlay(page, BARE))


def test_nothing_on_a_page_draws_nothing() -> None:
    assert (overlay(page_of()) == 255).all()


def test_the_same_page_gives_the_same_bytes(crossing: Page) -> None:
    options = OverlayOptions(masks=True, links=True, oriented=True)
    assert np.array_equal(overlay(crossing, options), overlay(crossing, options))


box = st.tuples(st.integers(-30, 300), st.integers(-30, 300), st.integers(0, 60), st.integers(0, 60))


@given(st.lists(st.tuples(st.sampled_from(["stem", "clefG", "textLyrics"]), box), max_size=15))
@settings(max_examples=40, deadline=None)
def test_no_name_covers_another_or_leaves_the_page(
    drawn: list[tuple[str, tuple[int, int, int, int]]],
) -> None:
    taken = np.zeros((280, 290), np.bool_)
    total = 0
    for name, (x, y, width, height) in drawn:
        before = taken.copy()
        place = module._free_place(taken, [x, y, x + width, y + height], name)
        fresh = taken & ~before
        assert (place is None) == (not fresh.any())
        if place is not None:
            ys, xs = np.nonzero(fresh)
            assert fresh.sum() == (np.ptp(xs) + 1) * (np.ptp(ys) + 1)  # all of it was free
            total += int(fresh.sum())
    assert taken.sum() == total


@given(st.lists(box, min_size=1, max_size=8), st.booleans(), st.sampled_from([0.3, 1.0, 1.7]))
@settings(max_examples=25, deadline=None)
def test_boxes_beyond_the_page_do_no_harm(
    boxes: list[tuple[int, int, int, int]],
    oriented: bool,  # noqa: FBT001
    scale: float,
) -> None:
    page = page_of(*[("clefG", [x, y, x + w, y + h]) for x, y, w, h in boxes], side=100)
    assert overlay(page, OverlayOptions(oriented=oriented, scale=scale)).dtype == np.uint8


def test_colours_are_stable_and_far_apart() -> None:
    colours = class_colours().astype(int)
    assert not class_colours().flags.writeable
    used = colours[[row.id for row in VOCABULARY.classes]]
    assert len(np.unique(used, axis=0)) == len(VOCABULARY)
    neighbours = np.abs(np.diff(colours, axis=0)).sum(axis=1)
    assert neighbours.min() > 100
    assert (used @ [0.299, 0.587, 0.114]).max() < 200  # readable on white
    assert colours[VOCABULARY.id("stem")].tolist() == [194, 77, 93]
