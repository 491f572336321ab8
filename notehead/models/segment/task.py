"""Any `SegmentNetwork` as a task for the training loop, and a page read by it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.detector import STAFF_SPACE
from notehead.evaluate.segmentation import SegmentationCounter
from notehead.models.boxes.reading import SliceOptions, corners
from notehead.models.boxes.task import images
from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.data.prepare import prepare
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork
from notehead.models.segment.crf import CrfOptions, refine
from notehead.vocabulary import VOCABULARY, Vocabulary

_SLICES = SliceOptions(side=768, overlap=0.1)
_COUNTED = 8
"""Batches by which it is known how frequent classes are."""


class SegmentTask:
    """Trains a network that tells each pixel's class.

    Args:
        make: from the table of classes to the network.
        setting: pages with instances, crops, seed, device.
    """

    def __init__(self, make: Callable[[ClassTable], SegmentNetwork], setting: Setting) -> None:
        torch.manual_seed(setting.seed)
        self._crops = BoxCrops(setting.paths, setting.crops, setting.seed)
        self._device, self._pages = setting.device, setting.pages
        network = make(self._crops.table)
        network.expect(self._counts(network.outputs))
        self.network: nn.Module = network.to(setting.device)

    def batch(self, number: int) -> BoxBatch:
        return self._crops.batch(number)

    def loss(self, batch: BoxBatch) -> tuple[Tensor, dict[str, float]]:
        wanted = torch.from_numpy(batch.classes()).to(self._device)
        logits = self.network(images(batch, self._device))
        likely = logits.log_softmax(dim=1)
        parts = {"pixels": functional.nll_loss(likely, wanted), "dice": _dice_loss(likely.exp(), wanted)}
        return parts["pixels"] + parts["dice"], {name: float(part.detach()) for name, part in parts.items()}

    def _counts(self, outputs: int) -> Tensor:
        """How many pixels of some batches are of each class."""
        classes = [self._crops.batch(number).classes().ravel() for number in range(_COUNTED)]
        return torch.from_numpy(np.bincount(np.concatenate(classes), minlength=outputs))

    def judge(self, network: nn.Module) -> dict[str, float]:
        if not self._pages:
            return {}
        assert isinstance(network, SegmentNetwork)  # a copy of what `make` has made
        table = network.eval().table
        names = Vocabulary.of([(label, VOCABULARY.by_id[label].name) for label in table.labels])
        counter = SegmentationCounter(names)
        for page in self._pages:
            if page.ids is None:
                continue
            true = prepare(page, STAFF_SPACE, instances=True)
            assert true.instances is not None  # it was asked for
            wanted = np.concatenate(([0], table.places[true.label]))[true.instances]
            counter.add(wanted, read_classes(network, true.image))
        figures = counter.finish().without_background
        return {"iou": figures.mean_iou or 0.0, "accuracy": figures.pixel_accuracy or 0.0}


def read_classes(
    network: SegmentNetwork, image: NDArray[np.uint8], crf: CrfOptions | None = None
) -> NDArray[np.int64]:
    """The class's number at each pixel of an image at the detector's staff space, in slices.

    Args:
        network: it tells them.
        image: (height, width), greys.
        crf: with them, labels are made to agree with one another and with the image's edges.
    """
    device = next(network.parameters()).device
    height, width = image.shape
    result = np.zeros((height, width), np.int64)
    side, rim = _SLICES.side, int(_SLICES.side * _SLICES.overlap / 2)
    for x, y in corners(width, height, _SLICES):
        part = image[y : y + side, x : x + side]
        padded = cv2.copyMakeBorder(
            part, 0, side - part.shape[0], 0, side - part.shape[1], cv2.BORDER_CONSTANT, value=255
        )
        ink = torch.from_numpy((255 - padded).astype(np.float32) / 255)[None, None].to(device)
        with torch.inference_mode():
            logits = network(ink)[0]
            if crf is None:
                found = logits.argmax(dim=0).cpu().numpy()
            else:
                sure = logits.softmax(dim=0).cpu().numpy()
                found = refine(sure, np.asarray(padded, np.uint8), crf).argmax(axis=0)
        top, left = (rim if y else 0), (rim if x else 0)  # what the slice before has seen better
        result[y + top : y + part.shape[0], x + left : x + part.shape[1]] = found[
            top : part.shape[0], left : part.shape[1]
        ]
    return result


def _dice_loss(probability: Tensor, wanted: Tensor) -> Tensor:
    """1 less Dice's coefficient (Milletari et al., 2016), the mean of the classes that are there."""
    flat = wanted.flatten()
    truth = torch.bincount(flat, minlength=probability.shape[1]).float()
    own = probability.gather(1, wanted[:, None]).flatten()
    hit = torch.zeros_like(truth).index_add(0, flat, own)
    dice = 2 * hit / (probability.sum(dim=(0, 2, 3)) + truth).clamp(min=1e-6)
    there = truth > 0
    there[0] = False
    return 1 - dice[there].mean() if bool(there.any()) else probability.sum() * 0
