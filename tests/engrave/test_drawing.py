"""Strokes, curves and ellipses become polygons of the right area, sorted by their symbol."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.drawing import ShapeCollector, Shapes
from notehead.engrave.outlines import Outline, signed_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONE = np.array([0])
TRIANGLE = Outline(np.array([[0.0, 0], [4, 0], [4, 6]]), np.array([0, 3]))
LENS = [0.0, 0, 30, -30, 60, -30, 90, 0, 60, -20, 30, -20, 0, 0]
lengths = st.floats(-500, 500)


def polygons(shapes: Shapes) -> list[NDArray[np.float64]]:
    """The contours of all placements, in place."""
    found = []
    for outline, (x, y, scale) in zip(shapes.outline.tolist(), shapes.place.tolist(), strict=True):
        first, after = shapes.outlines[outline : outline + 2]
        for begin, end in pairwise(shapes.contours[first : after + 1].tolist()):
            found.append(shapes.points[begin:end] * scale + (x, y))
    return found


def only(collector: ShapeCollector) -> NDArray[np.float64]:
    (polygon,) = polygons(collector.finish(ONE))
    return polygon


@given(lengths, lengths, lengths, lengths, st.floats(0.1, 50), st.floats(0, 20))
def test_a_stroke_has_the_area_of_its_length_and_width(
    x0: float, y0: float, x1: float, y1: float, width: float, cap: float
) -> None:
    collector = ShapeCollector()
    collector.stroke(0, (x0, y0, x1, y1), width, cap)
    length = float(np.hypot(x1 - x0, y1 - y0))
    assert signed_area(only(collector)) == pytest.approx((length + 2 * cap) * width, rel=1e-6, abs=1e-6)


def test_a_stroke_reaches_half_its_width_to_each_side() -> None:
    collector = ShapeCollector()
    collector.stroke(0, (10, 20, 10, 60), 4, cap=1)
    polygon = only(collector)
    assert [polygon.min(0).tolist(), polygon.max(0).tolist()] == [[8, 19], [12, 61]]


def test_a_polyline_has_a_stroke_per_side_and_round_inner_corners() -> None:
    collector = ShapeCollector()
    collector.polyline(0, np.array([[0.0, 0], [100, 0], [100, 50], [0, 50]]), 6)
    areas = sorted(signed_area(polygon) for polygon in polygons(collector.finish(ONE)))
    assert areas == pytest.approx([np.pi * 9, np.pi * 9, 300, 600, 600])


@given(st.floats(1, 300), st.floats(0.5, 20), st.floats(0.5, 20))
def test_dashes_cover_their_share_of_the_line(length: float, on: float, off: float) -> None:
    collector = ShapeCollector()
    collector.dashes(0, (5, 5, 5 + length, 5), 2, (on, off))
    dashes = polygons(collector.finish(ONE))
    whole, rest = divmod(length, on + off)
    expected = whole * on + min(rest, on)
    assert sum(signed_area(dash) for dash in dashes) == pytest.approx(2 * expected, abs=1e-5)
    assert all(5 <= dash[:, 0].min() <= dash[:, 0].max() <= 5 + length + 1e-9 for dash in dashes)


@pytest.mark.parametrize(("line", "dash"), [((1, 1, 1, 1), (2, 2)), ((0, 0, 9, 9), (0, 0))])
def test_dashes_without_a_length_draw_nothing(line: tuple[int, int, int, int], dash: tuple[int, int]) -> None:
    collector = ShapeCollector()
    collector.dashes(0, line, 2, dash)
    assert polygons(collector.finish(ONE)) == []


@given(lengths, lengths, st.floats(0.1, 200), st.floats(0.1, 200))
def test_an_ellipse_has_the_area_of_an_ellipse(x: float, y: float, rx: float, ry: float) -> None:
    collector = ShapeCollector()
    collector.ellipse(0, (x, y), (rx, ry))
    polygon = only(collector)
    assert signed_area(polygon) == pytest.approx(np.pi * rx * ry, rel=1e-6)
    np.testing.assert_allclose((polygon.min(0) + polygon.max(0)) / 2, (x, y), atol=1e-6)
    assert np.abs(np.ptp(polygon, axis=0) - (2 * rx, 2 * ry)).max() < 0.02 * max(rx, ry)


@pytest.mark.parametrize("flip", [1, -1])
def test_a_lens_grows_by_half_its_pen_to_both_sides(flip: int) -> None:
    thin, thick = ShapeCollector(), ShapeCollector()
    curve = (np.array(LENS).reshape(-1, 2) * (1, flip)).ravel().tolist()
    thin.lens(0, curve, 0)
    thick.lens(0, curve, 4)
    inner, outer = only(thin), only(thick)
    # Cubics with heights 0, h, h, 0 at even distances over a base b enclose h * b / 2.
    assert signed_area(inner) == pytest.approx(10 * 90 / 2, rel=0.01)
    assert signed_area(outer) - signed_area(inner) == pytest.approx(
        2 * np.hypot(*np.diff(inner, axis=0).T).sum(), rel=0.05
    )
    assert np.ptp(outer[:, 1]) == pytest.approx(np.ptp(inner[:, 1]) + 2, abs=2)


def test_placements_are_sorted_by_row_and_those_without_one_are_left_out() -> None:
    collector = ShapeCollector()
    for symbol in (2, 2, 0, 1, 2):
        collector.stroke(symbol, (0, 0, 10 * symbol + 10, 0), 1)
    collector.glyph(1, TRIANGLE, 5, 6, 2)
    shapes = collector.finish(np.array([1, -1, 0]))
    assert shapes.symbol.tolist() == [0, 0, 0, 1]
    assert [round(np.ptp(polygon[:, 0])) for polygon in polygons(shapes)] == [30, 30, 30, 10]


def test_a_glyph_placed_often_is_kept_once() -> None:
    collector = ShapeCollector()
    for x in range(5):
        collector.glyph(0, TRIANGLE, 10.0 * x, 7, 0.5)
    collector.polygon(0, np.array([[0.0, 0], [1, 0], [0, 1]]))
    shapes = collector.finish(ONE)
    assert (len(shapes.points), shapes.contours.tolist(), shapes.outlines.tolist()) == (
        6,
        [0, 3, 6],
        [0, 1, 2],
    )
    assert polygons(shapes)[2].tolist() == [[20, 7], [22, 7], [22, 10]]


def test_outlines_keep_their_holes() -> None:
    ring = Outline(np.array([[0.0, 0], [9, 0], [9, 9], [3, 3], [3, 4], [4, 4]]), np.array([0, 3, 6]))
    collector = ShapeCollector()
    collector.glyph(0, TRIANGLE, 0, 0, 1)
    collector.glyph(0, ring, 0, 0, 1)
    assert [len(polygon) for polygon in polygons(collector.finish(ONE))] == [3, 3, 3]


def test_nothing_drawn_is_no_shape() -> None:
    collector = ShapeCollector()
    collector.glyph(0, Outline(np.empty((0, 2)), np.zeros(1, np.int64)), 1, 1, 1)
    shapes = collector.finish(ONE)
    assert (len(shapes.points), len(shapes.symbol), shapes.place.shape) == (0, 0, (0, 3))
    assert (shapes.contours.tolist(), shapes.outlines.tolist()) == ([0], [0])
