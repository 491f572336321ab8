"""Staves from the map of staffs: bent, broken, side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.maps import DOT
from notehead.detect.placing import placed
from notehead.detect.staff_curves import StaffCurve, staff_curves
from notehead.page import ABSENT, Symbols

SPACE = 12.0
WIDTH, HEIGHT = 400, 300
"""Cells of the map."""


def band(logits: NDArray[np.float32], first: int, last: int, middle: NDArray[np.float64]) -> None:
    """Draw a staff whose middle line is at `middle` (WIDTH,), pixels, as the network sees it."""
    rows = (np.arange(HEIGHT)[:, None] + 0.5) * DOT
    inside = np.abs(rows - middle[None]) <= 2.06 * SPACE + 0.35 * DOT
    inside[:, :first] = inside[:, last:] = False
    logits[inside] = 8


def blank() -> NDArray[np.float32]:
    return np.full((HEIGHT, WIDTH), -8, np.float32)


@given(st.floats(100, 500), st.floats(-0.05, 0.05), st.floats(0, 12), st.floats(0, 6))
def test_bent_staves(y: float, slope: float, bow: float, phase: float) -> None:
    x = (np.arange(WIDTH) + 0.5) * DOT
    middle = y + slope * (x - WIDTH) + bow * np.sin(x / 200 + phase)
    logits = blank()
    band(logits, 20, 380, middle)
    [curve] = staff_curves(logits, SPACE)
    assert (curve.x[0], curve.x[-1]) == (40, 760)
    inner = slice(30, -30)
    assert np.abs(np.interp(x, curve.x, curve.y) - middle)[50:350].max() < 1.0
    assert curve.space == pytest.approx(SPACE, rel=0.05)
    points = np.stack((x, middle - 1.5 * SPACE), axis=1)[50:350][inner]
    assert np.abs(curve.above(points) - 3).max() < 0.3


def test_broken_staves_are_one_and_those_side_by_side_are_two() -> None:
    logits = blank()
    level = np.full(WIDTH, 200.0)
    for first, last in ((20, 90), (100, 180), (240, 390)):
        band(logits, first, last, level)
    band(logits, 20, 390, level + 200)
    curves = staff_curves(logits, SPACE)
    ends = [(curve.x[0] / DOT, curve.x[-1] / DOT, round(float(curve.y.mean()))) for curve in curves]
    assert ends == [(20, 180, 200), (240, 390, 200), (20, 390, 400)]


def test_specks_are_no_staves() -> None:
    logits = blank()
    logits[100:110, 50:60] = 8
    assert staff_curves(logits, SPACE) == []
    assert staff_curves(blank(), SPACE) == []


def test_a_staff_of_one_line_has_the_pages_staff_space() -> None:
    logits = blank()
    logits[100:102, 50:300] = 8
    [curve] = staff_curves(logits, SPACE)
    assert curve.space == SPACE


STAFF = StaffCurve(np.array([0.0, 100.0]), np.array([50.0, 50.0]), 10.0)
LOWER = StaffCurve(np.array([0.0, 100.0]), np.array([150.0, 150.0]), 10.0)


def at(name: str, y: float, x: float = 50.0) -> Symbols:
    return placed(Symbols.build([name], [[x - 5, y - 5, x + 5, y + 5]]), [STAFF, LOWER])


@given(st.integers(-12, 12), st.floats(-0.9, 0.9), st.sampled_from([0, 1]))
def test_the_class_of_a_notehead_says_where_it_may_be(position: int, off: float, staff: int) -> None:
    name = "noteheadBlackInSpace" if position % 2 else "noteheadBlackOnLine"
    middle = (STAFF, LOWER)[staff].y[0]
    # beyond the middle between the staves it is of the other one
    if (position > 8 and staff) or (position < -8 and not staff):
        return
    found = at(name, middle - (position + off) * 5)
    assert (found.position[0], found.staff[0]) == (position, staff)


@pytest.mark.parametrize(
    ("name", "y", "staff"),
    [
        ("clefG", 52, 0), ("clefG", 148, 1), ("dynamicF", 90, 0), ("dynamicF", 110, 1),
        ("textLyrics", 120, 0), ("textLyrics", 20, 0),
        ("barlineSingle", 50, ABSENT), ("brace", 100, ABSENT), ("clefG", 400, ABSENT),
    ],
)  # fmt: skip
def test_the_staff_of_a_symbol(name: str, y: float, staff: int) -> None:
    found = at(name, y)
    assert found.staff[0] == staff
    assert found.position[0] == ABSENT


def test_a_symbol_beside_a_staff() -> None:
    assert at("clefG", 50, x=200).staff[0] == 0
    assert at("clefG", 50, x=400).staff[0] == ABSENT


def test_without_staves_nothing_is_placed() -> None:
    symbols = Symbols.build(["clefG"], [[0, 0, 1, 1]])
    assert placed(symbols, []) is symbols


def test_a_part_without_a_usual_height_is_a_curve_all_the_same() -> None:
    logits = np.full((120, 80), -5.0, np.float32)
    logits[20:30, 5:40] = logits[20:70, 40:75] = 5
    curves = staff_curves(logits, 12.0)
    assert all(len(curve.x) >= 3 for curve in curves)


@given(st.integers(0, 500))
def test_a_map_full_of_holes_and_specks(seed: int) -> None:
    """Whatever lies within a band, and touches its map's edge, its first and last cells tell where it is."""
    rng = np.random.default_rng(seed)
    logits = blank()
    first, last = int(rng.integers(0, 40)), int(rng.integers(300, WIDTH + 1))
    top = int(rng.integers(0, HEIGHT - 26))
    logits[top : top + 26, first:last] = 8
    for _ in range(60):
        y, x = int(rng.integers(top + 1, top + 20)), int(rng.integers(first + 1, last - 6))
        logits[y : y + 4, x : x + 4] = rng.choice([-8, 8])
    [curve] = [one for one in staff_curves(logits, SPACE) if one.x[-1] - one.x[0] > 10 * SPACE]
    assert (curve.x[0], curve.x[-1]) == (first * DOT, last * DOT)
    assert curve.y == pytest.approx((top + 13) * DOT)


def test_ink_at_the_edge_of_a_staff_is_no_staff() -> None:
    logits = blank()
    level = np.full(WIDTH, 200.0)
    band(logits, 20, 390, level)
    logits[int(229 / DOT) + 2 : int(235 / DOT) + 2, 150:175] = 8
    assert len(staff_curves(logits, SPACE)) == 1
    band(logits, 150, 200, level + 8 * SPACE)
    assert len(staff_curves(logits, SPACE)) == 2, "an ossia is far enough"


@given(st.floats(-0.05, 0.05), st.floats(0, 12))
def test_lines_follow_a_bent_staff_in_pieces(slope: float, bow: float) -> None:
    x = np.arange(0, 800, 4.0)
    curve = StaffCurve(x, 300 + slope * x + bow * np.sin(x / 150), SPACE)
    lines = curve.lines().reshape(-1, 5, 4)
    assert len(lines) == (1 if bow < 0.5 else len(lines))
    assert len(lines) > 1 or bow < 3
    assert (lines[0, :, 0].tolist(), lines[-1, :, 2].tolist()) == ([0.0] * 5, [796.0] * 5)
    np.testing.assert_array_equal(lines[1:, :, :2], lines[:-1, :, 2:])
    np.testing.assert_allclose(np.diff(lines[:, :, 1], axis=1), SPACE)
    middle = np.interp(x, [*lines[:, 2, 0], 796.0], [*lines[:, 2, 1], lines[-1, 2, 3]])
    assert np.abs(middle - curve.y).max() <= 0.1 * SPACE + 0.01
