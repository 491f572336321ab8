"""Patches: their size and place, and a choice that depends on seed, page and symbol alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH, PatchChooser, cut_patch
from notehead.page import Symbols

NAMES = ("stem", "beam", "clefG")

# One patch.


@given(x=st.integers(-60, 160), y=st.integers(-100, 300))
def test_a_patch_is_the_page_around_its_middle(x: int, y: int) -> None:
    """Every pixel of it, and white where there is no page."""
    image = np.random.default_rng(1).integers(0, 255, (211, 103), np.uint8)  # nowhere white
    patch = cut_patch(image, x, y)
    assert patch.shape == (PATCH_HEIGHT, PATCH_WIDTH) == (170, 45)
    assert patch.dtype == np.uint8
    framed = np.full((211 + 400, 103 + 400), 255, np.uint8)
    framed[200:411, 200:303] = image
    left, top = x + 200 - 22, y + 200 - 85
    assert np.array_equal(patch, framed[top : top + 170, left : left + 45])


def test_the_middle_is_in_the_middle() -> None:
    image = np.full((300, 200), 255, np.uint8)
    image[120, 70] = 0
    assert np.argwhere(cut_patch(image, 70, 120) == 0).tolist() == [[85, 22]]


@pytest.mark.parametrize(("x", "y"), [(-500, 10), (10, -500), (10_000, 10), (10, 10_000)])
def test_far_from_the_page_all_is_white(x: int, y: int) -> None:
    assert (cut_patch(np.zeros((50, 50), np.uint8), x, y) == 255).all()


def test_a_patch_is_no_view_of_the_page() -> None:
    image = np.zeros((400, 400), np.uint8)
    cut_patch(image, 200, 200)[:] = 9
    assert not image.any()


# The choice.


def page_of(number: int, count: int) -> tuple[str, Symbols]:
    """A page of so many symbols of three classes, mixed."""
    rng = np.random.default_rng(number)
    names = rng.choice(NAMES, count).tolist()
    return f"page-{number}", Symbols.build(names, np.zeros((count, 4)), area=np.ones(count))


def chosen(pages: list[tuple[str, Symbols]], per_class: int, seed: int = 0) -> set[tuple[str, int]]:
    chooser = PatchChooser(per_class, seed)
    for name, symbols in pages:
        chooser.add(name, symbols)
    found = chooser.chosen()
    assert all(rows == sorted(set(rows)) for rows in found.values())
    return {(page, row) for page, rows in found.items() for row in rows}


def per_class(choice: set[tuple[str, int]], pages: list[tuple[str, Symbols]]) -> Counter[str]:
    names = {page: symbols.names for page, symbols in pages}
    return Counter(names[page][row] for page, row in choice)


@pytest.mark.parametrize("most", [0, 1, 5, 1000])
def test_at_most_so_many_of_each_class(most: int) -> None:
    pages = [page_of(number, 40) for number in range(5)]
    every = Counter(name for _, symbols in pages for name in symbols.names)
    wanted = {name: min(most, every[name]) for name in NAMES if most}
    assert per_class(chosen(pages, most), pages) == wanted


@given(order=st.permutations(range(6)), seed=st.integers(0, 2**63 - 1))
def test_the_order_of_pages_does_not_matter(order: list[int], seed: int) -> None:
    pages = [page_of(number, 30) for number in range(6)]
    assert chosen([pages[number] for number in order], 4, seed) == chosen(pages, 4, seed)


def test_more_pages_only_replace() -> None:
    """What the whole chooses of a part, the part chose, too."""
    pages = [page_of(number, 30) for number in range(12)]
    before = chosen(pages[:6], 10)
    after = chosen(pages, 10)
    of_part = {(page, row) for page, row in after if int(page[5:]) < 6}
    assert of_part < before
    assert len(after) == len(before) == 30


def test_large_parts_are_thinned_without_changing_the_choice() -> None:
    """100 pages, thinned again and again, choose what a choice among their parts' choices gives."""
    pages = [page_of(number, 300) for number in range(100)]
    whole = chosen(pages, 3)
    by_page = set().union(*(chosen([page], 3) for page in pages))
    assert whole < by_page
    assert whole == chosen(pages[::-1], 3)
    assert per_class(whole, pages) == dict.fromkeys(NAMES, 3)
    halves = chosen(pages[::2], 3) | chosen(pages[1::2], 3)
    assert whole < halves


def test_memory_stays_bounded() -> None:
    chooser = PatchChooser(3, 0)
    for number in range(60):
        chooser.add(*page_of(number, 500))
    kept = sum(part.shape[1] for parts in chooser._kept.values() for part in parts)
    assert kept <= 3 * (4 * 3 + 1000 + 500)


def test_pages_are_drawn_alike() -> None:
    """Of 40 equal pages no page gives many more than its share."""
    pages = [page_of(number, 60) for number in range(40)]
    counts = Counter(page for page, _ in chosen(pages, 200))
    assert len(counts) == 40
    assert 5 <= min(counts.values()) <= max(counts.values()) <= 28  # 15 each, four deviations


def test_seeds_and_names_draw_anew() -> None:
    pages = [page_of(number, 40) for number in range(5)]
    first = chosen(pages, 5, seed=1)
    assert first == chosen(pages, 5, seed=1)
    assert first != chosen(pages, 5, seed=2)
    renamed = [(f"{name}-b", symbols) for name, symbols in pages]
    assert {(page.removesuffix("-b"), row) for page, row in chosen(renamed, 5, seed=1)} != first


def test_the_draw_goes_by_id_not_by_row() -> None:
    symbols = Symbols.build(["stem"] * 50, np.zeros((50, 4)), area=np.ones(50))
    upside_down = symbols[np.arange(50)[::-1]]
    rows = chosen([("a", symbols)], 7)
    assert {(page, 49 - row) for page, row in chosen([("a", upside_down)], 7)} == rows


def test_what_cannot_be_seen_is_not_chosen() -> None:
    area = np.arange(40) % 2
    symbols = Symbols.build(["stem"] * 40, np.zeros((40, 4)), area=area)
    assert chosen([("a", symbols)], 100) == {("a", row) for row in range(1, 40, 2)}
    assert chosen([("a", symbols[area == 0])], 100) == set()


def test_pages_without_symbols_are_passed_over() -> None:
    pages = [("a", Symbols()), page_of(1, 4), ("b", Symbols())]
    assert chosen(pages, 9) == {("page-1", row) for row in range(4)}
    assert chosen([], 9) == set()
