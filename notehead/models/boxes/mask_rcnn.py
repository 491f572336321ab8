"""Mask R-CNN: Faster R-CNN that also says which pixels of a box are the symbol's (He et al., 2017)."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.boxes.base import Boxes, Truth
from notehead.models.boxes.faster_rcnn import STRIDES, FasterRcnn
from notehead.models.boxes.roi import Maps, aligned
from notehead.models.boxes.sampling import Sample
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.layers import convolution
from notehead.models.registry import Setting

SIDE = 28
"""Cells of a mask along each axis."""
_WIDTH = 32
"""Channels of the head for masks."""
_AT_ONCE = 256
"""Boxes whose masks are read at a time."""
_MOST = 1000
"""The surest boxes of an image, which are given masks; the others are left out."""


class MaskRcnn(FasterRcnn):
    """Faster R-CNN with RoI align and a head for masks."""

    masks = True

    def __init__(self, table: ClassTable, width: int = 64) -> None:
        super().__init__(table, width)
        self.mask = MaskHead(width, self.classes)

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        parts, sample, maps = self.learn(images, truths)
        rows = sample.label.nonzero()[:, 0]
        logits = self.mask(sample.box[rows], sample.image[rows], sample.label[rows], *maps)
        wanted = targets(sample, rows, truths)
        loss = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
        return parts | {"mask": loss / max(wanted.numel(), 1)}

    def find(self, images: Tensor) -> list[Boxes]:
        found, maps = self.look(images)
        return [self._masked(one, place, maps) for place, one in enumerate(found)]

    def _masked(self, found: Boxes, place: int, maps: list[Tensor]) -> Boxes:
        found = Boxes(
            *(one[:_MOST] for one in (found.box, found.label, found.score))
        )  # the surest come first
        image = torch.full_like(found.label, place)
        groups = [torch.split(one, _AT_ONCE) for one in (found.box, image, found.label)]
        masks = [self.mask(*group, *maps).sigmoid() for group in zip(*groups, strict=True)]
        return replace(found, mask=torch.cat(masks))

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        parts = super().parts()
        _, (box, image, *maps) = parts["head"]
        return parts | {"mask": (self.mask, (box, image, torch.ones_like(image), *maps))}


class MaskHead(nn.Module):
    """The features of regions to the mask of one class in each.

    Args:
        width: channels of the maps.
        classes: without none.
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.tower = nn.Sequential(convolution(width, _WIDTH), convolution(_WIDTH, _WIDTH))
        self.up = nn.ConvTranspose2d(_WIDTH, _WIDTH, 2, stride=2)
        self.last = nn.Embedding(classes, _WIDTH + 1)  # a point-wise layer of which only one class is needed
        nn.init.normal_(self.last.weight, std=0.05)

    def forward(self, box: Tensor, image: Tensor, label: Tensor, *levels: Tensor) -> Tensor:
        """Logits (n, 28, 28).

        Args:
            box: float (n, 4), regions in pixels.
            image: int64 (n,), the image of each.
            label: int64 (n,), the class whose mask is wanted, from 1.
            levels: maps of the images.
        """
        x = aligned(Maps.of(levels, STRIDES), box, image, SIDE // 2)
        x = functional.relu(self.up(self.tower(x)))
        weight = self.last(label - 1)
        logits: Tensor = torch.einsum("nchw,nc->nhw", x, weight[:, :-1]) + weight[:, -1, None, None]
        return logits


def targets(sample: Sample, rows: Tensor, truths: list[Truth], samples: int = 2) -> Tensor:
    """The share of each cell of a region that its symbol covers: float (n, 28, 28).

    Args:
        sample: the regions.
        rows: those that are wanted, each of which shows a symbol.
        truths: of each image, with masks.
        samples: points of a cell along each axis that are looked at.
    """
    share = (torch.arange(SIDE * samples, device=rows.device) + 0.5) / (SIDE * samples)
    found = sample.box.new_zeros(len(rows), SIDE, SIDE)
    for place, truth in enumerate(truths):
        mine = (sample.image[rows] == place).nonzero()[:, 0]
        assert truth.mask is not None  # the network asks for masks
        box, height, width = sample.box[rows[mine]], *truth.mask.shape[-2:]
        x, y = (
            (box[:, axis, None] + share * (box[:, axis + 2] - box[:, axis])[:, None])
            .long()
            .clamp(0, last - 1)
            for axis, last in ((0, width), (1, height))
        )
        shown = truth.mask[sample.owner[rows[mine]][:, None, None], y[:, :, None], x[:, None, :]]
        found[mine] = shown.to(found).reshape(-1, SIDE, samples, SIDE, samples).mean(dim=(2, 4))
    return found


def pasted(found: Boxes, size: tuple[int, int], least: float = 0.5) -> NDArray[np.int32]:
    """Masks as one image of ids, as pages have it: int32 (height, width), 1 + the box's row, 0 for none.

    Where masks overlap, the one that is surer of the pixel is shown, of equals the first.

    Args:
        found: with masks.
        size: height and width of the page.
        least: probability above which a pixel is shown.

    Raises:
        ValueError: there are no masks.

    Example:
        >>> box, mask = torch.tensor([[1.0, 0, 3, 1]]), torch.ones(1, 4, 4)
        >>> found = Boxes(box, torch.ones(1), torch.ones(1), mask=mask)
        >>> pasted(found, (2, 4)).tolist()
        [[0, 1, 1, 0], [0, 0, 0, 0]]
    """
    if found.mask is None:
        message = "boxes without masks"
        raise ValueError(message)
    height, width = size
    ids, surest = np.zeros(size, np.int32), np.full(size, least, np.float32)
    masks = found.mask.detach().float().cpu().numpy()
    for row, (box, mask) in enumerate(zip(found.box.detach().cpu().numpy(), masks, strict=True)):
        (left, across), (top, down) = (
            _cells(box[axis], box[axis + 2], mask.shape[1 - axis], last)
            for axis, last in ((0, width), (1, height))
        )
        if not len(across) or not len(down):
            continue
        x, y = np.meshgrid(across, down)
        sure = cv2.remap(mask, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        part = np.s_[top : top + len(down), left : left + len(across)]
        better = sure > surest[part]
        ids[part][better], surest[part][better] = row + 1, sure[better]
    return ids


def _cells(low: float, high: float, cells: int, last: int) -> tuple[int, NDArray[np.float32]]:
    """The first pixel whose middle lies between two sides, and where in a mask it and those after it lie."""
    begin, end = max(int(np.ceil(low - 0.5)), 0), min(int(np.ceil(high - 0.5)), last)
    middle = np.arange(begin, max(begin, end)) + 0.5
    return begin, ((middle - low) / max(high - low, 1e-6) * cells - 0.5).astype(np.float32)


def task(setting: Setting) -> BoxTask:
    """Mask R-CNN."""
    return BoxTask(MaskRcnn, setting)
