"""Average precision (AP), by each of the definitions in use; they differ, so each figure bears its name.

All go from detections with falling score and, for each, whether it is right. After n detections, of which
h are right, of t true symbols, recall is h / t and precision h / n. The envelope at a recall is the largest
precision at that recall or a higher one. AP is the area below the envelope, as far as a definition takes it:

- `coco` (COCO, 2014): mean of the envelope at the 101 recalls 0, 0.01, ..., 1; 0 beyond the last recall.
- `voc_2007` (PASCAL VOC 2007): the same at the 11 recalls 0, 0.1, ..., 1.
- `voc_2010` (PASCAL VOC 2010 and later): the area itself.
- `ultralytics` (8.4.190): COCO's matches of the detections with a score above 0.001, at most 300 of a page
  (of all classes together, highest scores first). The envelope, with precision 1 at recall 0 and 0 beyond
  the last recall, is drawn with straight lines between the detections and integrated over 101 recalls with
  the trapezoidal rule. At recall 1 it is 0 even where everything was found: no AP exceeds 0.995.
- `ultralytics_8_3` (8.0 to 8.4.30, so of nearly all published figures): the same detections, matched in
  another way: each claims the true symbol that it covers best, whether that is free or not, and of those
  that claim one symbol the surest is right. Beyond the last recall the envelope falls on a straight line to
  0 at recall 1, which adds precision where nothing was found; here too 0.995 is the most.
- `deepscores_v2` (the toolkit `obb_anns` of DeepScoresV2): the overlap of upright boxes is their
  intersection over the smallest box around both, that of oriented ones is their IoU. Once for all
  thresholds, detections choose in ASCENDING order of their scores, each the free true symbol of its class
  that it covers best, and take it if that is more than 0.2; at a threshold, those with at least this overlap
  are right. So an unsure detection takes a symbol from a surer one, and makes it false without being right
  itself. AP is `voc_2010`'s, at 0.50, 0.55, ..., 0.95. The toolkit gives figures of the classes that it
  finds among the detections, and no mean; the tables of the paper divide by all classes that they list,
  among them three that have no true symbol and AP 0. So the mean here counts every class that has a true
  symbol or a detection.

The areas of `voc_2007` and `voc_2010` are PASCAL VOC's, the matches COCO's: VOC's own programs let each
detection claim the true symbol that it covers best, free or not, and count whole pixels with both ends.
Ultralytics computes overlaps in single precision, and neither it nor the toolkit sorts equal scores in a set
order; here they keep the order of pages and symbols. Ultralytics' oriented models score by another overlap
(probIoU) and from 0.01 on; for oriented boxes its definitions are applied to the exact IoU.

Why not a library: faster-coco-eval has `coco` alone, for upright boxes, from dictionaries of all annotations;
the rest had to be written, and then one path is better than two. In one run of `benchmarks/metrics.py` on
two busy cores, all figures of this package took 0.45 s and 16 MB for 200 pages of 500 symbols and 135
classes, and 5.2 s and 153 MB for 2,000; faster-coco-eval took 2.3 s and 300 MB, 18.5 s and 2.9 GB;
pycocotools 9.3 s for the 200. Their precisions and ours were at most 2e-16 apart; the tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from notehead.evaluate.overlap import Floats

Matches = Literal["coco", "ultralytics", "ultralytics_8_3", "deepscores_v2"]

IOU_THRESHOLDS: Floats = np.linspace(0.5, 0.95, 10)
"""The thresholds of all definitions."""

RECALLS: Floats = np.linspace(0, 1, 101)
"""COCO's, the very floating-point numbers: one is 0.7000000000000001, which a recall of 0.7 misses."""

_ELEVEN = np.arange(11) / 10


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition of AP.

    Attributes:
        title: what people call it.
        matches: which way of matching it takes.
        area: from recall and precision after each detection to AP.
    """

    title: str
    matches: Matches
    area: Callable[[Floats, Floats], float]


def precision_and_recall(right: NDArray[np.bool_], truths: int) -> tuple[Floats, Floats]:
    """Recall and precision after each detection of falling score.

    Example:
        >>> recall, precision = precision_and_recall(np.array([True, False, True]), 4)
        >>> recall.tolist(), precision.round(2).tolist()
        ([0.25, 0.25, 0.5], [1.0, 0.5, 0.67])
    """
    hits = np.cumsum(right, dtype=np.float64)
    return hits / truths, hits / np.arange(1, len(right) + 1)


def envelope(precision: Floats) -> Floats:
    """The largest precision at each recall or a higher one."""
    return np.maximum.accumulate(precision[::-1])[::-1]


def precision_at(recall: Floats, precision: Floats, recalls: Floats) -> Floats:
    """The envelope at given recalls, 0 beyond the last."""
    places = np.searchsorted(recall, recalls, side="left")
    return np.concatenate((envelope(precision), [0.0]))[places]


def _coco(recall: Floats, precision: Floats) -> float:
    return float(precision_at(recall, precision, RECALLS).mean())


def _voc_2007(recall: Floats, precision: Floats) -> float:
    return float(precision_at(recall, precision, _ELEVEN).mean())


def _voc_2010(recall: Floats, precision: Floats) -> float:
    return float(np.diff(recall, prepend=0.0) @ envelope(precision))


def _ultralytics(recall: Floats, precision: Floats) -> float:
    if not len(recall):
        return 0.0  # a class without detections is passed over there
    last = recall[-1]
    return _straight(
        np.concatenate(([0.0], recall, [last, 1.0])), np.concatenate(([1.0], precision, [0.0, 0.0]))
    )


def _ultralytics_8_3(recall: Floats, precision: Floats) -> float:
    if not len(recall):
        return 0.0
    return _straight(np.concatenate(([0.0], recall, [1.0])), np.concatenate(([1.0], precision, [0.0])))


def _straight(recall: Floats, precision: Floats) -> float:
    """The area below the envelope where it is drawn with straight lines."""
    return float(np.trapezoid(np.interp(RECALLS, recall, envelope(precision)), RECALLS))


DEFINITIONS: dict[str, Definition] = {
    "coco": Definition("COCO, 101 recalls", "coco", _coco),
    "voc_2007": Definition("PASCAL VOC 2007, 11 recalls", "coco", _voc_2007),
    "voc_2010": Definition("PASCAL VOC 2010, area", "coco", _voc_2010),
    "ultralytics": Definition("Ultralytics 8.4, 300 a page", "ultralytics", _ultralytics),
    "ultralytics_8_3": Definition("Ultralytics 8.0-8.3, 300 a page", "ultralytics_8_3", _ultralytics_8_3),
    "deepscores_v2": Definition("DeepScoresV2's toolkit", "deepscores_v2", _voc_2010),
}
"""All of them by their names in the results; `coco` is the standard."""
