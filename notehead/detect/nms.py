"""Several boxes of one symbol to one: non-maximum suppression, greedy or soft."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Boxes = NDArray[np.float64]


def suppressed(
    boxes: Boxes, scores: NDArray[np.floating], overlap: float, group: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """The rows that are left when, from the highest score down, those that share more with one are left out.

    Args:
        boxes: (n, 4).
        scores: (n,); of equals the first counts.
        overlap: IoU from which on two boxes are one symbol.
        group: (n,), where given, boxes of different groups never meet: with classes as groups it is
            class-aware, without it is class-agnostic.

    Returns:
        Rows from the highest score down.

    Example:
        >>> boxes = np.array([[0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]], float)
        >>> suppressed(boxes, np.array([0.5, 0.9, 0.7]), 0.5).tolist()
        [1, 2]
    """
    order = np.argsort(-scores, kind="stable")
    if len(order) == 0:
        return order
    apart = boxes
    if group is not None:
        apart = boxes + (group * (np.ptp(boxes) + 1))[:, None]
    kept: NDArray[np.int64] = order[_greedy(apart[order], overlap)]
    return kept


def softened(
    boxes: Boxes, scores: NDArray[np.floating], spread: float = 0.5, group: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """Scores that fall by what boxes share with surer ones: soft NMS (Bodla et al., 2017), Gaussian.

    Args:
        boxes: (n, 4).
        scores: (n,).
        spread: scores fall by `exp(-iou ** 2 / spread)`.
        group: as for `suppressed`.

    Example:
        >>> boxes = np.array([[0, 0, 4, 4], [0, 0, 4, 4], [9, 9, 12, 12]], float)
        >>> softened(boxes, np.array([0.5, 0.9, 0.7])).round(3).tolist()
        [0.068, 0.9, 0.7]
    """
    groups = np.zeros(len(boxes), np.int64) if group is None else group
    return np.asarray(_soft(boxes, scores.astype(np.float64), groups, spread))


@njit(cache=True)
def _shared(a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


@njit(cache=True)
def _greedy(box, overlap):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    by_top = np.argsort(box[:, 1], kind="mergesort")
    top = box[by_top, 1]
    tallest = (box[:, 3] - box[:, 1]).max()
    gone = np.zeros(len(box), np.bool_)
    kept = []
    for i in range(len(box)):
        if gone[i]:
            continue
        kept.append(i)
        for place in range(np.searchsorted(top, box[i, 1] - tallest), np.searchsorted(top, box[i, 3])):
            j = by_top[place]
            if j > i and not gone[j] and _shared(box[i], box[j]) > overlap:
                gone[j] = True
    return np.array(kept)


@njit(cache=True)
def _soft(box, score, group, spread):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    score = score.copy()
    left = np.ones(len(box), np.bool_)
    for _ in range(len(box)):
        best = -1
        for i in range(len(box)):
            if left[i] and (best < 0 or score[i] > score[best]):
                best = i
        left[best] = False
        for i in range(len(box)):
            if left[i] and group[i] == group[best]:
                shared = _shared(box[best], box[i])
                if shared > 0:
                    score[i] *= np.exp(-shared * shared / spread)
    return score
