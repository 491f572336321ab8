"""What a batch teaches a network: its parts, each by itself, averaged over whoever has seen them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Task(Protocol):
    """What is trained: a network, its batches by number, and what being wrong costs."""

    network: nn.Module

    def batch(self, number: int) -> Any:
        """The batch of that number: a function of the task's seed and the number alone."""

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, float]]:
        """The loss of a batch, and its parts as numbers."""

    def judge(self, network: nn.Module) -> dict[str, float]:
        """What the averaged network is worth; empty where there is nothing to judge by."""


class Team(Protocol):
    """Workers that train one network together, each of them on its share of every batch."""

    @property
    def rank(self) -> int:
        """The number of this worker, from 0; the first one writes and judges."""

    @property
    def size(self) -> int:
        """How many there are."""

    def summed(self, values: Tensor) -> Tensor:
        """The sum of what all workers give, to the last bit the same for each of them.

        Raises:
            PeerLostError: another worker is gone.
        """


class PeerLostError(Exception):
    """Another worker is gone, so that nothing can be learnt together."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A team of one."""

    rank: int = 0
    size: int = 1

    def summed(self, values: Tensor) -> Tensor:
        """The values."""
        return values


ALONE = Alone()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of a batch; its gradients are in the network.

    Attributes:
        loss: the mean of its parts.
        told: the parts of the loss, likewise.
        over: whether the time is over, as the first worker says.
    """

    loss: float
    told: dict[str, float]
    over: bool


def share_of(parts: int, team: Team) -> range:
    """The parts of each batch that a worker sees.

    Example:
        >>> share_of(4, Alone(1, 2))
        range(2, 4)
    """
    return range(team.rank * parts // team.size, (team.rank + 1) * parts // team.size)


def learn(task: Task, batches: Iterable[Any], parts: int, team: Team, *, over: bool) -> Lesson:
    """Learn from a worker's share of a batch; all workers get the gradients of the whole.

    Losses, gradients and running means of the parts of a batch are averaged. Each part is normalised by
    itself, and begins from the running means that the batch before has left: it does not matter which worker
    sees it, nor what that worker sees besides.

    Args:
        task: whose network learns.
        batches: this worker's parts of the batch.
        parts: of the whole batch.
        team: all workers.
        over: whether the time is over, as this worker sees it.

    Raises:
        PeerLostError: another worker is gone.
    """
    task.network.zero_grad(set_to_none=True)
    sums = _Sums(task.network) if parts > 1 else None
    losses: list[dict[str, float]] = []
    for batch in batches:
        if sums is not None:
            sums.restore()
        loss, told = task.loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append({"loss": float(loss.detach()), **told})
        if sums is not None:
            sums.add()
    figures = {name: sum(one[name] for one in losses) for name in losses[0]}
    if sums is not None:
        first = float(over and team.rank == 0)
        late, *means = sums.averaged([first, *figures.values()], parts, team)
        over, figures = late > 0, dict(zip(figures, means, strict=True))
    return Lesson(figures.pop("loss"), figures, over)


class _Sums:
    """What parts of a batch have taught: gradients, which add up by themselves, and running means."""

    def __init__(self, network: nn.Module) -> None:
        self._weights = [value for value in network.parameters() if value.requires_grad]
        self._running = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        self._counting = [buffer for buffer in network.buffers() if not buffer.is_floating_point()]
        self._before = [buffer.clone() for buffer in (*self._running, *self._counting)]
        self._moved = [torch.zeros_like(buffer) for buffer in self._running]

    def restore(self) -> None:
        """Let the next part begin where the batch has begun."""
        for buffer, was in zip((*self._running, *self._counting), self._before, strict=True):
            buffer.copy_(was)

    def add(self) -> None:
        """Remember how far a part has moved running means."""
        for moved, now, was in zip(self._moved, self._running, self._before, strict=False):
            moved.add_(now - was)

    def averaged(self, figures: list[float], parts: int, team: Team) -> list[float]:
        """Give the network the mean gradients and running means of all parts; the means of figures."""
        device = self._weights[0].device
        there = [float(value.grad is not None) for value in self._weights]
        slopes = [torch.zeros_like(value) if value.grad is None else value.grad for value in self._weights]
        pieces = [torch.tensor([*figures, *there], device=device), *slopes, *self._moved]
        flat = torch.cat([piece.reshape(-1) for piece in pieces]).cpu()
        mean_of_all = (team.summed(flat) / parts).to(device)
        means = torch.split(mean_of_all, [piece.numel() for piece in pieces])
        told: list[float] = means[0].tolist()
        slopes_of = means[1 : 1 + len(slopes)]
        for value, mean, taught in zip(self._weights, slopes_of, told[len(figures) :], strict=True):
            if taught:  # what no part depends on stays as it is, and does not decay
                value.grad = torch.zeros_like(value) if value.grad is None else value.grad
                value.grad.copy_(mean.view_as(value))
        for buffer, was, mean in zip(self._running, self._before, means[1 + len(slopes) :], strict=False):
            buffer.copy_(was + mean.view_as(buffer))
        return told[: len(figures)]
