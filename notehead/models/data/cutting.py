"""Crops of prepared pages, each a function of seed and number, so that a training goes on as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import CELL, DOT
from notehead.models.data.prepare import TrainingPage
from notehead.models.data.stream import PageStream
from notehead.vocabulary import VOCABULARY

T = TypeVar("T", np.uint8, np.uint16, np.int32)

Pages = Sequence[Path] | PageStream
"""Prepared pages in files, or a stream of them."""


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
    evenness: float = 0.15


def class_counts(paths: Pages) -> NDArray[np.int64]:
    """How many symbols of each class id stand on prepared pages; of a stream, about how many."""
    if isinstance(paths, PageStream):
        return paths.counts
    counts = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    for path in paths:
        with np.load(path, allow_pickle=False) as arrays:
            counts += np.bincount(arrays["label"], minlength=len(counts))
    return counts


def class_weights(counts: NDArray[np.int64], evenness: float) -> NDArray[np.float64]:
    """How much a crop should be aimed at a symbol of each class, from the number of its symbols."""
    return np.where(counts > 0, np.maximum(counts, 1.0) ** (evenness - 1), 0.0)


def pages_of(paths: Pages, number: int, options: CropOptions, seed: int) -> Iterator[TrainingPage]:
    """The pages of a batch; those of an epoch are a shuffled row of all pages."""
    if isinstance(paths, PageStream):
        yield from paths.batch(number)
        return
    for place in range(number * options.pages, (number + 1) * options.pages):
        epoch, row = divmod(place, len(paths))
        order = np.random.default_rng((seed, epoch, 0)).permutation(len(paths))
        yield TrainingPage.read(paths[order[row]])


def crop_corner(
    page: TrainingPage, weights: NDArray[np.float64], options: CropOptions, rng: np.random.Generator
) -> tuple[int, int]:
    """Where a crop begins, x and y, in whole cells of the network's maps; perhaps a bit beyond the page."""
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


def cut(array: NDArray[T], corner: tuple[int, int], size: int, fill: int) -> NDArray[T]:
    """A square of an array (height, width), filled up where it reaches beyond.

    Example:
        >>> cut(np.arange(6, dtype=np.uint8).reshape(2, 3), (-1, 0), 3, 9).tolist()
        [[9, 0, 1], [9, 3, 4], [9, 9, 9]]
    """
    x, y = corner
    result = np.full((size, size), fill, array.dtype)
    part = array[max(y, 0) : y + size, max(x, 0) : x + size]
    above, left = max(-y, 0), max(-x, 0)
    result[above : above + part.shape[0], left : left + part.shape[1]] = part
    return result


def cropped(page: TrainingPage, corner: tuple[int, int], size: int) -> TrainingPage:
    """A square of a page, filled up with paper, and all symbols of the page as seen from its corner."""
    shift = np.array(corner, np.float32)
    return replace(
        page,
        image=cut(page.image, corner, size, paper(page.image)),
        traces=cut(page.traces, (corner[0] // DOT, corner[1] // DOT), size // DOT, 0),
        box=page.box - np.tile(shift, 2),
        corners=page.corners - shift,
        instances=None if page.instances is None else cut(page.instances, corner, size, 0),
    )


def paper(image: NDArray[np.uint8]) -> int:
    """The grey of the paper."""
    return int(np.median(image[::16, ::16]))


def altered(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Contrast, brightness, a little blur or noise: what costs little and is never twice the same."""
    black, white = rng.uniform(0, 40), rng.uniform(200, 255)
    values = black + (white - black) * (np.arange(256) / 255) ** rng.uniform(0.7, 1.4)
    image = cv2.LUT(image, np.clip(values, 0, 255).astype(np.uint8))  # type: ignore[assignment]
    choice = rng.random()
    if choice > 0.7:
        # ink that has run, or was worn: strokes of other weights than those of the fonts trained on
        morphed = (cv2.erode if choice > 0.85 else cv2.dilate)(image, np.ones((2, 2), np.uint8))
        share = rng.uniform(0.1, 0.6)
        image = cv2.addWeighted(image, 1 - share, morphed, share, 0)  # type: ignore[assignment]
    if choice < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9))  # type: ignore[assignment]
    elif choice < 0.3:
        noise = rng.normal(0, rng.uniform(2, 12), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image
