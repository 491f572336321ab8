"""Other music, made of a page's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead import Page
from notehead.degrade.others import other_music
from tests.degrade.pages import music_page


def scored(staves: int) -> Page:
    """A page whose staves are systems."""
    page = music_page(staves=staves)
    return replace(page, symbols=page.symbols.replace(system=page.symbols.staff))


@pytest.mark.parametrize("page", [scored(4), scored(2), music_page(staves=4)], ids=["4", "2", "unknown"])
def test_it_is_not_the_page_and_loses_no_ink(page: Page) -> None:
    for seed in range(8):
        other = other_music(page, (page.height, page.width), np.random.default_rng(seed))
        ink = (page.image < 128).sum()
        assert (other < 128).sum() == pytest.approx(ink, rel=0.02)
        both = ((other < 128) & (page.image < 128)).sum()
        assert both < 0.9 * ink


def test_one_system_stands_elsewhere() -> None:
    page = replace(
        scored(1), image=np.pad(music_page(staves=1).image, ((0, 300), (0, 0)), constant_values=255)
    )
    for seed in range(8):
        other = other_music(page, (page.height, page.width), np.random.default_rng(seed))
        assert not (other == page.image).all()


def test_it_is_as_large_as_asked_and_from_its_seed() -> None:
    page = scored(3)
    one, two = (other_music(page, (101, 77), np.random.default_rng(5)) for _ in range(2))
    assert one.shape == (101, 77)
    assert one.tobytes() == two.tobytes()
    assert other_music(Page("x", np.full((1, 1), 9, np.uint8)), (2, 3), np.random.default_rng(1)).shape == (
        2,
        3,
    )
