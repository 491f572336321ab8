"""Crops with boxes and instance masks: what detectors and segmenters are trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.models.data.corners import cut_corners
from notehead.models.data.cutting import (
    CropOptions,
    Pages,
    altered,
    class_counts,
    class_weights,
    crop_corner,
    cropped,
    pages_of,
)
from notehead.models.data.prepare import TrainingPage
from notehead.models.data.table import ClassTable

SEEN = 0.4
"""Share of a symbol's box that must be on a crop."""


@dataclass(frozen=True, eq=False)
class BoxBatch:
    """Crops and the symbols on them.

    Attributes:
        image: uint8 (n, size, size), 0 black.
        crop: int64 (m,), the crop that each symbol stands on.
        label: int64 (m,), its class's number in the table, from 1.
        box: float32 (m, 4), in pixels of the crop, cut where it ends.
        corners: float32 (m, 4, 2), of the oriented boxes, cut likewise.
        instances: int32 (n, size, size), 1 + the row of the symbol that each pixel shows, 0 for none; None
            where pages were prepared without.
    """

    image: NDArray[np.uint8]
    crop: NDArray[np.int64]
    label: NDArray[np.int64]
    box: NDArray[np.float32]
    corners: NDArray[np.float32]
    instances: NDArray[np.int32] | None

    def classes(self) -> NDArray[np.int64]:
        """The number of the class that each pixel shows, 0 for none: int64 (n, size, size).

        Raises:
            ValueError: the pages were prepared without instances.
        """
        if self.instances is None:
            message = "pages without instances"
            raise ValueError(message)
        return np.concatenate(([0], self.label))[self.instances]


class BoxCrops:
    """Batches from prepared pages.

    Args:
        paths: the pages.
        options: what a batch is made of.
        seed: of all that is drawn.
        least: symbols on these pages that a class must have to be told.

    Attributes:
        table: the classes that are told; symbols of the others are not there.
    """

    def __init__(self, paths: Pages, options: CropOptions, seed: int, least: int = 20) -> None:
        counts = class_counts(paths)
        self.table = ClassTable.of(counts, least)
        self._paths, self._options, self._seed = paths, options, seed
        self._weights = class_weights(counts, options.evenness)

    def batch(self, number: int) -> BoxBatch:
        """The batch of that number."""
        options = self._options
        rng = np.random.default_rng((self._seed, number, 1))
        parts: list[BoxBatch] = []
        for page in pages_of(self._paths, number, options, self._seed):
            parts += [self._crop(page, rng) for _ in range(options.crops)]
        return _joined(parts)

    def _corner(self, page: TrainingPage, rng: np.random.Generator) -> tuple[int, int]:
        return crop_corner(page, self._weights, self._options, rng)

    def _crop(self, page: TrainingPage, rng: np.random.Generator) -> BoxBatch:
        size = self._options.size
        crop = cropped(page, self._corner(page, rng), size)
        image, box = altered(crop.image, rng), crop.box
        inside = np.clip(box, 0, size)
        label = self.table.places[page.label]
        area = np.maximum((box[:, 2:] - box[:, :2]).prod(axis=1), 1e-6)
        kept = (label > 0) & ((inside[:, 2:] - inside[:, :2]).prod(axis=1) > SEEN * area)
        instances = None
        if crop.instances is not None:
            row_of = np.zeros(len(box) + 1, np.int32)
            row_of[1:][kept] = np.arange(1, kept.sum() + 1)
            instances = row_of[crop.instances][None]
        corners = cut_corners(crop.corners[kept], size)
        return BoxBatch(
            image[None], np.zeros(int(kept.sum()), np.int64), label[kept], inside[kept], corners, instances
        )


def _joined(parts: list[BoxBatch]) -> BoxBatch:
    instances: list[NDArray[np.int32]] = []
    rows = 0
    for part in parts:
        if part.instances is not None:
            instances.append(np.where(part.instances > 0, part.instances + rows, 0).astype(np.int32))
        rows += len(part.label)
    return BoxBatch(
        np.concatenate([part.image for part in parts]),
        np.concatenate([part.crop + place for place, part in enumerate(parts)]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.box for part in parts]),
        np.concatenate([part.corners for part in parts]),
        np.concatenate(instances) if instances else None,
    )
