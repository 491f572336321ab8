"""What lies around a page: only pixels change, and only outside of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from notehead import Page
from notehead.degrade.around import Laid, _sides, _strips
from notehead.degrade.geometry import Curl, Geometry, Perspective, Place, Resample, Rotate, Wave
from notehead.degrade.scenes import Book, Cloth, Desk, Room, Scene, Sheets, View, Wood
from notehead.degrade.warp import Warp
from notehead.page import Origin
from tests.degrade.pages import music_page, run

SCENES: list[Scene] = [Wood(), Cloth(), Desk(), Room(), Sheets(), Book(), Book(Wood())]
HELD = Geometry((Wave(0.002), Place((0.05, 0.1)), Perspective(3.0), Rotate(1.0)))


def grey(tone: int) -> Callable[[View, np.random.Generator], NDArray[np.uint8]]:
    """A scene of one tone."""
    return lambda view, _rng: np.full(view.shape, tone, np.uint8)


@pytest.mark.parametrize("scene", SCENES, ids=repr)
def test_labels_are_those_of_the_geometry_and_the_inside_stays(scene: Scene) -> None:
    page = music_page()
    for seed in range(4):
        plain, laid = run(HELD, page, 1.0, seed), run(Laid(HELD, (scene,)), page, 1.0, seed)
        for item in fields(page):
            if item.name not in ("image", "symbols"):
                np.testing.assert_equal(getattr(laid, item.name), getattr(plain, item.name))
        np.testing.assert_array_equal(laid.symbols.box, plain.symbols.box)
        assert plain.ids is not None
        inside = cv2.dilate((plain.ids > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        np.testing.assert_array_equal(laid.image[inside], plain.image[inside])
        assert (laid.image != plain.image).mean() > 0.05


@pytest.mark.parametrize("scene", SCENES, ids=repr)
def test_same_seed_same_bytes_and_strength_zero_is_the_page(scene: Scene) -> None:
    page, step = music_page(), Laid(HELD, (scene,))
    before = page.image.copy()
    assert run(step, page, 0.0) is page
    assert run(step, page).image.tobytes() == run(step, page).image.tobytes()
    np.testing.assert_array_equal(page.image, before)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (70, 51)])
@pytest.mark.parametrize("scene", SCENES, ids=repr)
def test_odd_pages_are_taken(scene: Scene, shape: tuple[int, int]) -> None:
    page = Page("odd", np.full(shape, 255, np.uint8))
    step = Laid(Geometry((Curl(0.03), *HELD.moves)), (scene,))
    for seed in range(3):
        plain = run(step.geometry, page, 2.0, seed)
        assert run(step, page, 2.0, seed).image.shape == plain.image.shape


def test_all_that_is_outside_is_painted_and_nothing_else() -> None:
    """A dark page's outline, moved by the same warp, is where the white scene ends."""
    page = Page("dark", np.zeros((400, 300), np.uint8), staff_space=10.0)
    step = Laid(Geometry((Place((0.1, 0.1), shift=0.0), Rotate(2.0))), (grey(255),), shadow=(0, 0))
    for seed in range(5):
        plain, laid = run(step.geometry, page, 1.0, seed), run(step, page, 1.0, seed)
        np.testing.assert_allclose((laid.image > 128).mean(), (plain.image > 128).mean(), atol=0.02)
        far = cv2.erode((plain.image == 255).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        assert (laid.image[far] > 250).all()


def test_a_page_that_fills_the_image_has_nothing_around() -> None:
    page = music_page()
    step = Laid(Geometry((Place((-0.05, -0.03), shift=0.0),)), (grey(0),))
    assert run(step, page).image.tobytes() == run(step.geometry, page).image.tobytes()


def test_there_is_a_shadow_beside_the_page() -> None:
    page = Page("white", np.full((600, 420), 255, np.uint8), staff_space=16.0)
    geometry = Geometry((Place((0.1, 0.1), shift=0.0),))
    done = run(Laid(geometry, (grey(200),), shadow=(0.6, 0.6)), page).image
    assert np.sort(done[done < 199].ravel())[: done.size // 200].max() < 140
    assert (done[5, 5], done[-5, -5]) == (200, 200)


@pytest.mark.parametrize("number", [1, 2])
def test_a_book_goes_on_beyond_its_spine(number: int) -> None:
    page = replace(music_page(), origin=Origin(number=number))
    done = run(Laid(Geometry((Place((0.08, 0.08), shift=0.0),)), (Book(Desk((20, 20))),)), page).image
    spine, outer = (done[:, 4], done[:, -5]) if number == 1 else (done[:, -5], done[:, 4])
    assert np.median(spine) > 120
    assert np.median(outer) < 60


def test_strips_cover_the_outside_once() -> None:
    page = music_page()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        _, warp = Geometry((*HELD.moves, Resample((200.0,)))).warp(page, rng, 1.5)
        sides = _sides(page, warp, 0.06, rng)
        width, height = warp.size
        cover = np.zeros((height, width), np.uint8)
        for rows, columns in _strips(sides, cover.shape):
            cover[rows, columns] += 1
        assert cover.max() == 1
        outline = np.rint(np.concatenate(sides)).astype(np.int32)
        inside = cv2.fillPoly(np.zeros_like(cover), [outline], 1)
        assert cover[inside == 0].all()


def test_edges_are_frayed_inwards_and_never_into_symbols() -> None:
    page = music_page()
    same = Warp.of(lambda points: points, (page.width, page.height), (page.width, page.height))
    top, right, bottom, left = _sides(page, same, 0.1, np.random.default_rng(1))
    assert 0 < top[:, 1].min() <= top[:, 1].max() < page.symbols.box[:, 1].min()
    assert 0 < left[:, 0].min() <= left[:, 0].max() < page.symbols.box[:, 0].min()
    assert page.width > right[:, 0].max() >= right[:, 0].min() > page.symbols.box[:, 2].max()
    assert page.height > bottom[:, 1].max() >= bottom[:, 1].min() > page.symbols.box[:, 3].max()
