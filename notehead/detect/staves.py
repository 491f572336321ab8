"""Where the staves of a page are, roughly and fast: what staff space, skew and orientation are read from.

The image is shrunk along its rows alone, to some 700 columns. Where a column crosses a staff there are five
thin dark runs at equal distances (`kernels.combs`); crossings by neighbouring columns make a `stretch`, and
stretches behind one another make a staff. Text, tables and photographs have few such crossings, and ruled
paper has more than five lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect import kernels

Floats: TypeAlias = NDArray[np.float64]

LINES = 5
_COLUMNS = 700
_MOST_CROSSINGS = 200_000
_REACH = 3
"""Columns: broken lines leave gaps in a stretch."""


@dataclass(frozen=True, eq=False)
class Staves:
    """Staves of an image and how well they are seen; coordinates are pixels of that image.

    Attributes:
        ends: float64 (n, 4), for each staff from the top down x0, y0, x1, y1: the ends of the straight
            line that fits its middle line best.
        space: float64 (n,), distance between its lines, measured across them.
        line: float64 (n,), thickness of its lines.
        length: float64 (n,), pixels along the staff where all five lines are seen.
        longest: the longest stretch without interruption, in staff spaces.
        rival: pixels along which evenly spaced lines are crossed that are no staff.
    """

    ends: Floats
    space: Floats
    line: Floats
    length: Floats
    longest: float = 0.0
    rival: float = 0.0

    def __len__(self) -> int:
        return len(self.space)

    @property
    def slope(self) -> Floats:
        """Of each staff, downwards to the right: float64 (n,)."""
        run = np.maximum(self.ends[:, 2] - self.ends[:, 0], 1e-9)
        slope: Floats = (self.ends[:, 3] - self.ends[:, 1]) / run
        return slope


NO_STAVES = Staves(np.empty((0, 4)), np.empty(0), np.empty(0), np.empty(0))


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value that halves the weights; `values` (n,) must not be empty.

    Example:
        >>> weighted_median(np.array([3.0, 1.0, 2.0]), np.array([5.0, 1.0, 1.0]))
        3.0
    """
    order = np.argsort(values, kind="stable")
    heavy = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(heavy, heavy[-1] / 2)]])


def find_staves(
    image: NDArray[np.uint8], shrink: int = 1, swing: int = 24, *, turned: bool = False
) -> Staves:
    """The staves that run from left to right, up to about 15 degrees askew.

    Args:
        image: uint8 (height, width), dark ink.
        shrink: pixels that are taken together; 2 and 4 close gaps and quieten noise and dither.
        swing: the least difference in grey between staff lines and paper.
        turned: look at `np.rot90(image)` instead, to which coordinates then refer.
    """
    height, width = image.shape[::-1] if turned else image.shape
    columns = round(min(width / shrink, _COLUMNS / shrink))
    rows = round(height / shrink)
    if rows < 4 * LINES or columns < 4 * LINES:
        return NO_STAVES
    if turned:
        narrow = np.ascontiguousarray(
            cv2.resize(image, (rows, columns), interpolation=cv2.INTER_AREA)[:, ::-1]
        )
    else:
        narrow = cv2.transpose(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA))
    found = np.empty((_MOST_CROSSINGS, 7), np.float32)
    found = found[: kernels.combs(narrow, swing, LINES - 1, found)]
    step, scale = width / columns, height / rows
    fragment = np.empty(len(found), np.int32)
    if not kernels.link(found, step / scale, _REACH, fragment):
        return NO_STAVES
    crossings = found.astype(np.float64)
    crossings[:, [1, 2, 4, 5, 6]] *= scale
    return _staves(crossings, fragment, step, scale)


def _staves(found: Floats, fragment: NDArray[np.int32], step: float, scale: float) -> Staves:
    """Staves from crossings, the stretches they belong to, pixels between columns and between rows."""
    size = np.bincount(fragment)
    space = np.bincount(fragment, found[:, 2]) / size
    line = np.bincount(fragment, found[:, 4]) / size
    lines = np.bincount(fragment, found[:, 3]) / size
    good = (lines == LINES) & (size * step >= 1.5 * space) & (size >= 4)
    good &= (line <= 0.3 * space + scale) & ~_ruled(found, fragment, space)
    kept = good[fragment]
    # Ledger lines and broken lines make combs of four and six in music, never of many.
    doubt = np.where(found[:, 3] > LINES + 1, 1.0, 0.5)
    rival = float(doubt[~kept].sum()) * step
    if not good.any():
        return NO_STAVES
    found, fragment = found[kept], np.cumsum(good)[fragment[kept]] - 1
    x = (found[:, 0] + 0.5) * step
    fits = _Lines(fragment, x, found[:, 1])
    staff = _join(fits, space[good])
    whole = _Lines(staff[fragment], x, found[:, 1])
    order = np.argsort(whole.ends[:, 1] + whole.ends[:, 3], kind="stable")
    members = [np.flatnonzero(staff[fragment] == number) for number in order]
    level = np.cos(np.arctan(whole.slope))[order]
    return Staves(
        ends=whole.ends[order],
        space=np.array([np.median(found[own, 2]) for own in members]) * level,
        line=np.array([np.median(found[own, 4]) for own in members]) * level,
        length=np.array([len(own) for own in members]) * step,
        longest=float((size * step / space)[good].max()),
        rival=rival,
    )


def _ruled(found: Floats, fragment: NDArray[np.int32], space: Floats) -> NDArray[np.bool_]:
    """Whether a further line runs along a stretch, above or below, as in tables and on ruled paper."""
    size = np.bincount(fragment)
    ruled = np.zeros(len(space), np.bool_)
    for side in (5, 6):
        near = found[:, side] < 3.2 * space[fragment]
        count = np.maximum(np.bincount(fragment, near), 1)
        usual = np.bincount(fragment, np.where(near, found[:, side], 0)) / count
        same = near & (np.abs(found[:, side] - usual[fragment]) < 0.15 * space[fragment] + 0.5)
        ruled |= np.bincount(fragment, same) > 0.6 * size
    return ruled


class _Lines:
    """Straight lines through groups of points, by least squares: `slope` (n,), `ends` (n, 4)."""

    def __init__(self, group: NDArray[np.intp] | NDArray[np.int32], x: Floats, y: Floats) -> None:
        self.count = np.bincount(group)
        middle = np.bincount(group, x) / self.count, np.bincount(group, y) / self.count
        away = x - middle[0][group]
        spread = np.maximum(np.bincount(group, away * away), 1e-9)
        self.slope: Floats = np.bincount(group, away * (y - middle[1][group])) / spread
        self.spread: Floats = spread
        left, right = np.full(len(self.count), np.inf), np.full(len(self.count), -np.inf)
        np.minimum.at(left, group, x)
        np.maximum.at(right, group, x)
        self.ends: Floats = np.stack(
            [
                left, middle[1] + self.slope * (left - middle[0]),
                right, middle[1] + self.slope * (right - middle[0]),
            ],
            axis=1,
        )  # fmt: skip


def _join(fits: _Lines, space: Floats) -> NDArray[np.intp]:
    """The staff that each stretch belongs to, numbered from 0: stretches that continue each other."""
    slope = weighted_median(fits.slope, np.sqrt(fits.spread))
    staff = np.empty(len(space), np.intp)
    tails: list[tuple[float, float, float]] = []  # of each staff: where its last stretch ended, its space
    for one in np.argsort(fits.ends[:, 0], kind="stable"):
        x0, y0, x1, y1 = fits.ends[one]
        best, nearest = -1, np.inf
        for number, (x, y, size) in enumerate(tails):
            away = max(x0 - x, 0.0)
            off = abs(y + slope * (x0 - x) - y0)
            if off < min(nearest, 0.75 * size + 0.03 * away, 2 * size) and abs(size / space[one] - 1) < 0.08:
                best, nearest = number, off
        if best < 0:
            best = len(tails)
            tails.append((x1, y1, space[one]))
        elif x1 > tails[best][0]:
            tails[best] = (x1, y1, space[one])
        staff[one] = best
    return staff
