# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0913, PLR0917
"""The outlines of symbols as points, and boxes and oriented boxes of points, compiled by numba.

A box that is moved by its corners alone grows: a slur touches its box in three places only. What is moved is
the outline of the symbol's pixels, in both layers.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.draw.extents import smallest_rectangle

BLOCK = 16
"""Pixels of a row of which it is known together whether there is ink."""
_EVERY = 8
"""Pixels between points along straight edges, for maps that bend them."""


@njit(cache=True)
def inked_blocks(words, shape):
    """Which blocks of `BLOCK` pixels of a row of a layer have ink: bool (h, blocks).

    Args:
        words: uint64, the layer's pixels four by four; the last ones may be missing.
        shape: of the layer.
    """
    height, width = shape
    blocks = np.zeros((height, (width + BLOCK - 1) // BLOCK), np.bool_)
    for place in range(len(words)):
        if words[place]:
            for at in (4 * place, 4 * place + 3):
                blocks[at // width, at % width // BLOCK] = True
    for at in range(4 * len(words), height * width):
        blocks[at // width, at % width // BLOCK] = True
    return blocks


@njit(cache=True)
def _extents(ids, under, blocks, number, box, row_at, column_at):
    """First and last pixel of every row and column of every symbol, within its box.

    Returns:
        rows int32 (m, 2): (first x, x after the last), symbol n's from row_at[n] on, its box's top first.
        columns int32 (k, 2): the same for columns, (first y, y after the last), every `_EVERY`th of them.
    """
    height, width = ids.shape
    rows = np.empty((row_at[-1], 2), np.int32)
    columns = np.empty((column_at[-1], 2), np.int32)
    for k in range(len(rows)):
        rows[k, 0], rows[k, 1] = 2**30, -1
    for k in range(len(columns)):
        columns[k, 0], columns[k, 1] = 2**30, -1
    table = np.full(65536, -1, np.int64)
    for n in range(len(number)):
        table[number[n] & 0xFFFF] = n
    for y in range(height):
        for block in range(blocks.shape[1]):
            if not blocks[y, block]:
                continue
            x, end = block * BLOCK, min((block + 1) * BLOCK, width)
            while x < end:
                top, low, begin = ids[y, x], under[y, x], x
                x += 1
                while x < end and ids[y, x] == top and under[y, x] == low:
                    x += 1
                for k in range(2 if low and low != top else 1):
                    n = table[low if k else top]
                    if not top or n < 0 or y < box[n, 1] or y >= box[n, 3]:
                        continue
                    left, right = max(begin, box[n, 0]), min(x, box[n, 2])
                    if left >= right:
                        continue
                    row = row_at[n] + y - box[n, 1]
                    rows[row, 0], rows[row, 1] = min(rows[row, 0], left), max(rows[row, 1], right)
                    first = left + (_EVERY // 2 - (left - box[n, 0])) % _EVERY
                    for column in range(first, right, _EVERY):
                        place = column_at[n] + column - box[n, 0]
                        columns[place, 0], columns[place, 1] = min(columns[place, 0], y), y + 1
    return rows, columns


@njit(cache=True)
def _put(points, used, x, y):
    if used and points[used - 1, 0] == x and points[used - 1, 1] == y:
        return used
    points[used, 0], points[used, 1] = x, y
    return used + 1


@njit(cache=True)
def _pixel_outline(points, used, rows, columns, left, top):
    """Add the outline of a symbol's pixels; returns the number of points.

    Rows give every outer corner of its steps on the left and on the right, columns a point every `_EVERY`
    pixels above and below.
    """
    for side in range(2):
        before, open_row = np.int64(0), False
        for k in range(len(rows)):
            if rows[k, 1] < 0:
                if open_row:
                    used = _put(points, used, float(before), float(top + k))
                open_row = False
                continue
            x = np.int64(rows[k, side])
            # of a step the outer corner; the inner one lies between others
            further = x < before if side == 0 else x > before
            if open_row and x != before and not further:
                used = _put(points, used, float(before), float(top + k))
            if not open_row or further or k % _EVERY == 0:
                used = _put(points, used, float(x), float(top + k))
            before, open_row = x, True
        if open_row:
            used = _put(points, used, float(before), float(top + len(rows)))
    for side in range(2):
        for k in range(_EVERY // 2, len(columns), _EVERY):
            if columns[k, 1] >= 0:
                used = _put(points, used, float(left + k), float(columns[k, side]))
    return used


@njit(cache=True)
def _corner_outline(points, used, corners, parts):
    """Add points along the sides of an oriented box, each side in so many parts."""
    for k in range(4):
        ax, ay = corners[k, 0], corners[k, 1]
        bx, by = corners[(k + 1) % 4, 0], corners[(k + 1) % 4, 1]
        for part in range(parts):
            share = part / parts
            points[used, 0], points[used, 1] = ax + (bx - ax) * share, ay + (by - ay) * share
            used += 1
    return used


@njit(cache=True)
def _drawn_out(points, box):
    """Move the outermost points to the sides of the box, and all others into it.

    Where other symbols cover more of a symbol than two layers show, its box is larger than its pixels.
    """
    for axis in range(2):
        low, high = np.inf, -np.inf
        for k in range(len(points)):
            low, high = min(low, points[k, axis]), max(high, points[k, axis])
        for k in range(len(points)):
            value = points[k, axis]
            if value == low:
                value = box[axis]
            elif value == high:
                value = box[2 + axis]
            points[k, axis] = min(max(value, box[axis]), box[2 + axis])


@njit(cache=True)
def outlines(ids, under, blocks, number, box, corners):
    """Points on the outlines of whole symbols.

    Symbols without pixels in either layer are outlined by their oriented boxes. In either case the outermost
    points lie on the symbol's box.

    Args:
        ids: uint16 (h, w), the top layer; (0, 0) for pages without masks.
        under: the second layer, of the same shape.
        blocks: of `inked_blocks`, for `ids`.
        number: int32 (n,), the symbols' ids.
        box: float64 (n, 4), their boxes.
        corners: float64 (n, 4, 2), their oriented boxes.

    Returns:
        points float64 (m, 2) and offset int64 (n + 1,): symbol row r has points[offset[r]:offset[r + 1]].
    """
    count = len(number)
    height, width = ids.shape
    whole = np.zeros((count, 4), np.int64)
    row_at, column_at = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    for n in range(count):
        whole[n, 0] = min(max(np.floor(box[n, 0]), 0), width)
        whole[n, 1] = min(max(np.floor(box[n, 1]), 0), height)
        whole[n, 2] = min(max(np.ceil(box[n, 2]), whole[n, 0]), width)
        whole[n, 3] = min(max(np.ceil(box[n, 3]), whole[n, 1]), height)
        row_at[n + 1] = row_at[n] + whole[n, 3] - whole[n, 1]
        column_at[n + 1] = column_at[n] + whole[n, 2] - whole[n, 0]
    rows, columns = _extents(ids, under, blocks, number, whole, row_at, column_at)
    offset = np.zeros(count + 1, np.int64)
    points = np.empty((4096, 2))
    for n in range(count):
        begin = offset[n]
        own_rows = rows[row_at[n] : row_at[n + 1]]
        own_columns = columns[column_at[n] : column_at[n + 1]]
        sides = box[n, 2] - box[n, 0] + box[n, 3] - box[n, 1]
        parts = int(min(max(sides / _EVERY, 1.0), 4096.0))
        need = begin + 4 * len(own_rows) + 2 * len(own_columns) + 4 * parts + 8
        if need > len(points):
            points = np.concatenate((points, np.empty((need, 2))))
        used = _pixel_outline(points, begin, own_rows, own_columns, whole[n, 0], whole[n, 1])
        if used == begin:
            used = _corner_outline(points, begin, corners[n], parts)
        _drawn_out(points[begin:used], box[n])
        offset[n + 1] = used
    return points[: offset[-1]].copy(), offset


@njit(cache=True)
def _order(keys):
    """Where the keys, float64 (n,), are from the lowest on; equal ones stay in order.

    Pieces of twice the length are merged in each round. numba takes seconds to compile `np.argsort`.
    """
    count = len(keys)
    order, merged = np.arange(count), np.empty(count, np.int64)
    length = 1
    while length < count:
        for low in range(0, count, 2 * length):
            middle, high = min(low + length, count), min(low + 2 * length, count)
            i, j = low, middle
            for k in range(low, high):
                if j >= high or (i < middle and keys[order[i]] <= keys[order[j]]):
                    merged[k] = order[i]
                    i += 1
                else:
                    merged[k] = order[j]
                    j += 1
        order, merged = merged, order
        length *= 2
    return order


@njit(cache=True)
def _hull(points, hull):
    """Convex hull of points (n, 2) by Andrew's monotone chain; returns its length."""
    # a sheared order: ties in x are rare after a warp, but the rule where there is none
    keys = np.empty(len(points))
    for i in range(len(points)):
        keys[i] = points[i, 0] + 1e-6 * points[i, 1]
    order = _order(keys)
    count = 0
    for side in range(2):
        start = count
        for i in range(len(points)):
            at = order[i if side == 0 else len(points) - 1 - i]
            x, y = points[at, 0], points[at, 1]
            while count >= start + 2:
                ax, ay = hull[count - 1, 0] - hull[count - 2, 0], hull[count - 1, 1] - hull[count - 2, 1]
                if ax * (y - hull[count - 1, 1]) - ay * (x - hull[count - 1, 0]) > 0:
                    break
                count -= 1
            hull[count, 0], hull[count, 1] = x, y
            count += 1
    return count


@njit(cache=True)
def boxes_of_points(points, offset, near):
    """Boxes float64 (n, 4) and oriented boxes (n, 4, 2) of groups of points.

    An oriented box is the rectangle of least area; of its corners that one comes first which is nearest to
    the first of `near` (n, 4, 2), so that a symbol's first corner remains its first.
    """
    count = len(offset) - 1
    box, corners = np.empty((count, 4)), np.zeros((count, 4, 2))
    found = np.empty((4, 2))
    for n in range(count):
        own = points[offset[n] : offset[n + 1]]
        hull = np.empty((2 * len(own) + 2, 2))
        size = _hull(own, hull)
        for axis in range(2):
            box[n, axis], box[n, 2 + axis] = np.inf, -np.inf
            for k in range(len(own)):
                box[n, axis] = min(box[n, axis], own[k, axis])
                box[n, 2 + axis] = max(box[n, 2 + axis], own[k, axis])
            for k in range(4):
                found[k, axis] = hull[0, axis]
        smallest_rectangle(hull, size, found)
        best, first = np.inf, 0
        for k in range(4):
            away = 0.0
            for i in range(4):
                x, y = found[(k + i) % 4, 0] - near[n, i, 0], found[(k + i) % 4, 1] - near[n, i, 1]
                away += x * x + y * y
            if away < best - 1e-6:
                best, first = away, k
        for i in range(4):
            corners[n, i, 0], corners[n, i, 1] = found[(first + i) % 4, 0], found[(first + i) % 4, 1]
    return box, corners


@njit(cache=True)
def filled_boxes(points, offset, corners, near):
    """Which oriented boxes (n, 4, 2) have points of their groups on all four sides, to `near`."""
    count = len(offset) - 1
    filled = np.zeros(count, np.bool_)
    for n in range(count):
        filled[n] = True
        for side in range(4):
            ax, ay = corners[n, side, 0], corners[n, side, 1]
            bx, by = corners[n, (side + 1) % 4, 0], corners[n, (side + 1) % 4, 1]
            cx, cy = corners[n, (side + 2) % 4, 0], corners[n, (side + 2) % 4, 1]
            # away from the side, towards the opposite one
            ux, uy = cx - bx, cy - by
            length = np.sqrt(ux * ux + uy * uy)
            if not length:
                filled[n] = False
                break
            nearest = np.inf
            for k in range(offset[n], offset[n + 1]):
                nearest = min(nearest, (points[k, 0] - ax) * ux + (points[k, 1] - ay) * uy)
            if abs(nearest) > near * length:
                filled[n] = False
                break
    return filled
