"""Windows that are slid over an image: where they are, and what is seen through them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from notehead.detect.detector import STAFF_SPACE

SHAPES = (
    *((2, 40), (20, 2)),  # stems and barlines, ledger lines
    *((5, 5), (7, 11), (10, 8), (15, 13), (16, 6), (14, 21)),  # dots, letters, heads, rests
    *((11, 32), (20, 24), (31, 34), (14, 44), (32, 82)),  # accidentals, flags, figures, clefs
    *((28, 16), (64, 14), (100, 18)),  # words, beams, slurs
)
"""Width and height of windows, in pixels at the detector's staff space, by the sizes of symbols in music.

Staves, long slurs and brackets fit into none of them: what is naive cannot find these.
"""
SEEN = 32
"""Pixels of the side of what is seen through a window, whatever its shape."""
RIM = STAFF_SPACE
"""Pixels of surroundings on each side of a window that are seen with it."""
_STEP = 3
"""A window is moved on by this part of its side."""
_BLANK, _THIN_BLANK = 0.05, 0.3
"""Windows with less ink than this share of them are not looked at; what thin ones look for fills them."""
_THIN = 5
"""Pixels of the shorter side of thin windows."""


def all_windows(height: int, width: int) -> Tensor:
    """All windows of an image, shape by shape: float (n, 4).

    Example:
        >>> all_windows(8, 8).tolist()[:2], len(all_windows(8, 8))
        ([[0.0, 0.0, 5.0, 5.0], [2.0, 0.0, 7.0, 5.0]], 4)
    """
    rows = [torch.empty(0, 4)]
    for across, down in SHAPES:
        x = torch.arange(0, width - across + 1, max(1, round(across / _STEP))) if width >= across else None
        y = torch.arange(0, height - down + 1, max(1, round(down / _STEP))) if height >= down else None
        if x is not None and y is not None:
            top, left = torch.meshgrid(y, x, indexing="ij")
            corner = torch.stack((left, top), dim=-1).reshape(-1, 2).float()
            rows.append(torch.cat((corner, corner + torch.tensor((across, down))), dim=1))
    return torch.cat(rows)


def inked(image: Tensor, box: Tensor) -> Tensor:
    """Which windows are not blank: bool (n,). Ink is what is darker than most of the image.

    Args:
        image: float (1, height, width), 1 for ink.
        box: whole numbers (n, 4), inside the image.
    """
    ink = (image[0] - image.median()).clamp(min=0)
    total = functional.pad(ink.double().cumsum(0).cumsum(1), (1, 0, 1, 0))
    x0, y0, x1, y1 = box.long().unbind(1)
    amount = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]
    thin = torch.minimum(x1 - x0, y1 - y0) <= _THIN
    return amount > torch.where(thin, _THIN_BLANK, _BLANK) * (x1 - x0) * (y1 - y0)


def seen_through(image: Tensor, box: Tensor) -> Tensor:
    """What windows and their surroundings show, at one size: float (n, 1, 32, 32).

    Each pixel is the mean of four points, so that lines are not lost where much is made small.

    Args:
        image: float (1, height, width); beyond it is paper.
        box: (n, 4).
    """
    low, extent = box[:, :2] - RIM, box[:, 2:] - box[:, :2] + 2 * RIM
    place = (torch.arange(2 * SEEN, device=box.device) + 0.5) / (2 * SEEN)
    points = low[:, None] + extent[:, None] * place[None, :, None]  # (n, 64, 2), x and y apart
    size = torch.tensor([image.shape[2], image.shape[1]], device=box.device)
    points = 2 * points / size - 1
    square = len(box), 2 * SEEN, 2 * SEEN
    x, y = points[:, None, :, 0].expand(square), points[:, :, None, 1].expand(square)
    grid = torch.stack((x, y), dim=-1).reshape(1, -1, 2 * SEEN, 2)
    found = functional.grid_sample(image[None], grid, align_corners=False)  # all windows as one tall image
    return functional.avg_pool2d(found.reshape(len(box), 1, 2 * SEEN, 2 * SEEN), 2)


def sizes_of(box: Tensor) -> Tensor:
    """Width and height of windows as a network is told them: doublings of a staff space, (n, 2)."""
    return ((box[:, 2:] - box[:, :2]) / STAFF_SPACE).log2()
