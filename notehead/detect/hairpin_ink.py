"""Hairpins in the ink: two thin straight lines that meet at one end and are equally long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.line_kernels import follow_lines

Image = NDArray[np.uint8]
Rows = NDArray[np.int64]

_INK = 0.25
"""Share of the way from paper to ink from which on a pixel is ink: thin lines are pale."""
_FAINT = 12.0
"""The same in grey values at least."""
_THIN = 4
"""Pixels that an arm is thick at most."""
_PAPER = 15
"""Pixels across what is paper somewhere."""
_STEEPEST = 0.5
"""Slope of an arm at most."""
_STEP = 0.03
"""Between slopes that are tried."""
_COLUMNS = 64
"""Columns in which lines begin to be seen."""
_VOTES = 14
"""Pixels of a line in these at least."""
_TRIED = 16
"""Lines at most that begin there, those with the most pixels."""
_FITS = 8
"""How often a line is put through the ink that lies on it, and becomes longer."""
_ALIKE = 2.5
"""Pixels that two lines are apart at both ends of the shorter one, up to which they are one."""
_HOLE = 2
"""Columns without ink, one after the other, at which a line goes on."""
_NEAR = 1.5
"""Pixels from a line within which ink is its own."""
_AFTER = 2
"""Pixels beyond, above and below the end of a line where there is paper, if it does not go on as a curve."""
_EXACT = 0.93
"""Share of its columns in which a line has ink at the very height."""
_OWN = 0.5
"""Share of a line's columns in which it is thin: in the others something crosses it."""
_SHORTEST = 10
"""Columns of a hairpin at least."""
_MEETS = 2.5
"""Pixels that the arms are apart where they meet, at most."""
_OFF, _APART = 3.0, 0.3
"""Columns from where the ink ends to where arms meet, at most: so many, and until they are so far apart."""
_OPEN = 4.0, 44.0
"""The same at the open end, at least and at most."""
_EVEN = 4
"""Columns by which one arm may be longer."""
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


class _Lines(NamedTuple):
    """Straight lines, (n,) each.

    Attributes:
        height: in column 0.
        slope: to the right.
        first: column.
        last: column.
        from_ink: the first column of any ink on it.
        to_ink: the last one.
        begins: whether there is only paper around the first end.
        ends: around the last one.
    """

    height: NDArray[np.float64]
    slope: NDArray[np.float64]
    first: Rows
    last: Rows
    from_ink: Rows
    to_ink: Rows
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]

    def at(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Their heights in columns, (n,) or (n, m)."""
        slope, height = (one.reshape(-1, *[1] * (columns.ndim - 1)) for one in (self.slope, self.height))
        return np.asarray(height + slope * columns)

    def chosen(self, rows: NDArray[Any]) -> _Lines:
        """Those of them."""
        height, slope, first, last, from_ink, to_ink, begins, ends = (one[rows] for one in self)
        return _Lines(height, slope, first, last, from_ink, to_ink, begins, ends)


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
        >>> page = np.full((60, 160), 255, np.uint8)
        >>> for y in (20, 40):
        ...     page = cv2.line(page, (20, 30), (120, y), 0, 2)
        >>> [one] = hairpins_in_ink(page)
        >>> [round(x / 5) * 5 for x, _ in (one.tip, one.upper, one.lower)]
        [20, 120, 120]
    """
    if min(image.shape) < _PAPER:
        return []
    sight = _Sight(image)
    lines = sight.lines()
    pairs = [pair for opens in (1, -1) for pair in _pairs(lines, opens, image.shape[1])]
    return apart([_hairpin(sight.fitted(lines, pair), pair) for pair in _of_own_arms(pairs)])


class _Sight:
    """Which pixels are ink, and which of those are of something thin."""

    def __init__(self, image: Image) -> None:
        paper = cv2.dilate(image, np.ones((_PAPER, _PAPER), np.uint8))
        dark = cv2.subtract(paper, image)
        self.least = max(_INK * float(np.percentile(dark, 99.5)), _FAINT)
        self.ink: NDArray[np.bool_] = np.asarray(dark >= self.least)
        closed = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((_THIN + 1, 1), np.uint8))
        self.thin: NDArray[np.bool_] = np.asarray(cv2.subtract(closed, image) >= self.least) & self.ink
        self.dark = dark.astype(np.float64)

    def lines(self) -> _Lines:
        """Straight thin lines, each where it is drawn without a hole."""
        x, y = (place.ravel() for place in np.nonzero(self.thin)[::-1])
        lines, pieces = _begun(x, y, self.ink.shape)
        exact = np.empty((len(lines), 2), np.int64)
        masks = np.stack([self.ink, self.thin, *map(_widened, (self.ink, self.thin))])
        follow_lines(masks, lines, pieces, exact, _FITS, _HOLE, _NEAR, _COLUMNS // 4, _STEP)
        length = pieces[:, 1] - pieces[:, 0] + 1
        good = (length >= _SHORTEST) & (exact >= np.array([_EXACT, _OWN]) * length[:, None]).all(axis=1)
        (height, slope), (first, last, from_ink, to_ink) = lines[good].T, pieces[good].T
        begins = self._is_blank(first - _AFTER, np.rint(height + slope * first).astype(np.int64))
        ends = self._is_blank(last + _AFTER, np.rint(height + slope * last).astype(np.int64))
        return _different(_Lines(height, slope, first, last, from_ink, to_ink, begins, ends))

    def fitted(self, lines: _Lines, pair: _Pair) -> _Lines:
        """The two lines of a pair, put through the ink where the arms are apart."""
        arms = lines.chosen(np.array([pair.upper, pair.lower]))
        columns = np.arange(*sorted((round(pair.tip), round(pair.stop))))
        gap = np.diff(arms.at(columns[None].astype(np.float64)), axis=0)[0]
        columns, gap = columns[gap >= _CLEARLY], gap[gap >= _CLEARLY]
        if len(columns) < _SHORTEST:
            return arms
        found = arms.slope.copy(), arms.height.copy()
        for arm, row in enumerate(arms.at(columns[None].astype(np.float64))):
            rows = np.rint(row).astype(np.int64) + np.arange(-_THIN, _THIN + 1)[:, None]
            inside = (rows >= 0) & (rows < len(self.thin))
            weight = self.dark[np.clip(rows, 0, len(self.thin) - 1), columns] * inside
            outer, inner = weight[[-arm, arm - 1]] >= self.least
            weight[:, outer | inner & (gap >= 2 * _THIN)] = 0  # something crosses it
            weight[[0, 1, -2, -1]] = 0
            y, x = np.nonzero(weight)
            if len(np.unique(x)) >= _SHORTEST:
                found[0][arm], found[1][arm] = np.polyfit(columns[x], rows[y, x], 1, w=np.sqrt(weight[y, x]))
        return arms._replace(slope=found[0], height=found[1])

    def _is_blank(self, x: Rows, y: Rows) -> NDArray[np.bool_]:
        """Whether there is no ink around some columns, (n,), at some heights."""
        rows = np.clip(y[:, None] + np.arange(-_AFTER, _AFTER + 1), 0, len(self.ink) - 1)
        columns = np.clip(x[:, None], 0, self.ink.shape[1] - 1)
        return np.asarray(~self.ink[rows[:, :, None], columns[:, None]].any(axis=(1, 2)))


def _widened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a mask is true at a pixel, or at the one above or below."""
    return np.asarray(cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8)), np.bool_)


def _begun(x: Rows, y: Rows, shape: tuple[int, ...]) -> tuple[NDArray[np.float64], Rows]:
    """Lines on which many pixels lie in some columns side by side (Hough, 1962), and the middle of these.

    Args:
        x: columns of all thin ink.
        y: rows.
        shape: of the image.

    Returns:
        Heights in column 0 and slopes, (n, 2), and pieces, (n, 4), which `follow_lines` makes longer.
    """
    slopes = np.arange(-_STEEPEST, _STEEPEST + _STEP, _STEP)
    reach = math.ceil(_STEEPEST * _COLUMNS) + 2
    size = shape[0] + 2 * reach
    offset = np.arange(len(slopes))[:, None] * size + reach
    found = []
    for first in range(0, shape[1], _COLUMNS // 2):
        here = (x >= first) & (x < first + _COLUMNS)
        middle = first + _COLUMNS // 2
        row = np.rint(y[here] - slopes[:, None] * (x[here] - middle)).astype(np.int64)
        counts = np.bincount((row + offset).ravel(), minlength=len(slopes) * size).reshape(-1, size)
        votes = cv2.blur(counts.astype(np.float32), (3, 1)) * 3
        best = (votes >= cv2.dilate(votes, np.ones((3, 3), np.uint8))) & (votes >= _VOTES)
        slope, height = np.nonzero(best)
        order = np.argsort(-votes[slope, height], kind="stable")[:_TRIED]
        steep = slopes[slope[order]]
        found.append((height[order] - reach - steep * middle, steep, np.full(len(order), middle)))
    level, slope, begin = (np.concatenate(part) for part in zip(*found, strict=True))
    return np.stack((level, slope), axis=1), np.stack((begin,) * 4, axis=1)


def _different(lines: _Lines) -> _Lines:
    """The lines, from the longest on, of which none before lies on the same place."""
    lines = lines.chosen(np.argsort(lines.first - lines.last, kind="stable"))
    ends = np.stack((lines.first, lines.last), axis=1).astype(np.float64)  # (shorter, end)
    own = lines.at(ends)
    others = lines.height[:, None, None] + lines.slope[:, None, None] * ends  # (longer, shorter, end)
    alike = (np.abs(others - own) <= _ALIKE).all(axis=2)
    alike &= (lines.first[:, None] <= lines.first + _EVEN) & (lines.last[:, None] >= lines.last - _EVEN)
    return lines.chosen(np.flatnonzero(~np.triu(alike, 1).any(axis=0)))


def _pairs(lines: _Lines, opens: int, width: int) -> list[_Pair]:
    """Each two lines that are the arms of a hairpin that opens to the right (1) or to the left (-1)."""
    begin, end = (lines.from_ink, lines.last) if opens > 0 else (-lines.to_ink, -lines.first)
    blank = lines.ends if opens > 0 else lines.begins
    slope, height = opens * lines.slope, lines.height
    steeper = slope[None] - slope[:, None]  # (upper, lower)
    stop = np.minimum(end[:, None], end[None])
    start = np.minimum(begin[:, None], begin[None])
    base = height[None] - height[:, None]
    tip = _tip(start, base, steeper)
    early, late, length = base + steeper * start, base + steeper * stop, stop - tip
    good = (steeper > 0) & (early <= _MEETS) & (late >= _OPEN[0]) & (late <= _OPEN[1]) & (length >= _SHORTEST)
    good &= (np.abs(end[:, None] - end[None]) <= _EVEN) & (blank[:, None] | blank)
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


def _hairpin(arms: _Lines, pair: _Pair) -> InkHairpin:
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
    kept: list[InkHairpin] = []
    boxes: list[NDArray[np.float64]] = []
    for one in sorted(hairpins, key=lambda one: -abs(one.upper[0] - one.tip[0])):
        points = np.array([one.tip, one.upper, one.lower])
        box = np.concatenate((points.min(axis=0), points.max(axis=0)))
        if not any(_iou(box, other) > _SAME for other in boxes):
            kept.append(one)
            boxes.append(box)
    return kept


def _iou(box: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Intersection over union."""
    both = float(np.prod(np.clip(np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2]), 0, None)))
    return both / (float(np.prod(box[2:] - box[:2]) + np.prod(other[2:] - other[:2])) - both)
