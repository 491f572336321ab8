"""Crops of rare symbols in the top margins of pages, so that a network sees every class often enough."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import CELL, DOT
from notehead.models.boxes.dwd_options import RareOptions
from notehead.models.data.boxes import SEEN, BoxBatch, BoxCrops
from notehead.models.data.cutting import CropOptions, class_counts, paper
from notehead.models.data.prepare import TrainingPage


class RareCrops(BoxCrops):
    """Batches of pages that have rare symbols in their top margin; some crops begin there."""

    def __init__(self, paths: Sequence[Path], options: CropOptions, seed: int, rare: RareOptions) -> None:
        super().__init__(paths, options, seed)
        self._rare, self._size = rare, options.size
        self._patches = RarePatches(paths, rare, seed)

    def _crop(self, page: TrainingPage, rng: np.random.Generator) -> BoxBatch:
        return super()._crop(self._patches.pasted(page, rng), rng)

    def _corner(self, page: TrainingPage, rng: np.random.Generator) -> tuple[int, int]:
        if rng.random() >= self._rare.top:
            return super()._corner(page, rng)
        end = min(self._rare.count * self._rare.width, page.image.shape[1])
        return int(rng.integers(max(end - self._size, 0) // CELL + 1)) * CELL, 0


class RarePatches:
    """Cut-outs of pages, each with a symbol of a rare class in the middle.

    Args:
        paths: prepared pages.
        options: how large, and what is rare.
        seed: of which symbols are kept.
    """

    def __init__(self, paths: Sequence[Path], options: RareOptions, seed: int) -> None:
        self._paths, self._options = list(paths), options
        self._seen: dict[tuple[int, int], TrainingPage] = {}
        label, source = _fitting(self._paths, options)
        rng = np.random.default_rng((seed, 3))
        self._sources = []
        for one in np.unique(label):
            rows = rng.permutation(np.flatnonzero(label == one))[: options.kept]
            self._sources.append(source[rows])

    def __len__(self) -> int:
        """How many classes are rare."""
        return len(self._sources)

    def pasted(self, page: TrainingPage, rng: np.random.Generator) -> TrainingPage:
        """A page with cut-outs in its top margin, which grows where it is too narrow.

        They stand side by side from the left, in several rows on a narrow page. Their symbols are added to
        the page's; which symbol each pixel shows is not said.
        """
        options = self._options
        columns = min(page.image.shape[1] // options.width, options.count)
        if not columns or not self._sources:
            return page
        strip = -(-options.count // columns) * options.height
        free = int(page.box[:, 1].min(initial=page.image.shape[0]))
        grown = -(-max(strip - free, 0) // CELL) * CELL
        image = np.pad(page.image, ((grown, 0), (0, 0)), constant_values=paper(page.image))
        traces = np.pad(page.traces, ((grown // DOT, 0), (0, 0)))
        label, kind = [page.label], [page.kind]
        box = [page.box + np.array([0, grown, 0, grown], np.float32)]
        corners = [page.corners + np.array([0, grown], np.float32)]
        for number in range(options.count):
            patch = self._drawn(rng)
            y, x = (number // columns) * options.height, (number % columns) * options.width
            image[y : y + options.height, x : x + options.width] = patch.image
            label.append(patch.label)
            kind.append(patch.kind)
            box.append(patch.box + np.array([x, y, x, y], np.float32))
            corners.append(patch.corners + np.array([x, y], np.float32))
        return TrainingPage(
            image,
            traces,
            np.concatenate(label),
            np.concatenate(kind),
            np.concatenate(box),
            np.concatenate(corners),
        )

    def _drawn(self, rng: np.random.Generator) -> TrainingPage:
        sources = self._sources[int(rng.integers(len(self._sources)))]
        place, row = sources[int(rng.integers(len(sources)))].tolist()
        if (place, row) not in self._seen:
            self._seen[place, row] = cut_out(TrainingPage.read(self._paths[place]), row, self._options)
        return self._seen[place, row]


def cut_out(page: TrainingPage, row: int, options: RareOptions) -> TrainingPage:
    """The part of a page around a symbol, with all symbols of which enough is on it; without lines' maps."""
    size = np.array([options.width, options.height])
    middle = (page.box[row, :2] + page.box[row, 2:]) / 2
    page_size = np.array(page.image.shape[::-1])
    x, y = np.clip(np.round(middle - size / 2).astype(int), 0, page_size - size).tolist()
    box = page.box - np.array([x, y, x, y], np.float32)
    inside = np.clip(box, 0, np.tile(size, 2)).astype(np.float32)
    area, seen = (np.prod(one[:, 2:] - one[:, :2], axis=1) for one in (box, inside))
    kept = seen > SEEN * np.maximum(area, 1e-6)
    return TrainingPage(
        page.image[y : y + options.height, x : x + options.width].copy(),
        np.zeros((options.height // DOT, options.width // DOT), np.uint16),
        page.label[kept],
        page.kind[kept],
        inside[kept],
        np.clip(page.corners[kept] - np.array([x, y], np.float32), 0, size).astype(np.float32),
    )


def _fitting(paths: Sequence[Path], options: RareOptions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rare symbols that a cut-out holds whole: class ids (n,), and number of the page and row (n, 2)."""
    labels, sources = [np.empty(0, np.int64)], [np.empty((0, 2), np.int64)]
    counts = class_counts(paths)
    room = np.array([options.width, options.height])
    for place, path in enumerate(paths):
        with np.load(path, allow_pickle=False) as arrays:
            label, box, shape = arrays["label"], arrays["box"], arrays["shape"]
        fits = (box[:, 2:] - box[:, :2] <= room).all(axis=1) & (shape[::-1] >= room).all()
        rows = np.flatnonzero(fits)
        labels.append(label[rows].astype(np.int64))
        sources.append(np.stack((np.full_like(rows, place), rows), axis=1))
    label = np.concatenate(labels)
    rare = counts[label] < options.share * counts.sum()
    return label[rare], np.concatenate(sources)[rare]
