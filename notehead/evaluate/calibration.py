"""Whether scores are probabilities: reliability, calibration errors, and maps that mend them.

Of detections that are called 0.8 sure, 8 of 10 should be right. Detections are put into bins by their scores;
the expected calibration error (ECE) is the mean over all detections of the difference, in their bin, between
the mean score and the share that is right. Bins have equal widths, or hold equally many detections; equal
scores are never parted.

A `ScoreMap` is a rising polygon from raw score to probability: the isotonic fit (pool adjacent violators) of
some bins. As it rises strictly, detections that share a map keep their order, and so their average precision.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.evaluate.matching import match
from notehead.evaluate.overlap import DISTANCE, UPRIGHT, Floats, Shapes, find_pairs, side_middles
from notehead.page import Symbols

IOU, TOLERANCE = 0.5, 0.5
"""From which overlap a symbol is right, and up to which distance in staff spaces a thin one is."""

BINS = 15
_KNOTS = 24
_FEWEST = 40
"""Detections of a knot, where there are so many."""
_PRIOR = 2.0
"""So many detections that are as right as their score says are added to each knot: few prove little."""
_RISE = 1e-3
_ROUNDING = 1e-9


def right_ones(
    truth: Symbols, found: Symbols, staff_space: float, thin: Collection[str]
) -> NDArray[np.bool_]:
    """Which found symbols of a page are right: bool (n,), in their order.

    With falling score each takes the free true symbol of its class that it fits best: by IoU of upright
    boxes, thin symbols by distance (`overlap.side_middles`).

    Args:
        truth: what is there.
        found: what was found, of the same vocabulary.
        staff_space: pixels between staff lines, for thin symbols; above 0.
        thin: names of the classes that are judged by distance.

    Example:
        >>> truth = Symbols.build(["clefG", "stem"], [[0, 0, 10, 30], [50, 0, 51, 30]])
        >>> boxes = [[51, 0, 52, 31], [0, 0, 10, 29], [0, 0, 10, 30]]
        >>> found = Symbols.build(["stem", "clefG", "clefG"], boxes, score=[0.9, 0.8, 0.7])
        >>> right_ones(truth, found, 10.0, {"stem"}).tolist()
        [True, True, False]
    """
    there = np.argsort(truth.label, kind="stable")
    order = np.lexsort((-found.score, found.label))
    label = found.label[order]
    first, last = (np.searchsorted(truth.label[there], label, side) for side in ("left", "right"))
    line = np.isin(label, [found.vocabulary.id(name) for name in thin if name in found.vocabulary])
    boxes = Shapes(np.ascontiguousarray(found.box[order]), first, np.where(line, first, last))
    pairs = find_pairs(UPRIGHT, boxes, np.ascontiguousarray(truth.box[there]), IOU)
    lines = Shapes(side_middles(found.corners[order], staff_space), first, np.where(line, last, first))
    far = TOLERANCE + _ROUNDING
    near = find_pairs(DISTANCE, lines, side_middles(truth.corners[there], staff_space), -far)
    right = np.zeros(len(found), np.bool_)
    right[order] = (match(pairs, np.array([IOU]), len(truth))[0] >= 0) | (
        match(near, np.array([-far]), len(truth))[0] >= 0
    )
    return right


@dataclass(frozen=True, eq=False)
class Reliability:
    """Detections in bins of rising score.

    Attributes:
        count: int64 (bins,), detections; empty bins are left out.
        score: float64 (bins,), their mean score.
        right: float64 (bins,), the share of them that is right.
    """

    count: NDArray[np.int64]
    score: Floats
    right: Floats

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1; 0 without detections."""
        return float(self.count @ np.abs(self.score - self.right) / max(self.count.sum(), 1))

    @property
    def worst(self) -> float:
        """The largest error of a bin."""
        return float(np.abs(self.score - self.right).max(initial=0.0))

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "error": round(self.error, 6),
            "worst": round(self.worst, 6),
            "count": self.count.tolist(),
            "score": self.score.round(6).tolist(),
            "right": self.right.round(6).tolist(),
        }


def reliability(
    score: Floats, right: NDArray[np.bool_], bins: int = BINS, *, equal_mass: bool = True
) -> Reliability:
    """How often detections of each score are right.

    Args:
        score: float64 (n,), 0 to 1.
        right: bool (n,).
        bins: how many at most.
        equal_mass: bins hold equally many detections, as far as equal scores let them; otherwise they have
            equal widths.

    Raises:
        ValueError: a score is not from 0 to 1, or the arrays differ in length.

    Example:
        >>> bins = reliability(np.array([0.25, 0.25, 0.75, 0.75]), np.array([True, False, True, True]), 2)
        >>> bins.right.tolist(), bins.error
        ([0.5, 1.0], 0.25)
    """
    _check(score, right)
    if not len(score):
        return Reliability(np.empty(0, np.int64), np.empty(0), np.empty(0))
    edges = _even_edges(score, bins) if equal_mass else _level_edges(bins)
    return _binned(np.searchsorted(edges, score, side="right"), score, right)


@dataclass(frozen=True, eq=False)
class ScoreMap:
    """A map from raw scores to probabilities: straight between its knots, level beyond the first and last.

    Attributes:
        raw: float64 (knots,), strictly rising.
        probability: float64 (knots,), strictly rising.

    Example:
        >>> ScoreMap(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.9, 1.0]))(np.array([0.25, 0.75])).round(2)
        array([0.45, 0.95])
    """

    raw: Floats
    probability: Floats

    def __call__(self, score: Floats) -> Floats:
        """The probabilities of raw scores (n,)."""
        return np.asarray(np.interp(score, self.raw, self.probability))

    def to_json(self) -> list[list[float]]:
        """The knots as [raw, probability]."""
        return [list(knot) for knot in zip(self.raw.tolist(), self.probability.tolist(), strict=True)]

    @classmethod
    def from_json(cls, knots: list[list[float]]) -> ScoreMap:
        """What `to_json` gave.

        Raises:
            ValueError: the knots do not rise strictly, or are no numbers from 0 to 1.
        """
        table = np.array(knots, np.float64)
        if table.ndim != 2 or table.shape[1] != 2 or len(table) < 2:
            message = "a map of scores has at least two knots, each a raw score and a probability"
            raise ValueError(message)
        if not (np.diff(table, axis=0) > 0).all() or not ((table >= 0) & (table <= 1)).all():
            message = "the knots of a map of scores must rise strictly and lie between 0 and 1"
            raise ValueError(message)
        return cls(table[:, 0].copy(), table[:, 1].copy())


IDENTITY = ScoreMap(np.array([0.0, 1.0]), np.array([0.0, 1.0]))


def fit_score_map(score: Floats, right: NDArray[np.bool_], knots: int = _KNOTS) -> ScoreMap:
    """The map under which scores are probabilities of being right, as far as these detections tell.

    Its Brier score (the mean squared error) on them is never larger than that of the raw scores; where it
    would be, the map is the identity.

    Args:
        score: float64 (n,), raw, 0 to 1.
        right: bool (n,).
        knots: how many at most of each sort, besides those at 0 and 1.

    Raises:
        ValueError: a score is not from 0 to 1, or the arrays differ in length.
    """
    _check(score, right)
    if not len(score):
        return IDENTITY
    bins = _binned(np.searchsorted(_edges(score, knots), score, "right"), score, right)
    weight: Floats = bins.count.astype(np.float64) + _PRIOR
    share: Floats = np.asarray((bins.right * bins.count + bins.score * _PRIOR) / weight)
    level, size = pool_adjacent_violators(share, weight)
    first = np.cumsum(size) - size
    raw = np.add.reduceat(bins.score * weight, first) / np.add.reduceat(weight, first)
    fitted = _with_ends(raw, level)
    if ((fitted(score) - right) ** 2).mean() > ((score - right) ** 2).mean():
        return IDENTITY
    return fitted


def _edges(score: Floats, knots: int) -> Floats:
    """Where bins of as many detections, and bins of one width, end.

    Where nearly all scores are high, the low ones would be in one bin with high ones if all held as many.
    """
    count = max(1, min(knots, len(score) // _FEWEST))
    return np.unique(np.concatenate((_even_edges(score, count), _level_edges(count))))


def _even_edges(score: Floats, bins: int) -> Floats:
    """Where bins of as many scores end, as far as equal scores let them."""
    return np.asarray(np.sort(score)[np.arange(1, bins) * len(score) // bins])


def _level_edges(bins: int) -> Floats:
    """Where bins of one width end."""
    return np.asarray(np.arange(1, bins) / bins)


def pool_adjacent_violators(values: Floats, weight: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The rising sequence that is nearest to some values by weighted least squares, as its levels.

    Returns:
        float64 (levels,), strictly rising; int64 (levels,), of how many values each is the mean.

    Example:
        >>> pool_adjacent_violators(np.array([1.0, 3.0, 2.0]), np.ones(3))
        (array([1. , 2.5]), array([1, 2]))
    """
    levels: list[tuple[float, float, int]] = []  # mean, weight, size
    for value, heavy in zip(values.tolist(), weight.tolist(), strict=True):
        level, total, size = value, heavy, 1
        while levels and levels[-1][0] >= level:
            before, other, more = levels.pop()
            level = (before * other + level * total) / (other + total)
            total, size = other + total, size + more
        levels.append((level, total, size))
    return np.array([one[0] for one in levels]), np.array([one[2] for one in levels], np.int64)


def _with_ends(raw: Floats, level: Floats) -> ScoreMap:
    """A map through knots and on to 0 and 1, that rises everywhere."""
    inside = (raw > _ROUNDING) & (raw < 1 - _ROUNDING)
    raw, level = raw[inside], level[inside]
    low = level[0] * 0.5 if len(level) else 0.0
    high = (level[-1] + 1) * 0.5 if len(level) else 1.0
    raw = np.concatenate(([0.0], raw, [1.0]))
    level = np.concatenate(([low], level, [high]))
    return ScoreMap(raw, (1 - _RISE) * level + _RISE * raw)


def _check(score: Floats, right: NDArray[np.bool_]) -> None:
    if score.shape != right.shape or score.ndim != 1:
        message = f"{score.shape} scores and {right.shape} judgements"
        raise ValueError(message)
    if not ((score >= 0) & (score <= 1)).all():
        message = "a score is not from 0 to 1"
        raise ValueError(message)


def _binned(place: NDArray[np.int64], score: Floats, right: NDArray[np.bool_]) -> Reliability:
    count = np.bincount(place)
    full = count > 0
    mean, share = (np.bincount(place, values)[full] / count[full] for values in (score, right))
    return Reliability(count[full], mean, share)
