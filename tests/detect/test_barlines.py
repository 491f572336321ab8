"""Ends of barlines at the edges of staffs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.detect.barlines import at_staffs
from notehead.detect.maps import DOT, Found
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY

SINGLE = "barlineSingle"
TOP, BOTTOM = 40, 64
"""Rows of cells, of the first staff; a second one is 60 cells lower."""


def staffs(slope: float = 0.0) -> NDArray[np.float32]:
    logits = np.full((160, 200), -9, np.float32)
    for x in range(10, 190):
        for top in (TOP, TOP + 60):
            first = top + round(slope * x)
            logits[first : first + BOTTOM - TOP, x] = 5
    return logits


def bar(
    upper: float, lower: float, *, x: float = 100, lean: float = 0.0, name: str = "barlineSingle"
) -> Found:
    corners = np.array([[x - 0.5, upper], [x + 0.5, upper], [x + 0.5, lower], [x - 0.5, lower]]) * DOT
    corners[:, 0] += lean * corners[:, 1]
    box = np.concatenate((corners.min(axis=0), corners.max(axis=0)))[None]
    return Found(np.array([VOCABULARY.id(name)]), np.array([0.9]), box, corners[None])


def moved(line: Found, logits: NDArray[np.float32] | None = None) -> Found:
    return at_staffs(line, np.array([True]), staffs() if logits is None else logits)


@pytest.mark.parametrize("above", [-4, -1, 0, 2, 6])
@pytest.mark.parametrize("below", [-6, -2, 0, 1, 4])
def test_ends_near_the_edge_are_put_there(above: int, below: int) -> None:
    for first, last in ((TOP, BOTTOM), (TOP, BOTTOM + 60), (TOP + 60, BOTTOM + 60)):
        found = moved(bar(first + above, last + below))
        np.testing.assert_allclose(found.box[0, [1, 3]] / DOT, [first + 0.7, last - 0.7])
        np.testing.assert_allclose(found.box[0, [0, 2]] / DOT, [99.5, 100.5])
        np.testing.assert_allclose(found.corners, upright_corners(found.box))


def test_ends_between_staves_stay() -> None:
    line = bar(TOP - 9, BOTTOM + 12)
    np.testing.assert_array_equal(moved(line).box, line.box)


def test_a_barline_that_leans_goes_on_leaning() -> None:
    found = moved(bar(TOP + 3, BOTTOM + 57, lean=0.05))
    upper, lower = found.corners[0, :2].mean(axis=0), found.corners[0, 2:].mean(axis=0)
    assert (lower - upper)[0] / (lower - upper)[1] == pytest.approx(0.05)
    assert upper[1] / DOT == pytest.approx(TOP + 0.7)


def test_a_staff_that_rises() -> None:
    found = moved(bar(TOP + 12, BOTTOM + 12), staffs(slope=0.1))
    np.testing.assert_allclose(found.box[0, [1, 3]] / DOT, [TOP + 10.7, BOTTOM + 9.3])


def test_at_the_edge_of_the_system() -> None:
    found = moved(bar(TOP + 2, BOTTOM + 2, x=8))
    np.testing.assert_allclose(found.box[0, [1, 3]] / DOT, [TOP + 0.7, BOTTOM - 0.7])


def test_ticks_and_short_barlines() -> None:
    found = moved(bar(TOP - 6, TOP + 6))
    assert found.label[0] == VOCABULARY.id("barlineTick")
    np.testing.assert_allclose(found.box[0, [1, 3]] / DOT, [TOP - 6, TOP + 6])
    short = bar(TOP + 6, TOP + 18, name="barlineShort")
    np.testing.assert_array_equal(moved(short).box, short.box)


def test_no_barline_and_no_staff() -> None:
    line = bar(TOP + 2, BOTTOM + 2)
    assert at_staffs(line, np.array([False]), staffs()) is line
    np.testing.assert_array_equal(moved(line, np.full((90, 200), -9, np.float32)).box, line.box)
    outside = bar(-8, 300, x=-5)
    np.testing.assert_array_equal(moved(outside).box, outside.box)
