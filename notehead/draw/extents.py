"""From the rows that a symbol covers to its box and its oriented box, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def _hull(rows, hull):
    """Convex hull of the pixels of rows (y, left, right), y ascending; returns its length.

    Andrew's monotone chain, down the left side and up the right side.
    """
    n = 0
    for side in range(2):
        start = n
        for i in range(2 * len(rows)):
            corner = i if side == 0 else 2 * len(rows) - 1 - i
            row = rows[corner // 2]
            x, y = float(row[1 + side]), float(row[0] + corner % 2)
            while n >= start + 2:
                ax, ay = hull[n - 1, 0] - hull[n - 2, 0], hull[n - 1, 1] - hull[n - 2, 1]
                if ax * (y - hull[n - 1, 1]) - ay * (x - hull[n - 1, 0]) < 0:
                    break
                n -= 1
            hull[n, 0], hull[n, 1] = x, y
            n += 1
    return n


@njit(cache=True)
def smallest_rectangle(hull, n, corners):
    """The rectangle of least area around a convex polygon: one of its sides lies on the polygon's."""
    best = np.inf
    for i in range(n):
        j = (i + 1) % n
        ux, uy = hull[j, 0] - hull[i, 0], hull[j, 1] - hull[i, 1]
        length = np.sqrt(ux * ux + uy * uy)
        if length == 0:
            continue
        ux, uy = ux / length, uy / length
        low_u = low_v = np.inf
        high_u = high_v = -np.inf
        for k in range(n):
            u = hull[k, 0] * ux + hull[k, 1] * uy
            v = hull[k, 1] * ux - hull[k, 0] * uy
            low_u, high_u = min(low_u, u), max(high_u, u)
            low_v, high_v = min(low_v, v), max(high_v, v)
        size = (high_u - low_u) * (high_v - low_v)
        if size < best - 1e-9:
            best = size
            for k in range(4):
                u = low_u if k in (0, 3) else high_u
                v = low_v if k < 2 else high_v
                corners[k, 0] = u * ux - v * uy
                corners[k, 1] = u * uy + v * ux


@njit(cache=True)
def _with_claims(rows, claims, which):
    """Rows (y, left, right) with some single pixels (row, y, x) added, y ascending, each y once."""
    more = np.empty((len(rows) + len(which), 3), np.int32)
    more[: len(rows)] = rows
    for i in range(len(which)):
        y, x = claims[which[i], 1], claims[which[i], 2]
        more[len(rows) + i, 0], more[len(rows) + i, 1], more[len(rows) + i, 2] = y, x, x + 1
    more = more[np.argsort(more[:, 0], kind="mergesort")]
    last = 0
    for i in range(1, len(more)):
        if more[i, 0] == more[last, 0]:
            more[last, 1] = min(more[last, 1], more[i, 1])
            more[last, 2] = max(more[last, 2], more[i, 2])
        else:
            last += 1
            more[last] = more[i]
    return more[: last + 1]


@njit(cache=True)
def boxes(offset, extent, claims):
    """Boxes and oriented boxes of whole symbols, from `raster`'s extents and claims.

    Returns:
        box float64 (n, 4), empty symbols have x1 < x0; corners float64 (n, 4, 2), the rectangle of
        least area around the symbol's pixels, wound clockwise on the screen.
    """
    count = len(offset) - 1
    box = np.empty((count, 4))
    corners = np.zeros((count, 4, 2))
    box[:, :2], box[:, 2:] = np.inf, -np.inf
    order = np.argsort(claims[:, 0], kind="mergesort")
    at = 0
    for symbol in range(count):
        rows = extent[offset[symbol] : offset[symbol + 1]]
        begin = at
        while at < len(order) and claims[order[at], 0] == symbol:
            at += 1
        if at > begin:
            rows = _with_claims(rows, claims, order[begin:at])
        if len(rows):
            box[symbol, 0], box[symbol, 1] = rows[:, 1].min(), rows[0, 0]
            box[symbol, 2], box[symbol, 3] = rows[:, 2].max(), rows[-1, 0] + 1
            hull = np.empty((4 * len(rows) + 4, 2))
            smallest_rectangle(hull, _hull(rows, hull), corners[symbol])
    return box, corners
