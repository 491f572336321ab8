"""What is kept of the pages that were matched, and how they are matched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.vocabulary import VOCABULARY, Vocabulary, class_map

RECORD = np.dtype(
    [
        ("row", np.int32),
        ("score", np.float64),
        ("coco", np.uint16),
        ("ultralytics_8_3", np.uint16),
        ("deepscores_v2", np.uint16),
        ("near", np.uint8),
        ("judged", np.bool_),
        ("counted", np.bool_),
    ]
)
"""A detection: the place of its class in the vocabulary, its score, whether it is right (a bit for each
threshold, for each way of matching), whether it is near its true symbol (a bit for each tolerance), whether
that could be judged, and whether Ultralytics would count it."""

MOST_TOLERANCES = 8


@dataclass(frozen=True, slots=True)
class DetectionOptions:
    """How detections are evaluated.

    Attributes:
        oriented: compare oriented boxes; otherwise upright ones.
        confidence: precision, recall, F1 and the confusions are those of the detections with at least
            this score.
        tolerances: distances in staff spaces within which a thin symbol counts as found, at most 8.
        thin: names of the classes that are judged by distance, too; None for all that lines, strokes and
            curves draw (`VOCABULARY`'s kind `line`, under whatever name `class_map` finds them).
    """

    oriented: bool = False
    confidence: float = 0.4
    tolerances: tuple[float, ...] = (0.25, 0.5)
    thin: Collection[str] | None = None

    def __post_init__(self) -> None:
        if len(self.tolerances) > MOST_TOLERANCES or not all(value > 0 for value in self.tolerances):
            message = f"tolerances must be at most {MOST_TOLERANCES} positive numbers"
            raise ValueError(message)


class Counts:
    """Counts over all pages, per class by its place in the vocabulary.

    Attributes:
        pages: how many.
        pages_without_predictions: on which nothing was found.
        pages_without_staff_space: whose thin symbols could not be judged by distance.
        truths: int64 (classes,), true symbols.
        flat: of them, those whose box has no area.
        judged: of them, those of thin classes that could be judged by distance.
    """

    def __init__(self, classes: int) -> None:
        self.pages = 0
        self.pages_without_predictions = 0
        self.pages_without_staff_space = 0
        self.truths = np.zeros(classes, np.int64)
        self.flat = np.zeros(classes, np.int64)
        self.judged = np.zeros(classes, np.int64)


def thin_classes(vocabulary: Vocabulary, options: DetectionOptions) -> NDArray[np.bool_]:
    """For each class, by its place in the vocabulary, whether it is judged by distance, too."""
    if not options.tolerances:
        return np.zeros(len(vocabulary), np.bool_)
    if options.thin is not None:
        return np.array([name in options.thin for name in vocabulary], np.bool_)
    ours = class_map(vocabulary, VOCABULARY).names
    return np.array([name in ours and VOCABULARY[ours[name]].kind == "line" for name in vocabulary], np.bool_)
