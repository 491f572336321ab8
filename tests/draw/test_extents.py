"""Boxes and oriented boxes hold whole symbols: every pixel, and no more than the least rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.draw import draw
from notehead.draw.extents import boxes
from tests.support.shapes import convex_polygons, drawing_of, rectangle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.support.shapes import Polygon

SIZE = (40, 30)
row_lists = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 15), st.integers(1, 10)), max_size=8)
claim_lists = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=5)


def pixel_corners(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    ys, xs = np.nonzero(mask)
    return np.concatenate([np.stack((xs + i, ys + j), axis=1) for i in (0, 1) for j in (0, 1)]).astype(float)


def least_area(points: NDArray[np.float64]) -> float:
    hull = cv2.convexHull(points.astype(np.float32))
    _, (width, height), _ = cv2.minAreaRect(hull)
    return float(width * height)


def assert_rectangle_around(corners: NDArray[np.float64], points: NDArray[np.float64]) -> None:
    """A rectangle, wound clockwise on the screen, that holds all points and is the least one to do so."""
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    np.testing.assert_allclose(corners[2], corners[0] + along + across, atol=1e-9)
    assert abs(along @ across) < 1e-6
    area = along[0] * across[1] - along[1] * across[0]
    assert area == pytest.approx(least_area(points), rel=1e-6)
    for side in (along, across):
        place = (points - corners[0]) @ side / (side @ side)
        assert place.min() >= -1e-9
        assert place.max() <= 1 + 1e-9


@given(convex_polygons(-3, 35))
def test_a_symbol_alone_is_boxed_as_its_mask(polygon: Polygon) -> None:
    page = draw(drawing_of([polygon], size=SIZE), SIZE)
    mask = np.asarray(page.ids) > 0
    if not mask.any():
        return
    ys, xs = np.nonzero(mask)
    assert page.symbols[0].box == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert_rectangle_around(page.symbols[0].corners, pixel_corners(mask))


@given(convex_polygons(10, 20), convex_polygons(10, 20))
def test_a_covered_symbol_keeps_its_whole_extent(lower: Polygon, upper: Polygon) -> None:
    alone = np.asarray(draw(drawing_of([lower], size=SIZE), SIZE).ids) == 1
    page = draw(drawing_of([lower], [upper], size=SIZE), SIZE)
    whole = alone | (np.asarray(page.ids) == 1)  # it may get dark pixels that both cover in part
    if not whole.any():
        return
    ys, xs = np.nonzero(whole)
    assert page.symbols[0].box == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert_rectangle_around(page.symbols[0].corners, pixel_corners(whole))


def test_a_wholly_covered_symbol_keeps_its_boxes() -> None:
    small, large = [(12.0, 8.0), (20.0, 12.0), (15.0, 18.0)], rectangle(2, 2, 35, 28)
    alone = draw(drawing_of([small], size=SIZE), SIZE).symbols[0]
    covered = draw(drawing_of([small], [large], size=SIZE), SIZE).symbols[0]
    assert covered.area == 0 < alone.area
    assert covered.box == alone.box
    assert np.array_equal(covered.corners, alone.corners)


def test_a_slanted_bar_has_a_slanted_box() -> None:
    bar = [(5.0, 20.0), (30.0, 5.0), (32.0, 8.0), (7.0, 23.0)]
    corners = draw(drawing_of([bar], size=SIZE), SIZE).symbols[0].corners
    sides = np.hypot(*np.diff(corners, axis=0).T)
    assert sorted(sides[:2].round()) == pytest.approx([np.hypot(2, 3) + 1, np.hypot(25, 15) + 1], abs=1)


@given(row_lists, claim_lists)
def test_rows_and_single_pixels_make_one_rectangle(
    rows: list[tuple[int, int, int]], claims: list[tuple[int, int]]
) -> None:
    extent = np.array(sorted({y: (y, x, x + n) for y, x, n in rows}.values()), np.int32).reshape(-1, 3)
    single = np.array([(0, y, x) for y, x in claims], np.int32).reshape(-1, 3)
    mask = np.zeros((30, 30), np.bool_)
    for y, x0, x1 in extent.tolist():
        mask[y, x0:x1] = True
    mask[single[:, 1], single[:, 2]] = True
    box, corners = boxes(np.array([0, len(extent)]), extent, single)
    if not mask.any():
        assert box[0, 2] < box[0, 0]
        return
    ys, xs = np.nonzero(mask)
    assert box[0].tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
    assert_rectangle_around(corners[0], pixel_corners(mask))


def test_each_symbol_gets_its_own_rows_and_pixels() -> None:
    extent = np.array([[3, 1, 4], [5, 8, 9], [6, 7, 9]], np.int32)
    claims = np.array([[2, 5, 2], [0, 2, 7], [2, 9, 3]], np.int32)
    box, _ = boxes(np.array([0, 1, 1, 3]), extent, claims)
    assert box[0].tolist() == [1, 2, 8, 4]
    assert box[1, 2] < box[1, 0]
    assert box[2].tolist() == [2, 5, 9, 10]
