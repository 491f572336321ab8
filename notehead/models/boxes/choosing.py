"""From scores of all places and classes to the boxes that are kept."""

from __future__ import annotations

import torch
from torch import Tensor

from notehead.detect.nms import suppressed
from notehead.models.boxes.base import Boxes

LEAST = 0.01
"""Scores below it are left out."""
MOST = 3000
"""Boxes of an image before doubles are suppressed: pages of music are dense."""
SAME = 0.5
"""IoU from which on boxes of one class are one symbol."""


def best(box: Tensor, score: Tensor, size: torch.Size | tuple[int, int]) -> Boxes:
    """The surest boxes of an image, class by class without doubles.

    Args:
        box: (n, 4), or (n, classes, 4) where each class has boxes of its own.
        score: (n, classes), 0 to 1; column 0 is class 1.
        size: height and width of the image, at which boxes are cut.
    """
    place, label = (score > LEAST).nonzero(as_tuple=True)
    value = score[place, label]
    if len(value) > MOST:
        value, order = value.topk(MOST)
        place, label = place[order], label[order]
    found = box[place] if box.ndim == 2 else box[place, label]
    limit = torch.tensor([size[1], size[0], size[1], size[0]], device=found.device, dtype=found.dtype)
    found = torch.minimum(found.clamp(min=0), limit)
    whole = (found[:, 2:] > found[:, :2]).all(dim=1)
    found, label, value = found[whole], label[whole], value[whole]
    rows = suppressed(
        found.detach().double().cpu().numpy(), value.detach().cpu().numpy(), SAME, label.cpu().numpy()
    )
    kept = torch.from_numpy(rows.copy()).to(found.device)
    return Boxes(found[kept], label[kept] + 1, value[kept])
