"""Geometric steps: what they do to a page, and that strength and seed mean what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import Page, Symbols
from notehead.degrade.geometry import (
    Curl,
    Frame,
    Geometry,
    Mover,
    Perspective,
    Place,
    Resample,
    Rotate,
    Wave,
    spine_side,
)
from notehead.page import Origin
from tests.support.pages import disc_page

MOVERS: list[Mover] = [Rotate(), Perspective(), Curl(), Wave(), Place(), Resample()]
ALL = Geometry((Curl(), Wave(), Rotate(), Perspective(), Place(), Resample()))
FRAME = Frame((1960, 2772), 400.0, 1)


def ids(mover: Mover) -> str:
    return type(mover).__name__


def blank(resolution: float = 400.0, number: int = 1) -> Page:
    origin = Origin(resolution=resolution, number=number)
    return Page("p", np.full((400, 300), 255, np.uint8), origin=origin)


@pytest.mark.parametrize("step", [*MOVERS, ALL], ids=lambda step: type(step).__name__)
def test_strength_0_leaves_the_page(step: Mover | Geometry) -> None:
    page = disc_page()
    assert step(page, np.random.default_rng(1), 0.0) is page


@pytest.mark.parametrize("step", [*MOVERS, ALL], ids=lambda step: type(step).__name__)
def test_the_seed_decides(step: Mover | Geometry) -> None:
    page = disc_page()
    one, again = (step(page, np.random.default_rng(5), 1.0) for _ in range(2))
    assert np.array_equal(one.image, again.image)
    assert one.ids is not None
    assert again.ids is not None
    assert np.array_equal(one.ids, again.ids)
    assert np.array_equal(one.symbols.box, again.symbols.box)
    others = [step(page, np.random.default_rng(seed), 1.0) for seed in range(6, 12)]
    assert any(not np.array_equal(one.image, other.image) for other in others)


@pytest.mark.parametrize("mover", MOVERS, ids=ids)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), strength=st.floats(0.05, 2.0))
def test_every_move_can_be_inverted(mover: Mover, seed: int, strength: float) -> None:
    page = Page("p", np.empty((2772, 1960), np.uint8), origin=Origin(resolution=400.0))
    frame, warp = Geometry((mover,)).warp(page, np.random.default_rng(seed), strength)
    assert frame.size == warp.size
    x, y = np.meshgrid(np.linspace(0, 1960, 9), np.linspace(0, 2772, 9))
    points = np.column_stack([x.ravel(), y.ravel()])
    assert np.abs(warp.backward(warp.forward(points)) - points).max() < 0.01
    there = points / (1960, 2772) * warp.size
    assert (np.linalg.det(warp.jacobian(there)) > 0).all()


@pytest.mark.parametrize("mover", [Rotate(), Perspective(), Curl(), Wave(), Place()], ids=ids)
def test_stronger_moves_go_further(mover: Mover) -> None:
    def shift(strength: float) -> float:
        x, y = np.meshgrid(np.linspace(100, 1800, 9), np.linspace(100, 2700, 9))
        points = np.column_stack([x.ravel(), y.ravel()])
        away = [
            np.abs(mover.move(FRAME, np.random.default_rng(seed), strength).backward(points) - points).mean()
            for seed in range(5)
        ]
        return float(np.mean(away))

    assert 0 < shift(0.1) < shift(1.0) < shift(2.0)
    assert shift(0.001) < 0.2


def test_moves_together_are_one_warp_of_their_product() -> None:
    rotate, resample = Rotate(2.0), Resample((200.0,))
    page = replace(disc_page(), origin=Origin(resolution=400.0))
    _, both = Geometry((rotate, resample)).warp(page, np.random.default_rng(3), 1.0)
    rng = np.random.default_rng(3)
    first = rotate.move(Frame((200, 120), 400.0, 1), rng, 1.0)
    second = resample.move(first.frame, rng, 1.0)
    points = np.array([[10.0, 12.0], [90.0, 50.0]])
    assert np.allclose(both.backward(points), first.backward(second.backward(points)), atol=1e-6)


def test_rotation_turns_about_the_middle_by_so_many_degrees() -> None:
    middle = np.array([[980.0, 1386.0]])
    angles = []
    for seed in range(400):
        move = Rotate(1.0).move(FRAME, np.random.default_rng(seed), 1.0)
        towards = move.backward(middle + np.array([100, 0])) - middle
        assert np.allclose(move.backward(middle), middle)
        angles.append(np.degrees(np.arctan2(towards[0, 1], towards[0, 0])))
    assert np.std(angles) == pytest.approx(1.0, abs=0.15)
    assert np.max(np.abs(angles)) <= 3.0


def test_perspective_keeps_lines_straight_and_the_scale_of_the_middle() -> None:
    move = Perspective(8.0).move(FRAME, np.random.default_rng(2), 1.0)
    line = move.backward(np.linspace([0, 300], [1960, 2000], 20))
    sides = np.diff(line, axis=0)
    turns = sides[1:, 0] * sides[:-1, 1] - sides[1:, 1] * sides[:-1, 0]
    assert np.abs(turns).max() < 1e-6 * (sides**2).sum()
    middle = np.array([980.0, 1386.0])
    assert np.allclose(move.backward(middle[None]), middle)
    square = move.backward(middle + np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])) - middle
    assert 0.9 < np.abs(square[0] - square[1]).max() / 2 < 1.1
    far = np.ptp(move.backward(np.array([[0.0, 0.0], [1960, 0], [0, 2772], [1960, 2772]])), axis=0)
    assert not np.allclose(far, (1960, 2772), atol=5)


@pytest.mark.parametrize("number", [1, 2])
def test_the_curl_is_at_the_spine(number: int) -> None:
    frame = Frame((1960, 2772), 400.0, number)
    move = Curl(0.05).move(frame, np.random.default_rng(0), 1.0)
    points = np.array([[20.0, 300.0], [980.0, 300.0], [1940.0, 300.0]])
    moved = np.abs(move.backward(points) - points).max(axis=1)
    near, away = (0, 2) if spine_side(number) == "left" else (2, 0)
    assert moved[near] > 10
    assert moved[1] == moved[away] == 0


def test_the_curl_narrows_the_page_and_bends_staves_to_the_middle() -> None:
    move = Curl(0.05, side="right").move(FRAME, np.random.default_rng(0), 1.0)
    x = np.linspace(1000, 1940, 100)
    for height in (200.0, 2600.0):
        found = move.backward(np.column_stack([x, np.full(100, height)]))
        assert (np.diff(found[:, 0]) >= np.diff(x) - 1e-9).all()  # more of the page in as much of the image
        assert (np.diff(np.abs(found[:, 1] - 1386)) >= -1e-9).all()
        assert abs(found[-1, 1] - 1386) > abs(height - 1386)


def test_waves_are_shallow() -> None:
    points = np.random.default_rng(0).uniform(0, 1960, (500, 2))
    for seed in range(20):
        move = Wave(0.001, waves=3).move(FRAME, np.random.default_rng(seed), 1.0)
        assert np.abs(move.backward(points) - points).max() <= 3 * 0.001 * 1960


def test_a_place_shows_the_background_around_the_page() -> None:
    page = replace(blank(), image=np.full((400, 300), 200, np.uint8))
    found = Geometry((Place((0.1, 0.1), shift=0.0),), background=30)(page, np.random.default_rng(0), 1.0)
    assert (found.width, found.height) == (360, 460)
    assert (found.image[31:429, 31:329] == 200).all()
    assert (found.image[:29] == 30).all()
    assert (found.image[:, -29:] == 30).all()


@pytest.mark.parametrize("resolution", [150.0, 300.0, 600.0])
def test_resampled_pages_know_their_resolution(resolution: float) -> None:
    found = Resample((resolution,))(blank(), np.random.default_rng(0), 1.0)
    assert found.origin.resolution == resolution
    assert (found.width, found.height) == (round(300 * resolution / 400), round(400 * resolution / 400))


def test_weak_resampling_goes_part_of_the_way() -> None:
    found = Resample((100.0,))(blank(), np.random.default_rng(0), 0.5)
    assert (found.width, found.height) == (150, 200)
    assert found.origin.resolution == pytest.approx(200.0)


def test_bad_scans_are_small() -> None:
    def mean(strength: float) -> float:
        frames = [Resample().move(FRAME, np.random.default_rng(seed), strength).frame for seed in range(200)]
        return float(np.mean([frame.resolution for frame in frames]))

    assert mean(2.0) < 0.85 * mean(1.0)


def test_an_unknown_resolution_is_taken_from_the_staff_space() -> None:
    page = replace(blank(resolution=0.0), staff_space=0.0689 * 400)
    found = Resample((200.0,))(page, np.random.default_rng(0), 1.0)
    assert (found.width, found.height) == (150, 200)
    assert found.origin.resolution == 0.0
    unknown = Resample((200.0,))(blank(resolution=0.0), np.random.default_rng(0), 1.0)
    assert (unknown.width, unknown.height) == (300, 400)


def test_symbols_move_with_all_moves_together() -> None:
    page = disc_page()
    for seed in range(5):
        found = ALL(page, np.random.default_rng(seed), 1.0)
        assert found.ids is not None
        assert isinstance(found.symbols, Symbols)
        assert set(np.unique(found.ids).tolist()) - {0} <= set(found.symbols.id.tolist())
        assert found.symbols.area.sum() == (found.ids > 0).sum()
