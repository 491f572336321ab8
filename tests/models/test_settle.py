"""Normalisations that were multiplied into convolutions learn again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from notehead.models.lesson import ALONE
from notehead.models.settle import settle, unsettled


class Sees:
    """A task whose batches are numbers, for a convolution, what normalises it, and another pair."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        layers = nn.Conv2d(2, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 3, 3, bias=False)
        network = nn.Sequential(*layers, nn.BatchNorm2d(3))
        self.network: nn.Module = network
        for place, bias in ((1, [0.5, -1.0, 2.0, 0.0]), (4, [1.0, 0.0, -3.0])):
            norm = network[place]
            norm.load_state_dict(unsettled("", torch.tensor(bias)), strict=False)

    def batch(self, number: int) -> Tensor:
        values = np.random.default_rng(number).normal(3, 2, (6, 2, 12, 12))
        return torch.from_numpy(values.astype(np.float32))

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, float]]:
        return self.network(batch).square().mean(), {}

    def judge(self, network: nn.Module) -> dict[str, float]:
        return {}


def moved(*, settled: bool) -> float:
    """How far what a learning network says is from what it said before, in standard deviations."""
    task = Sees()
    seen = task.batch(100)
    before = task.network.eval()(seen)
    task.network.train()
    if settled:
        settle(task, map(task.batch, range(16)), 16, ALONE)
        assert task.network.training
        torch.testing.assert_close(task.network.eval()(seen), before, rtol=1e-4, atol=1e-4)
    learning = task.network.train()(seen)
    return float((learning - before).detach().abs().mean() / before.detach().std())


def test_it_says_the_same_and_so_it_does_while_it_learns() -> None:
    assert moved(settled=True) < 0.1
    assert moved(settled=False) > 0.3


class Halves:
    """Two workers, one after the other: the first one's sums wait for the second's."""

    rank, size = 0, 2

    def __init__(self, given: list[Tensor]) -> None:
        self.given = given

    def summed(self, values: Tensor) -> Tensor:
        self.given.append(values)
        return values if len(self.given) == 1 else self.given[0] + values


def test_workers_settle_it_alike() -> None:
    whole, half = Sees(), Sees()
    settle(whole, map(whole.batch, range(16)), 16, ALONE)
    given: list[Tensor] = []
    settle(Sees(), map(half.batch, range(0, 16, 2)), 16, Halves(given))
    settle(half, map(half.batch, range(1, 16, 2)), 16, Halves(given))
    for name, value in whole.network.state_dict().items():
        torch.testing.assert_close(half.network.state_dict()[name], value, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer", [nn.BatchNorm1d(2), nn.BatchNorm2d(2)])
def test_unsettled_adds_a_bias(layer: nn.Module) -> None:
    layer.eval().load_state_dict(unsettled("", torch.tensor([1.0, -2.0])), strict=False)
    shape = (1, 2) if isinstance(layer, nn.BatchNorm1d) else (1, 2, 1, 1)
    found = layer(torch.tensor([3.0, 4.0]).view(shape)).flatten()
    torch.testing.assert_close(found, torch.tensor([4.0, 2.0]))
