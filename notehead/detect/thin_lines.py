"""Straight thin lines in the ink, each followed from end to end."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.line_kernels import follow_lines

Image = NDArray[np.uint8]
Rows = NDArray[np.int64]

SHORTEST = 10
"""Columns of a line at least."""
THIN = 4
"""Pixels that a line is thick at most."""
PAPER = 15
"""Pixels across what is paper somewhere; an image has as many at least."""
_INK = 0.25
"""Share of the way from paper to ink from which on a pixel is ink: thin lines are pale."""
_FAINT = 12.0
"""The same in grey values at least."""
_STEEPEST = 0.5
"""Slope of a line at most."""
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
_ENDS = 4
"""Columns by which a line may be longer than another that it is one with."""
_MOST = 300
"""Lines of an image, the longest; the surroundings of a hairpin have a few dozen."""


class Lines(NamedTuple):
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

    def chosen(self, rows: NDArray[Any]) -> Lines:
        """Those of them."""
        height, slope, first, last, from_ink, to_ink, begins, ends = (one[rows] for one in self)
        return Lines(height, slope, first, last, from_ink, to_ink, begins, ends)


class ThinInk:
    """Which pixels are ink, and which of those are of something thin.

    Args:
        image: uint8 (height, width), 0 black, with 12 pixels a staff space; 15 pixels high and wide at least.

    Attributes:
        ink: bool (height, width).
        thin: bool (height, width), ink with paper close above and below.
        dark: float64 (height, width), how much darker than the paper around it a pixel is.
        least: how dark ink is at least.

    Example:
        >>> image = cv2.line(np.full((40, 90), 255, np.uint8), (10, 30), (80, 16), 0, 2)
        >>> lines = ThinInk(image).lines()
        >>> lines.slope.round(1).tolist(), lines.first.tolist(), lines.last.tolist()
        ([-0.2], [9], [81])
    """

    def __init__(self, image: Image) -> None:
        paper = cv2.dilate(image, np.ones((PAPER, PAPER), np.uint8))
        dark = cv2.subtract(paper, image)
        self.least = max(_INK * float(np.percentile(dark, 99.5)), _FAINT)
        self.ink: NDArray[np.bool_] = np.asarray(dark >= self.least)
        closed = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((THIN + 1, 1), np.uint8))
        self.thin: NDArray[np.bool_] = np.asarray(cv2.subtract(closed, image) >= self.least) & self.ink
        self.dark = dark.astype(np.float64)

    def lines(self) -> Lines:
        """Straight thin lines, each where it is drawn without a hole."""
        x, y = (place.ravel() for place in np.nonzero(self.thin)[::-1])
        lines, pieces = _begun(x, y, self.ink.shape)
        exact = np.empty((len(lines), 2), np.int64)
        masks = np.stack([self.ink, self.thin, *map(_widened, (self.ink, self.thin))])
        follow_lines(masks, lines, pieces, exact, _FITS, _HOLE, _NEAR, _COLUMNS // 4, _STEP)
        length = pieces[:, 1] - pieces[:, 0] + 1
        good = (length >= SHORTEST) & (exact >= np.array([_EXACT, _OWN]) * length[:, None]).all(axis=1)
        (height, slope), (first, last, from_ink, to_ink) = lines[good].T, pieces[good].T
        begins = self._is_blank(first - _AFTER, np.rint(height + slope * first).astype(np.int64))
        ends = self._is_blank(last + _AFTER, np.rint(height + slope * last).astype(np.int64))
        return _different(Lines(height, slope, first, last, from_ink, to_ink, begins, ends))

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


def _different(lines: Lines) -> Lines:
    """The lines, from the longest on, of which none before lies on the same place."""
    lines = lines.chosen(np.argsort(lines.first - lines.last, kind="stable")[:_MOST])
    ends = np.stack((lines.first, lines.last), axis=1).astype(np.float64)  # (shorter, end)
    own = lines.at(ends)
    others = lines.height[:, None, None] + lines.slope[:, None, None] * ends  # (longer, shorter, end)
    alike = (np.abs(others - own) <= _ALIKE).all(axis=2)
    alike &= (lines.first[:, None] <= lines.first + _ENDS) & (lines.last[:, None] >= lines.last - _ENDS)
    return lines.chosen(np.flatnonzero(~np.triu(alike, 1).any(axis=0)))
