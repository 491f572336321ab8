# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202
"""Lines thinner than a pixel, compiled by numba: which pixels they own although they fill half of none.

Where a line 0.8 pixels thick lies on the border of two rows, each pixel of both is covered less than half.
Across a line, from one side to the other, the pixel that it covers most is its own, the upper or the left
one of two that it covers alike: so its mask is an unbroken run of pixels, one pixel thick.

- Across is the way of the two axes on which the symbol is thinner at that place; at 45 degrees up and down.
- Thin is what covers less than one pixel across, with its two slopes. Whatever covers more fills half of
  one anyway: symbols thicker than a pixel have no pixel from here.
- Along a line, its end must reach half-way into a pixel, as far as into pixels that are filled: the
  pixel must have half of what a thin neighbour along the line has. A bulge of something thick, which just
  touches the next row, has no thin neighbour. A speck has no neighbour at all and owns its pixel.

Only the symbol's own coverage is looked at: what else is on the page does not change a mask.
"""

from __future__ import annotations

import numpy as np
from numba import njit

HALF = np.float32(0.5)
ALIKE = np.float32(0.001)
"""Coverages that differ by less count as the same: rounding must not make a line zigzag."""
SHORT = 3.0
"""Strokes of this length have pixels between their ends."""
REACH = 3
"""Pixels to each side of a pixel that tell the way of a line."""


@njit(cache=True)
def thick_stroke(points, begin, end, scale):
    """Whether a contour is a stroke of a pixel's thickness or more, whose pixels need no looking at.

    A wedge is none, as its tip is thin, nor is a square of a little more than a pixel.
    """
    if end - begin != 4:
        return False
    area = longest = uneven_x = uneven_y = 0.0
    bx, by = points[end - 1, 0], points[end - 1, 1]
    for i in range(begin, end):
        x, y = points[i, 0], points[i, 1]
        area += bx * y - x * by
        longest = max(longest, (x - bx) ** 2 + (y - by) ** 2)
        uneven_x, uneven_y = x - uneven_x, y - uneven_y
        bx, by = x, y
    length = np.sqrt(longest)
    parallel = abs(uneven_x) + abs(uneven_y) <= 1e-6 * length
    # what is a pixel thick is not thinner because of rounding
    long = length * scale >= SHORT * (1 - 1e-6)
    return parallel and long and abs(area) / 2 * scale >= length * (1 - 1e-6)


@njit(cache=True)
def may_own(c, before, after, above):
    """Whether a pixel may be one that `owns` says yes to, the row below being unknown.

    Args:
        c: float32, how much of it is covered, less than half.
        before: float32, the same of the pixel to the left.
        after: the same of the pixel to the right, or more precisely.
        above: float32, the same of the pixel above.
    """
    return c > above + ALIKE or (c > before + ALIKE and c >= after - 2 * ALIKE and after < 0.5)


@njit(cache=True)
def _goes_on(buffer, y, x):
    """Whether a pixel is one of a level line, as the one before: what `owns` would find, at less cost."""
    if x < 2 or y < 2 or y + 2 >= buffer.shape[0]:
        return False
    c, up, down = buffer[y, x], buffer[y - 1, x], buffer[y + 1, x]
    if c <= up + ALIKE or c < down - ALIKE or down >= HALF or up + c + down >= 1:
        return False
    if (
        buffer[y, x - 1] != c
        or buffer[y, x - 2] != c
        or buffer[y - 1, x - 1] != up
        or buffer[y + 1, x - 1] != down
    ):
        return False
    around = buffer[y - 2, x] + buffer[y + 2, x] + buffer[y - 2, x - 1] + buffer[y + 2, x - 1]
    return around == 0


@njit(cache=True)
def thin_pixels(buffer, spots, count, bare):
    """Leave those spots that a symbol owns, at the front; of a symbol without a pixel the darkest spot.

    Args:
        buffer: as for `owns`.
        spots: int32 (n, 2), (y, x) of the pixels that `may_own` lets pass, in place.
        count: how many there are.
        bare: whether the symbol has no other pixel.

    Returns:
        How many are left.
    """
    kept, darkest_y, darkest_x = 0, spots[0, 0], spots[0, 1]
    for i in range(count):
        y, x = spots[i, 0], spots[i, 1]
        if buffer[y, x] > buffer[darkest_y, darkest_x]:
            darkest_y, darkest_x = y, x
        if owns(buffer, y, x):
            spots[kept, 0], spots[kept, 1] = y, x
            kept += 1
    if kept == 0 and bare:
        spots[0, 0], spots[0, 1] = darkest_y, darkest_x
        kept = 1
    return kept


@njit(cache=True)
def owns(buffer, y, x):
    """Whether a symbol that covers something, but less than half, of a pixel owns it.

    Args:
        buffer: float32 (h, w + 2), how much the symbol covers of each pixel; nothing in the last two columns.
        y: the pixel's row.
        x: the pixel's column.
    """
    highest_down, highest_right = _highest(buffer, y, x, 1, 0), _highest(buffer, y, x, 0, 1)
    if not (highest_down or highest_right):
        return False
    if _goes_on(buffer, y, x):
        return True
    if _length(buffer, y, x, 1, 0) <= _length(buffer, y, x, 0, 1) + ALIKE:
        return highest_down and _is_line(buffer, y, x, 1, 0)
    return highest_right and _is_line(buffer, y, x, 0, 1)


@njit(cache=True)
def _highest(buffer, y, x, down, right):
    """Whether a symbol covers this pixel most, of it and the next ones to both sides, none of them half."""
    c, before, after = buffer[y, x], _at(buffer, y - down, x - right), _at(buffer, y + down, x + right)
    return c > before + ALIKE and c >= after - ALIKE and after < HALF


@njit(cache=True)
def _is_line(buffer, y, x, down, right):
    """Whether a pixel is a thin line's, across which (down, right) leads, and along which (right, down)."""
    own = _hill(buffer, y, x, down, right)
    if own >= 1:
        return False
    alone = True
    for side in (-1, 1):
        beside = _beside(buffer, y + side * right, x + side * down, down, right)
        if beside > 0:
            alone = False
            if beside < 1 and own >= beside / 2:
                return True
    return alone


@njit(cache=True)
def _at(buffer, y, x):
    """The coverage of a pixel, 0 beyond the page."""
    if y < 0 or x < 0 or y >= buffer.shape[0] or x >= buffer.shape[1]:
        return np.float32(0.0)
    return buffer[y, x]


@njit(cache=True)
def _length(buffer, y, x, down, right):
    """How much is covered one way or the other, without a gap, `REACH` pixels at most."""
    total = buffer[y, x]
    for side in (-1, 1):
        for step in range(1, REACH + 1):
            c = _at(buffer, y + side * step * down, x + side * step * right)
            if c == 0:
                break
            total += c
    return total


@njit(cache=True)
def _hill(buffer, y, x, down, right):
    """How much is covered across a line, from its highest pixel down both slopes."""
    top = buffer[y, x]
    total = top
    for side in (-1, 1):
        height = top
        for step in range(1, REACH + 1):
            c = _at(buffer, y + side * step * down, x + side * step * right)
            if c == 0 or c > height + ALIKE:
                break
            total += c
            height = c
    return total


@njit(cache=True)
def _beside(buffer, y, x, down, right):
    """The same of the next pixel along the line, which may be one higher or lower; 0 where it ends."""
    best, best_y, best_x = np.float32(0.0), y, x
    for step in (-1, 0, 1):
        c = _at(buffer, y + step * down, x + step * right)
        if c > best:
            best, best_y, best_x = c, y + step * down, x + step * right
    if best == 0:
        return np.float32(0.0)
    return _hill(buffer, best_y, best_x, down, right)
