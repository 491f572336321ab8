"""How a page's barlines lean is told from many that each say little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.page import upright_corners
from notehead.transcribe.lean import lean_of, upright_ends

SPACE = 10.0


def bars(tilt: float, across: float, noise: float = 0.0, rows: int = 6) -> NDArray[np.float64]:
    """Barlines of staves 100 pixels apart, every 97 pixels, that lean so much, more towards the right."""
    rng = np.random.default_rng(3)
    found = []
    for y in np.arange(rows) * 100.0 + 100:
        for x in np.arange(8) * 97.0 + 60:
            middle = x + (tilt + across * (x - 400)) * (y - 350)
            lean = tilt + across * (x - 400)
            found.append([[middle - 20 * lean, y - 20], [middle + 20 * lean, y + 20]])
    ends = np.array(found)
    ends[..., 0] += rng.normal(0, noise, ends.shape[:2])
    return ends


@given(st.floats(-0.06, 0.06), st.floats(-0.0001, 0.0001))
@settings(max_examples=40, deadline=None)
def test_barlines_of_a_page_say_how_it_leans(tilt: float, across: float) -> None:
    lean = lean_of(bars(tilt, across, noise=0.7), SPACE)
    x, y = np.array([60.0, 400.0, 740.0]), np.array([350.0, 350.0, 350.0])
    np.testing.assert_allclose(lean.of(x, y), tilt + across * (x - 400), atol=0.006)


def test_few_barlines_and_what_is_none_say_nothing() -> None:
    where = np.array([10.0]), np.array([10.0])
    assert lean_of(np.empty((0, 2, 2)), SPACE).of(*where) == 0
    assert lean_of(bars(0.05, 0)[:3], SPACE).of(*where) == 0
    lying = bars(0.05, 0)[..., ::-1]
    assert lean_of(lying, SPACE).of(*where) == 0


def test_places_are_as_far_off_as_lines_lead_them() -> None:
    lean = lean_of(bars(0.05, 0.00005), SPACE)
    y = np.linspace(0, 700, 141)
    x = np.full_like(y, 300.0)
    steps = np.diff(lean.over(x, y)) / np.diff(y)
    assert steps == pytest.approx(lean.of(x, y)[1:], abs=0.002)


def test_ends_are_the_upper_and_the_lower_one() -> None:
    box = upright_corners(np.array([[10.0, 20.0, 14.0, 80.0]]))
    assert upright_ends(box).tolist() == [[[12.0, 20.0], [12.0, 80.0]]]
    assert upright_ends(np.roll(box, 2, axis=1)).tolist() == [[[12.0, 20.0], [12.0, 80.0]]]
    assert upright_ends(np.empty((0, 4, 2))).shape == (0, 2, 2)
