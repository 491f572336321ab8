"""The measures of overlap and distance: by hand, against other programs, and what must hold of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from pycocotools import mask as coco

from notehead.evaluate.overlap import (
    DISTANCE,
    ENCLOSING,
    ORIENTED,
    UPRIGHT,
    Floats,
    Shapes,
    convex_hulls,
    find_pairs,
    side_middles,
)

numbers = st.integers(0, 40).map(lambda value: value / 4)


def measure(kind: int, one: ArrayLike, other: ArrayLike, staff_space: float = 1.0) -> float:
    """The measure of two boxes, given as x0, y0, x1, y1 or as four corners; -1 where they are no pair."""
    rows = [prepared(kind, np.asarray(box, np.float64), staff_space) for box in (one, other)]
    least = -1000.0 if kind == DISTANCE else 1e-12
    pairs = find_pairs(kind, Shapes(rows[0], np.array([0]), np.array([1])), rows[1], least)
    return float(pairs.value[0]) if len(pairs.value) else -1.0


def prepared(kind: int, box: Floats, staff_space: float) -> Floats:
    if kind in (UPRIGHT, ENCLOSING):
        return box.reshape(1, 4)
    corners = box.reshape(1, 4, 2) if box.size == 8 else upright_corners(box)
    rows: Floats = convex_hulls(corners) if kind == ORIENTED else side_middles(corners, staff_space)
    return rows


def upright_corners(box: Floats) -> Floats:
    return np.asarray(box[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(1, 4, 2))


def rectangle(x: float, y: float, length: float, thickness: float, degrees: float = 0.0) -> Floats:
    """The corners of a rectangle around (x, y)."""
    turn = np.radians(degrees)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return np.asarray([x, y] + signs[:, :1] * length * along + signs[:, 1:] * thickness * across)


@st.composite
def boxes(draw: st.DrawFn, thinnest: float = 0.0) -> Floats:
    x, y, width, height = (draw(numbers) for _ in range(4))
    return np.array([x, y, x + max(width, thinnest), y + max(height, thinnest)])


@st.composite
def rectangles(draw: st.DrawFn) -> Floats:
    x, y, length, thickness = (draw(numbers) for _ in range(4))
    return rectangle(x, y, length + 0.5, thickness + 0.5, draw(st.integers(0, 359)))


# Upright boxes


def test_iou_by_hand() -> None:
    assert measure(UPRIGHT, [0, 0, 10, 10], [0, 0, 10, 20]) == 0.5
    assert measure(UPRIGHT, [0, 0, 10, 10], [5, 0, 15, 10]) == pytest.approx(1 / 3)
    assert measure(UPRIGHT, [0, 0, 10, 10], [0, 0, 10, 10]) == 1
    assert measure(UPRIGHT, [0, 0, 10, 10], [10, 0, 20, 10]) == -1  # they touch


def test_a_box_without_area_overlaps_nothing() -> None:
    assert measure(UPRIGHT, [3, 0, 3, 10], [3, 0, 3, 10]) == -1
    assert measure(ENCLOSING, [3, 0, 3, 10], [3, 0, 3, 10]) == -1


@given(boxes(), boxes())
def test_iou_is_that_of_coco(one: Floats, other: Floats) -> None:
    theirs = coco.iou(*([[*box[:2], *(box[2:] - box[:2])]] for box in (one, other)), [0])[0][0]
    assert max(measure(UPRIGHT, one, other), 0.0) == theirs


@given(boxes(), boxes())
def test_the_enclosing_measure_is_symmetric_and_at_most_the_iou(one: Floats, other: Floats) -> None:
    value = measure(ENCLOSING, one, other)
    assert value == measure(ENCLOSING, other, one)
    assert value <= measure(UPRIGHT, one, other) + 1e-12


def test_the_enclosing_measure_by_hand() -> None:
    assert measure(ENCLOSING, [0, 0, 2, 2], [1, 1, 3, 3]) == pytest.approx(1 / 9)
    assert measure(UPRIGHT, [0, 0, 2, 2], [1, 1, 3, 3]) == pytest.approx(1 / 7)
    assert measure(ENCLOSING, [0, 0, 2, 2], [0, 0, 2, 2]) == 1


# Oriented boxes


@given(boxes(0.25), boxes(0.25))
def test_oriented_iou_of_upright_boxes_is_their_iou(one: Floats, other: Floats) -> None:
    assert measure(ORIENTED, one, other) == pytest.approx(measure(UPRIGHT, one, other))


@given(boxes(0.25), boxes(0.25), st.integers(0, 359))
def test_oriented_iou_does_not_change_when_both_are_turned(one: Floats, other: Floats, degrees: int) -> None:
    turn = np.radians(degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    turned = [upright_corners(box)[0] @ matrix + [1000, 2000] for box in (one, other)]
    assert max(measure(ORIENTED, *turned), 0) == pytest.approx(max(measure(UPRIGHT, one, other), 0), abs=1e-9)


def test_oriented_iou_is_that_of_opencv() -> None:
    # OpenCV gives wrong areas where two sides lie on one line, so none does here
    rng = np.random.default_rng(5)
    met = 0
    for _ in range(2000):
        one, other = (
            rectangle(x, y, length, thickness, rng.uniform(0, 360))
            for x, y, length, thickness in rng.uniform((0, 0, 0.5, 0.5), 10, (2, 4))
        )
        first, second = one.astype(np.float32), other.astype(np.float32)
        shared, _ = cv2.intersectConvexConvex(first, second)
        theirs = shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared)
        assert max(measure(ORIENTED, one, other), 0.0) == pytest.approx(theirs, abs=1e-4)
        met += theirs > 0
    assert 500 < met < 1900


@given(rectangles(), rectangles(), st.integers(0, 3), st.sampled_from([1, -1]))
def test_the_order_of_the_corners_does_not_matter(one: Floats, other: Floats, turn: int, way: int) -> None:
    again = np.roll(one[::way], turn, axis=0)
    assert measure(ORIENTED, one, again) == 1
    assert measure(ORIENTED, again, other) == measure(ORIENTED, one, other)
    assert measure(ORIENTED, other, one) == pytest.approx(measure(ORIENTED, one, other))


def test_oriented_iou_by_hand() -> None:
    square = rectangle(0, 0, 2, 2)
    diamond = rectangle(0, 0, 2, 2, 45)  # they share a regular octagon
    octagon = 8 * (np.sqrt(2) - 1)
    assert measure(ORIENTED, square, diamond) == pytest.approx(octagon / (8 - octagon))
    assert measure(ORIENTED, rectangle(0, 0, 4, 2, 30), rectangle(0, 0, 2, 2, 30)) == pytest.approx(0.5)
    assert measure(ORIENTED, square, rectangle(1.9, 1.9, 1, 1, 45)) == -1  # only the hulls meet


def test_quadrilaterals_that_are_no_rectangles() -> None:
    kite = [[0, 0], [4, 4], [4, 0], [0, 4]]  # crosses itself: its hull counts
    assert measure(ORIENTED, kite, [0, 0, 4, 4]) == 1
    arrow = [[0, 0], [2, 1], [4, 0], [2, 4]]  # the second corner lies within the hull of the others
    assert measure(ORIENTED, arrow, [0, 0, 4, 4]) == pytest.approx(0.5)


def test_rectangles_without_area_are_lines() -> None:
    line, half = rectangle(0, 0, 10, 0, 30), rectangle(0, 0, 5, 0, 30)
    assert measure(ORIENTED, line, line) == 1
    assert measure(ORIENTED, line, half) == pytest.approx(0.5)
    assert measure(ORIENTED, half, line) == pytest.approx(0.5)
    assert measure(ORIENTED, line, rectangle(0, 0, 10, 0, 31)) == -1
    assert measure(ORIENTED, line, rectangle(0, 0, 10, 2, 30)) == -1  # one has an area
    point = rectangle(3, 4, 0, 0)
    assert measure(ORIENTED, point, point) == 1
    assert measure(ORIENTED, point, rectangle(3, 4, 2, 0)) == -1  # nothing of the line
    assert measure(ORIENTED, rectangle(0, 0, 10, 0), rectangle(20, 0, 10, 0)) == -1


# Distance of thin symbols


def distance(one: ArrayLike, other: ArrayLike, staff_space: float = 1.0) -> float:
    return -measure(DISTANCE, one, other, staff_space)


def test_distance_by_hand() -> None:
    stem = [10, 0, 12, 70]
    assert distance(stem, [13, 0, 15, 70], 20) == pytest.approx(3 / 20)  # moved
    assert distance(stem, [10, 4, 12, 70], 20) == pytest.approx(4 / 20)  # shorter
    assert distance(stem, [10, 3, 12, 73], 20) == pytest.approx(3 / 20)  # moved along
    assert distance(stem, [13, 4, 15, 70], 20) == pytest.approx(5 / 20)  # one end moved by (3, 4)
    assert distance(stem, [8, 0, 14, 70], 20) == pytest.approx(2 / 20)  # thicker by 2 on either side
    beam = rectangle(0, 0, 100, 10)
    tilted = rectangle(0, 0, 100, 10, 3)
    assert distance(beam, tilted, 20) == pytest.approx(2 * 50 * np.sin(np.radians(1.5)) / 20)


def test_nearly_square_boxes_are_near_whichever_side_is_longer() -> None:
    assert distance([0, 0, 20, 19], [0, 0, 19, 20]) <= np.hypot(1, 0.5)


def test_a_blob_is_no_stem() -> None:
    assert distance([10, 0, 12, 70], [-20, 0, 42, 70], 20) == pytest.approx(30 / 20)


@given(rectangles(), rectangles(), st.integers(0, 3), st.sampled_from([1, -1]))
def test_distance_is_symmetric_and_ignores_the_order_of_corners(
    one: Floats, other: Floats, turn: int, way: int
) -> None:
    again = np.roll(one[::way], turn, axis=0)
    assert distance(one, again) == pytest.approx(0, abs=1e-9)
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert distance(again, other) == pytest.approx(distance(one, other))


@given(rectangles(), rectangles(), rectangles())
def test_distance_obeys_the_triangle_inequality(one: Floats, two: Floats, three: Floats) -> None:
    assert distance(one, three) <= distance(one, two) + distance(two, three) + 1e-9


@given(numbers, numbers, st.integers(-40, 40), numbers, numbers)
def test_distance_of_lines_is_the_largest_between_points_at_the_same_share(
    x: float, y: float, degrees: int, thickness: float, longer: float
) -> None:
    thickness = min(thickness, 1.0)
    one, other = rectangle(0, 0, 20, thickness), rectangle(x, y, 20 + longer, thickness, degrees)
    shares = np.linspace(0, 1, 11)[:, None]
    lines = [(box[0] + box[3]) / 2 * (1 - shares) + (box[1] + box[2]) / 2 * shares for box in (one, other)]
    apart = np.linalg.norm(lines[0] - lines[1], axis=1).max()
    assert distance(one, other) <= apart + 1e-9
    if 2 * apart < 20 - thickness:
        assert distance(one, other) == pytest.approx(apart)


@given(rectangles(), numbers, numbers)
def test_a_moved_box_is_as_far_as_it_was_moved(box: Floats, x: float, y: float) -> None:
    assert distance(box, box + np.array([x, y]), 4) <= np.hypot(x, y) / 4 + 1e-9
    assert distance(box, box + np.array([x, y]) / 100, 4) == pytest.approx(np.hypot(x, y) / 400, abs=1e-9)


def test_the_least_distance_is_kept_at_the_edge() -> None:
    boxes_there = side_middles(upright_corners(np.array([0.0, 0, 1, 9])), 1)
    seen = side_middles(upright_corners(np.array([3.0, 4, 4, 13])), 1)
    for least, count in ((-5.0, 1), (-4.999, 0)):
        assert (
            len(find_pairs(DISTANCE, Shapes(seen, np.array([0]), np.array([1])), boxes_there, least)[1])
            == count
        )


# Pairs


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_pairs_are_all_that_reach_the_least_value(found: int, truths: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, sides = rng.uniform(0, 30, (2, found + truths, 2))
    rows = np.hstack((low, low + sides))
    first = rng.integers(0, truths + 1, found)
    last = rng.integers(first, truths + 1) if found else first
    pairs = find_pairs(UPRIGHT, Shapes(rows[:found], first, last), rows[found:], 0.2)
    wanted = [
        (i, j, value)
        for i in range(found)
        for j in range(first[i], last[i])
        if (value := measure(UPRIGHT, rows[i], rows[found + j])) >= 0.2
    ]
    owners = np.repeat(np.arange(found), np.diff(pairs.start))
    assert list(zip(owners.tolist(), pairs.truth.tolist(), pairs.value.tolist(), strict=True)) == wanted


def test_more_pairs_than_were_expected() -> None:
    rows = np.tile([0.0, 0, 5, 5], (40, 1))
    every = Shapes(rows, np.zeros(40, np.int64), np.full(40, 40))
    pairs = find_pairs(UPRIGHT, every, rows, 0.5)
    assert len(pairs.truth) == 1600
    assert set(pairs.value.tolist()) == {1.0}
