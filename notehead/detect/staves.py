"""Where the staves of a page are, roughly and fast: what staff space, skew and orientation are read from.

Columns of the image are taken together, until there are at most 700. Where a column crosses a staff there are
five thin dark runs at equal distances (`kernels.combs`); crossings by neighbouring columns make a `stretch`,
and stretches behind one another make a staff. Text, tables and photographs have few such crossings, and ruled
paper has more than five lines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect import kernels
from notehead.detect.halves import Halves, folded

Floats: TypeAlias = NDArray[np.float64]

LINES = 5
_COLUMNS = 700
_MOST_CROSSINGS = 200_000
_NEAR = 0.05
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


def usual_space(spaces: Floats, lengths: Floats) -> float:
    """The mean of the staff spaces that are about as large as their median, weighted by the staves' lengths.

    Lines thinner than a pixel are seen to a pixel only, so that one small staff says it to some hundredths;
    several, each elsewhere between the pixels, say it better.

    Args:
        spaces: float64 (n,), n > 0.
        lengths: float64 (n,).

    Example:
        >>> usual_space(np.array([5.0, 5.25, 5.25, 9.0]), np.full(4, 100.0))
        5.166666666666667
    """
    near = np.abs(spaces / weighted_median(spaces, lengths) - 1) <= _NEAR
    return float(np.average(spaces[near], weights=lengths[near]))


def find_staves(
    image: Halves, halvings: int = 0, swing: int = 24, *, turned: bool = False, inverted: bool = False
) -> Staves:
    """The staves that run from left to right, up to about 15 degrees askew.

    Args:
        image: dark ink.
        halvings: how often to halve it first; once or twice closes gaps and quietens noise and dither.
        swing: the least difference in grey between staff lines and paper.
        turned: look at `np.rot90(image)` instead, to which coordinates then refer.
        inverted: look at the negative.
    """
    small = image.at(halvings)
    if min(small.shape) < 4 * LINES:
        return NO_STAVES
    narrow, together = _narrow(small, _COLUMNS >> halvings, turned=turned)
    if inverted:
        narrow = 255 - narrow
    found = np.empty((_MOST_CROSSINGS, 7), np.float32)
    found = found[: kernels.combs(narrow, swing, LINES - 1, found)]
    fragment = np.empty(len(found), np.int32)
    if not kernels.link(found, float(together), _REACH, fragment):
        return NO_STAVES
    scale = float(1 << halvings)
    crossings = found.astype(np.float64)
    crossings[:, [1, 2, 4, 5, 6]] *= scale
    if turned:  # the last column, which may be left out of a half, is the first row
        crossings[:, 1] += image.image.shape[1] - scale * small.shape[1]
    return _staves(crossings, fragment, together * scale, scale)


def _narrow(image: NDArray[np.uint8], most: int, *, turned: bool) -> tuple[NDArray[np.uint8], int]:
    """The columns of an image, or of `np.rot90` of it, as rows, at most so many; how many are one of them."""
    columns = np.asarray(image if turned else cv2.transpose(image), np.uint8)
    times = max(0, math.ceil(math.log2(len(columns) / most)))
    narrow = folded(columns, times)
    return np.asarray(cv2.flip(narrow, 1), np.uint8) if turned else narrow, 1 << times


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
    kernels.join(fits.ends, space, np.argsort(fits.ends[:, 0], kind="stable"), slope, staff)
    return staff
