"""Batch normalisations that were multiplied into convolutions, made ready to learn again.

Such a normalisation adds a bias and changes nothing else. While a network learns it divides by what is usual
in a batch, so before that it must multiply by as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from notehead.models.lesson import Task, Team

Norm = nn.modules.batchnorm._BatchNorm  # noqa: SLF001  # what its kinds share

BATCHES = 16
"""By which what is usual is found."""


def unsettled(name: str, bias: Tensor, eps: float = 1e-5) -> dict[str, Tensor]:
    """The weights of a normalisation that only adds a bias, by their names in the network.

    Example:
        >>> norm = nn.BatchNorm1d(1).eval()
        >>> _ = norm.load_state_dict(unsettled("", torch.tensor([2.0])), strict=False)
        >>> norm(torch.tensor([[5.0]])).item()
        7.0
    """
    values = {
        "weight": torch.ones_like(bias),
        "bias": bias,
        "running_mean": torch.zeros_like(bias),
        "running_var": torch.full_like(bias, 1 - eps),
    }
    return {f"{name}.{key}" if name else key: value for key, value in values.items()}


def settle(task: Task, batches: Iterable[Any], parts: int, team: Team) -> None:
    """Let normalisations that only add a bias take up what is usual, so that they say the same as before.

    Args:
        task: whose network it is; what it learns from batches is left as it is.
        batches: this worker's, of those by which it is found.
        parts: how many batches all workers see.
        team: all workers.

    Raises:
        PeerLostError: another worker is gone.
    """
    norms = [module for module in task.network.modules() if isinstance(module, Norm)]
    sums = [torch.zeros(2, norm.num_features, dtype=torch.float64) for norm in norms]
    hooks = [norm.register_forward_pre_hook(_adds(total)) for norm, total in zip(norms, sums, strict=True)]
    training = task.network.training
    task.network.eval()
    try:
        with torch.no_grad():
            for batch in batches:
                task.loss(batch)
    finally:
        for hook in hooks:
            hook.remove()
        task.network.train(training)
    means = team.summed(torch.cat([total.flatten() for total in sums])) / parts
    with torch.no_grad():
        for norm, pair in zip(norms, torch.split(means, [total.numel() for total in sums]), strict=True):
            _take_up(norm, *pair.view(2, -1))


def _adds(total: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    """A hook that adds up means of a normalisation's channels and of their squares."""

    def add(_: nn.Module, given: tuple[Tensor, ...]) -> None:
        values = given[0].double()
        over = [axis for axis in range(values.ndim) if axis != 1]
        total.add_(torch.stack([values.mean(over), values.square().mean(over)]).cpu())

    return add


def _take_up(norm: Norm, mean: Tensor, square: Tensor) -> None:
    """Normalise by what is usual, and undo it by weight and bias."""
    spread = square - mean.square()
    if not isinstance(norm.running_mean, Tensor) or not isinstance(norm.running_var, Tensor):
        return
    norm.bias.add_(mean.to(norm.bias))
    norm.weight.mul_((spread + norm.eps).sqrt().to(norm.weight))
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(spread)
