"""Anchors: which symbol each learns, against all pairs; boxes encoded and decoded."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from notehead.models.boxes.anchors import NONE, UNSURE, Anchors, as_rows, decode, encode

ANCHORS = Anchors(
    (4, 8, 16),
    (((6.0, 6.0), (4.0, 24.0)), ((16.0, 16.0), (40.0, 8.0), (8.0, 60.0)), ((60.0, 60.0),)),
)
SIZE = (96, 64)
ALL = ANCHORS.boxes(SIZE)


def _boxes(draw: list[tuple[float, float, float, float]]) -> Tensor:
    rows = torch.tensor(draw, dtype=torch.float32).reshape(-1, 4)
    return torch.cat((rows[:, :2], rows[:, :2] + rows[:, 2:]), dim=1)


BOXES = st.lists(
    st.tuples(st.floats(0, 60), st.floats(0, 90), st.floats(1, 70), st.floats(1, 70)), max_size=12
).map(_boxes)


def _overlap(box: Tensor) -> Tensor:
    """IoU of all anchors with all symbols, thin ones widened."""
    middle, sides = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]).clamp(min=ANCHORS.thin)
    wide = torch.cat((middle - sides / 2, middle + sides / 2), dim=1)
    low, high = torch.maximum(ALL[:, None, :2], wide[:, :2]), torch.minimum(ALL[:, None, 2:], wide[:, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    area = (ALL[:, 2:] - ALL[:, :2]).prod(dim=1)
    return shared / (area[:, None] + sides.prod(dim=1) - shared)


@settings(deadline=None, max_examples=60)
@given(BOXES, st.sampled_from([(0.5, 0.5), (0.5, 0.4), (0.7, 0.3), (0.4, 0.2)]))
def test_matching_is_that_of_all_pairs(box: Tensor, limits: tuple[float, float]) -> None:
    high, low = limits
    owner = ANCHORS.match(box, SIZE, high, low, best=False)
    assert owner.shape == (len(ALL),)
    if not len(box):
        assert (owner == NONE).all()
        return
    overlap = _overlap(box)
    most = overlap.amax(dim=1)
    clear = ((most - high).abs() > 1e-4) & ((most - low).abs() > 1e-4)  # where rounding decides nothing
    assert ((owner >= 0) == (most >= high))[clear].all()
    assert ((owner == NONE) == (most < low))[clear].all()
    assert ((owner == UNSURE) == ((most >= low) & (most < high)))[clear].all()
    learnt = (owner >= 0).nonzero()[:, 0]
    torch.testing.assert_close(overlap[learnt, owner[learnt]], most[learnt])


@settings(deadline=None, max_examples=60)
@given(BOXES)
def test_every_symbol_has_an_anchor(box: Tensor) -> None:
    owner = ANCHORS.match(box, SIZE, 0.6)
    # symbols that are all alike may run out of rounds; others may not
    if len({tuple(row) for row in box.round().tolist()}) == len(box):
        assert set(owner[owner >= 0].tolist()) == set(range(len(box)))
    if len(box) == 1:
        overlap = _overlap(box)[:, 0]
        learnt = owner >= 0
        assert overlap[learnt].max() >= overlap.max() - 1e-6


def test_the_better_of_two_keeps_the_anchor_of_both() -> None:
    box = torch.tensor([[0.0, 0, 40, 60], [2.0, 18, 62, 78]])  # one anchor of 60 pixels is best for both
    anchors = Anchors((64,), (((60.0, 60.0), (30.0, 30.0)),))
    assert anchors.match(box, (64, 64), 0.99).tolist() in ([0, 1], [1, 0])
    better = _single(anchors, box)
    assert anchors.match(box, (64, 64), 0.99)[0] == better


def _single(anchors: Anchors, box: Tensor) -> int:
    """The symbol that shares most with the first anchor."""
    first = anchors.boxes((64, 64))[0]
    shared = (torch.minimum(first[2:], box[:, 2:]) - torch.maximum(first[:2], box[:, :2])).prod(dim=1)
    union = (first[2:] - first[:2]).prod() + (box[:, 2:] - box[:, :2]).prod(dim=1) - shared
    return int((shared / union).argmax())


def test_a_stem_is_learnt_by_the_anchor_around_it() -> None:
    owner = ANCHORS.match(torch.tensor([[33.0, 20, 35, 46]]), SIZE, 0.5)
    learnt = ALL[owner == 0]
    assert len(learnt)
    assert (learnt[:, 2] - learnt[:, 0] == 4).all()
    assert (learnt[:, 0] == 32).all()


@settings(deadline=None, max_examples=60)
@given(BOXES, BOXES, st.sampled_from([(1.0, 1.0), (0.1, 0.2)]))
def test_what_is_encoded_is_decoded(anchor: Tensor, box: Tensor, spread: tuple[float, float]) -> None:
    count = min(len(anchor), len(box))
    anchor, box = anchor[:count], box[:count]
    sides = (box[:, 2:] - box[:, :2]) / (anchor[:, 2:] - anchor[:, :2])
    near = (sides < 50).all(dim=1)
    again = decode(anchor, encode(anchor, box, spread), spread)
    torch.testing.assert_close(again[near], box[near], rtol=1e-4, atol=1e-3)


def test_rows_are_in_the_order_of_anchors() -> None:
    # an output that says where its cell is and which shape it means
    anchors = Anchors((8,), (((8.0, 8.0), (16.0, 8.0)),))
    size = (16, 24)
    box = anchors.boxes(size)
    y, x = torch.meshgrid(torch.arange(2.0) * 8 + 4, torch.arange(3.0) * 8 + 4, indexing="ij")
    output = torch.stack((x, y, torch.full_like(x, 8), x, y, torch.full_like(x, 16)))[None]
    found = as_rows(output, 3)[0]
    torch.testing.assert_close(found[:, :2], (box[:, :2] + box[:, 2:]) / 2)
    torch.testing.assert_close(found[:, 2], box[:, 2] - box[:, 0])
