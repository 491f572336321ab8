"""Figures of semantic segmentation from a confusion matrix of pixels, by the book.

With t true pixels of a class, p predicted ones and h pixels that are both:

- IoU = h / (t + p - h); Dice (or F1) = 2 h / (t + p); accuracy (or recall) = h / t; precision = h / p;
- means are taken over the classes WITH true pixels, the others are listed;
- frequency-weighted IoU weighs each class's IoU by its true pixels;
- pixel accuracy is the share of the true pixels that are hits.

Pixels are summed over all pages first. All averages are given twice: over the classes of symbols alone,
and with the background (paper), which is most of a page, as one class more. Either way a symbol
predicted on bare paper counts against its class, unless the background is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.text_table import columns

BACKGROUND = "(background)"
_MEASURES = {
    "mean_iou": "Mean IoU",
    "mean_dice": "Mean Dice",
    "mean_accuracy": "Mean accuracy",
    "weighted_iou": "Frequency-weighted IoU",
    "pixel_accuracy": "Pixel accuracy",
}


@dataclass(frozen=True, slots=True)
class ClassPixels:
    """One class: its pixels and figures.

    Attributes:
        name: the class.
        truth: pixels that it truly has.
        predicted: pixels that it was predicted at.
        hits: pixels that are both.
    """

    name: str
    truth: int
    predicted: int
    hits: int

    @property
    def iou(self) -> float:
        """Intersection over union; 0 where there is no pixel at all."""
        return _ratio(self.hits, self.truth + self.predicted - self.hits)

    @property
    def dice(self) -> float:
        """Dice's coefficient, the F1 of the pixels."""
        return _ratio(2 * self.hits, self.truth + self.predicted)

    @property
    def accuracy(self) -> float:
        """The share of the true pixels that were found; also called recall."""
        return _ratio(self.hits, self.truth)

    @property
    def precision(self) -> float:
        """The share of the predicted pixels that are right; 0 where none was predicted."""
        return _ratio(self.hits, self.predicted)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        figures = {name: getattr(self, name) for name in ("iou", "dice", "accuracy", "precision")}
        return {**asdict(self), **figures}


@dataclass(frozen=True, slots=True)
class Averages:
    """Averages over classes with true pixels, as the module says; None where there is no such class."""

    mean_iou: float | None = None
    mean_dice: float | None = None
    mean_accuracy: float | None = None
    weighted_iou: float | None = None
    pixel_accuracy: float | None = None

    @classmethod
    def of(cls, classes: Sequence[ClassPixels]) -> Averages:
        """The averages of some classes, all of which have true pixels."""
        if not classes:
            return cls()
        total = sum(row.truth for row in classes)
        return cls(
            mean_iou=sum(row.iou for row in classes) / len(classes),
            mean_dice=sum(row.dice for row in classes) / len(classes),
            mean_accuracy=sum(row.accuracy for row in classes) / len(classes),
            weighted_iou=sum(row.iou * row.truth for row in classes) / total,
            pixel_accuracy=sum(row.hits for row in classes) / total,
        )


@dataclass(frozen=True, eq=False)
class SegmentationFigures:
    """What came of comparing label images.

    Attributes:
        pages: how many were compared.
        pixels: that were counted.
        without_background: averages over the classes of symbols.
        with_background: averages over the same and the background.
        background: the pixels of the background.
        classes: with true pixels, the one with most first.
        without_truth: predicted somewhere, but truly nowhere.
        missing: names of the classes that are neither true nor predicted anywhere.
        confusion: pixels int64 (1 + n, 1 + n) by true (row) and predicted number; 0 is the background.
        names: the class of each number, from 1.
    """

    pages: int
    pixels: int
    without_background: Averages
    with_background: Averages
    background: ClassPixels
    classes: tuple[ClassPixels, ...]
    without_truth: tuple[ClassPixels, ...]
    missing: tuple[str, ...]
    confusion: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, confusion: NDArray[np.int64], names: tuple[str, ...], pages: int) -> SegmentationFigures:
        """The figures of a confusion matrix; see the attributes."""
        sums = (confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal())
        numbers = zip(*(values.tolist() for values in sums), strict=True)
        background, *rows = (
            ClassPixels(name, *row) for name, row in zip((BACKGROUND, *names), numbers, strict=True)
        )
        rows.sort(key=lambda row: (-row.truth, -row.predicted))
        true = tuple(row for row in rows if row.truth)
        return cls(
            pages=pages,
            pixels=int(confusion.sum()),
            without_background=Averages.of(true),
            with_background=Averages.of((background, *true) if background.truth else true),
            background=background,
            classes=true,
            without_truth=tuple(row for row in rows if row.predicted and not row.truth),
            missing=tuple(row.name for row in rows if not row.predicted and not row.truth),
            confusion=confusion,
            names=names,
        )

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values; `confusion` lists [truth, predicted, pixels], null for background."""
        name: list[str | None] = [None, *self.names]
        pairs = np.argwhere(self.confusion).tolist()
        return {
            "pages": self.pages,
            "pixels": self.pixels,
            "without_background": asdict(self.without_background),
            "with_background": asdict(self.with_background),
            "background": self.background.to_json(),
            "classes": [row.to_json() for row in self.classes],
            "without_truth": [row.to_json() for row in self.without_truth],
            "missing": list(self.missing),
            "confusion": [[name[i], name[j], int(self.confusion[i, j])] for i, j in pairs],
        }

    def table(self) -> str:
        """The figures for a terminal."""
        share = _ratio(self.background.truth, self.pixels)
        facts = f"{self.pages:,} pages, {self.pixels:,} pixels, {share:.1%} of them background"
        averages = [
            (title, _shown(getattr(self.without_background, key)), _shown(getattr(self.with_background, key)))
            for key, title in _MEASURES.items()
        ]
        headings = ("Class", "True px", "Predicted px", "IoU", "Dice", "Accuracy", "Precision")
        rows = [_row(row) for row in (self.background, *self.classes, *self.without_truth)]
        parts = [
            facts,
            columns([("Average", "Without background", "With background"), *averages]),
            columns([headings, *rows]),
        ]
        if self.without_truth:
            absent = ", ".join(row.name for row in self.without_truth)
            parts.append(f"Predicted, but without a true pixel, and in no average: {absent}")
        return "\n\n".join(parts) + "\n"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _row(row: ClassPixels) -> tuple[str, ...]:
    figures = (row.iou, row.dice, row.accuracy, row.precision)
    return (row.name, f"{row.truth:,}", f"{row.predicted:,}", *(f"{value:.4f}" for value in figures))
