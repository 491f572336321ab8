"""The Deep Watershed Detector as a task, as published and with each of the measures against its flaws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from notehead.detect.detector import STAFF_SPACE
from notehead.errors import DatasetError
from notehead.models.boxes.base import truths
from notehead.models.boxes.dwd import Dwd
from notehead.models.boxes.dwd_options import DwdOptions
from notehead.models.boxes.dwd_rare import RareCrops
from notehead.models.boxes.task import BoxTask, images
from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting


class DwdTask(BoxTask):
    """Trains the detector, on composed scores first where that is asked for.

    Args:
        options: how it is trained and read.
        setting: pages, crops, seed, device, steps.

    Raises:
        DatasetError: it is to be trained on composed scores, and none is there.
    """

    def __init__(self, options: DwdOptions, setting: Setting) -> None:
        def make(table: ClassTable) -> Dwd:
            cached = mean_boxes(setting.files, table) if options.cached_boxes else None
            return Dwd(table, options, setting.steps, cached)

        crops = None
        if options.rare_crops:
            crops = RareCrops(setting.files, setting.crops, setting.seed, options.rare)
        super().__init__(make, setting, crops)
        batches = int(setting.steps * options.pretraining) if options.pretrained else 0
        self._first = batches * setting.parts
        if self._first and not setting.composed:
            message = "no page to train on comes of a composed score, with which this model begins"
            raise DatasetError(message, "Add a dataset that is built from scores of `notehead compose`.")
        if self._first:
            self._composed = BoxCrops(setting.composed, setting.crops, setting.seed)
            self._composed.table = self._crops.table  # the same classes throughout

    def batch(self, number: int) -> BoxBatch:
        return (self._composed if number < self._first else self._crops).batch(number)

    def loss(self, batch: BoxBatch) -> tuple[Tensor, dict[str, float]]:
        network = self.network
        assert isinstance(network, Dwd)  # what `make` has made
        parts = network.unweighed(images(batch, self._device), truths(batch, self._device))
        weighed: dict[str, Tensor] = network.weighing(parts)
        return torch.stack(list(weighed.values())).sum(), {
            name: float(part.detach()) for name, part in parts.items()
        }


def mean_boxes(paths: Sequence[Path], table: ClassTable) -> Tensor:
    """The mean height and width of each class on prepared pages, in staff spaces: float (classes, 2)."""
    total, count = np.zeros((len(table) + 1, 2)), np.zeros(len(table) + 1)
    for path in paths:
        with np.load(path, allow_pickle=False) as arrays:
            number, box = table.places[arrays["label"]], arrays["box"].astype(np.float64)
        sides = np.stack((box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]), axis=1)
        np.add.at(total, number, sides)
        count += np.bincount(number, minlength=len(count))
    mean = total / np.maximum(count, 1)[:, None] / STAFF_SPACE
    return torch.from_numpy(mean[1:].astype(np.float32))


def published(setting: Setting) -> DwdTask:
    """As published in 2018."""
    return DwdTask(DwdOptions(), setting)


def rare_crops(setting: Setting) -> DwdTask:
    """With crops of rare symbols in top margins."""
    return DwdTask(DwdOptions(rare_crops=True), setting)


def pretrained(setting: Setting) -> DwdTask:
    """Trained on composed scores first."""
    return DwdTask(DwdOptions(pretrained=True), setting)


def cached_boxes(setting: Setting) -> DwdTask:
    """With one box per class."""
    return DwdTask(DwdOptions(cached_boxes=True), setting)


def measured(setting: Setting) -> DwdTask:
    """With all measures."""
    return DwdTask(DwdOptions(rare_crops=True, pretrained=True, cached_boxes=True), setting)
