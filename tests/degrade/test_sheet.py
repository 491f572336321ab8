"""The contact sheet."""

from __future__ import annotations

import numpy as np

from notehead import Page
from notehead.degrade import RECIPES
from notehead.degrade.sheet import contact_sheet
from tests.degrade.pages import music_page


def test_rows_and_cells() -> None:
    page = music_page()
    recipes = [RECIPES["clean"], RECIPES["bitonal-scan"], RECIPES["phone-photo"]]
    one = contact_sheet(page, recipes[:1], (1.0,), crop=(160, 120))
    sheet = contact_sheet(page, recipes, (0.5, 1.0), crop=(160, 120))
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3
    assert sheet.shape[0] == 3 * one.shape[0]
    assert sheet.shape[1] >= 2 * (160 + 90)
    again = contact_sheet(page, recipes, (0.5, 1.0), crop=(160, 120))
    assert sheet.tobytes() == again.tobytes()


def test_the_clean_crop_holds_the_page_pixel_for_pixel() -> None:
    page = music_page()
    sheet = contact_sheet(page, [RECIPES["clean"]], (1.0,), crop=(160, 120))
    crop = sheet[-124:-4, -164:-4, 0]
    found = [
        (y, x)
        for y in range(page.height - 119)
        for x in range(page.width - 159)
        if page.image[y, x] == crop[0, 0] and (page.image[y : y + 120, x : x + 160] == crop).all()
    ]
    assert found
    assert (crop == 0).sum() > 300


def test_every_recipe_is_on_it_by_default() -> None:
    page = music_page(staves=1, width=120)
    one = contact_sheet(page, [RECIPES["clean"]], crop=(40, 30))
    assert contact_sheet(page, crop=(40, 30)).shape[0] == len(RECIPES) * one.shape[0]


def test_pages_smaller_than_a_crop_and_empty_ones() -> None:
    page = Page("tiny", np.full((20, 10), 255, np.uint8))
    assert contact_sheet(page, [RECIPES["clean"]], (1.0,), crop=(60, 50)).shape == (80, 101, 3)
    assert contact_sheet(page, [], (1.0,)).shape == (1, 1, 3)
