"""Merging is the inverse of slicing; of what slices see twice, one is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from benchmarks.yolov10.merging import Found, MergeOptions, merged
from notehead import VOCABULARY, Page, Symbols
from notehead.datasets.slicing import SliceOptions, slices
from notehead.errors import NoteheadError
from tests.support.pages import blank_page

PAGE = (300, 200)
SLICING = SliceOptions(100, 0.2, min_visible=0.0)
"""Slices that share 20 pixels: on such a page they begin at 0, 80, 160, 200 and at 0, 80, 100."""


def found(boxes: ArrayLike, labels: list[int], scores: list[float] | None = None) -> Found:
    score = np.ones(len(labels)) if scores is None else np.array(scores)
    return Found(np.array(boxes, np.float64).reshape(-1, 4), np.array(labels, np.int64), score)


def in_slices(page: Page, slicing: SliceOptions) -> dict[tuple[int, int], Found]:
    """What a perfect network finds in the slices of a page."""
    parts = {}
    for part in slices(page, slicing):
        left, top = part.name.rpartition("-x")[2].split("-y")
        symbols = part.symbols
        parts[int(left), int(top)] = Found(symbols.box, symbols.label.astype(np.int64), symbols.score)
    return parts


def page_of(boxes: ArrayLike, names: list[str], scores: list[float] | None = None) -> Page:
    score = np.ones(len(names)) if scores is None else scores
    return blank_page("page", Symbols.build(names, boxes, score=score), PAGE)


@st.composite
def box(draw: st.DrawFn) -> list[float]:
    sides = []
    for length in PAGE:
        low = draw(st.integers(0, length * 4 - 4))
        sides.append((low / 4, draw(st.integers(low + 4, length * 4)) / 4))
    (x0, x1), (y0, y1) = sides
    return [x0, y0, x1, y1]


@given(
    boxes=st.lists(box(), max_size=12),
    size=st.integers(40, 320),
    overlap=st.sampled_from([0.25, 0.5]),
    edge=st.sampled_from([1.0, 4.0]),
)
@settings(max_examples=60)
def test_it_is_the_inverse_of_slicing(
    boxes: list[list[float]], size: int, overlap: float, edge: float
) -> None:
    """Symbols of any size, each of another class, so that nothing can be mistaken."""
    names = list(VOCABULARY)[: len(boxes)]
    page, slicing = page_of(boxes, names), SliceOptions(size, overlap, min_visible=0.0)
    back = merged(in_slices(page, slicing), PAGE, slicing, MergeOptions(edge=edge))
    order = np.argsort(back.label)
    assert back.label[order].tolist() == sorted(page.symbols.label.tolist())
    true = page.symbols.box[np.argsort(page.symbols.label)]
    assert back.box[order] == pytest.approx(true, abs=1e-9)


@given(st.lists(box(), max_size=12), st.integers(40, 120))
@settings(max_examples=25)
def test_no_symbol_of_a_crowd_of_one_class_is_left_uncovered(boxes: list[list[float]], size: int) -> None:
    page, slicing = page_of(boxes, ["stem"] * len(boxes)), SliceOptions(size, 0.25, min_visible=0.0)
    back = merged(in_slices(page, slicing), PAGE, slicing)
    for one in page.symbols.box:
        middle = (one[:2] + one[2:]) / 2
        assert ((back.box[:, :2] <= middle) & (middle <= back.box[:, 2:])).all(axis=1).any()


def test_a_staff_through_all_slices_is_one_with_its_highest_score() -> None:
    page = page_of([[5, 85, 295, 97]], ["staff"])
    parts = in_slices(page, SLICING)
    assert sum(len(part.box) for part in parts.values()) == 8, "two rows of slices show it"
    for number, (corner, part) in enumerate(sorted(parts.items())):
        parts[corner] = Found(part.box, part.label, part.score * (0.5 + number / 100))
    back = merged(parts, PAGE, SLICING)
    assert back.box.tolist() == [[5, 85, 295, 97]]
    assert back.score.tolist() == [0.5 + 0.01 * 10]


def test_staves_close_to_each_other_stay_apart() -> None:
    boxes = [[5, 10, 295, 30], [5, 34, 295, 54], [5, 60, 295, 78]]
    back = merged(in_slices(page_of(boxes, ["staff"] * 3), SLICING), PAGE, SLICING)
    assert sorted(back.box.tolist()) == boxes


def test_an_end_that_only_one_slice_saw_is_left_out() -> None:
    """A notehead at the seam, whose other half the neighbour took for something else."""
    parts = {(0, 0): found([[92, 10, 100, 20]], [1]), (80, 0): found([[12, 10, 26, 20]], [2])}
    back = merged(parts, (180, 100), SLICING)
    assert back.box.tolist() == [[92, 10, 106, 20]]
    assert back.label.tolist() == [2]


def test_a_long_piece_without_a_partner_stays() -> None:
    parts = {(0, 0): found([[40, 10, 100, 20]], [1]), (80, 0): found([], [])}
    assert merged(parts, (180, 100), SLICING).box.tolist() == [[40, 10, 100, 20]]


def test_ends_at_the_edge_of_the_page_stay() -> None:
    parts = {(0, 0): found([[0, 0, 5, 5]], [1]), (80, 0): found([[95, 95, 100, 100]], [1])}
    assert sorted(merged(parts, (180, 100), SLICING).box.tolist()) == [[0, 0, 5, 5], [175, 95, 180, 100]]


def test_of_what_both_see_whole_the_surer_is_left() -> None:
    parts = {
        (0, 0): found([[84, 10, 94, 20], [84, 40, 94, 50]], [1, 1], [0.5, 0.75]),
        (80, 0): found([[5, 10, 15, 20], [4, 40, 14, 50]], [1, 2], [0.875, 0.5]),
    }
    back = merged(parts, (180, 100), SLICING)
    assert back.score.tolist() == [0.875, 0.75, 0.5]
    assert back.label.tolist() == [1, 1, 2]
    assert back.box[0].tolist() == [85, 10, 95, 20]


def test_pieces_of_symbols_above_each_other_are_not_mixed_up() -> None:
    left = found([[50, 10, 100, 20], [50, 30, 100, 40]], [1, 1])
    right = found([[0, 31, 60, 41], [0, 11, 30, 21]], [1, 1])
    back = merged({(0, 0): left, (80, 0): right}, (180, 100), SLICING)
    assert sorted(back.box.tolist()) == [[50, 10, 110, 21], [50, 30, 140, 41]]


def test_each_piece_has_one_partner() -> None:
    left = found([[50, 10, 100, 20]], [1])
    right = found([[0, 14, 60, 24], [0, 10, 60, 20]], [1, 1], [0.5, 0.75])
    back = merged({(0, 0): left, (80, 0): right}, (180, 100), SLICING)
    assert back.box.tolist() == [[50, 10, 140, 20], [80, 14, 140, 24]]


def test_a_page_smaller_than_a_slice_is_only_cleaned() -> None:
    part = found([[10, 10, 20, 20], [11, 10, 21, 20], [60, 60, 99, 99]], [1, 1, 1], [0.5, 0.75, 1])
    back = merged({(0, 0): part}, (99, 99), SLICING)
    assert back.box.tolist() == [[60, 60, 99, 99], [11, 10, 21, 20]]
    assert len(merged({(0, 0): found([], [])}, (99, 99), SLICING).box) == 0


def test_slices_that_share_nothing_cannot_be_merged() -> None:
    with pytest.raises(NoteheadError, match=r"slices that share 5 pixels .* more than 8"):
        merged({(0, 0): found([], [])}, (99, 99), SliceOptions(100, 0.05))
