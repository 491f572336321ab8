"""The bracket of a tuplet in the ink: two halves in one line, its number between them, hooks at both ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_INK = 0.3
"""Share of the way from paper to ink from which on a pixel is ink: thin lines are pale."""
_SLOPES = np.linspace(-0.5, 0.5, 101)
"""So many that the far end of a long half is found, too: half a step is a pixel in two hundred."""
_ASIDE = 6
"""Pixels by which a bracket lies above or below the middle of its number, at most."""
_LONGEST = 240
"""Pixels of one half, at most."""
_NEAR = 40
"""Pixels to both sides of a number in which it is seen how dark ink and paper are."""
_EDGE = 2
"""Pixels beside a number that may still be of it."""
_GAP = 8
"""Pixels from there to a half, at most."""
_SHORTEST = 4
"""Pixels of a half at least."""
_HOLE = 1
"""Columns without ink, one after the other, at which a half goes on."""
_THIN = 4
"""Pixels above and below a half where there is paper: it is no beam."""
_CROSSED = 0.3
"""Share of a half that stems and slurs may cross."""
_OFF = 2
"""Pixels from a half to its hook: what is nearer may be the half itself."""
_HOOK = 3
"""Pixels of a hook at least."""
_UNEVEN = 0.35, 8.0
"""How much longer one half may be: by a share, and by pixels."""
_MARGIN = _ASIDE + 4 * _HOOK + math.ceil(_SLOPES[-1] * (_LONGEST + 2 * _NEAR))
"""Pixels above and below the middle of a number that are looked at."""


@dataclass(frozen=True, slots=True)
class InkBracket:
    """A bracket, in pixels.

    Attributes:
        left: x and y of the end of the left half.
        right: of the right half.
        hook: how far the hooks reach down; up where it is negative.
    """

    left: tuple[int, float]
    right: tuple[int, float]
    hook: int


class _Half(NamedTuple):
    """What lies to one side of a number, for each of several ways, (n,).

    Attributes:
        length: pixels from the number to the end of a half, 0 where there is none.
        hook: pixels that ink reaches down from there; up where it is negative; 0 where there is no hook.
        exact: on how many of its columns there is ink at the very height.
    """

    length: NDArray[np.int64]
    hook: NDArray[np.int64]
    exact: NDArray[np.int64]


def bracket_in_ink(image: Image, box: NDArray[np.float64]) -> InkBracket | None:
    """The bracket around a number; None where there is none that is beyond doubt.

    Args:
        image: uint8 (height, width), 0 black, with 12 pixels a staff space.
        box: of the number, x0, y0, x1, y1.

    Example:
        >>> page = np.full((80, 200), 255, np.uint8)
        >>> page[40, 40:90] = page[40, 110:160] = 0
        >>> page[40:48, [40, 159]] = 0
        >>> bracket_in_ink(page, np.array([95.0, 34.0, 105.0, 46.0]))
        InkBracket(left=(40, 40.0), right=(159, 40.0), hook=8)
    """
    x0, x1 = int(np.floor(box[0])), int(np.ceil(box[2]))
    middle, level = float(box[0] + box[2]) / 2, round(float(box[1] + box[3]) / 2)
    if not (0 <= x0 < x1 <= min(image.shape[1], x0 + _NEAR) and 0 <= level < len(image)):
        return None
    sight = _Sight(image, level, slice(max(x0 - _NEAR, 0), x1 + _NEAR))
    height, slope = np.meshgrid(level + np.arange(-_ASIDE, _ASIDE + 1.0), _SLOPES, indexing="ij")
    ways = _Ways(height.ravel(), slope.ravel(), middle)
    x0, x1 = x0 - _EDGE, x1 + _EDGE
    left = np.arange(x0 - 1, max(x0 - 1 - _LONGEST, -1), -1)
    right = np.arange(x1, min(x1 + _LONGEST, image.shape[1]))
    ways = ways.chosen(sight.begun(left, ways) & sight.begun(right, ways))
    if not len(ways.height):
        return None
    before, after = sight.half(left, ways), sight.half(right, ways)
    shorter, longer = np.minimum(before.length, after.length), np.maximum(before.length, after.length)
    even = longer - shorter <= _UNEVEN[0] * longer + _UNEVEN[1]
    good = (shorter >= _SHORTEST) & even & (before.hook * after.hook > 0)
    if not good.any():
        return None
    best = int(np.where(good, shorter + longer + before.exact + after.exact, -1).argmax())
    ends = x0 - int(before.length[best]), x1 - 1 + int(after.length[best])
    hook = min(int(before.hook[best]), int(after.hook[best]), key=abs)
    first, last = ways.at(np.array(ends))[best].tolist()
    return InkBracket((ends[0], first), (ends[1], last), hook)


@dataclass(frozen=True, eq=False)
class _Ways:
    """Straight lines by their height in one column and their slope, (n,) each."""

    height: NDArray[np.float64]
    slope: NDArray[np.float64]
    middle: float

    def chosen(self, kept: NDArray[np.bool_]) -> _Ways:
        """Those of them."""
        return _Ways(self.height[kept], self.slope[kept], self.middle)

    def at(self, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Their heights in columns (m,): (n, m)."""
        return np.asarray(self.height[:, None] + self.slope[:, None] * (columns - self.middle))


class _Sight:
    """The ink of an image around a height."""

    def __init__(self, image: Image, level: int, near: slice) -> None:
        top, bottom = level - _MARGIN, level + _MARGIN + 1
        seen = image[max(top, 0) : max(bottom, 0)]
        paper, darkest = np.percentile(seen[:, near], (90, 1))
        dark = seen < paper - _INK * (paper - darkest)
        self._dark = np.pad(dark, ((max(-top, 0), max(bottom - len(image), 0)), (0, 0)))
        self._near = self._dark.copy()  # a pixel above or below, too
        self._near[1:] |= self._dark[:-1]
        self._near[:-1] |= self._dark[1:]
        self._top = top

    def begun(self, columns: NDArray[np.int64], ways: _Ways) -> NDArray[np.bool_]:
        """Whether ways have ink soon, in the columns from the number outwards: (n,)."""
        columns = columns[: _GAP + 1]
        row = self._row(columns, ways)
        return np.asarray(self._near[row, columns].any(axis=1))

    def half(self, columns: NDArray[np.int64], ways: _Ways) -> _Half:
        """The halves on ways, whose columns, from the number outwards, are those."""
        if len(columns) <= _SHORTEST:
            nothing = np.zeros(len(ways.height), np.int64)
            return _Half(nothing, nothing, nothing)
        row = self._row(columns, ways)
        length = _length(self._near[row, columns])
        seen = np.arange(len(columns)) < length[:, None]
        thick = self._dark[row - _THIN, columns] | self._dark[row + _THIN, columns]
        crossed = (thick & seen).sum(axis=1)
        length = np.where(crossed <= _CROSSED * length + 2, length, 0)
        end = np.maximum(length - 1, 0)
        hook = self._hook(row[np.arange(len(row)), end], columns[end])
        exact = (self._dark[row, columns] & seen).sum(axis=1)
        return _Half(length, np.where(length > 0, hook, 0), exact)

    def _row(self, columns: NDArray[np.int64], ways: _Ways) -> NDArray[np.int64]:
        row: NDArray[np.int64] = np.rint(ways.at(columns) - self._top).astype(np.int64)
        return row

    def _hook(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.int64]:
        """How far ink reaches down from there, or up (negative); 0 where neither or both are far enough."""
        runs = []
        for side in (1, -1):
            steps = np.arange(_OFF, _OFF + 3 * _HOOK)
            ink = self._dark[row[..., None] + side * steps, column[..., None]]
            runs.append(np.cumprod(ink, axis=-1).sum(axis=-1))
        down, up = runs
        hook = np.where((down >= _HOOK) & (up < _HOOK - 1), _OFF + down, 0)
        return np.where((up >= _HOOK) & (down < _HOOK - 1), -_OFF - up, hook)


def _length(ink: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Columns up to the last of a half that begins within the gap: (...), from ink (..., columns)."""
    columns = np.arange(ink.shape[-1])
    begun = np.logical_or.accumulate(ink, axis=-1)
    last = np.maximum.accumulate(np.where(ink, columns, -1), axis=-1)
    holes = columns - last > np.where(begun, _HOLE, np.inf)
    stop = np.where(holes.any(axis=-1), holes.argmax(axis=-1), ink.shape[-1])
    end = np.take_along_axis(last, np.maximum(stop - 1, 0)[..., None], axis=-1)[..., 0]
    start = ink.argmax(axis=-1)
    good = ink.any(axis=-1) & (start <= _GAP) & (end - start + 1 >= _SHORTEST)
    return np.where(good, end + 1, 0)
