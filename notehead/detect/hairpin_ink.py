"""Hairpins in the ink: two thin straight lines that meet at one end and are equally long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.detect.nms import suppressed
from notehead.detect.oriented import upright_around
from notehead.detect.thin_lines import PAPER, SHORTEST, THIN, Lines, ThinInk

Image = NDArray[np.uint8]

_MEETS = 2.5
"""Pixels that the arms are apart where they meet, at most."""
_OPEN = 4.0, 44.0
"""The same at the open end, at least and at most."""
_OFF, _APART = 3.0, 0.3
"""Columns from where the ink ends to where arms meet, at most: so many, and until they are so far apart."""
_EVEN = 4
"""Columns by which one arm may be longer."""
_HIDDEN = 0.25
"""Share of an arm, at its open end, that something else may hide."""
_TILT = 0.12
"""Slope of the axis at most."""
_LATE = 0.1
"""Share of a hairpin, from its tip, in which one arm may be hidden by the other."""
_STRAIGHT, _TOUCHED = 2.0, 0.5
"""Of two pairs that share a line, by how much less a column counts for the slope of the axis; and where
something touches the open end."""
_TIPS = 8.0
"""Columns between the tips of two hairpins that meet, at most."""
_CLEARLY = 5.0
"""Pixels between arms from which on the ink of the one does not disturb that of the other."""
_SAME = 0.4
"""Overlap (IoU) from which on two hairpins are one."""
_PAST = 3
"""Columns of the image beyond an end, at least: it is seen that it is the end."""


@dataclass(frozen=True, slots=True)
class InkHairpin:
    """A hairpin, in pixels.

    Attributes:
        tip: x and y of the end where the arms meet.
        upper: of the open end of the upper arm.
        lower: of the lower arm.
    """

    tip: tuple[float, float]
    upper: tuple[float, float]
    lower: tuple[float, float]


class _Pair(NamedTuple):
    """Two lines that may be a hairpin.

    Attributes:
        upper: number of the upper line.
        lower: of the lower one.
        opens: 1 to the right, -1 to the left.
        tip: column of the tip.
        stop: of the open end.
        quality: of two pairs that share a line the one of the higher is right.
    """

    upper: int
    lower: int
    opens: int
    tip: float
    stop: float
    quality: float


def hairpins_in_ink(image: Image) -> list[InkHairpin]:
    """The hairpins of a part of a page that are beyond doubt.

    Args:
        image: uint8 (height, width), 0 black, with 12 pixels a staff space.

    Example:
        >>> import cv2
        >>> page = np.full((60, 160), 255, np.uint8)
        >>> for y in (20, 40):
        ...     page = cv2.line(page, (20, 30), (120, y), 0, 2)
        >>> [one] = hairpins_in_ink(page)
        >>> [round(x / 5) * 5 for x, _ in (one.tip, one.upper, one.lower)]
        [20, 120, 120]
    """
    if min(image.shape) < PAPER:
        return []
    seen = ThinInk(image)
    lines = seen.lines()
    pairs = [pair for opens in (1, -1) for pair in _pairs(lines, opens, image.shape[1])]
    return apart([_hairpin(_fitted(seen, lines, pair), pair) for pair in _of_own_arms(pairs)])


def _pairs(lines: Lines, opens: int, width: int) -> list[_Pair]:
    """Each two lines that are the arms of a hairpin that opens to the right (1) or to the left (-1)."""
    begin, end = (lines.from_ink, lines.last) if opens > 0 else (-lines.to_ink, -lines.first)
    reach = lines.to_ink if opens > 0 else -lines.from_ink
    blank = lines.ends if opens > 0 else lines.begins
    slope, height = opens * lines.slope, lines.height
    steeper = slope[None] - slope[:, None]  # (upper, lower)
    shorter, longer = np.minimum(end[:, None], end), np.maximum(end[:, None], end)
    even = longer - shorter <= _EVEN
    stop = np.where(even, shorter, longer)  # something else hides the end of the shorter arm
    start = np.minimum(begin[:, None], begin[None])
    base = height[None] - height[:, None]
    tip = _tip(start, base, steeper)
    early, late, length = base + steeper * start, base + steeper * stop, stop - tip
    good = (steeper > 0) & (early <= _MEETS) & (late >= _OPEN[0]) & (late <= _OPEN[1]) & (length >= SHORTEST)
    hidden = (np.minimum(reach[:, None], reach) >= longer - _EVEN) & (longer - shorter <= _HIDDEN * length)
    good &= (even | hidden) & (blank[:, None] | blank)
    good &= np.maximum(begin[:, None], begin[None]) <= tip + _EVEN + _LATE * length
    tilt = np.abs(slope[:, None] + slope[None]) / 2
    good &= tilt <= _TILT
    edge = (0, width - 1) if opens > 0 else (1 - width, 0)
    good &= (start >= edge[0] + _PAST) & (stop <= edge[1] - _PAST)
    quality = length * (1 - _STRAIGHT * tilt) * np.where(blank[:, None] & blank, 1.0, _TOUCHED)
    return [
        _Pair(
            upper, lower, opens, *(float(one[upper, lower]) for one in (opens * tip, opens * stop, quality))
        )
        for upper, lower in np.argwhere(good).tolist()
    ]


def _tip(start: NDArray[Any], base: NDArray[np.float64], steeper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the ink of arms ends, or, where it goes on into something else, where they meet.

    Args:
        start: where there is ink from.
        base: how far arms are apart in column 0.
        steeper: by how much more from column to column.
    """
    steeper = np.where(steeper > 0, steeper, 1)
    meeting = -base / steeper
    return np.where(start < meeting - _OFF - _APART / steeper, meeting, start)


def _fitted(seen: ThinInk, lines: Lines, pair: _Pair) -> Lines:
    """The two lines of a pair, put through the ink where the arms are apart."""
    arms = lines.chosen(np.array([pair.upper, pair.lower]))
    columns = np.arange(*sorted((round(pair.tip), round(pair.stop))))
    gap = np.diff(arms.at(columns[None].astype(np.float64)), axis=0)[0]
    columns, gap = columns[gap >= _CLEARLY], gap[gap >= _CLEARLY]
    if len(columns) < SHORTEST:
        return arms
    found = arms.slope.copy(), arms.height.copy()
    for arm, row in enumerate(arms.at(columns[None].astype(np.float64))):
        rows = np.rint(row).astype(np.int64) + np.arange(-THIN, THIN + 1)[:, None]
        inside = (rows >= 0) & (rows < len(seen.thin))
        weight = seen.dark[np.clip(rows, 0, len(seen.thin) - 1), columns] * inside
        outside, within = (0, -1) if arm == 0 else (-1, 0)  # the upper arm's outside is above
        outer, inner = weight[[outside, within]] >= seen.least
        weight[:, outer | inner & (gap >= 2 * THIN)] = 0  # something crosses it
        weight[[0, 1, -2, -1]] = 0
        y, x = np.nonzero(weight)
        if len(np.unique(x)) >= SHORTEST:
            found[0][arm], found[1][arm] = np.polyfit(columns[x], rows[y, x], 1, w=np.sqrt(weight[y, x]))
    return arms._replace(slope=found[0], height=found[1])


def _hairpin(arms: Lines, pair: _Pair) -> InkHairpin:
    """The hairpin of two lines, the upper one first."""
    start = min(arms.from_ink.tolist()) if pair.opens > 0 else -max(arms.to_ink.tolist())
    base, steeper = np.diff(arms.height), pair.opens * np.diff(arms.slope)
    tip = pair.opens * float(_tip(np.array([start]), base, steeper)[0])
    upper, lower = arms.at(np.full(2, pair.stop)).tolist()
    return InkHairpin((tip, float(arms.at(np.full(2, tip)).mean())), (pair.stop, upper), (pair.stop, lower))


def _of_own_arms(pairs: list[_Pair]) -> list[_Pair]:
    """The pairs, from the best on, of which none before has one of the same lines.

    One line may be the arms of two hairpins whose tips meet.
    """
    kept: list[_Pair] = []
    for pair in sorted(pairs, key=lambda one: -one.quality):
        rivals = [one for one in kept if not {one.upper, one.lower}.isdisjoint((pair.upper, pair.lower))]
        if all(one.opens == -pair.opens and abs(one.tip - pair.tip) <= _TIPS for one in rivals):
            kept.append(pair)
    return kept


def apart(hairpins: list[InkHairpin]) -> list[InkHairpin]:
    """The hairpins, from the longest on, of which none before lies on the same place."""
    points = np.array([(one.tip, one.upper, one.lower) for one in hairpins]).reshape(-1, 3, 2)
    length = np.abs(points[:, 1, 0] - points[:, 0, 0])
    return [hairpins[row] for row in suppressed(upright_around(points), length, _SAME).tolist()]
