"""All figures of one condition (clean, or a recipe) from its pages, one after the other."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.detect_groups import KINDS, LINES, TRACED, glyphs, group, text
from benchmarks.detect_pages import Judged
from notehead.detect.classes import kind_of_label
from notehead.evaluate import ClassDetections, DetectionEvaluator, DetectionFigures, DetectionOptions
from notehead.evaluate.calibration import Reliability, ScoreMap, fit_score_map, reliability, right_ones
from notehead.vocabulary import VOCABULARY

CONFIDENCE = 0.4
LEAST_SCORE = 0.05
"""Detections with a lower score are no part of the calibration error."""
FEW, MANY, LOW = 10, 50, 0.80
"""Classes with fewer true symbols are in no mean; those with many must reach an AP50."""
_CONFUSIONS = 40


@dataclass(frozen=True, eq=False)
class Scores:
    """All detections of some pages.

    Attributes:
        score: float64 (n,).
        right: bool (n,).
        kind: int64 (n,), place among families and traces.
        half: int64 (n,), 0 or 1: one half of the scores, or the other.
    """

    score: NDArray[np.float64]
    right: NDArray[np.bool_]
    kind: NDArray[np.int64]
    half: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence[Scores]) -> Scores:
        """The detections of several."""
        if not parts:
            return cls(np.empty(0), np.empty(0, np.bool_), np.empty(0, np.int64), np.empty(0, np.int64))
        names = ("score", "right", "kind", "half")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def of(self, rows: NDArray[np.bool_]) -> Scores:
        """Some of them."""
        return Scores(self.score[rows], self.right[rows], self.kind[rows], self.half[rows])

    @property
    def listed(self) -> Scores:
        """Those whose score is not too low to be listed."""
        return self.of(self.score >= LEAST_SCORE)

    def fitted(self) -> dict[int, ScoreMap]:
        """A map from raw score to probability for each kind."""
        return {
            kind: fit_score_map(self.score[self.kind == kind], self.right[self.kind == kind])
            for kind in np.unique(self.kind).tolist()
        }

    def mapped(self, maps: dict[int, ScoreMap]) -> Scores:
        """The same with probabilities as scores."""
        score = self.score.copy()
        for kind, fitted in maps.items():
            score[self.kind == kind] = fitted(self.score[self.kind == kind])
        return Scores(score, self.right, self.kind, self.half)

    def mended(self) -> Scores:
        """The same with maps by kind, each half of the scores by maps that the other half gave."""
        halves = [self.of(self.half == half) for half in (0, 1)]
        return Scores.joined([halves[0].mapped(halves[1].fitted()), halves[1].mapped(halves[0].fitted())])


@dataclass(frozen=True, eq=False)
class Outcome:
    """The figures of a condition.

    Attributes:
        name: clean, a recipe, or `degraded` for all recipes together.
        all: of every class.
        glyphs: of glyphs alone.
        lines: of each group of `LINES` its figures, one class.
        text: of words, as one class.
        scores: for the calibration.
        seconds: a page, the median.
        pages: how many.
        misjudged: names of pages whose staff space or orientation was not found.
    """

    name: str
    all: DetectionFigures
    glyphs: DetectionFigures
    lines: dict[str, ClassDetections]
    text: ClassDetections | None
    scores: Scores
    seconds: float
    pages: int
    misjudged: tuple[str, ...]

    def common(self) -> list[ClassDetections]:
        """Glyph classes that are in the means."""
        return [row for row in self.glyphs.classes if row.truths >= FEW]

    def macro(self) -> tuple[float, float, float]:
        """AP50, AP75 and AP, means over the common glyph classes; NaN without any."""
        means = np.array([row.means() for row in self.common()]).reshape(-1, 3)
        ap50, ap75, ap = means.mean(axis=0).tolist() if len(means) else (np.nan,) * 3
        return ap50, ap75, ap

    def low(self) -> list[ClassDetections]:
        """Glyph classes with many true symbols and a low AP50, the worst first."""
        some = [row for row in self.glyphs.classes if row.truths >= MANY and row.means().ap50 < LOW]
        return sorted(some, key=lambda row: row.means().ap50)

    def reliability(self, *, equal_mass: bool = True, mended: bool = False) -> Reliability:
        """How far scores are probabilities; `mended`: after the map of each kind, fitted on other scores."""
        scores = self.scores.mended() if mended else self.scores
        listed = scores.listed
        return reliability(listed.score, listed.right, equal_mass=equal_mass)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        ap50, ap75, ap = self.macro()
        kinds = self.scores.listed
        return {
            "name": self.name,
            "pages": self.pages,
            "seconds": round(self.seconds, 4),
            "misjudged": list(self.misjudged),
            "glyphs": {
                "classes": len(self.common()),
                "ap50": ap50,
                "ap75": ap75,
                "ap": ap,
                "at": self.glyphs.at._asdict(),
                "best": self.glyphs.best._asdict(),
            },
            "low": {row.name: row.means().ap50 for row in self.low()},
            "lines": {name: row.to_json() for name, row in self.lines.items()},
            "text": self.text.to_json() if self.text else None,
            "classes": [_brief(row) for row in self.all.classes],
            "without_truth": dict(self.all.without_truth),
            "confusions": confusions(self.all),
            "calibration": {
                "equal_mass": self.reliability().to_json(),
                "equal_width": self.reliability(equal_mass=False).to_json(),
                "mended_equal_mass": self.reliability(mended=True).to_json(),
                "mended_equal_width": self.reliability(equal_mass=False, mended=True).to_json(),
                "by_kind": {
                    KINDS[kind]: reliability(
                        kinds.score[kinds.kind == kind], kinds.right[kinds.kind == kind]
                    ).to_json()
                    for kind in np.unique(kinds.kind).tolist()
                },
            },
        }


class Tally:
    """Takes the pages of a condition.

    Args:
        name: of the condition.
    """

    def __init__(self, name: str) -> None:
        options = DetectionOptions(confidence=CONFIDENCE, thin=TRACED)
        along = replace(options, oriented=True)  # the distance of lines as they run, not of boxes around them
        self.name = name
        self._all, self._glyphs, self._text = (DetectionEvaluator(VOCABULARY, options) for _ in range(3))
        self._lines = {group: DetectionEvaluator(VOCABULARY, along) for group in LINES}
        self._scores: list[Scores] = []
        self._seconds: list[float] = []
        self._misjudged: list[str] = []

    def add(self, one: Judged) -> float:
        """Count a page; its F1 at the confidence, glyphs and lines but no text."""
        truth, found, space = one.page.symbols, one.found, one.page.staff_space
        self._all.add(truth, found, space, one.page.name)
        self._glyphs.add(glyphs(truth), glyphs(found), space, one.page.name)
        self._text.add(text(truth), text(found), space, one.page.name)
        for name, evaluator in self._lines.items():
            evaluator.add(group(truth, name), group(found, name), space, one.page.name)
        right = right_ones(truth, found, space, TRACED)
        kind = kind_of_label()[found.label]
        half = np.full(len(found), zlib.crc32(one.score.encode()) % 2, np.int64)
        self._scores.append(Scores(found.score, right, kind, half))
        self._seconds.append(one.seconds)
        if one.misjudged:
            turned = ", turned" if one.turned else ""
            self._misjudged.append(f"{one.page.name} ({one.failed or f'{one.space:.2f}{turned}'})")
        return page_f1(one)

    def finish(self) -> Outcome:
        """The figures of all pages so far."""
        lines = {name: evaluator.finish().classes for name, evaluator in self._lines.items()}
        words = self._text.finish().classes
        return Outcome(
            name=self.name,
            all=self._all.finish(),
            glyphs=self._glyphs.finish(),
            lines={name: classes[0] for name, classes in lines.items() if classes},
            text=words[0] if words else None,
            scores=Scores.joined(self._scores),
            seconds=float(np.median(self._seconds)) if self._seconds else 0.0,
            pages=len(self._seconds),
            misjudged=tuple(self._misjudged),
        )


def page_f1(one: Judged) -> float:
    """F1 of a page at the confidence, without text."""
    words = kind_of_label() == KINDS.index("words")
    truth = one.page.symbols[~words[one.page.symbols.label]]
    found = one.found[(one.found.score >= CONFIDENCE) & ~words[one.found.label]]
    right = right_ones(truth, found, one.page.staff_space, TRACED)
    return float(2 * right.sum() / max(len(truth) + len(found), 1))


def confusions(figures: DetectionFigures) -> list[tuple[str, str, int]]:
    """Classes found as others, missed, or found where nothing is: [truth, found as, how often]."""
    wrong = figures.confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:_CONFUSIONS]
    rows, columns = np.unravel_index(order, wrong.shape)
    return [
        (figures.names[row], figures.names[column], int(wrong[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if wrong[row, column]
    ]


def _brief(row: ClassDetections) -> dict[str, Any]:
    whole = row.to_json()
    kept = ("name", "truths", "detections", "ap50", "ap75", "ap50_95", "at", "best", "near", "near_best")
    return {key: whole[key] for key in kept}
