"""Stems as far as their ink goes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.stem_ink import parted, stems_on_ink

SPACE = 20.0
Boxes = list[list[float]]


def paper(*ink: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """A page with staff lines and rectangles of ink: x0, y0, x1, y1."""
    page = np.full((400, 200), 255, np.uint8)
    for y in range(100, 181, 20):
        page[y : y + 2] = 0
    for x0, y0, x1, y1 in ink:
        page[y0:y1, x0:x1] = 0
    return page


def stems(page: NDArray[np.uint8], *boxes: list[float]) -> Boxes:
    found, source = stems_on_ink(page, np.array(boxes, np.float64).reshape(-1, 4), np.ones(len(boxes)), SPACE)
    assert len(source) == len(found)
    return found.tolist()  # type: ignore[no-any-return]


def test_a_stem_that_is_seen_whole_stays_as_it_is() -> None:
    page = paper((50, 120, 52, 190), (38, 180, 52, 198))
    assert stems(page, [49.6, 121.3, 52.2, 189.0]) == [[49.6, 121.3, 52.2, 189.0]]


def test_a_stem_from_staff_to_staff_goes_on_where_its_ink_does() -> None:
    page = paper((50, 60, 52, 300), (20, 220, 120, 222))
    assert stems(page, [50.0, 60, 52, 150]) == [[50, 60, 52, 300]]


def test_pieces_of_one_stem_are_one() -> None:
    page = paper((50, 60, 52, 300), (20, 220, 120, 223))
    assert stems(page, [50.0, 60, 52, 215], [50, 230, 52, 300]) == [[50, 60, 52, 300]]


def test_the_surer_of_two_is_kept() -> None:
    boxes = np.array([[50.0, 120, 52, 190], [50.5, 118, 52.5, 191]])
    _, source = stems_on_ink(paper((50, 120, 52, 190)), boxes, np.array([0.3, 0.9]), SPACE)
    assert source.tolist() == [1]


def test_two_voices_stems_beside_each_other_are_two() -> None:
    page = paper((50, 120, 52, 190), (57, 160, 59, 240))
    assert stems(page, [50.0, 120, 59, 240]) == [[50, 120, 52, 190], [57, 160, 59, 240]]


def test_a_stem_that_leans_is_one() -> None:
    page = paper()
    for k in range(12):
        page[110 + 8 * k : 118 + 8 * k, 50 + k // 2 : 52 + k // 2] = 0
    box = [50.0, 110, 58, 206]
    assert stems(page, box) == [box]


@pytest.mark.parametrize("ink", [(40, 190, 64, 260), (0, 0, 0, 0)])
def test_what_is_wide_or_not_there_makes_no_stem_longer(ink: tuple[int, int, int, int]) -> None:
    page = paper((50, 120, 52, 190), ink)
    assert stems(page, [50.0, 120, 52, 190]) == [[50, 120, 52, 190]]


LEFT, RIGHT = [30.0, 90, 50, 110], [52.0, 110, 72, 130]
"""Heads at a stem from 50 to 52."""


@pytest.mark.parametrize(
    ("stem", "heads", "ends"),
    [
        ((20, 200), [LEFT, RIGHT], [(20, 100), (120, 200)]),
        ((20, 125), [LEFT, RIGHT], [(20, 125)]),  # a second: the stem goes up from both
        ((20, 115), [LEFT, RIGHT], [(20, 115)]),  # whose lower head has its middle beyond the end
        ((100, 200), [LEFT, RIGHT], [(100, 200)]),
        ((20, 200), [LEFT], [(20, 200)]),
        ((20, 200), [LEFT, RIGHT, [30, 190, 50, 210]], [(20, 200)]),
        ((20, 200), [], [(20, 200)]),
    ],
)
def test_a_stem_with_heads_in_its_middle_is_two(
    stem: tuple[int, int], heads: Boxes, ends: list[tuple[int, int]]
) -> None:
    boxes = np.array([[50.0, stem[0], 52, stem[1]]])
    found, source = parted(boxes, np.array(heads, np.float64).reshape(-1, 4), SPACE)
    assert [(top, bottom) for _, top, _, bottom in found.tolist()] == ends
    assert not source.any()


def test_bare_paper_and_no_stems() -> None:
    assert stems(np.full((60, 60), 200, np.uint8), [20.0, 10, 22, 50]) == [[20, 10, 22, 50]]
    assert stems(paper()) == []


@given(
    st.lists(st.tuples(*(st.integers(-30, 430) for _ in range(4))), max_size=5),
    st.lists(st.tuples(*(st.floats(-50, 450) for _ in range(4))), max_size=5),
    st.floats(1, 60),
)
def test_any_boxes_on_any_page(
    ink: list[tuple[int, ...]], boxes: list[tuple[float, ...]], space: float
) -> None:
    page = np.full((400, 200), 255, np.uint8)
    for x0, y0, x1, y1 in ink:
        page[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 0
    upright = np.array(boxes).reshape(-1, 4)
    upright = np.concatenate(
        [np.minimum(upright[:, :2], upright[:, 2:]), np.maximum(upright[:, :2], upright[:, 2:])], axis=1
    )
    found, source = stems_on_ink(page, upright, np.ones(len(upright)), space)
    assert np.isfinite(found).all()
    assert (found[:, 2:] >= found[:, :2]).all()
    assert ((source >= 0) & (source < len(upright))).all()
