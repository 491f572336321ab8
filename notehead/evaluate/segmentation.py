"""Semantic segmentation: the predicted class of each pixel against the true one, page by page.

`pixel_figures.py` defines the figures, `label_images.py` makes label images of pages and class images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.datasets.formats import FORMATS
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.evaluate.label_images import page_labels, read_class_image
from notehead.evaluate.pixel_figures import SegmentationFigures
from notehead.progress import Progress, Silent
from notehead.vocabulary import Vocabulary

MOST_CLASSES = 2000
"""The confusion matrix of more would not fit."""
_ENDINGS = ("_seg.png", ".png")


@dataclass(frozen=True, slots=True)
class SegmentationOptions:
    """What is counted.

    Attributes:
        only: these classes alone; pixels of the others are background, in truth and prediction.
        ignore_background: leave out pixels whose truth is background, as others' `ignore_index` does:
            symbols predicted on bare paper cost nothing then.
    """

    only: Sequence[str] = ()
    ignore_background: bool = False


class SegmentationCounter:
    """Counts pixels page by page.

    Args:
        vocabulary: the classes. A label image has a class's place in it, from 1, and 0 for background.
        options: what is counted.

    Raises:
        DatasetError: there are too many classes, or `only` names one that is not there.

    Example:
        >>> counter = SegmentationCounter(Vocabulary.of([(7, "stem"), (3, "beam")]))
        >>> counter.add(np.array([[0, 1, 1, 2]]), np.array([[0, 1, 2, 2]]))
        >>> figures = counter.finish()
        >>> figures.without_background.mean_iou, figures.with_background.pixel_accuracy
        (0.5, 0.75)
    """

    def __init__(self, vocabulary: Vocabulary, options: SegmentationOptions | None = None) -> None:
        self._options = options or SegmentationOptions()
        self._names = tuple(vocabulary)
        if len(self._names) > MOST_CLASSES:
            message = f"pixels of {len(self._names):,} classes cannot be compared"
            raise DatasetError(message, f"Bring them to {MOST_CLASSES:,} classes at most.")
        for name in self._options.only:
            if name not in vocabulary:
                message = f"there is no class {name!r}"
                raise DatasetError(message, "`notehead stats` lists the classes.")
        self._size = len(self._names) + 1
        self._confusion = np.zeros((self._size, self._size), np.int64)
        self._pages = 0

    def add(self, truth: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]]) -> None:
        """Count a page: two label images (h, w).

        Raises:
            ValueError: they differ in shape, or hold a number of no class.
        """
        if truth.shape != predicted.shape:
            message = f"label images of {truth.shape} and {predicted.shape}"
            raise ValueError(message)
        for image in (truth, predicted):
            if image.size and not 0 <= int(image.min()) <= int(image.max()) < self._size:
                message = f"a label image holds numbers beyond 0 to {self._size - 1}"
                raise ValueError(message)
        pairs = truth.astype(np.int32)
        pairs *= self._size
        pairs += predicted.astype(np.int32, copy=False)
        counts = np.bincount(pairs.ravel(), minlength=self._confusion.size)
        self._confusion += counts.reshape(self._confusion.shape)
        self._pages += 1

    def finish(self) -> SegmentationFigures:
        """The figures of all pages so far."""
        confusion = self._confusion.copy()
        names = self._names
        if self._options.only:
            kept = [place for place, name in enumerate(names, 1) if name in self._options.only]
            others = np.setdiff1d(np.arange(1, self._size), kept)
            for matrix in (confusion, confusion.T):
                matrix[0] += matrix[others].sum(axis=0)
            confusion = confusion[np.ix_([0, *kept], [0, *kept])]
            names = tuple(names[place - 1] for place in kept)
        if self._options.ignore_background:
            confusion[0] = 0
        return SegmentationFigures.of(confusion, names, self._pages)


def segmentation_figures(
    predictions: str | PathLike[str] | Dataset,
    truth: Dataset,
    options: SegmentationOptions | None = None,
    progress: Progress | None = None,
) -> SegmentationFigures:
    """Compare predicted with true classes, pixel by pixel, over all pages of a dataset.

    Args:
        predictions: a dataset with masks, or a folder of class images: `NAME_seg.png` or `NAME.png` for
            each page, with the grey values of the truth's classes (0 for paper). Further ones are
            passed over.
        truth: pages with masks. Where it is read with `keep_going`, pages that cannot be compared are
            left out and counted among its complaints.
        options: what is counted.
        progress: told of each page.

    Raises:
        DatasetError: a page has no prediction or no masks, its prediction is damaged, has another size,
            or a value or class that the truth's classes lack.

    Example:
        >>> figures = segmentation_figures("predicted", Dataset("dataset", "test"))  # doctest: +SKIP
        >>> figures.without_background.mean_iou  # doctest: +SKIP
        0.8123
    """
    counter, progress = SegmentationCounter(truth.vocabulary, options), progress or Silent()
    predicted = _predicted(predictions, truth)
    progress.stage("pages", len(truth))
    try:
        for entry, page in truth.pages():
            try:
                pair = page_labels(page, truth.vocabulary), predicted(entry.name)
                _same_size(entry.name, *pair)
            except DatasetError as error:
                truth.complaints.page(error)
            else:
                counter.add(*pair)
            progress.step(pages=1)
    finally:
        progress.close()
    return counter.finish()


def _same_size(name: str, truth: NDArray[np.uint16], predicted: NDArray[np.uint16]) -> None:
    if truth.shape != predicted.shape:
        theirs, ours = (f"{image.shape[1]} x {image.shape[0]}" for image in (predicted, truth))
        message = f"page {name}: its prediction is {theirs}, its truth {ours} pixels"
        raise DatasetError(message, "Predict at the size of the page.")


def _predicted(
    predictions: str | PathLike[str] | Dataset, truth: Dataset
) -> Callable[[str], NDArray[np.uint16]]:
    """What gives the predicted label image of a page by its name."""
    if isinstance(predictions, Dataset):
        return _PredictedPages(predictions, truth)
    folder = Path(predictions)
    try:
        if any(found.read is not None and found.here(folder) for found in FORMATS.values()):
            options = ReadOptions(keep_going=truth.complaints.keep_going)
            return _PredictedPages(Dataset(folder, options=options), truth)
        return _PredictedImages(folder, truth)
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise DatasetError(message, "Check the path of the predictions.") from error


class _PredictedPages:
    """The label images of a predicted dataset."""

    def __init__(self, dataset: Dataset, truth: Dataset) -> None:
        self._dataset, self._truth = dataset, truth

    def __call__(self, name: str) -> NDArray[np.uint16]:
        try:
            return page_labels(self._dataset[name], self._truth.vocabulary)
        finally:
            self._truth.complaints.merge(self._dataset.complaints.taken())


class _PredictedImages:
    """The class images of a folder: all have one ending, the one that fits more pages."""

    def __init__(self, folder: Path, truth: Dataset) -> None:
        self._folder, self._vocabulary = folder, truth.vocabulary
        names = [entry.name for entry in truth.entries]
        fit = {ending: sum((folder / f"{name}{ending}").is_file() for name in names) for ending in _ENDINGS}
        if names and not any(fit.values()):
            message = f"{folder}: no predictions here"
            remedy = f"A class image is called {names[0]}_seg.png, say; or give a dataset with masks."
            raise DatasetError(message, remedy)
        self._ending = max(_ENDINGS, key=fit.__getitem__)

    def __call__(self, name: str) -> NDArray[np.uint16]:
        path = self._folder / f"{name}{self._ending}"
        if not path.is_file():
            message = f"{path}: no prediction for page {name}"
            raise DatasetError(message, "Predict every page of the truth.")
        return read_class_image(path, self._vocabulary)
