"""SSD's hard negatives."""

from __future__ import annotations

import torch

from notehead.models.boxes.anchors import NONE
from notehead.models.boxes.base import Truth
from notehead.models.boxes.ssd import Ssd, _hardest
from notehead.models.data.table import ClassTable


def test_the_hardest_are_anchors_without_a_symbol_that_look_like_one() -> None:
    label = torch.tensor([[9.0, 0, 0], [0, 9, 0], [1, 2, 3], [0, 5, 5], [7, 0, 0]])
    owner = torch.tensor([NONE, 0, NONE, NONE, NONE])
    assert _hardest(label, owner, 2).tolist() == [3, 2]
    assert set(_hardest(label, owner, 99).tolist()) == {0, 2, 3, 4}


def test_an_image_without_symbols_has_a_loss() -> None:
    torch.manual_seed(0)
    network = Ssd(ClassTable((1, 2)))
    empty = Truth(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))
    parts = network.losses(torch.zeros(2, 1, 64, 64), [empty, empty])
    assert float(parts["label"].detach()) > 0
    assert float(parts["box"].detach()) == 0
