"""How many bars of a beam a stem has, in ink drawn by hand: ten pixels are a staff space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.transcribe.beams import WHOLE, bars_at, shares
from notehead.transcribe.stems import stems_of
from tests.transcribe.by_hand import BLACK_LINE, SPACE, symbols

THICK, STEP = 5, 7.5
UP, DOWN = True, False
ONE = {DOWN: WHOLE, UP: WHOLE}
APART = {DOWN: (-np.inf, -0.5), UP: (-0.5, np.inf)}


def ink(*bars: tuple[float, float, float], slope: float = 0) -> NDArray[np.uint8]:
    """A page with bars: x0 and x1 of each, and its upper edge at x = 0."""
    image = np.full((200, 300), 255, np.uint8)
    for x0, x1, y in bars:
        for x in range(int(x0), int(x1)):
            top = round(y + slope * x)
            image[top : top + THICK, x] = 0
    return image


def line(x0: float, y0: float, x1: float, y1: float) -> NDArray[np.float64]:
    """A level beam by its box."""
    return np.array([x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, y1 - y0])


@given(st.integers(1, 4), st.sampled_from([-0.2, 0.0, 0.2]))
def test_bars_are_counted_in_ink(count: int, slope: float) -> None:
    image = ink(*((50, 150, 80 + STEP * k) for k in range(count)), slope=slope)
    height = STEP * (count - 1) + THICK
    middle = 80 + height / 2
    box = np.array([50, middle + slope * 50, 150, middle + slope * 150, height])
    assert bars_at(image, box, 100, SPACE) == count


def test_the_side_with_more_bars_counts() -> None:
    image = ink((50, 150, 80), (50, 100, 87.5))
    assert [bars_at(image, line(50, 80, 150, 92.5), x, SPACE) for x in (51, 100, 149)] == [2, 2, 1]


def test_a_mark_that_only_reaches_into_the_box_is_no_bar() -> None:
    """A detector's boxes of sloped beams are too high: a head below reaches into one."""
    image = ink((50, 150, 80), (50, 150, 87.5))
    image[98:110, 90:130] = 0
    assert bars_at(image, line(50, 78, 150, 99), 100, SPACE) == 2


@pytest.mark.parametrize(
    ("ends", "parts"),
    [
        ([(60, 92, DOWN), (70, 97, UP)], APART),
        ([(60, 92, DOWN), (90, 92, DOWN), (70, 97, UP), (100, 97, UP)], APART),
        ([(60, 97, DOWN), (70, 92, UP)], ONE),
        ([(60, 92, DOWN), (90, 97, DOWN), (70, 92, UP)], ONE),
        ([(60, 92, DOWN), (90, 92, DOWN)], ONE),
    ],
)
def test_two_beams_back_to_back_are_told_from_one_between(
    ends: list[tuple[float, float, bool]], parts: dict[bool, tuple[float, float]]
) -> None:
    assert shares(line(50, 80, 110, 110), ends, SPACE) == parts


def test_stems_of_two_voices_count_their_own_bars_in_one_box() -> None:
    """Two beams back to back that a detector saw as one: eighths above, sixteenths below."""
    image = ink((50, 151, 90), (60, 161, 99), (60, 161, 106.5))
    found = stems_of(
        image,
        symbols(
            ("beam", 50, 90, 161, 112),
            *(("stem", x, 60, x + 2, 95) for x in (50, 100, 149)),
            *((BLACK_LINE, x, 55, x + 12, 65) for x in (51, 101, 150)),
            *(("stem", x, 99, x + 2, 140) for x in (60, 110, 159)),
            *((BLACK_LINE, x - 11, 135, x + 1, 145) for x in (60, 110, 159)),
        ),
        np.full(13, SPACE),
    )
    assert [(stem.up, stem.flags) for stem in found] == [(False, 1)] * 3 + [(True, 2)] * 3


def test_notes_on_both_sides_of_one_beam_have_all_its_bars() -> None:
    image = ink((50, 151, 90), (50, 151, 97.5))
    found = stems_of(
        image,
        symbols(
            ("beam", 50, 90, 151, 102.5),
            ("stem", 50, 60, 52, 102.5), (BLACK_LINE, 51, 55, 63, 65),
            ("stem", 149, 90, 151, 140), (BLACK_LINE, 138, 135, 150, 145),
        ),
        np.full(5, SPACE),
    )  # fmt: skip
    assert [(stem.up, stem.flags) for stem in found] == [(False, 2), (True, 2)]


def test_bars_far_apart_are_of_two_beams() -> None:
    """A detector's box over two beams, of which a stem passes one on its way to the other."""
    image = ink((50, 150, 60), (50, 150, 67.5), (50, 150, 90), (50, 150, 97.5))
    assert bars_at(image, line(50, 60, 150, 103), 100, SPACE) == 2


@pytest.mark.parametrize("bars", [1, 2, 3])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_staff_line_that_touches_a_bar_is_none(bars: int, side: int) -> None:
    """Coarse print joins a line to the bar above or below it, and both are as high as two bars."""
    image = ink(*[(50, 150, 80 + STEP * k) for k in range(bars)])
    bottom = round(80 + STEP * (bars - 1)) + THICK
    first = bottom if side > 0 else 76
    image[first : first + 4] = 0
    box = line(50, 78, 150, bottom + 2)
    levels = np.array([first + 1.5, first + 1.5 + side * 10, first + 1.5 - side * 40])
    assert bars_at(image, box, 100, SPACE, levels=levels) == bars


def test_bars_on_grey_paper_are_counted_as_on_white() -> None:
    image = np.minimum(ink((50, 150, 80), (50, 150, 87.5)), 150)
    image[85:87, 50:150] = 85  # blur between the bars
    assert bars_at(image, line(50, 80, 150, 92.5), 100, SPACE) == 2


@given(st.integers(1, 4), st.floats(70, 110))
def test_lines_across_bars_change_nothing(count: int, level: float) -> None:
    image = ink(*[(50, 150, 80 + STEP * k) for k in range(count)])
    height = STEP * (count - 1) + THICK
    image[round(level)] = 0
    levels = np.array([round(level)], float)
    assert bars_at(image, line(50, 80, 150, 80 + height), 100, SPACE, levels=levels) == count


@pytest.mark.parametrize("bars", [2, 3, 4])
@pytest.mark.parametrize("levels", [(), (81.0, 91.0)])
def test_blurred_bars_are_parted_where_there_is_light_between_them(
    bars: int, levels: tuple[float, ...]
) -> None:
    """A photograph: paper between bars is darker than half, and staff lines lie at the edges of the beam."""
    image = ink(*((50, 150, 80 + STEP * k) for k in range(bars))).astype(np.float64)
    kernel = np.exp(-(np.arange(-6, 7) ** 2) / (2 * 1.5**2))
    blurred = np.apply_along_axis(lambda one: np.convolve(one, kernel / kernel.sum(), "same"), 0, image)
    height = STEP * (bars - 1) + THICK
    found = bars_at(
        np.clip(blurred, 0, 255).astype(np.uint8), line(50, 80, 150, 80 + height), 100, SPACE,
        levels=np.array(levels),
    )  # fmt: skip
    assert found == bars
