"""The recipes: what holds for all of them, and what each looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead import Page
from notehead.degrade import RECIPES, degrade
from tests.degrade.pages import dark, music_page

NAMES = ["clean", "laser-print", "flatbed-scan", "bitonal-scan", "old-plate", "photocopy", "phone-photo"]


def test_the_recipes() -> None:
    assert list(RECIPES) == NAMES
    assert all(recipe.title and recipe.name == name for name, recipe in RECIPES.items())


@pytest.mark.parametrize("name", NAMES)
def test_strength_zero_leaves_the_page(name: str) -> None:
    page = music_page()
    assert degrade(page, RECIPES[name], 3, 0.0) is page


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes_and_the_page_stays(name: str) -> None:
    page = music_page()
    before = page.image.copy()
    once, again = (degrade(page, RECIPES[name], 7) for _ in range(2))
    assert once.image.tobytes() == again.image.tobytes()
    assert once.symbols.box.tobytes() == again.symbols.box.tobytes()
    np.testing.assert_array_equal(page.image, before)
    assert once.image.dtype == np.uint8
    assert once.ids is not None
    assert once.ids.shape == once.image.shape
    assert once.symbols.names == page.symbols.names


@pytest.mark.parametrize("name", NAMES[1:])
def test_seed_and_name_of_the_page_matter(name: str) -> None:
    page = music_page()
    first = degrade(page, RECIPES[name], 1)
    assert first.image.tobytes() != degrade(page, RECIPES[name], 2).image.tobytes()
    other = replace(page, name="another")
    assert first.image.tobytes() != degrade(other, RECIPES[name], 1).image.tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strength", [0.5, 1.0, 1.5, 2.0])
def test_ink_can_still_be_told_from_paper(name: str, strength: float) -> None:
    page = music_page(staves=4, width=700)
    for seed in range(4):
        done = degrade(page, RECIPES[name], seed, strength)
        assert done.ids is not None
        heads = done.symbols.id[[name == "noteheadBlackOnLine" for name in done.symbols.names]]
        ink = done.image[np.isin(done.ids, heads)]
        assert len(ink)
        staff = done.symbols.named("staff").box.astype(int)
        paper = np.concatenate([done.image[y0:y1, x0:x1].ravel() for x0, y0, x1, y1 in staff.clip(0)])
        assert np.median(paper) - np.median(ink) > (40 if strength < 2 else 20)


@pytest.mark.parametrize("seed", range(6))
def test_bitonal_scans_are_black_and_white(seed: int) -> None:
    for strength in (0.5, 1.0, 2.0):
        done = degrade(music_page(), RECIPES["bitonal-scan"], seed, strength)
        assert np.unique(done.image).tolist() == [0, 255]


def test_scans_are_grey() -> None:
    for name in ("flatbed-scan", "old-plate", "phone-photo"):
        assert len(np.unique(degrade(music_page(), RECIPES[name]).image)) > 50


@pytest.mark.parametrize("name", NAMES)
def test_pages_without_anything_are_taken(name: str) -> None:
    for shape in ((40, 30), (300, 200)):
        done = degrade(Page("bare", np.full(shape, 255, np.uint8)), RECIPES[name], 1, 1.5)
        assert done.image.size
        assert dark(done) < 1
