"""Losses that several networks share."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def focal(logits: Tensor, wanted: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    """The focal loss (Lin et al., 2017), summed: what is easy counts little.

    Args:
        logits: any shape.
        wanted: the same shape, 0 or 1.
        alpha: weight of what is there, 1 - alpha of what is not.
        gamma: how little the easy counts.
    """
    plain = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    probability = logits.sigmoid()
    right = probability * wanted + (1 - probability) * (1 - wanted)
    weight = alpha * wanted + (1 - alpha) * (1 - wanted)
    return (weight * (1 - right) ** gamma * plain).sum()
