"""Figures of classification from a confusion matrix, by the definitions of scikit-learn.

With s files of a class, p predicted as it and h that are both: precision = h / p, recall = h / s,
F1 = 2 h / (s + p); each is 0 where it would divide by zero.

- Accuracy is the share of all files that are hits.
- Macro averages are plain means over the classes WITH files; macro recall is the balanced accuracy.
  Classes that are predicted but have no file are listed and in no average (scikit-learn's `macro` has
  them in as 0 unless `labels` names the others).
- Weighted averages weigh each class by its files.
- Top-k accuracy is the share of files whose class is among the k that are surest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.text_table import columns

_MEASURES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_precision": "Macro precision",
    "macro_f1": "Macro F1",
    "weighted_precision": "Weighted precision",
    "weighted_f1": "Weighted F1",
}


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One class: its files and figures.

    Attributes:
        name: the class.
        support: files that truly are of it.
        predicted: files that were predicted as it.
        hits: files that are both.
    """

    name: str
    support: int
    predicted: int
    hits: int

    @property
    def precision(self) -> float:
        """The share of the predicted files that are right."""
        return _ratio(self.hits, self.predicted)

    @property
    def recall(self) -> float:
        """The share of the class's files that were found."""
        return _ratio(self.hits, self.support)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return _ratio(2 * self.hits, self.support + self.predicted)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {**asdict(self), **{name: getattr(self, name) for name in ("precision", "recall", "f1")}}


@dataclass(frozen=True, eq=False)
class ClassificationFigures:
    """What came of comparing predicted with true classes; see the module for what each figure is.

    Attributes:
        files: how many were compared.
        accuracy: share of hits.
        balanced_accuracy: mean recall.
        macro_precision: mean precision.
        macro_f1: mean F1.
        weighted_precision: precision, weighed by files.
        weighted_f1: F1, weighed by files.
        top: top-k accuracy by k; empty where the predictions name one class a file.
        classes: with files, the one with most first.
        without_truth: predicted, but no file is of them.
        confusion: files int64 (n, n) by true (row) and predicted class.
        names: the class of each row: `classes`, then `without_truth`.
    """

    files: int
    accuracy: float
    balanced_accuracy: float
    macro_precision: float
    macro_f1: float
    weighted_precision: float
    weighted_f1: float
    top: dict[int, float]
    classes: tuple[ClassScores, ...]
    without_truth: tuple[ClassScores, ...]
    confusion: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(
        cls, truth: Sequence[str], predicted: Sequence[str], top: dict[int, float] | None = None
    ) -> ClassificationFigures:
        """The figures of files with these true and predicted classes.

        Raises:
            ValueError: there is no file, or not as many predicted classes as true ones.

        Example:
            >>> figures = ClassificationFigures.of(["a", "a", "b"], ["a", "b", "b"])
            >>> figures.balanced_accuracy, figures.classes[0].precision
            (0.75, 1.0)
        """
        if not truth or len(truth) != len(predicted):
            message = f"{len(truth)} true and {len(predicted)} predicted classes"
            raise ValueError(message)
        counts = _counts(truth, predicted)
        rows = [row for row in counts if row.support]
        weights = [row.support / len(truth) for row in rows]
        names = tuple(row.name for row in counts)
        return cls(
            files=len(truth),
            accuracy=sum(row.hits for row in rows) / len(truth),
            balanced_accuracy=sum(row.recall for row in rows) / len(rows),
            macro_precision=sum(row.precision for row in rows) / len(rows),
            macro_f1=sum(row.f1 for row in rows) / len(rows),
            weighted_precision=sum(row.precision * w for row, w in zip(rows, weights, strict=True)),
            weighted_f1=sum(row.f1 * w for row, w in zip(rows, weights, strict=True)),
            top=dict(top or {}),
            classes=tuple(rows),
            without_truth=tuple(row for row in counts if not row.support),
            confusion=_matrix(truth, predicted, names),
            names=names,
        )

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values; `confusion` lists [truth, predicted, files]."""
        pairs = np.argwhere(self.confusion).tolist()
        return {
            "files": self.files,
            **{name: getattr(self, name) for name in _MEASURES},
            "top": {str(k): value for k, value in self.top.items()},
            "classes": [row.to_json() for row in self.classes],
            "without_truth": [row.to_json() for row in self.without_truth],
            "confusion": [[self.names[i], self.names[j], int(self.confusion[i, j])] for i, j in pairs],
        }

    def table(self) -> str:
        """The figures for a terminal."""
        averages = [(title, f"{getattr(self, key):.4f}") for key, title in _MEASURES.items()]
        averages += [(f"Top-{k} accuracy", f"{value:.4f}") for k, value in self.top.items()]
        rows = [_row(row) for row in (*self.classes, *self.without_truth)]
        headings = ("Class", "Files", "Predicted", "Precision", "Recall", "F1")
        parts = [
            f"{self.files:,} files of {len(self.classes):,} classes",
            columns([("Figure", "Value"), *averages]),
            columns([headings, *rows]),
        ]
        if self.without_truth:
            absent = ", ".join(row.name for row in self.without_truth)
            parts.append(f"Predicted, but without a file, and in no average: {absent}")
        return "\n\n".join(parts) + "\n"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _row(row: ClassScores) -> tuple[str, ...]:
    figures = (row.precision, row.recall, row.f1)
    return (row.name, f"{row.support:,}", f"{row.predicted:,}", *(f"{value:.4f}" for value in figures))


def _counts(truth: Sequence[str], predicted: Sequence[str]) -> list[ClassScores]:
    """All classes that occur, those with most files first."""
    support, named = Counter(truth), Counter(predicted)
    hits = Counter(true for true, found in zip(truth, predicted, strict=True) if true == found)
    rows = [ClassScores(name, support[name], named[name], hits[name]) for name in {*support, *named}]
    return sorted(rows, key=lambda row: (-row.support, -row.predicted, row.name))


def _matrix(truth: Sequence[str], predicted: Sequence[str], names: tuple[str, ...]) -> NDArray[np.int64]:
    place = {name: row for row, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)), np.int64)
    np.add.at(matrix, ([place[name] for name in truth], [place[name] for name in predicted]), 1)
    return matrix
