"""The figures of detection, per class and over all; `average_precision.py` says what each AP is.

- `ap`: at the IoU thresholds 0.50, 0.55, ..., 0.95; AP50 and AP75 are two of them, AP is their mean.
- `recall_of_all`: the share of true symbols that were found at all, at each threshold; AR is the mean.
- Precision (right of all found), recall (found of all true) and F1 (2 right / (found + true)) are those of
  detections from a confidence on, matched by `coco` at IoU 0.50. The best F1 is the highest that any
  confidence gives.
- Means (macro) are over the classes WITH a true symbol, each counting once; weighted means count each class
  by its true symbols. Classes without true symbols are in no mean (but for `deepscores_v2`, see there); they
  are listed with the number of their detections, all of which are false.
- `near`: of thin symbols, COCO's AP of matches by distance (`overlap.side_middles`) instead of IoU.
- The confusions are those of detections from the confidence on: with falling score, each takes the free
  true symbol that it covers best, of whatever class, if the IoU is at least 0.50.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.evaluate.average_precision import (
    DEFINITIONS,
    IOU_THRESHOLDS,
    RECALLS,
    Matches,
    precision_and_recall,
    precision_at,
)
from notehead.evaluate.detection_table import detection_table
from notehead.evaluate.overlap import Floats
from notehead.evaluate.records import Counts, DetectionOptions
from notehead.vocabulary import Vocabulary

BACKGROUND = "(background)"
_AP75 = 5
_DIGITS = 6


class Means(NamedTuple):
    """An AP at IoU 0.50, at 0.75, and the mean from 0.50 to 0.95."""

    ap50: float
    ap75: float
    ap: float


class Working(NamedTuple):
    """What a detector does at one confidence."""

    confidence: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, eq=False)
class ClassDetections:
    """The figures of one class.

    Attributes:
        name: the class.
        truths: true symbols.
        detections: symbols found, of any score.
        flat: true symbols whose box has no area, which no box with an area can overlap.
        ap: by definition, float64 (10,) over the IoU thresholds.
        recall_of_all: float64 (10,).
        at: precision, recall and F1 at the options' confidence.
        best: the same where F1 is best.
        curves: float64 (10, 101), for each IoU threshold the precision at recalls 0, 0.01, ..., 1.
        near: AP by distance, for each tolerance; None for what is not thin, or cannot be judged.
        near_best: precision, recall and F1 by distance where F1 is best, for each tolerance; as `near`.
    """

    name: str
    truths: int
    detections: int
    flat: int
    ap: Mapping[str, Floats]
    recall_of_all: Floats
    at: Working
    best: Working
    curves: Floats
    near: Floats | None
    near_best: tuple[Working, ...] | None

    @property
    def curve(self) -> Floats:
        """The precision at recalls 0, 0.01, ..., 1, at IoU 0.50: float64 (101,)."""
        return np.asarray(self.curves[0])

    @property
    def ar(self) -> float:
        """The mean recall of all detections."""
        return float(self.recall_of_all.mean())

    def means(self, definition: str = "coco") -> Means:
        """AP50, AP75 and AP by a definition."""
        ap = self.ap[definition]
        return Means(float(ap[0]), float(ap[_AP75]), float(ap.mean()))

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "name": self.name,
            "truths": self.truths,
            "detections": self.detections,
            "flat": self.flat,
            "ap": {key: _plain(self.ap[key]) for key in self.ap},
            "ap50": _plain(self.means().ap50),
            "ap75": _plain(self.means().ap75),
            "ap50_95": _plain(self.means().ap),
            "ar": _plain(self.ar),
            "at": _plain(self.at),
            "best": _plain(self.best),
            "curve": _plain(self.curve),
            "near": None if self.near is None else _plain(self.near),
            "near_best": None if self.near_best is None else [_plain(best) for best in self.near_best],
        }


@dataclass(frozen=True, eq=False)
class DetectionFigures:
    """What came of comparing found with true symbols.

    Attributes:
        options: how they were compared.
        pages: how many.
        pages_without_predictions: on which nothing was found.
        pages_without_staff_space: whose thin symbols could not be judged by distance.
        classes: those with a true symbol, the one with most first.
        without_truth: of the classes without true symbols the number of detections, the most first.
        at: precision, recall and F1 of all classes together, at the options' confidence.
        best: the same where F1 is best.
        curve: float64 (101,), precision by recall of all classes together.
        confusion: int64 (n, n), how often a true class (row) was found as another (column); the last of
            both is the background: what was missed, and what is not there.
        names: the class of each row of `confusion`.
    """

    options: DetectionOptions
    pages: int
    pages_without_predictions: int
    pages_without_staff_space: int
    classes: tuple[ClassDetections, ...]
    without_truth: Mapping[str, int]
    at: Working
    best: Working
    curve: Floats = field(repr=False)
    confusion: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        vocabulary: Vocabulary,
        options: DetectionOptions,
        records: NDArray[np.void],
        counts: Counts,
        confusion: Mapping[tuple[int, int], int],
    ) -> DetectionFigures:
        """The figures of matched detections: `records.RECORD`, in the order of pages."""
        records = records[np.lexsort((-records["score"], records["row"]))]
        ends = np.searchsorted(records["row"], np.arange(len(vocabulary) + 1))
        classes, without = [], {}
        for row, name in enumerate(vocabulary):
            mine = records[ends[row] : ends[row + 1]]
            if counts.truths[row]:
                classes.append(_class(name, mine, row, counts, options))
            elif len(mine):
                without[name] = len(mine)
        classes.sort(key=lambda found: (-found.truths, found.name))
        right, scores = _sorted(records)
        truths = int(counts.truths.sum())
        recall, precision = precision_and_recall(right, max(truths, 1))
        matrix, names = _confusion(confusion, list(vocabulary))
        return cls(
            options=options,
            pages=counts.pages,
            pages_without_predictions=counts.pages_without_predictions,
            pages_without_staff_space=counts.pages_without_staff_space,
            classes=tuple(classes),
            without_truth=dict(sorted(without.items(), key=lambda item: (-item[1], item[0]))),
            at=_working(right, scores, truths, options.confidence),
            best=_best(right, scores, truths),
            curve=precision_at(recall, precision, RECALLS),
            confusion=matrix,
            names=names,
        )

    @property
    def truths(self) -> int:
        """True symbols."""
        return sum(row.truths for row in self.classes)

    @property
    def detections(self) -> int:
        """Symbols found, of any score."""
        return sum(row.detections for row in self.classes) + sum(self.without_truth.values())

    @property
    def flat(self) -> int:
        """True symbols whose box has no area."""
        return sum(row.flat for row in self.classes)

    @property
    def precision(self) -> float:
        """The share of all detections at the confidence that are right."""
        return self.at.precision

    @property
    def recall(self) -> float:
        """The share of all true symbols that are found at the confidence."""
        return self.at.recall

    @property
    def ar(self) -> float:
        """The mean of the classes' AR; NaN without classes."""
        return _mean(row.ar for row in self.classes)

    def mean(self, definition: str = "coco") -> Means:
        """The mean of the classes' AP by a definition; NaN without classes.

        Example:
            >>> from notehead import VOCABULARY
            >>> from notehead.evaluate import evaluate_detection
            >>> evaluate_detection([], VOCABULARY).mean().ap50
            nan
        """
        rows = [row.means(definition) for row in self.classes]
        share = 1.0
        if definition == "deepscores_v2" and rows:
            share = len(rows) / (len(rows) + len(self.without_truth))
        return Means(*(share * _mean(values) for values in zip(*rows, strict=True))) if rows else _NONE

    def weighted(self, definition: str = "coco") -> Means:
        """The same mean, weighted by the classes' true symbols; NaN without classes."""
        weights = np.array([row.truths for row in self.classes])
        rows = np.array([row.means(definition) for row in self.classes])
        return Means(*(weights @ rows / weights.sum()).tolist()) if len(rows) else _NONE

    def near(self) -> list[float]:
        """The mean AP of the thin classes by distance, for each tolerance; NaN without such classes."""
        thin = [row.near for row in self.classes if row.near is not None]
        return np.mean(thin, axis=0).tolist() if thin else [np.nan] * len(self.options.tolerances)

    @property
    def thin_classes(self) -> int:
        """How many classes were judged by distance."""
        return sum(row.near is not None for row in self.classes)

    def table(self) -> str:
        """The figures for a terminal."""
        return detection_table(self)

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values; `confusion` lists [truth, found as, how often]."""
        return {
            "task": "detection",
            "boxes": "oriented" if self.options.oriented else "upright",
            "iou_thresholds": _plain(IOU_THRESHOLDS),
            "confidence": self.options.confidence,
            "tolerances": list(self.options.tolerances),
            "pages": self.pages,
            "pages_without_predictions": self.pages_without_predictions,
            "pages_without_staff_space": self.pages_without_staff_space,
            "truths": self.truths,
            "detections": self.detections,
            "flat": self.flat,
            "mean": {key: _plain(self.mean(key)) for key in DEFINITIONS},
            "weighted_mean": {key: _plain(self.weighted(key)) for key in DEFINITIONS},
            "ar": _plain(self.ar),
            "near": _plain(self.near()),
            "at": _plain(self.at),
            "best": _plain(self.best),
            "curve": _plain(self.curve),
            "classes": [row.to_json() for row in self.classes],
            "without_truth": dict(self.without_truth),
            "confusion": [
                [self.names[i], self.names[j], int(self.confusion[i, j])]
                for i, j in np.argwhere(self.confusion).tolist()
            ],
        }


_NONE = Means(np.nan, np.nan, np.nan)


def _class(
    name: str, mine: NDArray[np.void], row: int, counts: Counts, options: DetectionOptions
) -> ClassDetections:
    truths = int(counts.truths[row])
    chosen: dict[Matches, tuple[NDArray[np.void], str]] = {
        "coco": (mine, "coco"),
        "ultralytics": (mine[mine["counted"]], "coco"),
        "ultralytics_8_3": (mine[mine["counted"]], "ultralytics_8_3"),
        "deepscores_v2": (mine, "deepscores_v2"),
    }
    curves = {
        way: [precision_and_recall(right, truths) for right in _flags(some[flags], len(IOU_THRESHOLDS))]
        for way, (some, flags) in chosen.items()
    }
    judged = int(counts.judged[row])
    by_distance = mine[mine["judged"]]
    near_right = _flags(by_distance["near"], len(options.tolerances))
    near = [DEFINITIONS["coco"].area(*precision_and_recall(right, max(judged, 1))) for right in near_right]
    scores, right = mine["score"], _flags(mine["coco"], 1)[0]
    return ClassDetections(
        name=name,
        truths=truths,
        detections=len(mine),
        flat=int(counts.flat[row]),
        ap={
            key: np.array([definition.area(*curve) for curve in curves[definition.matches]])
            for key, definition in DEFINITIONS.items()
        },
        recall_of_all=np.array([recall[-1] if len(recall) else 0.0 for recall, _ in curves["coco"]]),
        at=_working(right, scores, truths, options.confidence),
        best=_best(right, scores, truths),
        curves=np.array([precision_at(*curve, RECALLS) for curve in curves["coco"]]),
        near=np.array(near) if judged else None,
        near_best=tuple(_best(right, by_distance["score"], judged) for right in near_right)
        if judged
        else None,
    )


def _flags(bits: NDArray[np.integer[Any]], count: int) -> list[NDArray[np.bool_]]:
    """For each of the lowest bits, for which numbers it is set."""
    return [(bits & (1 << bit)) != 0 for bit in range(count)]


def _sorted(records: NDArray[np.void]) -> tuple[NDArray[np.bool_], Floats]:
    """Of all classes together, with falling score: which are right at IoU 0.50, and the scores."""
    order = np.argsort(-records["score"], kind="stable")
    return (records["coco"][order] & 1) != 0, records["score"][order]


def _working(right: NDArray[np.bool_], scores: Floats, truths: int, confidence: float) -> Working:
    """Precision, recall and F1 of the detections, sorted by falling score, from a confidence on."""
    found = int(np.searchsorted(-scores, -confidence, side="right"))
    hits = int(right[:found].sum())
    f1 = 2 * hits / (found + truths) if found + truths else 0.0
    return Working(confidence, hits / found if found else 0.0, hits / truths if truths else 0.0, f1)


def _best(right: NDArray[np.bool_], scores: Floats, truths: int) -> Working:
    """The same at the confidence with the best F1; without detections at 1."""
    if not len(scores):
        return Working(1.0, 0.0, 0.0, 0.0)
    f1 = 2 * np.cumsum(right) / (np.arange(1, len(right) + 1) + truths)
    f1[:-1][scores[:-1] == scores[1:]] = -1  # a confidence lets all equal scores in
    return _working(right, scores, truths, float(scores[np.argmax(f1)]))


def _confusion(
    counted: Mapping[tuple[int, int], int], vocabulary: list[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The matrix of the classes that occur, in the vocabulary's order, and their names."""
    background = len(vocabulary)
    rows = [*sorted({row for pair in counted for row in pair} - {background}), background]
    place = {row: number for number, row in enumerate(rows)}
    matrix = np.zeros((len(rows), len(rows)), np.int64)
    for (true, found), count in counted.items():
        matrix[place[true], place[found]] = count
    return matrix, (*(vocabulary[row] for row in rows[:-1]), BACKGROUND)


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return float(np.mean(every)) if every else float("nan")


def _plain(value: Any) -> Any:
    """Figures as JSON can hold them: rounded, no NaN."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(number) for name, number in value._asdict().items()}
    if isinstance(value, np.ndarray | list):
        return [_plain(number) for number in value]
    return None if np.isnan(value) else round(float(value), _DIGITS)
