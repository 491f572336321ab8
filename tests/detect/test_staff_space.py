"""The staff space is right, and no staff is found where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect import staff_space
from notehead.detect.halves import Halves
from notehead.detect.staff_space import LEAST_CONFIDENCE, best_look, estimate_staff_space, measured
from notehead.detect.staves import Staves, find_staves
from tests.detect.pages import page_of_staves, page_of_text


@settings(max_examples=15)
@given(
    space=st.floats(4.5, 20),
    degrees=st.floats(-12, 12),
    line=st.floats(0.08, 0.2),
    length=st.floats(30, 50),
)
@example(space=5.13671875, degrees=0.0, line=0.09375, length=30.0)
@example(space=4.638655825, degrees=0.0, line=0.11843383, length=30.0)
def test_size_and_skew(space: float, degrees: float, line: float, length: float) -> None:
    found = estimate_staff_space(page_of_staves([space] * 4, degrees, line, length=length))
    assert found is not None
    assert found.pixels == pytest.approx(space, rel=0.02)
    pixel = np.degrees(1 / (space * length))  # over the length of a staff
    assert found.skew == pytest.approx(degrees, abs=max(0.1, 0.6 * pixel))
    assert found.confidence >= LEAST_CONFIDENCE
    assert not found.inverted
    assert len(found.regions) == 1


@pytest.mark.parametrize("space", [60.0, 80.0])
def test_large_staves(space: float) -> None:
    found = estimate_staff_space(page_of_staves([space], 2, length=20))
    assert found is not None
    assert found.pixels == pytest.approx(space, rel=0.02)
    assert found.line == pytest.approx(0.12 * space, rel=0.15)


def test_staves_of_two_sizes() -> None:
    page = page_of_staves([10, 16, 16, 10, 16, 16])
    found = estimate_staff_space(page)
    assert found is not None
    assert found.pixels == pytest.approx(16, rel=0.02)
    assert [region.staves for region in found.regions] == [1, 2, 1, 2]
    assert [region.pixels for region in found.regions] == pytest.approx([10, 16, 10, 16], rel=0.02)
    x0, y0, x1, y1 = found.regions[0].box
    assert [x0, y0, x1, y1] == pytest.approx([64, 192, page.shape[1] - 64, 232], abs=6)
    assert found.at(100, 0) == found.regions[0].pixels
    assert found.at(100, page.shape[0]) == found.regions[-1].pixels


def test_a_page_on_its_side() -> None:
    page = page_of_staves([12] * 3, 3)
    for turned in (np.rot90(page), np.rot90(page, 3)):
        assert estimate_staff_space(turned) is None
        look = best_look(turned)
        assert look.turned
        found = measured(look)
        assert found is not None
        assert found.pixels == pytest.approx(12, rel=0.02)
        assert found.skew == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("odd", [(0, 0), (1, 2), (2, 1), (3, 3)])
def test_halves_leave_coordinates_as_they_are(turns: int, odd: tuple[int, int]) -> None:
    """What is left out of a half shifts nothing, be the page turned or not."""
    page = page_of_staves([24, 24], length=30)
    page = np.rot90(page[odd[0] :, odd[1] :], turns)
    whole, half = (find_staves(Halves(page), halvings, turned=turns % 2 == 1) for halvings in (0, 1))
    assert len(whole) == len(half) == 2
    assert half.ends[:, [1, 3]] == pytest.approx(whole.ends[:, [1, 3]], abs=0.6)
    assert half.space == pytest.approx(whole.space, rel=0.01)


def test_staves_both_ways_are_both_looked_at() -> None:
    """A few staves from left to right do not hide more of them from top to bottom."""
    few, many = page_of_staves([12], length=80), page_of_staves([12] * 12, length=70)
    few = np.pad(few, ((0, 0), (0, 2200 - few.shape[1])), constant_values=255)
    side = np.rot90(many)
    side = np.pad(side, ((0, 0), (0, 2200 - side.shape[1])), constant_values=255)
    assert not best_look(few).turned
    look = best_look(np.concatenate((few, side)))
    assert look.turned
    assert len(look.staves) >= 11


def test_light_on_dark_is_told() -> None:
    found = estimate_staff_space(255 - page_of_staves([12] * 3))
    assert found is not None
    assert found.inverted
    assert found.pixels == pytest.approx(12, rel=0.02)


def _dithered(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    levels = np.random.default_rng(1).integers(40, 250, page.shape)
    return np.where(page > levels, 255, 0).astype(np.uint8)


def _shaded(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    light = np.linspace(0.25, 1.0, page.shape[1])
    return (page * light).astype(np.uint8)


def _faint(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return (200 + page.astype(int) * 20 // 255).astype(np.uint8)


def _broken(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    gaps = np.random.default_rng(2).random((page.shape[0], page.shape[1] // 8 + 1)) < 0.15
    return np.where(np.repeat(gaps, 8, axis=1)[:, : page.shape[1]], 255, page).astype(np.uint8)


@pytest.mark.parametrize("damage", [_dithered, _shaded, _faint, _broken])
def test_damaged_pages(damage: object) -> None:
    assert callable(damage)
    found = estimate_staff_space(damage(page_of_staves([16] * 5, 1.5)))
    assert found is not None
    assert found.pixels == pytest.approx(16, rel=0.02)


@pytest.mark.parametrize("lines", [3, 4, 7, 12])
def test_rules_that_are_no_staff(lines: int) -> None:
    assert estimate_staff_space(page_of_staves([8] * 4, lines=lines)) is None


def test_a_grid_with_five_even_rules_among_others() -> None:
    page = np.full((900, 700), 255, np.uint8)
    page[:, np.cumsum([40, 20, 20, 20, 20, 60, 40, 20, 60, 40, 40, 20])] = 0
    page[20::20] = 0
    assert measured(best_look(page)) is None


@settings(max_examples=15)
@given(
    size=st.floats(0.4, 1.6),
    leading=st.floats(1.0, 2.5),
    font=st.sampled_from(
        [cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_PLAIN]
    ),
)
def test_text_has_no_staff(size: float, leading: float, font: int) -> None:
    assert measured(best_look(page_of_text(size, leading, font))) is None


def _noise() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (600, 800), np.uint8)


def _photograph() -> NDArray[np.uint8]:
    rough = np.random.default_rng(4).normal(size=(600, 800))
    smooth = sum(cv2.GaussianBlur(rough, (0, 0), 2.0**octave) * 2.0**octave for octave in range(6))
    return cv2.normalize(np.asarray(smooth), np.empty(0), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def _checks() -> NDArray[np.uint8]:
    rows, columns = np.indices((600, 800)) // 9
    return ((rows + columns) % 2 * 255).astype(np.uint8)


def _barcode() -> NDArray[np.uint8]:
    bars = np.repeat(np.random.default_rng(5).integers(0, 2, 90) * 255, 5).astype(np.uint8)
    return np.tile(bars, (300, 1))


def _waves() -> NDArray[np.uint8]:
    return np.tile((127 + 120 * np.sin(np.arange(600) / 2))[:, None], (1, 500)).astype(np.uint8)


@pytest.mark.parametrize("draw", [_noise, _photograph, _checks, _barcode, _waves])
def test_pictures_have_no_staff(draw: object) -> None:
    assert callable(draw)
    assert measured(best_look(draw())) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (19, 19), (0, 0), (30, 30), (600, 400)])
@pytest.mark.parametrize("grey", [0, 255])
def test_blank_images(shape: tuple[int, int], grey: int) -> None:
    assert measured(best_look(np.full(shape, grey, np.uint8))) is None


def ruled(space: int, line: int) -> NDArray[np.uint8]:
    """A page full of staves."""
    page = np.full((900, 1200), 255, np.uint8)
    for top in range(50, 800, 10 * space + 20):
        for k in range(5):
            page[top + k * space : top + k * space + line, 50:1150] = 0
    return page


def test_the_screen_of_a_copier_is_no_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dots two pixels apart, which look like staves at first sight, on a page with others."""
    screen = Halves(ruled(2, 1))

    def found(image: Halves, halvings: int, swing: int, *, turned: bool, inverted: bool) -> Staves:
        seen = screen if halvings == 0 else image
        return find_staves(seen, halvings, swing, turned=turned, inverted=inverted)

    monkeypatch.setattr(staff_space, "find_staves", found)
    space = estimate_staff_space(ruled(15, 3))
    assert space is not None
    assert space.pixels == pytest.approx(15, abs=0.3)


def test_staves_that_are_tiny_are_found_where_there_are_no_others() -> None:
    found = estimate_staff_space(ruled(2, 1))
    assert found is not None
    assert found.pixels == pytest.approx(2, abs=0.1)
