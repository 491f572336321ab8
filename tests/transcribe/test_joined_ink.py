"""The line before a system is seen where it is, thin, faint or broken, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.transcribe.joined_ink import joined_in_ink
from notehead.transcribe.systems import systems_of
from tests.transcribe.by_hand import staff, symbols

UPPER, LOWER = staff(120, 60, 400), staff(260, 60, 400)


def paper(ink: int = 0) -> NDArray[np.uint8]:
    """Two staves and nothing between them."""
    image = np.full((400, 420), 240, np.uint8)
    for middle in (120, 260):
        for by in (-20, -10, 0, 10, 20):
            image[middle + by, 60:400] = ink
    return image


def joined(image: NDArray[np.uint8]) -> bool:
    return joined_in_ink(image, UPPER, LOWER)


@given(st.integers(56, 63), st.integers(1, 3), st.integers(0, 120), st.integers(-1, 1))
@settings(max_examples=40, deadline=None)
def test_a_line_near_the_beginning_joins(x: int, width: int, ink: int, lean: int) -> None:
    image = paper(ink)
    for y in range(138, 243):
        at = x + round(lean * (y - 190) / 60)
        image[y, at : at + width] = ink
    assert joined(image)


def test_a_broken_line_joins_and_half_a_line_does_not() -> None:
    image = paper()
    image[140:240, 60] = 0
    image[170:177, 60] = 240
    assert joined(image)
    image[170:190, 60] = 240
    assert not joined(image)


@pytest.mark.parametrize(("left", "right"), [(300, 302), (30, 33), (58, 80), (0, 420)])
def test_lines_elsewhere_and_shadows_join_nothing(left: int, right: int) -> None:
    image = paper()
    assert not joined(image)
    image[138:243, left:right] = 60
    assert not joined(image)


def test_the_gutter_of_a_book_beside_the_staves_joins_nothing() -> None:
    """It is dark, narrow and runs down all of the page, a staff space before its staves."""
    image = paper()
    for x in range(44, 54):
        image[:, x] = 60 + 12 * abs(x - 49)
    assert not joined(image)
    image[:, 40:50] = 130  # a shadow that falls off
    image[:, 50:56] = 190
    assert not joined(image)


def test_staves_that_begin_elsewhere_or_at_the_edge_are_not_asked() -> None:
    image = paper()
    image[138:243, 60] = 0
    assert not joined_in_ink(image, UPPER, staff(260, 120, 400))
    assert not joined_in_ink(image, staff(120, 5, 400), staff(260, 5, 400))
    assert not joined_in_ink(image[:200], UPPER, LOWER)
    assert not joined_in_ink(np.full((1, 1), 255, np.uint8), UPPER, LOWER)
    assert not joined_in_ink(image, UPPER, staff(150, 60, 400)), "too near to tell"


def test_systems_are_joined_by_ink_as_by_symbols() -> None:
    image = paper()
    assert [one.staves for one in systems_of([UPPER, LOWER], symbols(), image)] == [(0,), (1,)]
    image[138:243, 60] = 0
    assert [one.staves for one in systems_of([UPPER, LOWER], symbols(), image)] == [(0, 1)]
    assert [one.staves for one in systems_of([UPPER, LOWER], symbols())] == [(0,), (1,)]
