"""Patches of a page looked for on a scan that was brought near to it: how far each is off, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_PALE = 0.1
"""So much of the ink that a patch must have the scan must have."""
_LEAST_CURVATURE = 0.012
"""Curvature of the correlation, per pixel squared, below which a direction tells nothing, as along staff
lines."""
_MOST_CURVATURE = 0.5
_AROUND = np.array([(x, y) for y in (-1.0, 0.0, 1.0) for x in (-1.0, 0.0, 1.0)])
_TERMS = np.linalg.pinv(
    np.stack(
        [
            np.ones(9), _AROUND[:, 0], _AROUND[:, 1],
            _AROUND[:, 0] ** 2 / 2, _AROUND[:, 0] * _AROUND[:, 1], _AROUND[:, 1] ** 2 / 2,
        ],
        axis=1,
    )
)  # fmt: skip
"""From nine values around a peak to a quadratic: value, two slopes, three curvatures."""


@dataclass(frozen=True, eq=False)
class Matches:
    """What was found of n patches.

    Attributes:
        at: (n, 2), the patches' middles.
        off: (n, 2), where the scan shows them, less where they should be.
        weight: (n, 2, 2), how surely, for each direction: 0 where nothing is known.
        score: (n,), the correlation there, -1 to 1.
    """

    at: NDArray[np.float64]
    off: NDArray[np.float64]
    weight: NDArray[np.float64]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)


def patch_places(shape: tuple[int, int], spacing: float, phase: float) -> NDArray[np.int64]:
    """Middles (n, 2) of patches on a staggered grid over a page of (height, width)."""
    height, width = shape
    places = []
    for row, y in enumerate(np.arange(spacing * phase, height, spacing)):
        start = spacing * ((phase + 0.5 * (row % 2)) % 1.0)
        places += [(x, y) for x in np.arange(start, width, spacing)]
    return np.array(places, np.float64).reshape(-1, 2).astype(np.int64)


def match(
    page: NDArray[np.float32],
    scan: NDArray[np.float32],
    places: NDArray[np.int64],
    half: int,
    reach: int,
    least: float = 0.0,
) -> Matches:
    """Look for patches of the page's ink on the scan's, around where they should be.

    Args:
        page: ink.
        scan: ink, brought to the page's place and size.
        places: middles of patches; those without ink are left out.
        half: half the side of a patch.
        reach: how far to look in each direction.
        least: ink that a patch must have to be found by: squared deviations from its mean, summed up.
    """
    edge = half + reach
    page, scan = _framed(page, edge), _framed(scan, edge)
    at, found = [], []
    for x, y in places.tolist():
        patch = page[y + reach : y + edge + half, x + reach : x + edge + half]
        window = slice(y, y + 2 * edge), slice(x, x + 2 * edge)
        if _deviation(patch) <= least or _deviation(scan[window]) <= least * _PALE:
            continue
        surface = cv2.matchTemplate(scan[window], patch, cv2.TM_CCOEFF_NORMED)
        at.append((x, y))
        found.append(_peak(np.nan_to_num(surface, nan=0.0, posinf=0.0, neginf=0.0)))
    if not at:
        return Matches(np.empty((0, 2)), np.empty((0, 2)), np.empty((0, 2, 2)), np.empty(0))
    off, weight, score = (np.array(column, np.float64) for column in zip(*found, strict=True))
    return Matches(np.array(at, np.float64), off, weight, score)


def _deviation(ink: NDArray[np.float32]) -> float:
    """Squared deviations from the mean, summed up."""
    return float(cv2.meanStdDev(ink)[1][0, 0] ** 2 * ink.size)


def _framed(ink: NDArray[np.float32], edge: int) -> NDArray[np.float32]:
    """The ink with paper around it."""
    return np.asarray(cv2.copyMakeBorder(ink, edge, edge, edge, edge, cv2.BORDER_CONSTANT), np.float32)


def _peak(surface: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Where a correlation is highest, less the middle, to a part of a pixel; how surely; and how high."""
    reach = len(surface) // 2
    _, score, _, (x, y) = cv2.minMaxLoc(surface)
    x0, y0 = (min(max(value, 1), 2 * reach - 1) for value in (x, y))
    a = _TERMS @ surface[y0 - 1 : y0 + 2, x0 - 1 : x0 + 2].ravel().astype(np.float64)
    curvature, axes = np.linalg.eigh(-np.array([[a[3], a[4]], [a[4], a[5]]]))
    sure = curvature > _LEAST_CURVATURE
    along = np.where(sure, (axes.T @ a[1:3]) / np.maximum(curvature, _LEAST_CURVATURE), 0.0)
    along = np.clip(along, -1, 1)
    off = np.array([x0, y0]) - reach + axes @ along
    inside = (
        np.abs(axes.T @ np.array([x - x0, y - y0])) < 0.5
    )  # a peak at the edge is none, but a ridge may end there
    strength = np.where(sure, np.minimum(curvature, _MOST_CURVATURE), 0.0) * inside * max(score, 0.0) ** 2
    return off, (axes * strength) @ axes.T, float(score)
