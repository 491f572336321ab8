"""The exact raster pass, compiled by numba: coverage, two id layers, whole extents, oriented boxes.

Symbols are drawn one after the other, the first at the bottom. For each, the exact area that its
outlines cover of every pixel is accumulated (signed areas of edges, summed along the row), so that
parts of one symbol never show seams. With coverage c of a pixel:

- grey *= 1 - c;
- c >= 1/2: the symbol takes the pixel; what was there before goes to the second layer;
- 0 < c < 1/2: where the symbol is a line thinner than a pixel, it takes those that it covers most
  (`thin.py`); elsewhere it is noted, and if in the end the pixel is dark (grey < 128) and nobody took it,
  the last symbol noted that covers a good part of it gets it. A dark pixel without a label cannot occur.

A symbol's extent is kept per row whether or not something covers it later: boxes and oriented boxes
hold WHOLE symbols.

Why numba: measured on one core for a page of 1960 x 2772 with 827 symbols, pycairo needs 10 ms for
the image and as much again for ids, and leaves 430-460 dark pixels a page without a label; this pass
does all in 8-9 ms, with no compiler on the user's machine. `fastmath` stays off: contraction of
floating-point operations differs between processors, and the same bytes are promised.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.draw.thin import may_own, thick_stroke, thin_pixels

DARK = 128
"""Pixels darker than this carry a label."""
EVEN_PAIR = 0.2929
"""Of two symbols that darken a pixel below `DARK`, one covers at least 1 - sqrt(1/2) of it."""


@njit(cache=True)
def _piece(buffer, row, left, right, area):
    """Add the signed area right of a piece of an edge, which runs from left to right within one row."""
    a, b = int(left), int(np.ceil(right))
    if b <= a + 1:
        part = area * (1.0 - ((left + right) / 2 - a))
        buffer[row, a] += part
        buffer[row, a + 1] += area - part
    else:
        per_x = 1.0 / (right - left)
        near = 1.0 - (left - a)
        head = 0.5 * per_x * near * near
        tail_x = right - (b - 1)
        tail = 0.5 * per_x * tail_x * tail_x
        buffer[row, a] += area * head
        if b == a + 2:
            buffer[row, a + 1] += area * (1.0 - head - tail)
        else:
            second = per_x * (1.5 - (left - a))
            buffer[row, a + 1] += area * (second - head)
            for column in range(a + 2, b - 1):
                buffer[row, column] += area * per_x
            before = second + (b - a - 3) * per_x
            buffer[row, b - 1] += area * (1.0 - before - tail)
        buffer[row, b] += area * tail


@njit(cache=True)
def _edge(buffer, first, last, x0, y0, x1, y1, width, height):
    """Add the signed area right of one edge to `buffer`; widen the touched range of its rows."""
    if y0 == y1:
        return
    sign = 1.0
    if y0 > y1:
        sign, x0, y0, x1, y1 = -1.0, x1, y1, x0, y0
    if y1 <= 0 or y0 >= height:
        return
    slope = (x1 - x0) / (y1 - y0)
    if y0 < 0:
        x0, y0 = x0 - y0 * slope, 0.0
    y1 = min(y1, float(height))
    x = x0
    row = int(y0)
    while row < height and row < y1:
        dy = min(row + 1.0, y1) - max(float(row), y0)
        x_next = x + slope * dy
        left, right = min(x, x_next), max(x, x_next)
        x = x_next
        area = sign * dy
        if left < 0 or right > width:
            # What is left of the page counts along its border, what is right of it not at all.
            if right <= 0:
                before, after = area, 0.0
            elif left >= width:
                before, after = 0.0, area
            else:
                per_x = area / (right - left)
                before, after = per_x * max(-left, 0.0), per_x * max(right - width, 0.0)
            first[row], last[row] = 0, max(last[row], 0)
            buffer[row, 0] += before
            area -= before + after
            left = min(max(left, 0.0), float(width))
            right = min(max(right, 0.0), float(width))
        first[row] = min(first[row], int(left))
        last[row] = max(last[row], int(np.ceil(right)))
        _piece(buffer, row, left, right, area)
        row += 1


@njit(cache=True)
def raster(
    points,
    contours,
    outlines,
    symbol,
    outline,
    place,
    count,
    grey,
    ids,
    under,
    buffer,
    tentative,
    page,
):
    """Draw `count` symbols; placements are sorted by symbol.

    Args:
        points: as in `Shapes`.
        contours: as in `Shapes`.
        outlines: as in `Shapes`.
        symbol: as in `Shapes`.
        outline: as in `Shapes`.
        place: as in `Shapes`, in pixels.
        count: number of symbols; symbol row r gets the id r + 1.
        grey: uint8 (h, w), white; drawn on.
        ids: uint16 (h, w), zero; the top layer.
        under: uint16 (h, w), zero; the second layer.
        buffer: float32 (h, w + 2), zero, and zero again afterwards.
        tentative: int32 (h, w), zero, or as earlier pages left it.
        page: 1-32767, another number than that of any page that `tentative` was used for.

    Returns:
        area int32 (count,): pixels of the top layer.
        offset int64 (count + 1,) and extent int32 (rows, 3): for symbol row r,
        extent[offset[r]:offset[r + 1]] holds (y, x of its first pixel, x after its last) of each row.
        claims int32 (m, 3): (symbol row, y, x) of the pixels that it got in the end.
    """
    height, width = grey.shape
    area = np.zeros(count, np.int32)
    offset = np.zeros(count + 1, np.int64)
    extent = np.empty((16384, 3), np.int32)
    used = 0
    shared = np.empty((4096, 3), np.int32)  # symbol row, y, x
    n_shared = 0
    first = np.full(height, width + 1, np.int64)
    last = np.full(height, -1, np.int64)
    left = np.full(height, width, np.int64)
    right = np.full(height, -1, np.int64)
    spots = np.empty((4096, 2), np.int32)  # y, x
    nought = np.float32(0.0)
    at = 0
    for row_of in range(count):
        number = row_of + 1
        top, bottom, thin = float(height), 0.0, False
        while at < len(symbol) and symbol[at] == row_of:
            x0, y0, scale = place[at]
            for contour in range(outlines[outline[at]], outlines[outline[at] + 1]):
                begin, end = contours[contour], contours[contour + 1]
                thin = thin or not thick_stroke(points, begin, end, scale)
                px, py = x0 + points[end - 1, 0] * scale, y0 + points[end - 1, 1] * scale
                for i in range(begin, end):
                    qx, qy = x0 + points[i, 0] * scale, y0 + points[i, 1] * scale
                    top, bottom = min(top, qy), max(bottom, qy)
                    _edge(buffer, first, last, px, py, qx, qy, width, height)
                    px, py = qx, qy
            at += 1
        from_row, to_row = max(0, int(np.floor(top))), min(height, int(np.ceil(bottom)) + 1)
        n_spots = touched = 0
        # Memory grows here, not where it is filled: numba counts references wherever an array may change.
        for y in range(from_row, to_row):
            touched += max(last[y] + 2 - first[y], 0)
        if thin and touched > len(spots):
            spots = np.empty((touched, 2), np.int32)
        if n_shared + touched > len(shared):
            shared = np.concatenate((shared, np.empty((len(shared) + touched, 3), np.int32)))
        if used + to_row - from_row > len(extent):
            extent = np.concatenate((extent, np.empty((len(extent) + to_row - from_row, 3), np.int32)))
        for y in range(from_row, to_row):
            cover, c, before, low, high, taken = 0.0, 0.0, nought, width, -1, 0
            for x in range(first[y], min(last[y] + 2, width + 2)):
                step = buffer[y, x]
                if step != 0:
                    cover += step
                    c = min(abs(cover), 1.0)
                if c < 0.002 or x >= width:
                    buffer[y, x] = before = nought
                    continue
                if thin and c < 0.5:
                    after = min(abs(cover + buffer[y, x + 1]), 1.0) if x + 1 < width else 0.0
                    if may_own(np.float32(c), before, after, buffer[y - 1, x] if y > 0 else nought):
                        spots[n_spots, 0], spots[n_spots, 1] = y, x
                        n_spots += 1
                before = np.float32(c)
                buffer[y, x] = before if thin else nought
                grey[y, x] = 0 if c > 0.999 else np.uint8(grey[y, x] * (1.0 - c) + 0.5)
                if c >= 0.5:
                    old = ids[y, x]
                    if old:
                        under[y, x] = old
                        area[old - 1] -= 1
                    ids[y, x] = number
                    low, high, taken = min(low, x), x, taken + 1
                elif ids[y, x] == 0:
                    note = tentative[y, x]
                    if note >> 16 != page:
                        tentative[y, x] = (page << 16) | number
                    else:
                        if c >= EVEN_PAIR:
                            tentative[y, x] = (page << 16) | number
                        shared[n_shared, 1], shared[n_shared, 2] = y, x
                        n_shared += 1
            left[y], right[y] = low, high
            area[row_of] += taken
        if n_spots:
            n_spots = thin_pixels(buffer, spots, n_spots, area[row_of] == 0)
        for i in range(n_spots):
            y, x = spots[i, 0], spots[i, 1]
            old = ids[y, x]
            if old:
                under[y, x] = old
                area[old - 1] -= 1
            ids[y, x] = number
            area[row_of] += 1
            left[y], right[y] = min(left[y], x), max(right[y], x)
        for y in range(from_row, to_row):
            if right[y] >= 0:
                extent[used, 0], extent[used, 1], extent[used, 2] = y, left[y], right[y] + 1
                used += 1
            if thin:
                for x in range(first[y], min(last[y] + 2, width + 2)):
                    buffer[y, x] = 0.0
            first[y], last[y] = width + 1, -1
            left[y], right[y] = width, -1
        offset[row_of + 1] = used
    claims = 0
    for i in range(n_shared):
        y, x = shared[i, 1], shared[i, 2]
        if ids[y, x] == 0 and grey[y, x] < DARK:
            number = tentative[y, x] & 0xFFFF
            ids[y, x] = number
            area[number - 1] += 1
            shared[claims, 0], shared[claims, 1], shared[claims, 2] = number - 1, y, x
            claims += 1
    return area, offset, extent[:used], shared[:claims]
