"""Flattening keeps areas and shapes, turns y over, and winds every outline alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.outlines import (
    FLATNESS,
    FlatteningPen,
    Outline,
    chords_needed,
    flatten_cubics,
    signed_area,
)

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))
HOLE = ((2, 2), (2, 6), (8, 6), (8, 2))
CIRCLE = 0.5522847498
coordinates = st.floats(-1000, 1000)
points = st.tuples(coordinates, coordinates)
curves = st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=4).map(lambda p: np.array([p]))


def drawn(*contours: tuple[tuple[float, float], ...]) -> Outline:
    pen = FlatteningPen()
    for first, *others in contours:
        pen.moveTo(first)
        for point in others:
            pen.lineTo(point)
        pen.closePath()
    return pen.outline(7.0)


def circle(radius: float, flatness: float) -> Outline:
    pen = FlatteningPen(flatness=flatness)
    k = radius * CIRCLE
    r = radius
    pen.moveTo((r, 0))
    pen.curveTo((r, k), (k, r), (0, r))
    pen.curveTo((-k, r), (-r, k), (-r, 0))
    pen.curveTo((-r, -k), (-k, -r), (0, -r))
    pen.curveTo((k, -r), (r, -k), (r, 0))
    pen.closePath()
    return pen.outline()


def area(outline: Outline) -> float:
    return sum(signed_area(outline.points[a:b]) for a, b in pairwise(outline.starts.tolist()))


def de_casteljau(points: list[list[float]], t: float) -> list[float]:
    row = np.array(points)
    while len(row) > 1:
        row = (1 - t) * row[:-1] + t * row[1:]
    return [float(x) for x in row[0]]


@pytest.mark.parametrize("contour", [SQUARE, SQUARE[::-1]])
def test_any_winding_gives_a_positive_area(contour: tuple[tuple[float, float], ...]) -> None:
    assert area(drawn(contour)) == 100


@pytest.mark.parametrize("contours", [(SQUARE, HOLE), (SQUARE[::-1], HOLE[::-1])])
def test_holes_are_wound_against_the_rest(contours: tuple[tuple[tuple[float, float], ...], ...]) -> None:
    outline = drawn(*contours)
    assert area(outline) == 100 - 24
    assert outline.starts.tolist() == [0, 4, 8]


def test_y_is_turned_over() -> None:
    outline = drawn(((0, 0), (10, 0), (0, 30)))
    assert outline.bounds == (0.0, -30.0, 10.0, 0.0)
    assert outline.advance == 7


def test_nothing_drawn_is_an_empty_outline() -> None:
    for outline in (FlatteningPen().outline(), drawn(((1, 1), (2, 2)))):
        assert outline.bounds == (0.0, 0.0, 0.0, 0.0)
        assert (outline.points.shape, outline.starts.tolist()) == ((0, 2), [0])


@pytest.mark.parametrize("flatness", [0.01, 0.5, 4.0])
def test_a_circle_is_as_flat_as_asked_for(flatness: float) -> None:
    outline = circle(100, flatness)
    middles = (outline.points + np.roll(outline.points, -1, axis=0)) / 2
    assert np.hypot(*middles.T).min() > 100 - flatness - 0.03
    assert area(outline) == pytest.approx(np.pi * 100**2, rel=flatness / 50 + 1e-3)


def test_finer_flatness_costs_more_points() -> None:
    assert len(circle(100, 0.01).points) > len(circle(100, 0.5).points) > len(circle(100, 4).points)


def test_components_and_quadratics_are_flattened_too() -> None:
    pen = FlatteningPen()
    pen.moveTo((0, 0))
    pen.qCurveTo((50, 100), (100, 0))
    pen.closePath()
    assert area(pen.outline()) == pytest.approx(100 * 50 * 2 / 3, rel=0.01)


@given(curves, st.integers(1, 30))
def test_points_lie_on_the_curve(curve: np.ndarray, chords: int) -> None:
    points = flatten_cubics(curve, chords)
    assert points.shape == (1, chords + 1, 2)
    for i in range(chords + 1):
        expected = de_casteljau(curve[0].tolist(), i / chords)
        np.testing.assert_allclose(points[0, i], expected, atol=1e-9)


@given(curves, st.floats(0.1, 20))
def test_no_chord_leaves_its_curve_further_than_asked_for(curve: np.ndarray, flatness: float) -> None:
    chords = chords_needed(curve, flatness)
    if chords == 64:  # the limit
        return
    ends = flatten_cubics(curve, chords)[0]
    fine = flatten_cubics(curve, 8 * chords)[0]
    for i in range(chords):
        along = np.linspace(0, 1, 9)[:, None]
        chord = ends[i] + along * (ends[i + 1] - ends[i])
        assert np.hypot(*(fine[8 * i : 8 * i + 9] - chord).T).max() <= flatness + 1e-9


def test_straight_curves_need_one_chord() -> None:
    assert chords_needed(np.array([[[0, 0], [1, 1], [2, 2], [3, 3]]]), 0.5) == 1
    assert chords_needed(np.empty((0, 4, 2)), 0.5) == 1


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=8), coordinates, coordinates)
def test_the_area_is_that_of_triangles_from_any_point(
    points: list[tuple[float, float]], x: float, y: float
) -> None:
    ring = np.array(points)
    # A cross product written out: LAPACK's determinant divides, which the smallest numbers do not bear.
    (ax, ay), (bx, by) = (ring - (x, y)).T, (np.roll(ring, -1, axis=0) - (x, y)).T
    assert signed_area(ring) == pytest.approx(float((ax * by - ay * bx).sum() / 2), abs=1e-6)


@given(st.lists(st.one_of(st.tuples(points), st.tuples(points, points, points)), min_size=3, max_size=12))
def test_each_curve_of_a_contour_is_cut_as_it_is_by_itself(
    parts: list[tuple[tuple[float, float], ...]],
) -> None:
    pen, expected = FlatteningPen(), [(0.0, 0.0)]
    pen.moveTo((0.0, 0.0))
    for part in parts:
        if len(part) == 1:
            pen.lineTo(part[0])
            expected.append(part[0])
        else:
            pen.curveTo(*part)
            curve = np.array([[expected[-1], *part]])
            chords = flatten_cubics(curve, chords_needed(curve, FLATNESS))[0, 1:]
            expected += [(x, y) for x, y in chords.tolist()]
    pen.closePath()
    found = pen.outline().points
    turned = np.array(expected) * (1.0, -1.0)
    assert np.array_equal(found, turned) or np.array_equal(found, turned[::-1])
