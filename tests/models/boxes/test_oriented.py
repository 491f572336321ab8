"""Oriented boxes: angles, who learns what, and suppression of doubles."""

from __future__ import annotations

import math

import cv2
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from notehead.models.boxes.base import Truth
from notehead.models.boxes.oriented import (
    Oriented,
    Spans,
    _centred,
    _errors,
    _owners,
)
from notehead.models.boxes.oriented_nms import suppressed_oriented
from notehead.models.data.table import ClassTable

BOX = st.tuples(
    st.floats(20, 100), st.floats(20, 100), st.floats(4, 80), st.floats(2, 30), st.floats(-math.pi, math.pi)
)


def _corners(x: float, y: float, width: float, height: float, turn: float) -> Tensor:
    away = torch.tensor([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    cosine, sine = math.cos(turn), math.sin(turn)
    return away @ torch.tensor([[cosine, sine], [-sine, cosine]]) + torch.tensor([x, y])


def _grid() -> tuple[Tensor, Tensor]:
    """Cells of all levels of a crop of 128 pixels."""
    cells, levels = [], []
    for level, stride in enumerate((4, 8, 16, 32)):
        place = (torch.arange(128 // stride) + 0.5) * stride
        y, x = torch.meshgrid(place, place, indexing="ij")
        cells.append(torch.stack((x, y), dim=-1).reshape(-1, 2))
        levels.append(torch.full((len(cells[-1]),), level))
    return torch.cat(cells), torch.cat(levels)


@settings(deadline=None, max_examples=80)
@given(BOX)
def test_corners_come_back_as_the_same_box(box: tuple[float, float, float, float, float]) -> None:
    corners = _corners(*box)
    again = Spans.of(corners[None]).corners()[0]
    # the same corners in the same order around the box, perhaps from another one on
    turns = [again.roll(k, 0) for k in range(4)]
    nearest = min(float((turn - corners).abs().max()) for turn in turns)
    assert nearest < 2e-3


@settings(deadline=None, max_examples=80)
@given(BOX)
def test_the_box_itself_is_no_error(box: tuple[float, float, float, float, float]) -> None:
    x, y, width, height, turn = box
    true = Spans.of(_corners(*box)[None])
    for same in ((width, height, turn), (height, width, turn + math.pi / 2), (width, height, turn + math.pi)):
        sides = torch.tensor([same[:2]])
        twice = torch.tensor([[math.cos(2 * same[2]), math.sin(2 * same[2])]])
        place, shape = _errors(Spans(torch.tensor([[x, y]]), sides, twice), true)
        assert float(place) < 1e-3
        assert float(shape) < 1e-3
    turned = torch.tensor([[math.cos(2 * turn + 0.4), math.sin(2 * turn + 0.4)]])
    _, shape = _errors(Spans(torch.tensor([[x, y]]), torch.tensor([[width, height]]), turned), true)
    assert float(shape) > 0.05


@settings(deadline=None, max_examples=80)
@given(BOX)
def test_every_symbol_is_learnt_by_cells_of_one_level(box: tuple[float, float, float, float, float]) -> None:
    cell, level = _grid()
    span = Spans.of(_corners(*box)[None])
    owner = _owners(span, cell, level)
    rows = (owner >= 0).nonzero()[:, 0]
    assert len(rows)
    assert len(set(level[rows].tolist())) == 1
    every = Spans(*(part.expand(len(rows), 2) for part in (span.middle, span.sides, span.twice)))
    centred = _centred(every, cell[rows], level[rows])
    assert centred.max() > 0.3  # also of what is thinner than a cell
    assert (centred <= 1).all()


def test_the_smaller_of_two_symbols_is_learnt() -> None:
    cell, level = _grid()
    corners = torch.stack([_corners(62, 62, 40, 30, 0.2), _corners(62, 62, 30, 6, 1.0)])
    owner = _owners(Spans.of(corners), cell, level)
    middle = ((cell - 62).abs().amax(dim=1) < 1) & (level == 0)
    assert owner[middle].tolist() == [1]
    assert {0, 1} == set(owner[owner >= 0].tolist())


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(BOX, st.integers(0, 1)), min_size=1, max_size=12))
def test_suppression_is_that_of_all_pairs(
    drawn: list[tuple[tuple[float, float, float, float, float], int]],
) -> None:
    corners = torch.stack([_corners(x / 4, y / 4, w, h, t) for (x, y, w, h, t), _ in drawn]).double().numpy()
    group = np.array([label for _, label in drawn])
    scores = np.random.default_rng(len(drawn)).permutation(len(drawn)).astype(float)
    kept: list[int] = []
    for row in np.argsort(-scores).tolist():
        overlaps = [_iou(corners[row], corners[other]) for other in kept if group[other] == group[row]]
        if any(abs(overlap - 0.5) < 1e-3 for overlap in overlaps):
            return  # rounding decides
        if max(overlaps, default=0.0) <= 0.5:
            kept.append(row)
    assert suppressed_oriented(corners, scores, 0.5, group).tolist() == kept


def _iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    one, other = (cv2.convexHull(box.astype(np.float32)) for box in (a, b))
    shared, _ = cv2.intersectConvexConvex(one, other)
    return float(shared / (cv2.contourArea(one) + cv2.contourArea(other) - shared))


def test_found_boxes_lie_around_their_corners() -> None:
    torch.manual_seed(0)
    network = Oriented(ClassTable((1, 2, 3))).eval()
    with torch.inference_mode():
        found = network.find(torch.rand(1, 1, 64, 96))[0]
    assert found.corners is not None
    assert len(found.corners) == len(found.box) > 0
    limit = torch.tensor([96.0, 64])
    torch.testing.assert_close(found.box[:, :2], found.corners.amin(dim=1).clamp(min=0))
    torch.testing.assert_close(found.box[:, 2:], torch.minimum(found.corners.amax(dim=1), limit))


def test_images_without_symbols_have_a_loss() -> None:
    torch.manual_seed(0)
    network = Oriented(ClassTable((1, 2)))
    empty = Truth(torch.empty(0, 4), torch.empty(0, dtype=torch.int64), corners=torch.empty(0, 4, 2))
    parts = network.losses(torch.zeros(2, 1, 64, 64), [empty, empty])
    assert float(parts["label"].detach()) > 0
    assert all(math.isfinite(float(part.detach())) for part in parts.values())
