"""Pages to slices: for training a YOLO dataset of them, for a page to be read its images."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.slicing import SliceOptions, starts
from notehead.errors import DatasetError
from notehead.page import Page
from notehead.progress import Progress

LEARNT = ("", "train")
"""Splits that are trained on."""


@dataclass(frozen=True, slots=True)
class CutOptions:
    """How pages are cut.

    Attributes:
        short: the shorter side to which pages are scaled, in pixels; 0 leaves them as they are. 1960 is that
            of DeepScoresV2's pages.
        size: width and height of a slice.
        overlap: share of a slice that the next one shows again.
        least: the least share of a cut symbol's box that must be in a slice to train on; 0.1 is SAHI's.
        empty: share of the slices without symbols to train on; seed 002 had none.
    """

    short: int = 1960
    size: int = 640
    overlap: float = 0.2
    least: float = 0.1
    empty: float = 0.0

    def slicing(self) -> SliceOptions:
        """The same for `slices`; raises NoteheadError for a value out of range."""
        return SliceOptions(self.size, self.overlap, "clip", self.least, self.empty)


def write_slices(
    dataset: Dataset, folder: Path, options: CutOptions, workers: int, progress: Progress
) -> None:
    """Write a YOLO dataset of slices, whole or not at all; one that is there stays.

    Raises:
        DatasetError: a page cannot be read, or there are none to train on.
        OutputError: the disk is full, or the folder cannot be written.
    """
    if folder.exists():
        return
    if not any(entry.split in LEARNT for entry in dataset.entries):
        message = f"{dataset.folder}: it has no pages to train on"
        raise DatasetError(message, "Choose a dataset with a split `train`, or one without splits.")
    change = partial(at_size, short=options.short) if options.short else None
    how = ConvertOptions(change=change, slicing=options.slicing(), workers=workers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)  # YOLO holds boxes: that is what is asked for
        convert(dataset, folder, "yolo", how, progress)


def some_pages(dataset: Dataset, splits: tuple[str, ...], most: int) -> Dataset:
    """The pages of some splits, at most so many of each kind (to train on or not), evenly; 0 for all."""
    kept: set[str] = set()
    for learnt in (True, False):
        names = [
            entry.name
            for entry in dataset.entries
            if entry.split in splits and (entry.split in LEARNT) == learnt
        ]
        step = max(1, len(names) / most) if most else 1
        kept.update(names[int(place * step)] for place in range(int(len(names) / step + 1e-9)))
    return dataset.where(lambda entry: entry.name in kept)


def at_size(page: Page, short: int) -> Page:
    """A page scaled so that its shorter side has so many pixels; without masks, if it was another one.

    Example:
        >>> page = Page("p", np.zeros((200, 100), np.uint8), staff_space=10.0)
        >>> at_size(page, 50).image.shape, at_size(page, 50).staff_space
        ((100, 50), 5.0)
    """
    if min(page.width, page.height) == short:
        return page
    image = scaled(page.image, short)
    factor = np.array([image.shape[1] / page.width, image.shape[0] / page.height])
    symbols = page.symbols
    area = np.rint(symbols.area * factor.prod())
    lines = page.staff_lines * np.concatenate(([1.0], np.tile(factor, 2)))
    return replace(
        page,
        image=image,
        symbols=symbols.replace(
            box=symbols.box * np.tile(factor, 2), corners=symbols.corners * factor, area=area
        ),
        ids=None,
        under=None,
        staff_lines=lines,
        staff_space=page.staff_space * float(factor[1]),
    )


def scaled(image: NDArray[np.uint8], short: int) -> NDArray[np.uint8]:
    """An image whose shorter side has so many pixels."""
    height, width = image.shape
    factor = short / min(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def corners(image: NDArray[np.uint8], slicing: SliceOptions) -> Iterator[tuple[int, int]]:
    """Left and top of each slice of an image, in the order of `slices`."""
    height, width = image.shape
    for top, left in itertools.product(starts(height, slicing), starts(width, slicing)):
        yield left, top
