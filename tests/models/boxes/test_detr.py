"""RT-DETRv2: what its loss takes, and what its queries give."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("transformers", reason="the extra `zoo` is not installed")

from notehead.models.boxes.base import Truth
from notehead.models.boxes.detr import QUERIES, Detr, _best
from notehead.models.data.table import ClassTable

EMPTY = Truth(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))


@pytest.fixture(scope="module")
def network() -> Detr:
    torch.manual_seed(0)
    return Detr(ClassTable((1, 2, 3)))


def test_the_same_batch_has_the_same_loss_again(network: Detr) -> None:
    images = torch.rand(2, 1, 128, 128)
    truth = Truth(torch.tensor([[10.0, 10, 24, 22], [40, 8, 42, 60]]), torch.tensor([1, 3]))
    one = network.train().losses(images, [truth, EMPTY])
    torch.rand(7)  # whatever else was drawn in between
    other = network.losses(images, [truth, EMPTY])
    for name, part in one.items():
        torch.testing.assert_close(part, other[name])
    assert all(float(part.detach()) > 0 for part in one.values())


def test_images_without_symbols_have_a_loss(network: Detr) -> None:
    parts = network.train().losses(torch.rand(2, 1, 128, 128), [EMPTY, EMPTY])
    assert float(parts["label"].detach()) > 0
    assert float(parts["box"].detach()) == 0


def test_queries_of_an_oblong_image_are_in_its_pixels(network: Detr) -> None:
    with torch.inference_mode():
        logits, box = network.eval()(torch.rand(1, 1, 96, 160))
        found = network.find(torch.rand(1, 1, 96, 160))[0]
    assert logits.shape == (1, QUERIES, 3)
    assert box.shape == (1, QUERIES, 4)
    assert (found.box <= torch.tensor([160.0, 96, 160, 96])).all()
    assert len(found.box) <= QUERIES


def test_a_query_may_be_two_classes_and_empty_boxes_are_none() -> None:
    box = torch.tensor([[0.0, 0, 4, 4], [5, 5, 5, 9], [1, 1, 2, 2]])
    found = _best(box, torch.tensor([[0.9, 0.8], [0.7, 0.0], [0.0, 0.001]]))
    assert found.box.tolist() == [[0, 0, 4, 4], [0, 0, 4, 4]]
    assert found.label.tolist() == [1, 2]
