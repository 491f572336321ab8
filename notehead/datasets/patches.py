"""Classification patches: 45 wide x 170 high around single symbols, with all their surroundings.

As in DeepScores (2018, section 3.2): centred on the symbol's box, full original context, at most so
many per class. Which symbols are taken is decided by a hash of seed, page and symbol, so the subset is
random, the same for any number of workers, and grows with the dataset without changing places.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols

PATCH_WIDTH, PATCH_HEIGHT = 45, 170


class PatchChooser:
    """Draws at most `per_class` symbols of each class, page by page, in bounded memory."""

    def __init__(self, per_class: int, seed: int) -> None:
        self._per_class = per_class
        self._seed = seed
        self._pages: list[str] = []
        self._kept: dict[int, list[NDArray[np.uint64]]] = defaultdict(list)
        self._waiting: dict[int, int] = defaultdict(int)

    def add(self, page: str, symbols: Symbols) -> None:
        """Put a page's symbols into the draw; symbols that nothing shows are left out."""
        number = len(self._pages)
        self._pages.append(page)
        rows = np.flatnonzero(symbols.area > 0)
        lots = _lots(self._seed, page, symbols.id[rows])
        labels = symbols.label[rows]
        where = (np.uint64(number) << np.uint64(20)) | rows.astype(np.uint64)
        by_label = np.argsort(labels, kind="stable")
        bounds = np.flatnonzero(np.diff(labels[by_label], prepend=-1))
        for group in np.split(by_label, bounds[1:]) if len(by_label) else []:
            label = int(labels[group[0]])
            self._kept[label].append(np.stack((lots[group], where[group])))
            self._waiting[label] += len(group)
            if self._waiting[label] > 4 * self._per_class + 1000:
                self._thin(label)

    def _thin(self, label: int) -> NDArray[np.uint64]:
        every = np.concatenate(self._kept[label], axis=1)
        best = every[:, np.lexsort((every[1], every[0]))[: self._per_class]]
        self._kept[label] = [best]
        self._waiting[label] = best.shape[1]
        return best

    def chosen(self) -> dict[str, list[int]]:
        """Rows of the chosen symbols, by page."""
        rows: dict[str, list[int]] = defaultdict(list)
        for label in sorted(self._kept):
            for where in self._thin(label)[1].tolist():
                rows[self._pages[where >> 20]].append(where & 0xFFFFF)
        return {page: sorted(rows[page]) for page in self._pages if page in rows}


def _lots(seed: int, page: str, identities: NDArray[np.int32]) -> NDArray[np.uint64]:
    """A random 64-bit number per symbol: SplitMix64 (Steele et al. 2014) from a hash of seed and page."""
    start = int.from_bytes(hashlib.sha256(f"patches {seed} {page}".encode()).digest()[:8], "big")
    z = np.uint64(start) + identities.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def cut_patch(image: NDArray[np.uint8], x: int, y: int) -> NDArray[np.uint8]:
    """The patch (170, 45) whose pixel (85, 22) is the page's pixel (y, x); white beyond the page."""
    patch = np.full((PATCH_HEIGHT, PATCH_WIDTH), 255, np.uint8)
    left, top = x - PATCH_WIDTH // 2, y - PATCH_HEIGHT // 2
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + PATCH_WIDTH, image.shape[1]), min(top + PATCH_HEIGHT, image.shape[0])
    if x1 > x0 and y1 > y0:
        patch[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return patch
