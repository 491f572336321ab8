"""How many bars a beam has at a stem: its box says where they are, the page's ink how many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BESIDE = (0.3, 0.42)
"""Staff spaces from a stem at which its bars are counted, on either side."""
_THICK, _STEP = 0.5, 0.75
"""Staff spaces: how thick a bar is, and how far it is from the next."""
_THIN = 0.24
"""Staff spaces below which a run of ink is a staff line."""
_CUT = 0.4
"""The same for a run that goes on outside of the box: a hairpin, a slur, a head."""
_APART = 0.65
"""Staff spaces of paper between two bars of one beam at most."""
_OVER = 0.15
"""Staff spaces above and below the box in which ink still counts."""
_CLEAR = 0.2
"""Staff spaces between the ends of stems down and of stems up, from which on they are at two beams."""


_VALLEY = 0.25
"""Share of the contrast of paper and ink by which it is lighter between two bars than in them, at least."""
_LINE, _AT_END = 0.2, 0.15
"""Staff spaces that a staff line is thick, coarsely printed, and by which its edge may be off a run's end."""
_LEFT = 0.35
"""Staff spaces of a bar that are left without the line, at least."""
_NO_LINES = np.empty(0)

WHOLE = (-np.inf, np.inf)
"""All of a beam, as `shares` says it."""


def shares(
    line: NDArray[np.float64], tips: Sequence[tuple[float, float, bool]], space: float
) -> dict[bool, tuple[float, float]]:
    """Which part of a beam's height is that of stems down (False) and of stems up (True).

    Where stems down end well above those that go up, these are two beams, of two voices back to back, that a
    detector saw as one. Where notes on both sides share a beam, its outer stems reach through all its bars.

    Args:
        line: middle of the beam and its height, (x0, y0, x1, y1, height), in pixels.
        tips: of the stems at it: where it is, the height of its free end, whether it goes up.
        space: staff space in pixels.

    Returns:
        From where to where, in pixels below the middle of the beam.
    """
    off: dict[bool, list[float]] = {False: [], True: []}
    for x, end, up in tips:
        off[up].append(end - _level(line, x))
    if not off[False] or not off[True]:
        return {False: WHOLE, True: WHOLE}
    low, high = max(off[False]), min(off[True])
    if high - low <= _CLEAR * space:
        return {False: WHOLE, True: WHOLE}
    middle = (low + high) / 2
    return {False: (-np.inf, middle), True: (middle, np.inf)}


def bars_at(
    image: NDArray[np.uint8],
    line: NDArray[np.float64],
    x: float,
    space: float,
    share: tuple[float, float] = WHOLE,
    levels: NDArray[np.float64] = _NO_LINES,
) -> int:
    """The bars of a beam on that side of a stem which has more of them; 1 at least.

    Bars that ink has joined are told by their height.

    Args:
        image: uint8 (height, width), 0 black.
        line: middle of the beam and its height, (x0, y0, x1, y1, height), in pixels.
        x: of the stem.
        space: staff space in pixels.
        share: which part of the beam's height is the stem's, in pixels below its middle.
        levels: heights of staff lines, which may touch a bar.
    """
    x0, _, x1, _, height = line.tolist()
    half = height / 2 + _OVER * space
    most = 1
    for side in (-1, 1):
        counts = []
        for away in _BESIDE:
            at = x + side * away * space
            if not x0 <= at <= x1:
                continue
            middle = _level(line, at)
            top, bottom = middle + max(-half, share[0]), middle + min(half, share[1])
            column = _column(image, at, top, bottom)
            counts.append(_bars(column, space, levels + 0.5 - max(int(top), 0)))
        if counts:
            most = max(most, min(counts))
    return most


def _level(line: NDArray[np.float64], x: float) -> float:
    """The height of the middle of a beam at x, in pixels."""
    x0, y0, x1, y1, _ = line.tolist()
    return float(y0 + (x - x0) / max(x1 - x0, 1) * (y1 - y0))


def _column(image: NDArray[np.uint8], x: float, top: float, bottom: float) -> NDArray[np.uint8]:
    column = min(max(int(x), 0), image.shape[1] - 1)
    return image[max(int(top), 0) : max(int(np.ceil(bottom)), 0), column]


def _bars(column: NDArray[np.uint8], space: float, levels: NDArray[np.float64]) -> int:
    """How many bars a column of pixels goes through, in which staff lines have these heights."""
    if not len(column):
        return 0
    least = int(column.min())
    paper = max(int(column.max()), (least + 255) / 2)
    dark = column < (least + paper) / 2
    edges = np.flatnonzero(np.diff(np.concatenate(([0], dark.view(np.int8), [0]))))
    begin, end = _parted(column, edges[::2], edges[1::2], _VALLEY * (paper - least))
    cut = (begin == 0) | (end == len(column))
    first, last = _without_lines(begin, end, levels, space)
    lengths = (last - first) / space
    kept = lengths >= np.where(cut, _CUT, _THIN)
    first, last, lengths = first[kept], last[kept], lengths[kept]
    if not len(lengths):
        return 0
    bars = np.array([max(1, round((length - _THICK) / _STEP) + 1) for length in lengths])
    groups = np.split(bars, np.flatnonzero((first[1:] - last[:-1]) / space > _APART) + 1)
    return int(max(group.sum() for group in groups))


def _parted(
    column: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64], deep: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of ink parted where it is lighter by so much than on both sides: blurred bars run together."""
    cuts: list[int] = []
    whole = list(zip(begin.tolist(), end.tolist(), strict=True))
    while whole:
        first, last = whole.pop()
        run = column[first:last].astype(np.float64)
        low = np.maximum(np.minimum.accumulate(run), np.minimum.accumulate(run[::-1])[::-1])
        at = int((run - low).argmax())
        if run[at] - low[at] >= deep:
            cuts.append(first + at)
            whole += [(first, first + at), (first + at + 1, last)]
    if not cuts:
        return begin, end
    inner = np.array(cuts, np.int64)
    return np.sort(np.concatenate((begin, inner + 1))), np.sort(np.concatenate((end, inner)))


def _without_lines(
    begin: NDArray[np.int64], end: NDArray[np.int64], levels: NDArray[np.float64], space: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Runs of ink as long as they are without the staff lines at their ends, where something is left.

    A line just beside a bar is one with it where print is coarse, and makes it as high as two.
    """
    first, last = begin.astype(np.float64), end.astype(np.float64)
    if not len(levels) or not len(begin):
        return first, last
    for ends, inwards in ((first, 1.0), (last, -1.0)):
        cut = _line_at((levels[None, :] - ends[:, None]) * inwards, space)
        np.add(ends, np.where(last - first - cut >= _LEFT * space, inwards * cut, 0.0), out=ends)
    return first, last


def _line_at(away: NDArray[np.float64], space: float) -> NDArray[np.float64]:
    """How much of each run a line takes at its end, from which lines are so far inwards: (runs, lines)."""
    half = _LINE / 2 * space
    taken: NDArray[np.float64] = np.where(np.abs(away - half) <= _AT_END * space, away + half, 0).max(axis=1)
    return taken
