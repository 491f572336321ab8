"""From maps of energy, class and size to boxes: the reading of the Deep Watershed Detector."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from notehead.models.boxes.base import Boxes
from notehead.models.boxes.dwd_options import DwdOptions


def decoded(
    energy: Tensor, label: Tensor, size: Tensor, options: DwdOptions, cached: Tensor | None = None
) -> Boxes:
    """The symbols of an image: connected pixels of high energy, nothing suppressed.

    Args:
        energy: logits (levels, height, width).
        label: logits (classes, rows, columns), perhaps coarser than the image.
        size: (2, rows, columns), height and width of boxes in pixels, likewise.
        options: which pixels count.
        cached: (classes, 2), height and width for each class in pixels, instead of `size`.
    """
    level = energy.argmax(dim=0)
    y, x, owner, middle = _parts((level > options.above).cpu().numpy(), options.least)
    device, shape = energy.device, (energy.shape[1], energy.shape[2])
    rows, columns, part = (torch.from_numpy(one).to(device) for one in (y, x, owner))
    count, classes = len(middle), len(label)
    voted = sampled(label, rows, columns, shape).argmax(dim=1)
    votes = torch.bincount(part * classes + voted, minlength=count * classes).view(count, classes)
    found = votes.argmax(dim=1)
    if cached is None:
        each = part[:, None].expand(-1, 2)
        sides = size.new_zeros(count, 2).scatter_reduce(
            0, each, sampled(size, rows, columns, shape), "amax", include_self=False
        )
    else:
        sides = cached[found]
    half = sides.clamp(min=1).flip(1) / 2
    centre = torch.from_numpy(middle).to(half)
    limit = half.new_tensor([shape[1], shape[0]])
    box = torch.cat(((centre - half).clamp(min=0), torch.minimum(centre + half, limit)), dim=1)
    score = torch.ones_like(box[:, 0])
    if options.scored:
        area = torch.bincount(part, minlength=count)
        full = torch.bincount(part, level[rows, columns].double(), minlength=count)
        score = (full / (area * (options.levels - 1))).to(box)
    return Boxes(box, found + 1, score)


def sampled(maps: Tensor, y: Tensor, x: Tensor, shape: tuple[int, int]) -> Tensor:
    """What maps are at some pixels of an image, as if enlarged to it bilinearly: (pixels, channels).

    Args:
        maps: (channels, rows, columns).
        y: rows of pixels, int64 (pixels,).
        x: columns.
        shape: height and width of the image.

    Example:
        >>> sampled(torch.tensor([[[0.0, 4.0]]]), torch.tensor([0, 1]), torch.tensor([0, 2]), (2, 4))
        tensor([[0.],
                [3.]])
    """
    place = torch.stack(((2 * x + 1) / shape[1] - 1, (2 * y + 1) / shape[0] - 1), dim=1).to(maps)
    values = functional.grid_sample(
        maps[None], place[None, None], mode="bilinear", padding_mode="border", align_corners=False
    )
    return values[0, :, 0].T


def _parts(
    mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], least: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Connected parts of a mask that are large enough.

    Returns:
        Of their pixels rows, columns, and numbers of the parts; of the parts the mean points (parts, 2), x
        and y.
    """
    _, number, figures, middle = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    kept = figures[:, cv2.CC_STAT_AREA] >= least
    kept[0] = False  # what is no part
    renumbered = np.cumsum(kept) - 1
    y, x = np.nonzero(kept[number])
    return y, x, renumbered[number[y, x]], middle[kept] + 0.5
