"""The loop that follows straight lines in the ink, compiled by numba for one thread."""

from __future__ import annotations

import numpy as np
from numba import njit

_TRIFLE = 0.1
"""Pixels that either end of a line is moved by, up to which it is as good as before."""


@njit(cache=True)
def follow_lines(masks, lines, pieces, exact, fits, hole, near, reach, alike):
    """Put lines through the thin ink along them, from end to end of the ink around their middles.

    Args:
        masks: bool (4, height, width): ink; the ink of what is thin; and where either is at a pixel, or at
            the one above or below.
        lines: float64 (n, 2), height in column 0 and slope, made better.
        pieces: int64 (n, 4), first and last column, whose middle is begun at; filled with the ends, which are
            thin, first after last where there is no ink, and with the first and the last column of any ink.
        exact: int64 (n, 2), filled with the columns of the piece that have ink at the very height, and those
            in which it is thin.
        fits: how often a line is put through the ink.
        hole: columns without ink, one after the other, at which a line goes on.
        near: pixels from a line within which ink is its own.
        reach: columns from the middle in which there must be ink.
        alike: difference of slopes of lines that, where they lie on one place, are one.
    """
    ink, thin, around, thin_around = masks
    for k in range(len(lines)):
        if _is_followed(lines, pieces, k, alike):
            pieces[k, 0], pieces[k, 1] = 1, 0
        for turn in range(fits + 1):
            if pieces[k, 0] > pieces[k, 1]:
                break
            length = pieces[k, 1] - pieces[k, 0]
            _find_piece(around, thin_around, lines[k], pieces[k], hole, reach)
            longer = pieces[k, 1] - pieces[k, 0] > length
            if turn == fits or not (_fit(thin, lines[k], pieces[k], near) or longer):
                break
        exact[k, 0] = exact[k, 1] = 0
        for x in range(pieces[k, 0], pieces[k, 1] + 1):
            y = int(np.round(lines[k, 0] + lines[k, 1] * x))
            exact[k, 0] += _is_ink(ink, x, y)
            exact[k, 1] += _is_ink(thin_around, x, y)


@njit(cache=True)
def _is_followed(lines, pieces, k, alike):
    """Whether a line before lies on the same place where this one begins."""
    x = pieces[k, 0]
    for other in range(k):
        if (
            pieces[other, 0] <= x <= pieces[other, 1]
            and abs(lines[other, 1] - lines[k, 1]) <= alike
            and abs(lines[other, 0] + lines[other, 1] * x - lines[k, 0] - lines[k, 1] * x) <= 1
        ):
            return True
    return False


@njit(cache=True)
def _is_ink(mask, x, y):
    """Whether a mask is true at a pixel; outside of it there is none."""
    return 0 <= y < len(mask) and mask[y, x]


@njit(cache=True)
def _find_piece(ink, thin, line, piece, hole, reach):
    """First and last column of the ink around the middle of a piece, without holes."""
    width = ink.shape[1]
    middle = (piece[0] + piece[1]) // 2
    begin = -1
    for step in range(reach + 1):
        for x in (middle - step, middle + step):
            if begin < 0 and 0 <= x < width and _is_ink(ink, x, int(np.round(line[0] + line[1] * x))):
                begin = x
    piece[0], piece[1] = 1, 0
    if begin < 0:
        return
    for side in (-1, 1):
        x, last, far, white = begin, -1, begin, 0
        while 0 <= x < width and white <= hole:
            y = int(np.round(line[0] + line[1] * x))
            if _is_ink(ink, x, y):
                white, far = 0, x
                if _is_ink(thin, x, y):
                    last = x
            else:
                white += 1
            x += side
        piece[(side + 1) // 2] = last if last >= 0 else begin
        piece[(side + 1) // 2 + 2] = far


@njit(cache=True)
def _fit(thin, line, piece, near):
    """Put a line through the thin ink near it (least squares); whether it moves by more than a trifle."""
    count = total_x = total_y = total_xx = total_xy = 0.0
    for x in range(piece[0], piece[1] + 1):
        middle = line[0] + line[1] * x
        for y in range(max(int(np.ceil(middle - near)), 0), min(int(middle + near) + 1, len(thin))):
            if thin[y, x]:
                away = x - piece[0]
                off = y - middle
                count += 1
                total_x += away
                total_y += off
                total_xx += away * away
                total_xy += away * off
    spread = count * total_xx - total_x * total_x
    if spread <= 0:
        return False
    change = (count * total_xy - total_x * total_y) / spread
    line[1] += change
    moved = (total_y - change * total_x) / count
    line[0] += moved - change * piece[0]
    return max(abs(moved), abs(moved + change * (piece[1] - piece[0]))) > _TRIFLE
