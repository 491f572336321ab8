"""A network that finds points as a task for the training loop, and a page read by it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from notehead.detect.detector import STAFF_SPACE
from notehead.models.boxes.reading import SliceOptions, corners
from notehead.models.boxes.task import images
from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.points.base import PointNetwork
from notehead.models.points.pairing import hits
from notehead.models.points.truth import KINDS, Points, points_of, targets
from notehead.models.registry import Setting

_SLICES = SliceOptions(side=768, overlap=0.15)
"""Neighbours share nine staff spaces, more than the length of most stems."""


class PointTask:
    """Trains a network that finds points.

    Args:
        make: the network.
        setting: pages, crops, seed, device.
    """

    def __init__(self, make: Callable[[], PointNetwork], setting: Setting) -> None:
        torch.manual_seed(setting.seed)
        # of every class, be it ever so rare: a head is a head
        self._crops = BoxCrops(setting.paths, setting.crops, setting.seed, least=1)
        self._device, self._pages = setting.device, setting.pages
        self.network: nn.Module = make().to(setting.device)

    def batch(self, number: int) -> BoxBatch:
        return self._crops.batch(number)

    def loss(self, batch: BoxBatch) -> tuple[Tensor, dict[str, float]]:
        network = self.network
        assert isinstance(network, PointNetwork)  # what `make` has made
        parts = network.losses(images(batch, self._device), targets(batch, self._crops.table, self._device))
        return torch.stack(list(parts.values())).sum(), {
            name: float(part.detach()) for name, part in parts.items()
        }

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Precision and recall within a quarter of a staff space of points, and of stems by both ends."""
        if not self._pages:
            return {}
        assert isinstance(network, PointNetwork)  # a copy of what `make` has made
        total = {name: np.zeros(3, np.int64) for name in (*KINDS, "stem")}
        for page in self._pages:
            scale = STAFF_SPACE / page.staff_space
            size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
            seen = cv2.resize(
                page.image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            )
            sides = np.tile([size[0] / page.width, size[1] / page.height], 2)
            true = points_of(page.symbols.label, page.symbols.box * sides)
            for name, counts in hits(read_points(network, np.asarray(seen, np.uint8)), true).items():
                total[name] += counts
        shares = {}
        for name, counts in total.items():
            found, truths, both = counts.tolist()
            shares[f"{name}_precision"] = both / max(found, 1)
            shares[f"{name}_recall"] = both / max(truths, 1)
        return shares


def read_points(network: PointNetwork, image: NDArray[np.uint8]) -> Points:
    """The points of an image at the detector's staff space, read in slices.

    Each slice answers for its own part of the page, so that no point is found twice; `stems` pairs them.

    Args:
        network: trained.
        image: uint8 (height, width), 0 black.
    """
    device = next(network.parameters()).device
    height, width = image.shape
    side = _SLICES.side
    begins = list(corners(width, height, _SLICES))
    xs, ys = (_bounds(sorted({begin[axis] for begin in begins}), side) for axis in (0, 1))
    parts = []
    for x, y in begins:
        part = image[y : y + side, x : x + side]
        padded = np.full((side, side), 255, np.uint8)
        padded[: part.shape[0], : part.shape[1]] = part
        ink = torch.from_numpy((255 - padded).astype(np.float32) / 255)[None, None].to(device)
        with torch.inference_mode():
            found = network.eval().find(ink)[0].moved((x, y))
        (left, right), (top, bottom) = xs[x], ys[y]
        inside = (found.place >= np.array([left, top])) & (found.place < np.array([right, bottom]))
        parts.append(found.of(np.asarray(inside.all(axis=1))))
    return Points.joined(parts)


def _bounds(begins: list[int], side: int) -> dict[int, tuple[float, float]]:
    """From and to where each slice answers: to the middle of what it shares with the next one.

    Example:
        >>> _bounds([0, 80], 100)
        {0: (-inf, 90.0), 80: (90.0, inf)}
    """
    middles = [(one + side + other) / 2 for one, other in pairwise(begins)]
    return dict(zip(begins, pairwise([-np.inf, *middles, np.inf]), strict=True))
