"""Which end belongs to which, and which found point is which true one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.detector import STAFF_SPACE
from notehead.models.points.truth import BOTTOM, KINDS, TOP, Points

NEAR = STAFF_SPACE / 4
"""Pixels within which a point counts as found."""
_AWAY = STAFF_SPACE
"""Pixels: the end of a way that is farther from a bottom does not mean it."""


def stems(points: Points) -> NDArray[np.int64]:
    """Pairs of a top and the bottom of the same stem: rows of points, int64 (n, 2).

    A top's way must end nearer to a bottom than to any other, and no other top's way nearer to that bottom.
    """
    tops, bottoms = np.flatnonzero(points.kind == TOP), np.flatnonzero(points.kind == BOTTOM)
    meant = points.place[tops] + points.way[tops]
    away = _distances(np.where(np.isfinite(meant), meant, 1e9), points.place[bottoms])
    pairs = mutual(away, _AWAY)
    return np.stack((tops[pairs[:, 0]], bottoms[pairs[:, 1]]), axis=1)


def hits(found: Points, true: Points) -> dict[str, NDArray[np.int64]]:
    """How many points are found, true, and both, of each kind; and how many stems with both their ends.

    Both means that each is the other's nearest, within a quarter of a staff space: int64 (3,) by kind.
    """
    pairs = [np.empty((0, 2), np.int64)]
    result: dict[str, NDArray[np.int64]] = {}
    for kind, name in enumerate(KINDS):
        rows, others = np.flatnonzero(found.kind == kind), np.flatnonzero(true.kind == kind)
        both = mutual(_distances(found.place[rows], true.place[others]), NEAR)
        pairs.append(np.stack((rows[both[:, 0]], others[both[:, 1]]), axis=1))
        result[name] = np.array([len(rows), len(others), len(both)], np.int64)
    true_of = np.full(len(found), -1, np.int64)
    matched = np.concatenate(pairs)
    true_of[matched[:, 0]] = matched[:, 1]
    wholes, truths = stems(found), {tuple(pair) for pair in stems(true).tolist()}
    right = sum(tuple(pair) in truths for pair in true_of[wholes].tolist())
    result["stem"] = np.array([len(wholes), len(truths), right], np.int64)
    return result


def mutual(away: NDArray[np.float64], farthest: float) -> NDArray[np.int64]:
    """Pairs that are each other's nearest, of distances (n, m): int64 (pairs, 2).

    Example:
        >>> mutual(np.array([[1.0, 5.0], [0.5, 2.0]]), 3.0).tolist()
        [[1, 0]]
    """
    if not away.size:
        return np.empty((0, 2), np.int64)
    nearest, back = away.argmin(axis=1), away.argmin(axis=0)
    rows = np.arange(len(away))
    kept = (back[nearest] == rows) & (away[rows, nearest] <= farthest)
    return np.stack((rows[kept], nearest[kept]), axis=1).astype(np.int64)


def _distances(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(points[:, None] - others[None], axis=2))
