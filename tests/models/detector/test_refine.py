"""The network that looks at symbols once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from notehead.models.detector.crops import Batch
from notehead.models.detector.proposals import Proposals, false_peaks
from notehead.models.detector.refine import RefineNetwork, refine_loss
from notehead.models.overlap import generalised_iou


def batch_of_blots(seed: int, count: int = 60) -> Batch:
    rng = np.random.default_rng(seed)
    images = np.full((count, 64, 64), 255, np.uint8)
    low = rng.integers(12, 30, (count, 2))
    high = low + rng.integers(4, 24, (count, 2))
    for image, (x0, y0), (x1, y1) in zip(images, low, high, strict=True):
        image[y0:y1, x0:x1] = 0
    numbers = np.arange(count)
    return Batch(
        image=images,
        traces=np.zeros((count, 32, 32), np.uint16),
        crop=numbers,
        kind=np.zeros(count, np.int64),
        label=np.zeros(count, np.int64),
        box=np.concatenate((low, high), axis=1).astype(np.float32),
        shake=rng.standard_normal((count, 4), np.float32),
        point=np.empty((0, 5), np.int64),
    )


CLASSES = 4


def proposals(batch: Batch, symbols: int = 60, features: Tensor | None = None) -> Proposals:
    """One cell for each of so many symbols, of which nothing is known yet; the others are of none."""
    count = len(batch.label)
    symbol = torch.arange(count)
    symbol[symbols:] = -1
    return Proposals(
        symbol,
        torch.from_numpy(batch.crop),
        torch.zeros(count, dtype=torch.int64),
        torch.zeros(count, 2) if features is None else features,
        torch.zeros(count),
        torch.zeros(count, CLASSES),
        torch.from_numpy(batch.box),
    )


def learnt(given: Callable[[int], tuple[Batch, Proposals]], steps: int = 120) -> tuple[float, float]:
    """The loss of a batch that was not learnt from, before and after."""
    torch.manual_seed(0)
    network = RefineNetwork(2, CLASSES)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    before = float(refine_loss(network, *given(1000)).detach())
    for step in range(steps):
        optimiser.zero_grad()
        refine_loss(network, *given(step)).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return before, float(refine_loss(network, *given(1000)).detach())


def test_it_learns_to_mend_boxes() -> None:
    def nothing_found(seed: int) -> tuple[Batch, Proposals]:
        batch = batch_of_blots(seed)
        given = proposals(batch)
        return batch, replace(given, box=torch.zeros(60, 4) + torch.tensor([0.0, 0, 1, 1]))

    before, after = learnt(nothing_found)
    assert after < 0.35 * before


def test_it_learns_which_class_and_whether_there_is_a_symbol_at_all() -> None:
    def with_mistakes(seed: int) -> tuple[Batch, Proposals]:
        batch = batch_of_blots(seed)
        given = proposals(batch, 40)
        batch.image[40:] = 255  # what was found there is paper
        tall = batch.box[:, 3] - batch.box[:, 1] > batch.box[:, 2] - batch.box[:, 0]
        return replace(batch, label=np.where(tall, 3, 1).astype(np.int64)), given

    before, after = learnt(with_mistakes)
    assert before > 2.0  # logarithms of two chances and of four
    assert after < 0.35 * before


def test_symbols_that_reach_beyond_their_crop_are_left_out() -> None:
    batch = batch_of_blots(0)
    batch.box[:, 0] = -1
    loss = refine_loss(RefineNetwork(2, CLASSES), batch, proposals(batch))
    assert loss.item() == 0


def test_of_the_cells_of_a_symbol_the_surest_counts() -> None:
    batch = batch_of_blots(0, 5)
    given = replace(
        proposals(batch),
        symbol=torch.tensor([1, 1, -1, 0, 1]),
        centre=torch.tensor([0.1, 0.5, -2.0, -9.0, 0.2]),
    )
    assert given.surest.tolist() == [False, True, True, True, False]


def test_of_common_classes_only_some_cells_are_learnt_and_of_rare_ones_all() -> None:
    batch = batch_of_blots(0, 300)
    label = np.zeros(300, np.int64)
    label[[7, 200]] = 3
    asked = proposals(batch, 280).learnt(replace(batch, label=label))
    rows = asked.symbol.tolist()
    assert {7, 200} <= set(rows)
    assert rows.count(-1) == 20
    assert len(rows) == 96 + 2 + 20


def test_false_peaks_are_far_from_all_centres() -> None:
    heat, wanted = torch.full((1, 2, 9, 9), -9.0), torch.zeros(1, 2, 9, 9)
    heat[0, 0, 2, 3], heat[0, 1, 5, 5], heat[0, 1, 5, 6], heat[0, 1, 0, 8] = 2.0, 1.0, 0.5, -4.0
    wanted[0, 0, 2, 2:5] = 0.4
    assert false_peaks(heat, wanted).tolist() == [[0, 1, 5, 5]]


def test_what_boxes_share() -> None:
    boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 1, 1], [3, 3, 4, 4]])
    others = torch.tensor([[0.0, 0, 2, 2], [3, 0, 4, 1], [3, 3, 5, 5]])
    shares = generalised_iou(boxes, others)
    assert torch.allclose(shares, torch.tensor([1.0, -0.5, 0.25]))
