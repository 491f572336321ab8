"""DeepScoresV2's masks: instance numbers as colours, and classes as greys that must be read, not assumed.

The categories name a `color` each, but the greys of the published sample's semantic masks are others:
9 less for most classes, 1 less for clefs. What a grey means is learnt from pages, where its pixels are
those of instances whose class is known.

Example:
    >>> source = DeepScoresV2Source(Path("ds2_dense"), ReadOptions())  # doctest: +SKIP
    >>> values = semantic_values(source, source.entries[:20])  # doctest: +SKIP
    >>> labels = semantic_labels(source, source.entries[500], values)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.formats.deepscores_v2.records import LARGEST_INSTANCE
from notehead.datasets.index import PageEntry
from notehead.datasets.source import Source
from notehead.errors import DatasetError
from notehead.images import image_size, instance_ids, read_png

NO_CLASS = -1
"""In label images: paper, or ink of nothing that is annotated."""


def read_instances(path: Path, size: tuple[int, int]) -> NDArray[np.uint16]:
    """The instance numbers uint16 (h, w) of a mask: a colour is a number.

    Raises:
        DatasetError: the mask is missing, damaged, of another (width, height) than its page, or a
            number in it is beyond `LARGEST_INSTANCE`.
    """
    pixels = _read_mask(path, size)
    if pixels.ndim != 3:
        message = f"{path}: no colours in it"
        raise DatasetError(message, "An instance mask numbers symbols by colours.")
    if pixels[..., 0].any():
        message = f"{path}: an instance number is beyond {LARGEST_INSTANCE:,}"
        raise DatasetError(message, "Move the masks elsewhere to read the page without them.")
    return instance_ids(pixels)


def _read_mask(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask as uint8 (h, w) or (h, w, 3), of a (width, height) where that is known; raises DatasetError."""
    found = image_size(path)
    if all(size) and found != size:
        message = f"{path}: {found[0]} x {found[1]} pixels, its page has {size[0]} x {size[1]}"
        raise DatasetError(message, "Use the masks that belong to the images.")
    return read_png(path)


def semantic_values(source: Source, entries: Iterable[PageEntry]) -> NDArray[np.int32]:
    """The class id of each grey value of the semantic masks: int32 (256,), `NO_CLASS` for none.

    A grey means the class that most of its pixels have by the instance masks of the given pages.

    Raises:
        DatasetError: a page cannot be used, or it has no instance mask or no semantic mask.
    """
    labels = np.array([row.id for row in source.vocabulary.classes], np.int32)
    place_of = np.zeros(max(source.vocabulary.by_id, default=0) + 1, np.int64)
    place_of[labels] = np.arange(len(labels))
    counts = np.zeros((256, len(labels)), np.int64)
    for entry in entries:
        ids, symbols = _instances(source, entry), source.symbols(entry)
        grey = _greys(source, entry, (ids.shape[1], ids.shape[0]))
        there = ids > 0
        place_of_id = np.zeros(LARGEST_INSTANCE + 1, np.int64)
        place_of_id[symbols.id] = place_of[symbols.label]
        both = grey[there].astype(np.int64) * len(labels) + place_of_id[ids[there]]
        counts += np.bincount(both, minlength=counts.size).reshape(counts.shape)
    counts[0] = 0  # paper, whatever an instance has there
    if not len(labels):
        return np.full(256, NO_CLASS, np.int32)
    return np.where(counts.any(axis=1), labels[counts.argmax(axis=1)], NO_CLASS).astype(np.int32)


def semantic_labels(
    source: Source, entry: PageEntry, values: NDArray[np.int32] | None = None
) -> NDArray[np.int32]:
    """The class id of each pixel of a page: int32 (h, w), `NO_CLASS` for paper and what has no class.

    Args:
        source: the dataset.
        entry: the page.
        values: what the greys mean; by default that is learnt from this very page.

    Raises:
        DatasetError: the page has no semantic mask; or no instance mask, and no values are given.
    """
    if values is None:
        values = semantic_values(source, [entry])
    labels: NDArray[np.int32] = values[_greys(source, entry, (entry.width, entry.height))]
    return labels


def _instances(source: Source, entry: PageEntry) -> NDArray[np.uint16]:
    """The instances of a page that are symbols."""
    ids = source.page(entry).ids
    if ids is None:
        message = f"{source.folder}: page {entry.name} has no instance mask"
        raise DatasetError(message, "Learn the values of the semantic masks from pages that have one.")
    return ids


def _greys(source: Source, entry: PageEntry, size: tuple[int, int]) -> NDArray[np.uint8]:
    path = source.folder / "segmentation" / f"{entry.name}_seg.png"
    pixels = _read_mask(path, size)
    if pixels.ndim != 2:
        message = f"{path}: colours in it"
        raise DatasetError(message, "A semantic mask has a grey value for each class.")
    return pixels
