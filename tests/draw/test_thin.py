"""Lines thinner than a pixel have masks: unbroken, as long as the line, and one pixel thick."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from notehead.datasets.checks import check_page
from notehead.draw import draw
from notehead.engrave.outlines import Outline
from tests.support.shapes import convex_polygons, drawing_of, rectangle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from notehead.page import Page
    from tests.support.shapes import Polygon

SIZE = (64, 64)
places = st.floats(31, 33)
thicknesses = st.floats(0.2, 3)
thin = st.floats(0.2, 0.99)
lengths = st.floats(3, 40)
near_level = st.floats(-0.06, 0.06)
angles = st.one_of(
    st.sampled_from([0.0, math.pi / 2, math.pi / 4, -math.pi / 4]),
    near_level,
    near_level.map(lambda angle: angle + math.pi / 2),
    st.floats(-math.pi / 2, math.pi / 2),
)


def line(x: float, y: float, length: float, thickness: float, angle: float) -> Polygon:
    """A straight stroke with this middle."""
    along = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    across = np.array([-math.sin(angle), math.cos(angle)]) * thickness / 2
    middle = np.array([x, y])
    ring = [
        middle - along - across,
        middle + along - across,
        middle + along + across,
        middle - along + across,
    ]
    return [(float(px), float(py)) for px, py in ring]


def drawn(*symbols: list[Polygon]) -> Page:
    return draw(drawing_of(*symbols, size=SIZE), SIZE)


def filled(page: Page, number: int = 1) -> NDArray[np.bool_]:
    return page.mask(number)


def parts(mask: NDArray[np.bool_]) -> int:
    count, _ = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    return count - 1


def assert_box(box: NDArray[np.float64], polygons: list[Polygon], off: float = 1.0) -> None:
    """The box is that of the polygons, up to `off` pixels."""
    points = np.concatenate([np.array(polygon) for polygon in polygons])
    exact = np.concatenate((points.min(axis=0), points.max(axis=0)))
    assert np.abs(box - exact).max() <= off + 1e-6, (box, exact)


@given(places, places, lengths, thicknesses, angles)
@example(32.0, 32.0, 20.0, 0.8, 0.0)  # on the border of two rows, 0.4 in each
@example(32.0, 32.0, 20.0, 0.2, math.pi / 2)
@example(32.0, 32.5, 20.0, 0.5, math.pi / 4)
@example(31.875, 31.5625, 3.0, 0.5, -math.pi / 4)
def test_a_line_is_unbroken_and_as_long_as_it_is(
    x: float, y: float, length: float, thickness: float, angle: float
) -> None:
    stroke = line(x, y, length, thickness, angle)
    page = drawn([stroke])
    mask = filled(page)
    assert parts(mask) == 1
    # The corners of a slanted end cover hardly anything of the pixels that they reach into.
    assert_box(page.symbols.box[0], [stroke], off=1.0 if abs(math.sin(2 * angle)) < 0.2 else 1.75)
    ys, xs = np.nonzero(mask)
    assert page.symbols[0].box == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert list(check_page(page)) == []


@given(
    places, places, lengths, thin, st.one_of(near_level, st.just(0.0)), st.sampled_from([0.0, math.pi / 2])
)
@example(31.69140625, 31.0, 35.25, 0.46875, 0.03625635404493214, math.pi / 2)
def test_thin_lines_are_one_pixel_thick(
    x: float, y: float, length: float, thickness: float, angle: float, turn: float
) -> None:
    assume(thickness / math.cos(angle) < 0.999)
    mask = filled(drawn([line(x, y, length, thickness, angle + turn)]))
    across = mask.sum(axis=1 if turn else 0)
    first, last = np.flatnonzero(across)[[0, -1]]
    # at an end, where the line goes over to the next row, the corner belongs to no way of it
    assert (across[first + 2 : last - 1] == 1).all()
    assert across.max() <= 2


@given(places, places, lengths, st.floats(1.0, 3), angles)
@example(31.87119153694361, 31.837277022717878, 3.0, 1.0, 0.0)
def test_lines_of_a_pixel_and_more_own_what_they_fill_half_of(
    x: float, y: float, length: float, thickness: float, angle: float
) -> None:
    page = drawn([line(x, y, length, thickness, angle)])
    mask = filled(page)
    assert (page.image[mask] <= 128).all()
    assert (page.image[~mask] >= 127).all()


@given(convex_polygons(24, 40))
def test_no_symbol_is_without_a_pixel_and_none_is_far_from_its_outline(polygon: Polygon) -> None:
    page = drawn([polygon])
    assume((page.image < 255).any())
    mask = filled(page)
    assert mask.any()
    assert (page.image[mask] < 255).all()


@given(st.floats(4, 9), st.floats(10, 12), st.floats(3, 6), st.floats(0.08, 0.16))
@example(5.5, 10.6, 4.0, 0.13)
def test_a_small_staff_has_the_box_of_its_lines(space: float, top: float, left: float, share: float) -> None:
    thickness = max(share * space, 0.3)
    lines = [
        rectangle(left, top + i * space - thickness / 2, 60.3, top + i * space + thickness / 2)
        for i in range(5)
    ]
    page = drawn(lines)
    assert_box(page.symbols.box[0], lines)
    columns = filled(page)[:, 8:58]
    assert (columns == columns[:, :1]).all()
    assert parts(columns) == 5
    corners = page.symbols.corners[0]
    box = page.symbols.box[0]
    assert np.array_equal(np.sort(corners[:, 0])[[0, -1]], box[[0, 2]])


@given(st.floats(4, 20), st.floats(0.3, 0.95), places, places)
@example(4.0, 0.3125, 31.951171875, 31.951171875)
def test_thin_rings_are_closed(radius: float, thickness: float, x: float, y: float) -> None:
    turns = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = np.stack((np.cos(turns), np.sin(turns)), axis=1)
    points = np.concatenate(
        ((x, y) + circle * (radius + thickness / 2), (x, y) + circle[::-1] * (radius - thickness / 2))
    )
    page = draw(drawing_of([Outline(points, np.array([0, 90, 180]))], size=SIZE), SIZE)
    mask = filled(page)
    assert parts(mask) == 1
    # of two pixels that are as dark as each other across a diagonal neither may be the ring's own: of 200,000
    # drawn at random, 15 had such a gap of one pixel
    whole = cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8))
    inside, _ = cv2.connectedComponents((whole == 0).view(np.uint8), connectivity=4)
    assert inside == 3  # nothing, outside, inside
    assert (page.image[mask] < 255).all()


def test_the_upper_and_the_left_half_are_taken_of_two_alike() -> None:
    level = filled(drawn([rectangle(5, 9.7, 30, 10.3)]))
    upright = filled(drawn([rectangle(9.7, 5, 10.3, 30)]))
    assert np.flatnonzero(level.any(axis=1)).tolist() == [9]
    assert np.flatnonzero(upright.any(axis=0)).tolist() == [9]
    assert level.sum() == upright.sum() == 25


def test_a_line_ends_where_it_reaches_half_into_a_pixel() -> None:
    ends = [filled(drawn([rectangle(5.0, 9.8, end, 10.2)])).sum() for end in (20.0, 20.4, 20.6, 21.0)]
    assert ends == [15, 15, 16, 16]


def test_a_bulge_of_something_thick_is_no_line() -> None:
    for above in (0.05, 0.2, 0.4):
        body = rectangle(10, 10, 30, 20)
        bulge = [(18.0, 10.0), (20.0, 10.0 - above), (22.0, 10.0)]
        assert filled(drawn([body, bulge])).sum() == 200


def test_a_speck_owns_its_darkest_pixel() -> None:
    assert np.argwhere(filled(drawn([rectangle(10.1, 10.1, 10.6, 10.6)]))).tolist() == [[10, 10]]
    assert np.argwhere(filled(drawn([rectangle(10.5, 10.6, 11.1, 11.1)]))).tolist() == [[10, 10]]


@pytest.mark.parametrize("place", [0.2, 63.4])
def test_lines_along_the_border_of_the_page_are_there(place: float) -> None:
    page = drawn([rectangle(5, place, 30, place + 0.4)], [rectangle(place, 5, place + 0.4, 30)])
    assert page.symbols.area.tolist() == [25, 25]


def test_thin_lines_cross_in_both_layers() -> None:
    page = drawn([rectangle(5, 9.8, 30, 10.2)], [rectangle(14.8, 3, 15.2, 20)])
    assert page.symbols.area.tolist() == [24, 17]
    assert filled(page, 1).sum() == 25


def test_a_square_of_little_more_than_a_pixel_owns_some() -> None:
    for side in (0.3, 0.9, 1.0, 1.2, 1.4):
        mask = filled(drawn([rectangle(10 - side / 2, 10 - side / 2, 10 + side / 2, 10 + side / 2)]))
        assert 0 < mask.sum() <= 4


def test_the_tip_of_a_wedge_is_thin_though_the_wedge_is_not() -> None:
    wedge = [(5.0, 17.0), (55.0, 19.95), (55.0, 20.05), (5.0, 23.0)]
    mask = filled(drawn([wedge]))
    assert mask[:, 5:55].any(axis=0).all()
    assert (mask[:, 50:55].sum(axis=0) == 1).all()
