"""What the detector is trained on: crops with maps of lines, centred symbols and points on lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES
from notehead.detect.maps import CELL, DOT
from notehead.models.data.cutting import CropOptions, Pages, altered, crop_corner, pages_of
from notehead.models.data.prepare import TrainingPage
from notehead.models.data.warping import warped_crop
from notehead.models.detector.curve_tips import curve_tips


@dataclass(frozen=True, eq=False)
class Batch:
    """Crops and what stands on them.

    Attributes:
        image: uint8 (n, size, size).
        traces: uint16 (n, size / 2, size / 2), a bit for each trace.
        crop: int64 (m,), the crop that each centred symbol stands on.
        kind: int64 (m,), its family.
        label: int64 (m,), its class id.
        box: float32 (m, 4), in pixels of the crop; may reach beyond it.
        shake: float32 (m, 4), drawn from the normal distribution: how boxes are moved to learn to mend them.
        point: int64 (k, 5): crop, trace's kind, class id, x and y in cells of stride 4, for points of lines.
        tip: float64 (t, 9): crop and trace's kind of a curve, x and y of a place near its tip, those of the
            tip, its outward direction, its length; in pixels of the crop.
    """

    image: NDArray[np.uint8]
    traces: NDArray[np.uint16]
    crop: NDArray[np.int64]
    kind: NDArray[np.int64]
    label: NDArray[np.int64]
    box: NDArray[np.float32]
    shake: NDArray[np.float32]
    point: NDArray[np.int64]
    tip: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 9)))


class Crops:
    """Batches from a folder of prepared pages.

    Args:
        paths: the pages.
        weights: float64 (class ids,), how much a crop should be aimed at a symbol of each class.
        options: what a batch is made of.
        seed: of all that is drawn.
    """

    def __init__(self, paths: Pages, weights: NDArray[np.float64], options: CropOptions, seed: int) -> None:
        self._paths, self._weights, self._options, self._seed = paths, weights, options, seed

    def batch(self, number: int) -> Batch:
        """The batch of that number; the pages of an epoch are a shuffled row of all pages."""
        options = self._options
        rng = np.random.default_rng((self._seed, number, 1))
        parts = []
        for page in pages_of(self._paths, number, options, self._seed):
            parts += [_crop(page, self._weights, options, rng) for _ in range(options.crops)]
        return _joined(parts)


def _crop(
    page: TrainingPage, weights: NDArray[np.float64], options: CropOptions, rng: np.random.Generator
) -> Batch:
    part = warped_crop(page, crop_corner(page, weights, options, rng), options.size, rng)
    middle = (part.box[:, :2] + part.box[:, 2:]) / 2
    centred = (part.kind < len(FAMILIES)) & ((middle >= 0) & (middle < options.size)).all(axis=1)
    zeros = np.zeros(int(centred.sum()), np.int64)
    points = _points(part, rng)
    return Batch(
        altered(part.image, rng)[None],
        part.traces[None],
        zeros,
        part.kind[centred].astype(np.int64),
        part.label[centred].astype(np.int64),
        part.box[centred],
        rng.standard_normal((len(zeros), 4), np.float32),
        points,
        curve_tips(part, rng),
    )


def _points(crop: TrainingPage, rng: np.random.Generator) -> NDArray[np.int64]:
    """Up to three points on each line, where its class is learnt."""
    traces, size = crop.traces, crop.traces.shape[0] * DOT
    rows = np.flatnonzero(crop.kind >= len(FAMILIES))
    tried = np.repeat(rows, 6)
    low, high = np.maximum(crop.box[tried, :2], 0), np.minimum(crop.box[tried, 2:], size)
    seen = (high > low).all(axis=1)
    tried, low, high = tried[seen], low[seen], high[seen]
    place = low + rng.random(low.shape) * (high - low)
    x, y = np.minimum(place.astype(np.int64) // DOT, traces.shape[0] - 1).T
    bit = (crop.kind[tried] - len(FAMILIES)).astype(np.uint16)
    on = (traces[y, x] >> bit) & 1 > 0
    tried, x, y = tried[on], x[on] * DOT // CELL, y[on] * DOT // CELL
    return np.stack((np.zeros_like(tried), crop.kind[tried], crop.label[tried], x, y), axis=1).astype(
        np.int64
    )


def _joined(parts: list[Batch]) -> Batch:
    crop = np.concatenate([part.crop + place for place, part in enumerate(parts)])
    points = [part.point + np.array([place, 0, 0, 0, 0]) for place, part in enumerate(parts)]
    return Batch(
        np.concatenate([part.image for part in parts]),
        np.concatenate([part.traces for part in parts]),
        crop,
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.box for part in parts]),
        np.concatenate([part.shake for part in parts]),
        np.concatenate(points),
        np.concatenate([part.tip + np.eye(1, 9) * place for place, part in enumerate(parts)]),
    )
