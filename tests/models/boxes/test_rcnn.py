"""R-CNN sees the pixels of regions, and nothing but given regions."""

from __future__ import annotations

import torch

from notehead.models.boxes.base import Truth
from notehead.models.boxes.rcnn import CONTEXT, WINDOW, Rcnn, windows
from notehead.models.data.table import ClassTable


def test_a_window_shows_its_region_and_a_little_around_it() -> None:
    images = torch.zeros(2, 1, 64, 64)
    images[1, 0, 10:30, 20:60] = 1
    box = torch.tensor([[20.0, 10, 60, 30], [20, 10, 60, 30]])
    empty, seen = windows(images, box, torch.tensor([0, 1]))
    assert empty.sum() == 0
    rim = round(WINDOW * CONTEXT / (1 + 2 * CONTEXT))  # a pixel is two of the window, and edges are soft
    assert (seen[0, rim + 1 : -rim - 1, rim + 1 : -rim - 1] == 1).all()
    assert (seen[0, : rim - 2] == 0).all()
    assert (seen[0, :, -rim + 2 :] == 0).all()


def test_it_runs_on_given_regions() -> None:
    torch.manual_seed(0)
    network, images = Rcnn(ClassTable((1, 2))).eval(), torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        none, some = network.find(images, [torch.zeros(0, 4), torch.tensor([[10.0, 10, 30, 30]])])
    assert len(none.box) == 0
    assert 1 <= len(some.box) <= 2  # one region, two classes
    middle = (some.box[:, :2] + some.box[:, 2:]) / 2
    assert ((middle - 20).abs() < 4).all()


def test_it_learns_of_given_regions() -> None:
    torch.manual_seed(0)
    network, images = Rcnn(ClassTable((1, 2))), torch.rand(1, 1, 64, 64)
    truth = Truth(torch.tensor([[10.0, 10, 30, 30]]), torch.tensor([2]))
    parts = network.losses(images, [truth], [torch.tensor([[11.0, 10, 30, 31], [40, 40, 60, 60]])])
    assert set(parts) == {"region", "move"}
    assert all(float(part.detach()) > 0 for part in parts.values())
