"""Boxes from somebody's file: on the page, with sides of no negative length, made of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.datasets.boxes import ROUNDING, good_boxes
from notehead.datasets.complaints import Complaints
from notehead.errors import DatasetError

Boxes = NDArray[np.float64]
PAGE = (200.0, 100.0)
NAN, INF = float("nan"), float("inf")


def where(row: int) -> tuple[str, str]:
    return "a.xml", f"object {row}"


def good(boxes: Boxes, size: tuple[float, float] = PAGE) -> tuple[list[bool], list[str]]:
    complaints = Complaints(keep_going=True)
    found = good_boxes(np.array(boxes, np.float64).reshape(-1, 4), size, complaints, where)
    assert found.dtype == np.bool_
    return found.tolist(), [str(complaint) for complaint in complaints.kept]


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 200, 100),
        (5, 5, 5, 5),
        (5, 5, 5, 50),
        (0, 0, 0, 0),
        (200, 100, 200, 100),
        (-ROUNDING, -ROUNDING, 200 + ROUNDING, 100 + ROUNDING),
    ],
)
def test_boxes_on_the_page(box: tuple[float, ...]) -> None:
    assert good(np.array([box])) == ([True], [])


NOT_NUMBERS = "its box is not made of numbers"
NEGATIVE = "its box has a negative width or height"
OUTSIDE = "its box lies outside of the page"


@pytest.mark.parametrize(
    ("box", "cause"),
    [
        ((NAN, 0, 5, 5), f"{NOT_NUMBERS} (nan, 0, 5, 5)"),
        ((0, 0, 5, INF), f"{NOT_NUMBERS} (0, 0, 5, inf)"),
        ((-INF, 0, 5, 5), f"{NOT_NUMBERS} (-inf, 0, 5, 5)"),
        ((5, 0, 4.5, 5), f"{NEGATIVE} (5, 0, 4.5, 5)"),
        ((0, 5, 5, 4), f"{NEGATIVE} (0, 5, 5, 4)"),
        ((-1.01, 0, 5, 5), f"{OUTSIDE} (-1.01, 0, 5, 5)"),
        ((0, -2, 5, 5), f"{OUTSIDE} (0, -2, 5, 5)"),
        ((0, 0, 201.5, 5), f"{OUTSIDE} (0, 0, 201.5, 5)"),
        ((0, 0, 5, 101.5), f"{OUTSIDE} (0, 0, 5, 101.5)"),
        ((300, 300, 400, 400), f"{OUTSIDE} (300, 300, 400, 400)"),
    ],
)
def test_boxes_that_are_none(box: tuple[float, ...], cause: str) -> None:
    boxes = np.array([(1, 1, 2, 2), box, (3, 3, 4, 4)])
    assert good(boxes) == ([True, False, True], [f"a.xml: object 1: {cause}"])
    with pytest.raises(DatasetError) as caught:
        good_boxes(boxes, PAGE, Complaints(), where)
    assert caught.value.message == f"a.xml: object 1: {cause}"
    assert "--keep-going" in caught.value.remedy


@pytest.mark.parametrize("size", [(0.0, 0.0), (0.0, 100.0), (200.0, 0.0)])
def test_where_the_size_is_not_known_only_the_corner_says_anything(size: tuple[float, float]) -> None:
    boxes = np.array([(0, 0, 9e9, 9e9), (-5, 0, 5, 5)])
    assert good(boxes, size)[0] == [True, False]


def test_no_boxes() -> None:
    assert good(np.empty((0, 4))) == ([], [])


number = st.sampled_from([NAN, INF, -INF]) | st.floats(-5, 210)


@given(boxes=arrays(np.float64, st.tuples(st.integers(0, 5), st.just(4)), elements=number))
def test_each_box_is_judged_by_itself(boxes: Boxes) -> None:
    found, complaints = good(boxes)
    for box, fine in zip(boxes.tolist(), found, strict=True):
        x0, y0, x1, y1 = box
        assert fine == (-1 <= x0 <= x1 <= 201 and -1 <= y0 <= y1 <= 101)
    bad = [row for row, fine in enumerate(found) if not fine]
    assert [complaint.split(": ")[1] for complaint in complaints] == [f"object {row}" for row in bad]
