"""Regions that are learnt from, and what they should say."""

from __future__ import annotations

import torch

from notehead.models.boxes.anchors import encode
from notehead.models.boxes.base import Truth
from notehead.models.boxes.region_head import region_boxes, region_losses
from notehead.models.boxes.sampling import SampleOptions, drawn, sampled

TRUTH = Truth(torch.tensor([[0.0, 0, 10, 10], [40, 0, 42, 40]]), torch.tensor([3, 1]))
EMPTY = Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))


def test_regions_are_told_the_symbol_that_they_share_most_with() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 12], [41, 0, 43, 40], [60, 60, 70, 70]])
    sample = sampled([boxes], [TRUTH])
    told = {tuple(box): label for box, label in zip(sample.box.tolist(), sample.label.tolist(), strict=True)}
    assert told == {
        (0, 0, 10, 10): 3,
        (40, 0, 42, 40): 1,
        (0, 0, 10, 12): 3,
        (41, 0, 43, 40): 0,
        (60, 60, 70, 70): 0,
    }  # a stem's neighbour by one pixel shares a third with it
    shown = sample.label > 0
    torch.testing.assert_close(sample.true[shown], TRUTH.box[sample.owner[shown]])
    torch.testing.assert_close(sample.label[shown], TRUTH.label[sample.owner[shown]])


def test_a_quarter_shows_symbols_and_images_stay_apart() -> None:
    source = torch.Generator().manual_seed(0)
    near = TRUTH.box[0] + torch.rand(200, 4, generator=source)
    far = torch.tensor([100.0, 100, 120, 120]) + torch.rand(400, 4, generator=source)
    sample = sampled([torch.cat((near, far)), far], [TRUTH, EMPTY], SampleOptions(64, 0.25))
    assert sample.image.tolist() == [0] * 64 + [1] * 64
    assert [int((sample.label[sample.image == place] > 0).sum()) for place in (0, 1)] == [16, 0]
    again = sampled([torch.cat((near, far)), far], [TRUTH, EMPTY], SampleOptions(64, 0.25))
    torch.testing.assert_close(sample.box, again.box)


def test_what_is_drawn_is_some_of_it() -> None:
    rows = torch.arange(50) * 2
    few = drawn(rows, 7)
    assert len(set(few.tolist())) == 7
    assert set(few.tolist()) < set(rows.tolist())
    assert few.tolist() != rows[:7].tolist()
    assert drawn(rows, 90) is rows


def test_numbers_that_are_learnt_lead_to_the_symbols() -> None:
    boxes = torch.tensor([[1.0, 0, 12, 10], [39.5, 0, 41.5, 42]])
    sample = sampled([boxes], [TRUTH])
    numbers = torch.zeros(len(sample.box), 3, 4)
    shown = sample.label.nonzero()[:, 0]
    numbers[shown, sample.label[shown] - 1] = encode(sample.box[shown], sample.true[shown], (0.1, 0.2))
    logits = torch.full((len(sample.box), 4), -9.0)
    logits[torch.arange(len(logits)), sample.label] = 9.0
    parts = region_losses(logits, numbers, sample)
    assert all(float(part) < 1e-3 for part in parts.values())
    found = region_boxes(logits, numbers, sample.box, (64, 64))
    assert sorted(found.label.tolist()) == [1, 3]
    order = found.label.argsort(descending=True)
    torch.testing.assert_close(found.box[order], TRUTH.box, atol=1e-3, rtol=0)


def test_nothing_to_learn_from_is_no_error() -> None:
    sample = sampled([torch.zeros(0, 4)], [EMPTY])
    logits, numbers = torch.zeros(0, 4, requires_grad=True), torch.zeros(0, 3, 4, requires_grad=True)
    assert sum(float(part.detach()) for part in region_losses(logits, numbers, sample).values()) == 0
