"""Patches around single symbols of prepared pages, cut as those that a build writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH, PatchChooser, cut_patch
from notehead.detect.detector import STAFF_SPACE
from notehead.models.data.cutting import CropOptions, Pages, altered, class_counts, class_weights, pages_of
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.models.data.stream import PageStream
from notehead.models.data.table import ClassTable
from notehead.page import Page

_FEWEST = 16
"""Patches of each page at least, where it has so many symbols."""


@dataclass(frozen=True, eq=False)
class PatchBatch:
    """Patches and their classes.

    Attributes:
        image: uint8 (n, 170, 45), 0 black, the symbol's middle at pixel (85, 22).
        label: int64 (n,), the class's number in the table, from 1.
    """

    image: NDArray[np.uint8]
    label: NDArray[np.int64]

    @classmethod
    def of(cls, parts: Sequence[tuple[NDArray[np.uint8], NDArray[np.int64]]]) -> PatchBatch:
        """The patches of several pages."""
        none = np.empty((0, PATCH_HEIGHT, PATCH_WIDTH), np.uint8), np.empty(0, np.int64)
        every = [none, *parts]
        return cls(np.concatenate([image for image, _ in every]), np.concatenate([one for _, one in every]))


class PatchCrops:
    """Batches of patches from prepared pages; of a page's symbols, those of rare classes are drawn rather.

    A batch has about as many pixels as one of crops has.

    Args:
        paths: the pages.
        options: how many pages a batch is made of, how many pixels, how evenly classes are drawn.
        seed: of all that is drawn.
        least: symbols on these pages that a class must have to be told.

    Attributes:
        table: the classes that are told; symbols of the others are not there.
    """

    def __init__(self, paths: Pages, options: CropOptions, seed: int, least: int = 20) -> None:
        counts = class_counts(paths)
        self.table = ClassTable.of(counts, least)
        self._weights = np.where(self.table.places > 0, class_weights(counts, options.evenness), 0.0)
        self._paths = (
            paths
            if isinstance(paths, PageStream)
            else [path for path in paths if self._chances(*_symbols(path)).any()]
        )
        self._options, self._seed = options, seed
        self._most = max(_FEWEST, round(options.crops * options.size**2 / (PATCH_HEIGHT * PATCH_WIDTH)))

    def batch(self, number: int) -> PatchBatch:
        """The batch of that number; pages of a stream may have no symbol that is told, and give nothing."""
        rng = np.random.default_rng((self._seed, number, 3))
        parts = []
        for page in pages_of(self._paths, number, self._options, self._seed):
            chance = self._chances(page.label, page.box)
            count = min(self._most, int(np.count_nonzero(chance)))
            if not count:
                continue
            rows = rng.choice(len(chance), count, replace=False, p=chance / chance.sum())
            image = np.stack([altered(patch, rng) for patch in patches_of(page, rows)])
            parts.append((image, self.table.places[page.label[rows]]))
        return PatchBatch.of(parts)

    def _chances(self, label: NDArray[np.int32], box: NDArray[np.float32]) -> NDArray[np.float64]:
        """How likely each symbol is drawn; 0 for those that are not told or have no extent."""
        return np.where((box[:, 2:] > box[:, :2]).all(axis=1), self._weights[label], 0.0)


def _symbols(path: Path) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["label"], arrays["box"]


def patches_of(page: TrainingPage, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The patches of some symbols of a page: uint8 (n, 170, 45)."""
    if not len(rows):
        return PatchBatch.of([]).image
    middle = ((page.box[rows, :2] + page.box[rows, 2:]) / 2).astype(np.int64)  # as a build rounds it
    return np.stack([cut_patch(page.image, x, y) for x, y in middle.tolist()])


def held_patches(pages: Sequence[Page], table: ClassTable, per_class: int, seed: int) -> PatchBatch:
    """Patches to judge by, drawn from pages as a build draws them: at most so many of a class.

    Pages without masks and classes that are not in the table are left out.
    """
    chooser = PatchChooser(per_class, seed)
    for place, page in enumerate(pages):
        if page.ids is not None and page.staff_space > 0:
            chooser.add(str(place), page.symbols)
    parts = []
    for key, chosen in chooser.chosen().items():
        prepared = prepare(pages[int(key)], STAFF_SPACE)
        label = table.places[prepared.label[chosen]]
        rows = np.array(chosen, np.int64)[label > 0]
        parts.append((patches_of(prepared, rows), label[label > 0]))
    return PatchBatch.of(parts)
