"""Batches of crops, each a function of the seed and its number, so that a training goes on as it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES
from notehead.detect.maps import CELL, DOT
from notehead.models.detector.prepare import TrainingPage


@dataclass(frozen=True, slots=True)
class CropOptions:
    """What a batch is made of.

    Attributes:
        size: pixels of a crop's side, a multiple of 32.
        pages: pages of a batch.
        crops: crops from each page.
        aimed: share of crops that are aimed at a symbol, drawn by class.
        evenness: of n symbols of a class, n ** (evenness - 1) is each one's chance: 1 draws symbols
            evenly, 0 classes.
    """

    size: int = 512
    pages: int = 2
    crops: int = 4
    aimed: float = 0.5
    evenness: float = 0.35


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
    """

    image: NDArray[np.uint8]
    traces: NDArray[np.uint16]
    crop: NDArray[np.int64]
    kind: NDArray[np.int64]
    label: NDArray[np.int64]
    box: NDArray[np.float32]
    shake: NDArray[np.float32]
    point: NDArray[np.int64]


class Crops:
    """Batches from a folder of prepared pages.

    Args:
        paths: the pages.
        weights: float64 (class ids,), how much a crop should be aimed at a symbol of each class.
        options: what a batch is made of.
        seed: of all that is drawn.
    """

    def __init__(
        self, paths: list[Path], weights: NDArray[np.float64], options: CropOptions, seed: int
    ) -> None:
        self._paths, self._weights, self._options, self._seed = paths, weights, options, seed

    def batch(self, number: int) -> Batch:
        """The batch of that number; the pages of an epoch are a shuffled row of all pages."""
        options = self._options
        rng = np.random.default_rng((self._seed, number, 1))
        parts = []
        for place in range(number * options.pages, (number + 1) * options.pages):
            epoch, row = divmod(place, len(self._paths))
            order = np.random.default_rng((self._seed, epoch, 0)).permutation(len(self._paths))
            page = TrainingPage.read(self._paths[order[row]])
            parts += [_crop(page, self._weights, options, rng) for _ in range(options.crops)]
        return _joined(parts)


def class_weights(counts: NDArray[np.int64], evenness: float) -> NDArray[np.float64]:
    """How much a crop should be aimed at a symbol of each class, from the number of its symbols."""
    return np.where(counts > 0, np.maximum(counts, 1.0) ** (evenness - 1), 0.0)


def _crop(
    page: TrainingPage, weights: NDArray[np.float64], options: CropOptions, rng: np.random.Generator
) -> Batch:
    size = options.size
    corner = _corner(page, weights, options, rng)
    x, y = corner
    image = np.full((size, size), np.uint8(np.median(page.image[::16, ::16])), np.uint8)
    traces = np.zeros((size // DOT, size // DOT), np.uint16)
    part = page.image[max(y, 0) : y + size, max(x, 0) : x + size]
    above, left = max(-y, 0), max(-x, 0)
    image[above : above + part.shape[0], left : left + part.shape[1]] = part
    half_y, half_x = y // DOT, x // DOT
    lines = page.traces[max(half_y, 0) : half_y + size // DOT, max(half_x, 0) : half_x + size // DOT]
    above, left = max(-half_y, 0), max(-half_x, 0)
    traces[above : above + lines.shape[0], left : left + lines.shape[1]] = lines
    box = page.box - np.tile(np.array(corner, np.float32), 2)
    middle = (box[:, :2] + box[:, 2:]) / 2
    centred = (page.kind < len(FAMILIES)) & ((middle >= 0) & (middle < size)).all(axis=1)
    zeros = np.zeros(int(centred.sum()), np.int64)
    points = _points(page, box, traces, rng)
    return Batch(
        _altered(image, rng)[None],
        traces[None],
        zeros,
        page.kind[centred].astype(np.int64),
        page.label[centred].astype(np.int64),
        box[centred],
        rng.standard_normal((len(zeros), 4), np.float32),
        points,
    )


def _corner(
    page: TrainingPage, weights: NDArray[np.float64], options: CropOptions, rng: np.random.Generator
) -> tuple[int, int]:
    height, width = page.image.shape
    size = options.size
    if len(page.label) and rng.random() < options.aimed:
        chance = weights[page.label]
        row = rng.choice(len(chance), p=chance / chance.sum()) if chance.sum() > 0 else 0
        middle = (page.box[row, :2] + page.box[row, 2:]) / 2
        corner = middle - rng.uniform(0.1, 0.9, 2) * size
    else:
        corner = np.array(
            [rng.uniform(-32, max(width - size, 0) + 32), rng.uniform(-32, max(height - size, 0) + 32)]
        )
    x, y = (np.round(corner / CELL) * CELL).astype(int)  # so that cells of the page are cells of the crop
    x = int(np.clip(x, -64, max(width - size, 0) + 64)) // CELL * CELL
    y = int(np.clip(y, -64, max(height - size, 0) + 64)) // CELL * CELL
    return x, y


def _points(
    page: TrainingPage, box: NDArray[np.float32], traces: NDArray[np.uint16], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Up to three points on each line, where its class is learnt."""
    size = traces.shape[0] * DOT
    rows = np.flatnonzero(page.kind >= len(FAMILIES))
    tried = np.repeat(rows, 6)
    low, high = np.maximum(box[tried, :2], 0), np.minimum(box[tried, 2:], size)
    seen = (high > low).all(axis=1)
    tried, low, high = tried[seen], low[seen], high[seen]
    place = low + rng.random(low.shape) * (high - low)
    x, y = np.minimum(place.astype(np.int64) // DOT, traces.shape[0] - 1).T
    bit = (page.kind[tried] - len(FAMILIES)).astype(np.uint16)
    on = (traces[y, x] >> bit) & 1 > 0
    tried, x, y = tried[on], x[on] * DOT // CELL, y[on] * DOT // CELL
    return np.stack((np.zeros_like(tried), page.kind[tried], page.label[tried], x, y), axis=1).astype(
        np.int64
    )


def _altered(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Contrast, brightness, a little blur or noise: what costs little and is never twice the same."""
    black, white = rng.uniform(0, 40), rng.uniform(200, 255)
    values = black + (white - black) * (np.arange(256) / 255) ** rng.uniform(0.7, 1.4)
    image = cv2.LUT(image, np.clip(values, 0, 255).astype(np.uint8))  # type: ignore[assignment]
    choice = rng.random()
    if choice < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9))  # type: ignore[assignment]
    elif choice < 0.3:
        noise = rng.normal(0, rng.uniform(2, 12), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


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
    )
