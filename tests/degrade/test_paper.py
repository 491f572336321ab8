"""Paper and its edges: shades, borders, holes, the facing page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead import Page
from notehead.degrade.edges import Border, FacingPage, Holes
from notehead.degrade.light import CastShadow, Gradient, Vignette
from notehead.degrade.paper import AgedEdges, Folds, PlateMark, ShowThrough, Spine, Stains, Texture, Tone
from notehead.degrade.recipe import Step
from notehead.degrade.scale import margins, staff_space
from notehead.degrade.shading import Perhaps, Shade, Shading
from notehead.page import Origin
from tests.degrade.pages import check_step, music_page, run

SHADES: list[Shade] = [
    Tone(), Texture(), AgedEdges(), Stains(count=30), Folds(), Spine(), ShowThrough(), PlateMark(),
    Gradient(), Vignette(), CastShadow(), Perhaps(Spine(), 1.0),
]  # fmt: skip
EDGES: list[Step] = [Border(chance=1.0), Holes(), FacingPage()]


def blank(height: int = 600, width: int = 420, grey: int = 255) -> Page:
    return Page("blank", np.full((height, width), grey, np.uint8), staff_space=16.0)


@pytest.mark.parametrize("shade", SHADES, ids=repr)
def test_every_shade_keeps_the_rules_and_darkens(shade: Shade) -> None:
    page = music_page()
    done = check_step(Shading((shade,)), page)
    assert (done.image <= page.image).all()
    assert (done.image < page.image).any()
    weak, strong = (run(Shading((shade,)), page, strength).image.mean() for strength in (0.3, 1.5))
    assert strong < weak


@pytest.mark.parametrize("step", EDGES, ids=repr)
def test_every_edge_keeps_the_rules(step: Step) -> None:
    page = music_page()
    done = check_step(step, page)
    assert (done.image != page.image).any()


@pytest.mark.parametrize("step", [*EDGES, Shading(tuple(SHADES))], ids=repr)
@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (37, 61)])
def test_odd_pages_are_taken(step: Step, shape: tuple[int, int]) -> None:
    page = Page("odd", np.full(shape, 255, np.uint8))
    assert run(step, page, 2.0).image.shape == shape


def test_a_tone_takes_the_light_that_it_says() -> None:
    done = run(Shading((Tone((0.2, 0.2)),)), blank())
    assert np.unique(done.image).tolist() == [204]


def test_texture_is_uneven() -> None:
    done = run(Shading((Texture(cloudy=0.0, fibres=0.03),)), blank())
    assert done.image.std() == pytest.approx(0.03 * 255, rel=0.5)


@pytest.mark.parametrize(("number", "column"), [(1, 0), (2, -1)])
def test_the_spine_is_dark_on_its_side(number: int, column: int) -> None:
    page = replace(blank(), origin=Origin(number=number))
    image = run(Shading((Spine(),)), page).image
    assert image[:, column].mean() < 160
    assert image[:, -1 - column].mean() > 240


def test_show_through_is_music_mirrored() -> None:
    page = blank()
    page.image[:, 300:340] = 0  # turned, it stands at about 80 to 120
    for seed in range(5):
        done = run(Shading((ShowThrough((0.3, 0.3)),)), page, 1.0, seed).image
        dark = np.flatnonzero(done[:, :240].mean(axis=0) < 225)
        assert len(dark) > 20
        assert dark.mean() < 200
        assert (done[:, 240:300] == 255).all()


def test_show_through_and_the_facing_page_are_other_music() -> None:
    """Neither stands at the heights of the page's own staves."""
    page = music_page(staves=4, width=600)
    page = replace(page, symbols=page.symbols.replace(system=page.symbols.staff))
    for seed in range(6):
        back = run(Shading((ShowThrough((0.3, 0.3)),)), page, 1.0, seed).image
        own = page.image[:, ::-1] < 128
        assert (back[own & (page.image == 255)] < 235).mean() < 0.7
    seen = [run(FacingPage(width=3.0, dark=0.0), page, 1.0, seed).image for seed in range(4)]
    assert len({image[:, 0].tobytes() for image in seen}) > 1


def test_a_plate_mark_runs_through_the_margins() -> None:
    page = music_page(staves=4, width=600)
    done = run(Shading((PlateMark(dark=0.4),)), page).image
    left, top, right, bottom = margins(page)
    core = (slice(int(top) + 8, -int(bottom) - 8), slice(int(left) + 8, -int(right) - 8))
    assert (page.image.astype(int) - done).max() > 25
    assert (page.image[core].astype(int) - done[core]).max() < 25
    assert (done[:2] == page.image[:2]).all()


def test_light_falls_off_towards_the_corners() -> None:
    image = run(Shading((Vignette(0.4),)), blank()).image
    corners = np.mean([image[0, 0], image[0, -1], image[-1, 0], image[-1, -1]])
    assert corners < 200
    assert image[300, 210] > 250


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_borders_stay_clear_of_symbols(strength: float) -> None:
    page = music_page()
    left, top, right, bottom = margins(page)
    core = (slice(int(top), -int(bottom)), slice(int(left), -int(right)))
    for seed in range(8):
        image = run(Border(chance=1.0, width=50), page, strength, seed).image
        np.testing.assert_array_equal(image[core], page.image[core])


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_the_facing_page_covers_no_symbols(strength: float) -> None:
    """Its spine's shadow may reach them: they get darker, not lighter."""
    page = music_page()
    left, _, right, _ = margins(page)
    core = (slice(None), slice(int(left), -int(right)))
    for seed in range(8):
        image = run(FacingPage(width=50), page, strength, seed).image
        assert (image[core] <= page.image[core]).all()
        assert image[:, : int(left)].min() < 200


def test_borders_are_dark_and_at_every_edge() -> None:
    image = run(Border(chance=1.0, tone=(7, 7)), blank()).image
    assert image.min() == 7
    middle = (image[300, 0], image[0, 210], image[300, -1], image[-1, 210])
    assert max(int(value) for value in middle) < 60


def test_two_or_four_holes() -> None:
    image = run(Holes((30, 30)), blank(594, 420)).image
    expected = np.pi * 6**2  # 6 mm at 2 pixels a millimetre
    assert round(float((image == 30).sum() / expected)) in (2, 4)


def test_the_facing_page_stands_beyond_the_spine() -> None:
    page = music_page()
    done = run(FacingPage(dark=0.9), page).image
    assert done[:, :24].min() < 60  # number 1: the spine is on the left
    np.testing.assert_array_equal(done[:, 200:], page.image[:, 200:])


def test_perhaps_with_no_chance_does_nothing() -> None:
    page = music_page()
    assert (run(Shading((Perhaps(Tone(), 0.0),)), page).image == page.image).all()


def test_lengths_of_a_page_without_staves() -> None:
    page = Page("bare", np.full((90, 240), 255, np.uint8))
    assert staff_space(page) == 2.0
    assert margins(page) == (8, 3, 8, 3)
