"""RefineNet's decoder: what comes out has the sizes of what goes in, and knows of what is coarser."""

from __future__ import annotations

import pytest
import torch

from notehead.models.refinenet import ChainedPooling, RefineDecoder

WIDTHS = (4, 6, 8, 10)


def maps() -> list[torch.Tensor]:
    sizes = ((24, 40), (12, 20), (6, 10), (3, 5))
    return [
        torch.randn(2, width, *size, requires_grad=True) for width, size in zip(WIDTHS, sizes, strict=True)
    ]


@pytest.fixture(scope="module")
def decoder() -> RefineDecoder:
    torch.manual_seed(0)
    return RefineDecoder(WIDTHS, 5)


def test_maps_keep_their_sizes(decoder: RefineDecoder) -> None:
    given = maps()
    found = decoder(given)
    assert [one.shape for one in found] == [(2, 5, *one.shape[2:]) for one in given]


@pytest.mark.parametrize("level", range(4))
def test_each_map_knows_of_those_that_are_coarser_and_no_others(decoder: RefineDecoder, level: int) -> None:
    given = maps()
    decoder(given)[level].sum().backward()
    assert [one.grad is not None and bool(one.grad.any()) for one in given] == [k >= level for k in range(4)]


def test_every_weight_counts_for_the_finest_map(decoder: RefineDecoder) -> None:
    decoder.zero_grad()
    decoder(maps())[0].square().sum().backward()
    assert [name for name, one in decoder.named_parameters() if one.grad is None] == []


def test_pooling_reaches_two_cells_farther_each_time() -> None:
    pooling = ChainedPooling(1, steps=2)
    for layer in pooling.modules():
        if isinstance(layer, torch.nn.Conv2d):  # what is pooled is added as it is
            torch.nn.init.dirac_(layer.weight)
    spike = torch.zeros(1, 1, 11, 11)
    spike[0, 0, 5, 5] = 1
    found = pooling(spike)[0, 0, 5].tolist()
    assert found == [0, 1, 1, 2, 2, 3, 2, 2, 1, 1, 0]
