"""Windows cover the image, and show what is there."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.models.boxes.base import Truth
from notehead.models.classify.drawing import AT, OTHER, SAME, UNSURE, classes_of, drawn_windows
from notehead.models.classify.windows import RIM, SHAPES, all_windows, inked, seen_through, sizes_of

SIDE = 160
EVERY = all_windows(SIDE, SIDE)


def overlaps(box: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    shared = torch.minimum(box[2:], others[:, 2:]) - torch.maximum(box[:2], others[:, :2])
    both = shared.clamp(min=0).prod(dim=1)
    area = (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(dim=1)
    return both / (area - both)


@settings(max_examples=50)
@given(st.sampled_from(SHAPES), st.floats(0, 0.6), st.floats(0, 0.6))
def test_whatever_fits_a_shape_has_a_window(shape: tuple[int, int], x: float, y: float) -> None:
    corner = torch.tensor((x * (SIDE - shape[0]), y * (SIDE - shape[1])))
    box = torch.cat((corner, corner + torch.tensor(shape)))
    assert float(overlaps(box, EVERY).max()) > 0.44


def test_windows_are_on_the_image_and_all_different() -> None:
    box = all_windows(64, 100)
    assert (box[:, :2] >= 0).all()
    assert (box[:, 2] <= 100).all()
    assert (box[:, 3] <= 64).all()
    assert len(torch.unique(box, dim=0)) == len(box)
    assert len(all_windows(1, 1)) == 0


def test_blank_windows_are_left_out() -> None:
    torch.manual_seed(0)
    image = (torch.rand(1, 50, 60) > 0.95).float()
    box = all_windows(50, 60)[::17]
    dark = torch.tensor([float(image[0, y0:y1, x0:x1].mean()) for x0, y0, x1, y1 in box.long().tolist()])
    least = torch.where((box[:, 2:] - box[:, :2]).amin(dim=1) <= 5, 0.3, 0.05)
    sure = (dark - least).abs() > 1e-4
    assert torch.equal(inked(image, box)[sure], (dark > least)[sure])
    assert 0 < int((dark > least)[sure].sum()) < int(sure.sum())
    grey = 0.2 + 0.7 * image  # a scan: ink is not black, paper is not white
    assert inked(grey, box).any()
    assert inked(grey, box).sum() <= inked(image, box).sum()


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_seen_is_the_window_with_its_rim(shape: tuple[int, int]) -> None:
    image = torch.zeros(1, SIDE, SIDE)
    x, y = 30, 40
    image[:, y : y + shape[1], x : x + shape[0]] = 1
    box = torch.tensor([[x, y, x + shape[0], y + shape[1]]], dtype=torch.float32)
    seen = seen_through(image, box)
    assert seen.shape == (1, 1, 32, 32)
    whole = (shape[0] + 2 * RIM) * (shape[1] + 2 * RIM)
    assert float(seen.mean()) == pytest.approx(shape[0] * shape[1] / whole, rel=0.15)
    assert torch.allclose(seen, seen.flip(2).flip(3), atol=0.1)  # it stands in the middle


def test_left_is_left_and_beyond_is_paper() -> None:
    image = torch.zeros(1, 64, 64)
    image[:, :, :10] = 1
    seen = seen_through(image, torch.tensor([[0.0, 20, 20, 40]]))[0, 0]
    assert float(seen[16, :8].max()) == 0  # 12 pixels beyond the edge: there is paper
    assert float(seen[16, 10:15].min()) == 1
    assert float(seen[16, 18:].max()) == 0


def test_sizes_are_told_in_staff_spaces() -> None:
    assert sizes_of(torch.tensor([[0.0, 0, 12, 48]])).tolist() == [[0, 2]]


def truth() -> tuple[torch.Tensor, Truth]:
    box = torch.tensor([[20.0, 30, 35, 43], [70, 60, 85, 73], [100, 20, 102, 60], [0, 100, 128, 124]])
    image = torch.zeros(1, 128, 128)
    for x0, y0, x1, y1 in box.long().tolist():
        image[:, y0:y1, x0:x1] = 1
    return image, Truth(box, torch.tensor([1, 1, 2, 3]))


def test_windows_to_learn_from_are_of_all_kinds_and_the_same_again() -> None:
    image, there = truth()
    box, label = drawn_windows(image, there)
    again, same = drawn_windows(image, there)
    assert torch.equal(box, again)
    assert torch.equal(label, same)
    assert {0, 1, 2} <= set(label.tolist())
    assert int((label > 0).sum()) > AT / 2
    assert int((label == 0).sum()) > 80


def test_a_window_has_the_class_that_it_shares_most_with() -> None:
    _, there = truth()
    windows = torch.tensor([[20.0, 30, 35, 43], [99, 20, 101, 60], [20, 33, 35, 46], [50, 0, 60, 9]])
    assert classes_of(windows, there.box, there.label).tolist() == [1, 0, 1, 0]
    unsure = torch.tensor([[20.0, 30, 35, 43]]) + torch.tensor([[0, 5.3, 0, 5.3]])
    assert OTHER < float(overlaps(unsure[0], there.box).max()) < SAME
    assert classes_of(unsure, there.box, there.label).tolist() == [UNSURE]


def test_without_symbols_all_is_background() -> None:
    nothing = Truth(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))
    box, label = drawn_windows(torch.zeros(1, 64, 64), nothing)
    assert len(box) == len(label) > 0
    assert not label.any()
