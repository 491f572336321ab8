"""Barlines begin at the first line of a staff and end at the last line of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT, Floats, Found
from notehead.detect.oriented import ends_of_boxes, upright_around
from notehead.vocabulary import VOCABULARY

_REACH, _BEYOND = 9, 7
"""Cells within and beyond a staff, from its edge, in which a barline's end is meant to be at that edge. Those
that end between staves, at words, end farther off."""
_BESIDE = 4
"""Cells left and right of a barline where its staff may be: at the edge of a system it goes to one side."""
_OFF = 0.7
"""Cells from the edge of a staff, as its map shows it, to the end of its barlines."""
_SINGLE, _TICK = VOCABULARY.id("barlineSingle"), VOCABULARY.id("barlineTick")
_SHORT = VOCABULARY.id("barlineShort")
_TICKS = 15.0
"""Cells of the longest tick, which has two staff spaces."""
_NEAR = 3.0
"""Cells that the middle of a tick may be off the first line of its staff."""


def at_staffs(lines: Found, barline: NDArray[np.bool_], staffs: Floats) -> Found:
    """The lines, in which barlines end where the staffs do that they end near to.

    Args:
        lines: in pixels of the page that the network has seen.
        barline: which of them are barlines, (n,).
        staffs: logits of the staffs, (height / 2, width / 2).
    """
    rows = np.flatnonzero(barline)
    if not len(rows):
        return lines
    label, corners = lines.label.copy(), lines.corners.copy()
    order, *ends = ends_of_boxes(corners[rows], 1)
    upper, lower = (end.mean(axis=1) / DOT for end in ends)
    top, bottom = _edge(staffs, upper, -1), _edge(staffs, lower, 1)
    label[rows] = _with_ticks(label[rows], upper[:, 1], lower[:, 1], _edge(staffs, (upper + lower) / 2, -1))
    long = ~np.isin(label[rows], (_TICK, _SHORT))
    for target, now, other, part in ((top, upper, lower, np.s_[:2]), (bottom, lower, upper, np.s_[2:])):
        good = long & np.isfinite(target)
        along = (now - other)[good]  # a barline may lean
        shift = along * ((target - now[:, 1])[good] / along[:, 1])[:, None] * DOT
        corners[rows[good][:, None], order[good][:, part]] += shift[:, None]
    box = lines.box.copy()
    box[rows] = upright_around(corners[rows])
    return Found(label, lines.score, box, corners)


def _edge(staffs: Floats, ends: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Where the staff's outer line nearest to each end (n, 2) is, above (-1) or below (1); NaN for none.

    All in cells.
    """
    away = np.arange(-_REACH - 1, _REACH + 2)
    x, y = np.floor(ends).astype(np.int64).T
    across = np.clip(x[:, None] + np.arange(-_BESIDE, _BESIDE + 1), 0, staffs.shape[1] - 1)
    down = y[:, None] + away
    outside = (down < 0) | (down >= staffs.shape[0])
    down = np.clip(down, 0, staffs.shape[0] - 1)
    within = (staffs[down[:, :, None], across[:, None, :]] > 0).any(axis=2) & ~outside
    beyond = np.roll(within, -side, axis=1)
    edge = within & ~beyond
    edge[:, [0, -1]] = False
    edge &= away * side >= -_BEYOND
    distance = np.where(edge, np.abs(away), 2 * _REACH)
    best = distance.argmin(axis=1)
    there = distance[np.arange(len(ends)), best] <= _REACH
    place = y + away[best] + (1 if side > 0 else 0) - side * _OFF
    return np.where(there, place, np.nan)


def _with_ticks(
    label: NDArray[np.int64],
    upper: NDArray[np.float64],
    lower: NDArray[np.float64],
    top: NDArray[np.float64],
) -> NDArray[np.int64]:
    """The classes, with ticks for single barlines that are as short as ticks and stand where they do."""
    short = (label == _SINGLE) & (lower - upper <= _TICKS) & np.isfinite(top)
    middle = (upper + lower) / 2
    tick = short & (np.abs(middle - top) <= _NEAR)
    return np.where(tick, _TICK, label)
