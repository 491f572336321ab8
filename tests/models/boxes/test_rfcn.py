"""R-FCN: parts vote, each for where it should be."""

from __future__ import annotations

import torch

from notehead.models.boxes.rfcn import PARTS, Votes


def test_a_region_in_place_gets_all_votes_and_one_beside_it_fewer() -> None:
    label = torch.zeros(1, PARTS * PARTS * 2, 12, 12)
    for row in range(PARTS):  # a symbol of 3 x 3 cells at cell (4, 4); each part scores its cell for class 1
        for column in range(PARTS):
            label[0, (row * PARTS + column) * 2 + 1, 4 + row, 4 + column] = 1
    box = torch.tensor([[32.0, 32, 56, 56], [40, 32, 64, 56], [64, 64, 88, 88]])
    numbers = torch.full((1, PARTS * PARTS * 4, 12, 12), 0.5)
    logits, moves = Votes()(box, torch.zeros(3, dtype=torch.int64), label, numbers)
    torch.testing.assert_close(logits[:, 1], torch.tensor([1.0, 0, 0]))
    assert (logits[:, 0] == 0).all()
    torch.testing.assert_close(moves, torch.full((3, 1, 4), 0.5))
