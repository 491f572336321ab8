"""Scans that were made by known warps are found again, other pages are refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.degrade.align import AlignOptions, align
from notehead.degrade.align.doubt import doubts
from notehead.degrade.align.field import Field
from notehead.degrade.align.fit import refitted
from notehead.degrade.align.ink import ink_of, staff_spaces
from notehead.degrade.align.patches import Matches, match
from notehead.degrade.geometry import Curl, Geometry, Perspective, Place, Resample, Rotate, Wave
from notehead.degrade.warp import Warp
from notehead.degrade.warp_page import warp_page
from notehead.errors import DatasetError
from notehead.page import Origin, Page, Symbols
from tests.support.engraved import measure, mei, notes, pages

SOME = Geometry(
    (
        Curl(depth=0.03),
        Wave(amplitude=0.003),
        Perspective(3.0),
        Rotate(1.0),
        Place((-0.01, 0.05)),
        Resample((150.0, 200.0)),
    )
)


@cache
def tune(seed: int) -> Page:
    """A page of random notes, at half the size."""
    rng = np.random.default_rng(seed)
    words = ["c4:4 e4:8 g4:8 f#5:2", "r:4 a4:4 b4:16 c5:16 d5:16 e5:16 g4:4", "bb4:2 d5:4 r:8 f4:8", "g5:1"]
    found = pages(mei(*(measure(notes(words[index])) for index in rng.integers(0, 4, 70).tolist())))[0]
    size = found.width // 2, found.height // 2
    half = Warp.of(lambda points: 2.0 * points, size, (found.width, found.height))
    return replace(warp_page(found, half), name=f"tune-{seed}", origin=Origin(resolution=200.0))


def scanned(page: Page, seed: int) -> tuple[NDArray[np.uint8], Page]:
    """A scan, turned, seen askew, bent, darker to one side, blurred and with noise; and the truth."""
    rng = np.random.default_rng(seed)
    moved = SOME(page, rng, 1.0)
    light = np.linspace(0.6, 1.0, moved.width)
    seen = cv2.GaussianBlur(moved.image, (0, 0), 0.7) * light + rng.normal(0, 6, moved.image.shape)
    return np.clip(seen, 0, 255).astype(np.uint8), moved


def edges_off(one: Symbols, other: Symbols) -> NDArray[np.float64]:
    """The largest distance between edges of the same symbols."""
    both = np.intersect1d(one.id, other.id)
    assert len(both) >= 0.99 * len(other) > 0
    boxes = [symbols.box[np.isin(symbols.id, both)] for symbols in (one, other)]
    off: NDArray[np.float64] = abs(boxes[0] - boxes[1]).max(axis=1)
    return off


@pytest.mark.parametrize("seed", [1, 2])
def test_symbols_come_to_where_they_are_on_the_scan(seed: int) -> None:
    page = tune(1)
    scan, true = scanned(page, seed)
    found = align(scan, page)
    off = edges_off(found.page.symbols, true.symbols)
    assert np.percentile(off, 95) <= 2
    assert off.max() <= 4
    assert found.page.image is scan
    assert found.page.ids is not None
    assert true.ids is not None
    assert found.page.ids.shape == scan.shape
    ink = true.ids > 0
    assert (found.page.ids[ink] == true.ids[ink]).mean() > 0.85
    assert found.page.staff_space == pytest.approx(true.staff_space, rel=0.02)
    assert true.origin.resolution in (150.0, 200.0)
    assert found.page.origin.resolution == pytest.approx(true.origin.resolution, rel=0.02)
    assert np.allclose(found.page.staff_lines, true.staff_lines, atol=2)


def test_the_residual_is_small_and_measured() -> None:
    page = tune(1)
    scan, _ = scanned(page, 4)
    found = align(scan, page)
    median, most = found.residual
    assert 0 < median < most < 1.5
    assert found.agreement > 0.95
    again = align(scan, page)
    assert again.residual == found.residual
    assert np.array_equal(again.page.symbols.box, found.page.symbols.box)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_any_orientation(turns: int) -> None:
    page = tune(1)
    scan = np.ascontiguousarray(np.rot90(page.image, turns))
    found = align(scan, page)
    corner = found.warp.forward([[0.0, 0.0]])[0]
    width, height = page.width, page.height
    expected = {1: (0, width), 2: (width, height), 3: (height, 0)}[turns]
    assert np.abs(corner - expected).max() < 3
    middle = found.warp.forward([[width / 2, height / 2]])[0]
    assert np.abs(middle - np.array(scan.shape[::-1]) / 2).max() < 1


def test_a_scan_of_a_part_of_the_page() -> None:
    page = tune(1)
    cut = page.height * 2 // 3
    found = align(np.ascontiguousarray(page.image[:cut]), page)
    inside = page.symbols[page.symbols.box[:, 3] < cut]
    assert len(inside) > 50
    assert (
        np.percentile(edges_off(found.page.symbols[np.isin(found.page.symbols.id, inside.id)], inside), 95)
        < 2
    )
    assert (found.page.symbols.box[:, 3] <= cut).all()


def test_without_staff_lines_masks_and_staff_space() -> None:
    page = tune(1)
    scan, true = scanned(page, 5)
    bare = replace(page, staff_lines=np.empty((0, 5)), staff_space=0.0, ids=None, under=None)
    found = align(scan, bare)
    assert found.page.ids is None
    moved = Symbols.build(
        [0] * 2, found.page.symbols[[0, 1]].corners.mean(axis=1).repeat(2, axis=0).reshape(2, 4)
    )
    wanted = true.symbols[np.isin(true.symbols.id, found.page.symbols.id[:2])].corners.mean(axis=1)
    assert np.abs(moved.box[:, :2] - wanted).max() < 3


@pytest.mark.parametrize("seed", [1])
def test_other_pages_are_refused_with_figures(seed: int) -> None:
    scan, _ = scanned(tune(2), seed)
    with pytest.raises(
        DatasetError, match=r"page tune-1: not found on the scan: \d+% of \d+ patches agree, at"
    ):
        align(scan, tune(1))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (AlignOptions(patches=100_000), "only .* patches show ink, at least 100000 should"),
        (AlignOptions(residual=0.0), "half of the patches are off by .* staff spaces; at most 0.00"),
        (AlignOptions(likeness=1.1), "0% of .* patches agree"),
    ],
)
def test_what_is_asked_for_is_said(options: AlignOptions, words: str) -> None:
    page = tune(1)
    with pytest.raises(DatasetError, match=words):
        align(page.image, page, options)


@pytest.mark.parametrize("paper", [0, 128, 255])
def test_a_scan_without_music(paper: int) -> None:
    with pytest.raises(DatasetError, match=r"no staff lines of its size were found"):
        align(np.full((800, 600), paper, np.uint8), tune(1))


def test_noise_and_specks_are_no_page() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 700), np.uint8)
    with pytest.raises(DatasetError, match="found on the scan"):
        align(noise, tune(1))


def test_images_that_cannot_be() -> None:
    page = tune(1)
    with pytest.raises(DatasetError, match="50 x 40 pixels, too few"):
        align(np.zeros((40, 50), np.uint8), page)
    blank = replace(page, image=np.full_like(page.image, 255), staff_space=0.0)
    with pytest.raises(DatasetError, match="known page shows no staff lines"):
        align(page.image, blank)
    with pytest.raises(ValueError, match="no grey image"):
        align(np.zeros((300, 300, 3), np.uint8), page)


@given(
    space=st.integers(6, 30), blur=st.floats(0.3, 1.5), dark=st.floats(0.4, 1.0), seed=st.integers(0, 1000)
)
@settings(max_examples=25)
def test_staff_spaces_in_blur_and_noise(space: int, blur: float, dark: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.full((900, 600), 255.0)
    for top in (100, 400, 700):
        for line in range(5):
            y = top + line * space
            image[y : y + max(1, space // 8), 30:570] = 60
    seen = cv2.GaussianBlur(image, (0, 0), blur) * dark + rng.normal(0, 5, image.shape)
    found = staff_spaces(np.clip(seen, 0, 255).astype(np.uint8))
    assert found[0] == pytest.approx(space, abs=0.5)


def test_ink_whatever_the_light() -> None:
    image = np.full((200, 300), 250, np.uint8)
    image[90:94, 20:280] = 10
    darker = (image * np.linspace(0.4, 1, 300)).astype(np.uint8)
    darker[:, 296:] = 0  # the lid's shadow
    bright, dim = ink_of(image, 12.0), ink_of(darker, 12.0)
    assert bright[92, 150] == 1
    assert bright[50, 150] == 0
    assert np.abs(bright - dim)[20:180, 20:270].max() < 0.15


@given(
    st.integers(0, 1000),
    st.floats(-3.1, 3.1),
    st.floats(0.3, 3.0),
)
@settings(max_examples=50)
def test_a_field_and_back(seed: int, angle: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    field = Field.similar(np.column_stack([turn, rng.normal(0, 100, 2)]), (900, 700), 90.0)
    field = replace(field, nodes=rng.normal(0, 3, field.nodes.shape))
    points = rng.uniform(-50, 950, (40, 2))
    assert np.allclose(field.backward(field.forward(points)), points, atol=1e-3)
    x, y = np.array([3.5, 77.0, 600.25]), np.array([0.5, 899.5])
    grid = field.grid(x, y)
    listed = field.forward(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    assert np.allclose(grid.reshape(-1, 2), listed, atol=1e-2)


def test_a_fit_follows_a_bend_and_not_the_outliers() -> None:
    rng = np.random.default_rng(0)
    at = rng.uniform(0, 1000, (400, 2))

    def bend(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([5 + points[:, 1] / 100, 12 * np.sin(points[:, 0] / 250)])

    off = bend(at)
    wrong = rng.random(400) < 0.2
    off[wrong] += rng.choice([-16.0, 16.0], (int(wrong.sum()), 2))
    weight = np.tile(0.1 * np.eye(2), (400, 1, 1))
    straight = Field.similar(np.eye(2, 3), (1000, 1000), 1000.0)
    bare = Field.similar(np.eye(2, 3), (1000, 1000), 100.0)
    # places are those of the undistorted page: what is off at p + off(p) moves p
    found = refitted(straight, Matches(at, off, weight, np.ones(400)), bare, 0.001, 2.0)
    inner = at[((at > 50) & (at < 950)).all(axis=1)]
    assert np.abs(found.displacement(inner) - bend(inner)).max() < 1


@given(st.integers(-5, 5), st.integers(-5, 5))
@settings(max_examples=20)
def test_patches_tell_how_far_they_are_off(x: int, y: int) -> None:
    rng = np.random.default_rng(3)
    soft = cv2.GaussianBlur(rng.random((160, 160)), (0, 0), 1.5)
    page = (np.asarray(soft) > 0.52).astype(np.float32)
    scan = np.roll(page, (y, x), axis=(0, 1))
    found = match(page, scan, np.array([[80, 80]]), 30, 6)
    assert np.allclose(found.off, [[x, y]], atol=0.1)
    assert found.score[0] > 0.95
    assert (np.linalg.eigvalsh(found.weight[0]) > 0.01).all()


def test_along_a_line_nothing_is_known() -> None:
    page = np.zeros((160, 160), np.float32)
    page[60:64], page[95:99] = 1, 1
    scan = np.roll(page, 2, axis=0)
    found = match(page, scan, np.array([[80, 80]]), 30, 6)
    assert found.off[0, 1] == pytest.approx(2, abs=0.1)
    assert found.weight[0, 0, 0] == pytest.approx(0, abs=1e-9)
    assert found.weight[0, 1, 1] > 0.01


def test_dots_of_a_copier_are_no_staff_lines() -> None:
    image = np.full((900, 600), 255, np.uint8)
    image[300::2, ::2] = 0  # grey paper, as dots
    for top in (100, 400, 700):
        for line in range(5):
            image[top + 14 * line : top + 14 * line + 3, 30:570] = 0
    assert staff_spaces(image)[0] != pytest.approx(14, abs=0.5)
    assert staff_spaces(image, 16.0)[0] == pytest.approx(14, abs=0.5)


def test_doubt_grows_with_the_distance_from_what_agrees() -> None:
    rng = np.random.default_rng(0)
    at = rng.uniform(0, 1000, (300, 2))
    patches = Matches(at, rng.normal(0, 0.1, at.shape), np.tile(0.1 * np.eye(2), (300, 1, 1)), np.ones(300))
    field = Field.similar(np.eye(2, 3), (1000, 1000), 100.0)
    there = np.column_stack([np.array([100.0, 500.0, 700.0, 950.0]), np.full(4, 500.0)])
    everywhere = doubts(field, patches, np.ones(300, np.bool_), there)
    left = doubts(field, patches, at[:, 0] < 600, there)
    assert everywhere.max() < 0.5
    assert left[:2].max() < 0.5
    assert left[2] > left[1]
    assert left[3] > max(2 * left[2], 4 * everywhere[3])


def test_a_residual_owns_up_to_a_part_that_the_scan_does_not_show() -> None:
    page = tune(1)
    scan, _ = scanned(page, 4)
    whole = align(scan, page).residual
    rng = np.random.default_rng(0)
    hidden = scan.copy()
    wide = scan.shape[1] // 5
    hidden[:, -wide:] = rng.integers(0, 256, hidden[:, -wide:].shape, np.uint8)
    found = align(hidden, page, AlignOptions(agreement=0.5, most=100.0))
    assert found.residual[1] > 2 * whole[1]
    with pytest.raises(DatasetError, match=r"1 of 20 symbols may be off by .* staff spaces; at most 0.01"):
        align(scan, page, AlignOptions(most=0.01))
