"""What is left of a symbol in a window: exact for pixels, bounded by the oriented box without them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.datasets.pieces import (
    clip_polygon,
    length_and_thickness,
    piece_of_pixels,
    piece_of_polygon,
    smallest_rectangle,
)

SIZE = (40, 30)
NUMBER = 7


def turned(centre: tuple[float, float], sides: tuple[float, float], angle: float) -> NDArray[np.float64]:
    """A rectangle's corners, clockwise on the screen."""
    x, y = np.array([-1, 1, 1, -1]) * sides[0] / 2, np.array([-1, -1, 1, 1]) * sides[1] / 2
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y], axis=1)


def area_of(polygon: NDArray[np.float64]) -> float:
    """The area of a polygon, by the shoelace."""
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


rectangles = st.builds(
    turned,
    st.tuples(st.floats(-20, 60), st.floats(-20, 50)),
    st.tuples(st.floats(0.5, 60), st.floats(0.5, 40)),
    st.floats(0, np.pi),
)


@given(rectangles)
def test_a_clipped_polygon_is_what_both_cover(corners: NDArray[np.float64]) -> None:
    """Counted on a fine grid of points."""
    polygon = clip_polygon(corners, SIZE)
    step = 0.25
    xs, ys = np.meshgrid(np.arange(step / 2, SIZE[0], step), np.arange(step / 2, SIZE[1], step))
    points = np.stack([xs, ys], axis=-1)
    sides = np.roll(corners, -1, axis=0) - corners
    inside = np.ones(xs.shape, bool)
    for corner, side in zip(corners, sides, strict=True):
        offset = points - corner
        inside &= side[0] * offset[..., 1] - side[1] * offset[..., 0] >= 0
    counted = inside.sum() * step**2
    outline = 2 * (SIZE[0] + SIZE[1])
    assert (area_of(polygon) if len(polygon) > 2 else 0.0) == pytest.approx(counted, abs=outline * step)
    assert (polygon >= -1e-9).all()
    assert (polygon <= np.array(SIZE) + 1e-9).all()


@given(st.floats(0, 40), st.floats(0, 30))
def test_a_polygon_inside_stays_as_it_is(x: float, y: float) -> None:
    corners = turned((20, 15), (x / 2, y / 2), 0.0)
    assert clip_polygon(corners, SIZE) == pytest.approx(corners)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ([[-10, 5], [50, 5]], [[0, 5], [40, 5]]),
        ([[3, -9], [3, 12]], [[3, 0], [3, 12]]),
        ([[-1, 5], [-1, 9]], []),
        ([[8, 8], [8, 8]], [[8, 8]]),
    ],
)
def test_polygons_without_area_are_lines_and_points(line: list[list[float]], left: list[list[float]]) -> None:
    corners = np.array([*line, *line[::-1]], np.float64)
    found = {tuple(point) for point in clip_polygon(corners, SIZE).tolist()}
    assert found == {tuple(point) for point in left}


masks = arrays(np.bool_, SIZE[::-1], elements=st.sampled_from([False, False, False, True]))


@given(masks, masks)
def test_pixels_give_box_and_smallest_rectangle(top: NDArray[np.bool_], below: NDArray[np.bool_]) -> None:
    below &= ~top
    layers = [np.where(top, NUMBER, 3).astype(np.uint16), np.where(below, NUMBER, 0).astype(np.uint16)]
    found = piece_of_pixels(layers, NUMBER, np.array([0.0, 0, *SIZE]))
    ys, xs = np.nonzero(top | below)
    if not len(ys):
        assert found is None
        return
    assert found is not None
    assert found.box.tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
    pixels = np.concatenate([np.stack([xs + dx, ys + dy], axis=1) for dx in (0, 1) for dy in (0, 1)])
    assert area_of(found.corners) <= np.prod(found.box[2:] - found.box[:2]) + 1e-3
    sides = np.roll(found.corners, -1, axis=0) - found.corners
    for corner, side in zip(found.corners, sides, strict=True):
        normal = np.array([-side[1], side[0]]) / np.hypot(*side)
        assert ((pixels - corner) @ normal > -1e-3).all(), "a pixel is outside, or the corners turn left"


def test_pixels_are_looked_for_where_the_box_is() -> None:
    layer = np.full(SIZE[::-1], NUMBER, np.uint16)
    found = piece_of_pixels([layer], NUMBER, np.array([3.2, 4.0, 6.8, 5.5]))
    assert found is not None
    assert found.box.tolist() == [3, 4, 7, 6]
    assert piece_of_pixels([layer], NUMBER, np.array([3.0, 4.0, 3.0, 4.0])) is None
    assert piece_of_pixels([layer], NUMBER + 1, np.array([0.0, 0.0, 9.0, 9.0])) is None


def test_a_diagonal_has_a_thin_rectangle() -> None:
    layer = np.zeros(SIZE[::-1], np.uint16)
    places = np.arange(20)
    layer[places, places] = NUMBER
    found = piece_of_pixels([layer], NUMBER, np.array([0.0, 0, *SIZE]))
    assert found is not None
    sides = np.sort(np.hypot(*(found.corners[[1, 3]] - found.corners[0]).T))
    assert sides == pytest.approx([np.sqrt(2), 20 * np.sqrt(2)], rel=1e-5)


def test_single_precision_far_from_the_origin_does_no_harm() -> None:
    points = np.array([[0.0, 0.0], [3.001, 0.0], [3.001, 2.002], [0.0, 2.002]])
    far = smallest_rectangle(points + 1e6) - 1e6
    assert far.min(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert far.max(axis=0) == pytest.approx([3.001, 2.002], abs=1e-6)


def test_a_polygon_that_only_touches_is_nothing() -> None:
    corner = np.array([[0.0, 5.0]])
    assert piece_of_polygon(corner, np.array([0.0, 0.0, 9.0, 9.0])) is None
    thin = np.array([[0.0, 5.0], [7.0, 5.0]])
    found = piece_of_polygon(thin, np.array([0.0, 5.0, 9.0, 5.0]))
    assert found is not None
    assert found.box.tolist() == [0, 5, 7, 5]


def test_length_and_thickness_are_the_lines_own() -> None:
    beam = turned((20, 15), (60, 8), 0.3)
    length, share = length_and_thickness(clip_polygon(beam, SIZE), beam)
    assert 40 / np.cos(0.3) < length < 60
    assert share == pytest.approx(1.0)
    crumb = turned((-25, 15), (60, 8), 0.0)
    assert length_and_thickness(clip_polygon(crumb, SIZE), crumb) == pytest.approx((5, 1))
    staff = np.array([[0.0, -6.0], [40.0, -6.0], [40.0, 4.0], [0.0, 4.0]])
    assert length_and_thickness(clip_polygon(staff, SIZE), staff) == pytest.approx((40, 0.4))
    line = np.array([[0.0, 5.0], [90.0, 5.0], [90.0, 5.0], [0.0, 5.0]])
    assert length_and_thickness(clip_polygon(line, SIZE), line) == pytest.approx((40, 1))
    point = np.full((4, 2), 5.0)
    assert length_and_thickness(clip_polygon(point, SIZE), point) == (0, 1)
