"""How much boxes share, as a loss needs it."""

from __future__ import annotations

import torch
from torch import Tensor


def generalised_iou(boxes: Tensor, others: Tensor) -> Tensor:
    """Of pairs of boxes (n, 4): 1 where they are the same, towards -1 the further they are apart.

    It is that of Rezatofighi et al. (2019).

    Example:
        >>> boxes, others = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[0.0, 0, 2, 1]])
        >>> generalised_iou(boxes, others).tolist()
        [0.5]
    """
    low, high = boxes[:, :2], boxes[:, 2:]
    other_low, other_high = others[:, :2], others[:, 2:]
    shared = (torch.minimum(high, other_high) - torch.maximum(low, other_low)).clamp(min=0).prod(dim=1)
    union = (high - low).clamp(min=0).prod(dim=1) + (other_high - other_low).prod(dim=1) - shared
    around = (torch.maximum(high, other_high) - torch.minimum(low, other_low)).prod(dim=1)
    return shared / union - (around - union) / around


def pairwise_iou(boxes: Tensor, others: Tensor) -> Tensor:
    """Of every box (n, 4) with every other one (m, 4), 0 to 1: float (n, m).

    Example:
        >>> others = torch.tensor([[0.0, 0, 2, 1], [5, 5, 6, 6]])
        >>> pairwise_iou(torch.tensor([[0.0, 0, 2, 2]]), others).tolist()
        [[0.5, 0.0]]
    """
    low = torch.maximum(boxes[:, None, :2], others[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    areas = [(one[:, 2:] - one[:, :2]).clamp(min=0).prod(dim=1) for one in (boxes, others)]
    return shared / (areas[0][:, None] + areas[1][None] - shared).clamp(min=1e-6)
