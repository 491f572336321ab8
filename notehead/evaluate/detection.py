"""Detection: found symbols against true ones, page by page.

A page is matched when it comes and forgotten: what is kept of it is 21 bytes a detection and a count per
class, so that memory does not depend on the size of pages and images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.evaluate.average_precision import IOU_THRESHOLDS
from notehead.evaluate.detection_figures import DetectionFigures
from notehead.evaluate.matching import best_only, match
from notehead.evaluate.overlap import (
    DISTANCE,
    ENCLOSING,
    NO_AREA,
    ORIENTED,
    UPRIGHT,
    Floats,
    Ints,
    Pairs,
    Shapes,
    convex_hulls,
    find_pairs,
    side_middles,
)
from notehead.evaluate.records import RECORD, Counts, DetectionOptions, thin_classes
from notehead.evaluate.staff_space import estimate_staff_space
from notehead.page import Symbols, upright_corners
from notehead.vocabulary import Vocabulary

ULTRALYTICS_SCORE = 0.001
ULTRALYTICS_DETECTIONS = 300
TOOLKIT_OVERLAP = np.nextafter(0.2, 1)
"""DeepScoresV2's toolkit matches above 0.2."""
_OWN_CLASS = 1e-9
_ROUNDING = 1e-9

PagePair = tuple[PageEntry, Symbols, Symbols]
"""A page's entry, its true symbols, and those found, with scores."""


def evaluate_detection(
    pages: Iterable[PagePair],
    vocabulary: Vocabulary,
    options: DetectionOptions | None = None,
    staff_space: Callable[[PageEntry], float] | None = None,
) -> DetectionFigures:
    """The figures of detection over some pages, which are taken one at a time.

    Args:
        pages: what is true and what was found, both in the same classes.
        vocabulary: these classes.
        options: what is computed.
        staff_space: pixels between staff lines of a page, 0.0 where it is not known; it is then estimated
            from the true symbols.

    Raises:
        DatasetError: the classes of a page are others, or a score is no number.

    Example:
        >>> from notehead import VOCABULARY, Symbols
        >>> truth = Symbols.build(["clefG", "clefG"], [[0, 0, 10, 30], [50, 0, 60, 30]])
        >>> found = Symbols.build(["clefG"], [[0, 0, 10, 28]], score=[0.9])
        >>> figures = evaluate_detection([(PageEntry("p"), truth, found)], VOCABULARY)
        >>> figures.classes[0].ap["coco"].round(3).tolist()[:2], figures.recall
        ([0.505, 0.505], 0.5)
    """
    evaluator = DetectionEvaluator(vocabulary, options)
    for entry, truth, found in pages:
        space = staff_space(entry) if staff_space is not None else 0.0
        evaluator.add(truth, found, space, name=entry.name)
    return evaluator.finish()


@dataclass(frozen=True, slots=True)
class _Symbols:
    """Symbols in the order in which they are matched: by class, with falling score.

    Attributes:
        row: int64 (n,), the place of each one's class in the vocabulary, ascending.
        score: float64 (n,).
        upright: float64 (n, 4).
        corners: float64 (n, 4, 2), the oriented boxes, or the upright ones where these are asked for.
        hulls: the same, prepared for the IoU of polygons; the upright ones as they are.
    """

    row: Ints
    score: Floats
    upright: Floats
    corners: Floats
    hulls: Floats

    @classmethod
    def of(cls, symbols: Symbols, row_of_id: Ints, *, oriented: bool) -> _Symbols:
        row = row_of_id[symbols.label]
        order = np.lexsort((-symbols.score, row))
        upright = np.ascontiguousarray(symbols.box[order])
        corners = symbols.corners[order] if oriented else _corners(upright)
        hulls = convex_hulls(corners) if oriented else upright
        return cls(row[order], symbols.score[order], upright, corners, hulls)

    def __len__(self) -> int:
        return len(self.row)


class DetectionEvaluator:
    """Takes pages one by one; see `evaluate_detection`."""

    def __init__(self, vocabulary: Vocabulary, options: DetectionOptions | None = None) -> None:
        self.vocabulary = vocabulary
        self.options = options or DetectionOptions()
        self._row_of_id = np.full(max(vocabulary.by_id, default=0) + 1, -1, np.int64)
        self._row_of_id[[row.id for row in vocabulary.classes]] = np.arange(len(vocabulary))
        self._thin = thin_classes(vocabulary, self.options)
        self._counts = Counts(len(vocabulary))
        self._records: list[NDArray[np.void]] = []
        self._confusion: Counter[tuple[int, int]] = Counter()

    def add(self, truth: Symbols, found: Symbols, staff_space: float = 0.0, name: str = "") -> None:
        """Match the found symbols of a page with the true ones.

        Args:
            truth: what is there.
            found: what was found, with scores.
            staff_space: pixels between staff lines, 0.0 to estimate it.
            name: of the page, for errors.

        Raises:
            DatasetError: one of them has other classes, or a score is no number.
        """
        if truth.vocabulary != self.vocabulary or found.vocabulary != self.vocabulary:
            message = f"page {name}: its symbols or predictions have other classes"
            raise DatasetError(message, "Bring both to one set of classes first: `remap`, or --classes.")
        if not np.isfinite(found.score).all():
            message = f"page {name}: the score of a prediction is no number"
            raise DatasetError(message, "Leave such predictions out.")
        oriented = self.options.oriented
        there = _Symbols.of(truth, self._row_of_id, oriented=oriented)
        seen = _Symbols.of(found, self._row_of_id, oriented=oriented)
        space = staff_space or estimate_staff_space(truth)
        records = np.zeros(len(seen), RECORD)
        records["row"], records["score"] = seen.row, seen.score
        self._match_overlaps(records, there, seen)
        self._match_lines(records, there, seen, space)
        self._confuse(there, seen)
        self._records.append(records)
        self._count(there, seen, space)

    def finish(self) -> DetectionFigures:
        """The figures of all pages so far."""
        records = np.concatenate([np.zeros(0, RECORD), *self._records])
        self._records = [records]
        return DetectionFigures.of(self.vocabulary, self.options, records, self._counts, self._confusion)

    def _match_overlaps(self, records: NDArray[np.void], there: _Symbols, seen: _Symbols) -> None:
        """The matches by IoU and as DeepScoresV2's toolkit has them, a bit for each threshold."""
        measure = ORIENTED if self.options.oriented else UPRIGHT
        same_class = _ranges(seen, there)
        pairs = find_pairs(measure, Shapes(seen.hulls, *same_class), there.hulls, float(IOU_THRESHOLDS[0]))
        records["coco"] = _bits(match(pairs, IOU_THRESHOLDS, len(there)) >= 0)
        records["ultralytics_8_3"] = _bits(match(best_only(pairs), IOU_THRESHOLDS, len(there)) >= 0)
        surest = np.argsort(-seen.score, kind="stable")[:ULTRALYTICS_DETECTIONS]
        records["counted"][surest] = seen.score[surest] > ULTRALYTICS_SCORE
        theirs = ORIENTED if self.options.oriented else ENCLOSING
        pairs = find_pairs(theirs, Shapes(seen.hulls, *same_class), there.hulls, float(TOOLKIT_OVERLAP))
        chosen = match(pairs, np.array([TOOLKIT_OVERLAP]), len(there), backwards=True)[0]
        records["deepscores_v2"] = _bits(_overlap_of(pairs, chosen) >= IOU_THRESHOLDS[:, None])

    def _match_lines(
        self, records: NDArray[np.void], there: _Symbols, seen: _Symbols, staff_space: float
    ) -> None:
        """The matches of thin symbols by distance, a bit for each tolerance, and one for being judged."""
        if not staff_space or not self.options.tolerances:
            return
        first, last = _ranges(seen, there)
        thin = self._thin[seen.row]
        found, true = (side_middles(symbols.corners, staff_space) for symbols in (seen, there))
        tolerances = np.array(self.options.tolerances) + _ROUNDING
        shapes = Shapes(found, first, np.where(thin, last, first))
        pairs = find_pairs(DISTANCE, shapes, true, -float(tolerances.max()))
        records["near"] = _bits(match(pairs, -tolerances, len(there)) >= 0)
        records["judged"] = thin

    def _confuse(self, there: _Symbols, seen: _Symbols) -> None:
        """Count which class was found as which, whatever the classes, from the options' confidence on."""
        measure = ORIENTED if self.options.oriented else UPRIGHT
        order = np.argsort(-seen.score, kind="stable")
        order = order[seen.score[order] >= self.options.confidence]
        every = np.zeros(len(order), np.int64), np.full(len(order), len(there))
        pairs = find_pairs(measure, Shapes(seen.hulls[order], *every), there.hulls, float(IOU_THRESHOLDS[0]))
        row = seen.row[order]
        own = there.row[pairs.truth] == np.repeat(row, np.diff(pairs.start))
        pairs = pairs._replace(value=pairs.value + _OWN_CLASS * own)  # of equal overlaps
        chosen = match(pairs, IOU_THRESHOLDS[:1], len(there))[0]
        background = len(self.vocabulary)
        missed = np.delete(there.row, chosen[chosen >= 0])
        true_row = np.where(chosen >= 0, there.row[chosen] if len(there) else background, background)
        self._confusion.update(zip(true_row.tolist(), row.tolist(), strict=True))
        self._confusion.update((number, background) for number in missed.tolist())

    def _count(self, there: _Symbols, seen: _Symbols, staff_space: float) -> None:
        counts, classes = self._counts, len(self.vocabulary)
        sides = np.diff(there.corners[:, :3], axis=1)  # two that meet in a corner
        flat = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) <= NO_AREA
        counts.pages += 1
        counts.pages_without_predictions += not len(seen)
        counts.truths += np.bincount(there.row, minlength=classes)
        counts.flat += np.bincount(there.row[flat], minlength=classes)
        thin = self._thin[there.row]
        if staff_space:
            counts.judged += np.bincount(there.row[thin], minlength=classes)
        else:
            counts.pages_without_staff_space += bool(thin.any() or self._thin[seen.row].any())


def _corners(boxes: Floats) -> Floats:
    """Upright boxes (n, 4) as four corners: float64 (n, 4, 2)."""
    return upright_corners(boxes)


def _ranges(seen: _Symbols, there: _Symbols) -> tuple[Ints, Ints]:
    """For each found symbol the true ones of its class, which stand together."""
    first, last = (np.searchsorted(there.row, seen.row, side) for side in ("left", "right"))
    return first, last


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Flags (k, n) as one number for each column, the first flag its lowest bit."""
    weights = (1 << np.arange(len(flags))).astype(np.uint16)
    return np.asarray(weights @ flags.astype(np.uint16), np.uint16)


def _overlap_of(pairs: Pairs, chosen: Ints) -> Floats:
    """The measure of each found symbol with the true one that it was matched with, 0 without one."""
    owner = np.repeat(np.arange(len(chosen)), np.diff(pairs.start))
    mine = pairs.truth == chosen[owner]
    overlap = np.zeros(len(chosen))
    overlap[owner[mine]] = pairs.value[mine]
    return overlap
