"""From the rows that a symbol covers to its box and its oriented box, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def _hull(points, hull):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Convex hull of points sorted by (y, x), written to `hull`; returns its length.

    Andrew's monotone chain: one half of the hull forwards through the points, the other backwards.
    """
    n = 0
    for half in range(2):
        start = n
        for i in range(len(points)):
            x, y = points[i] if half == 0 else points[len(points) - 1 - i]
            while n >= start + 2:
                ax, ay = hull[n - 1, 0] - hull[n - 2, 0], hull[n - 1, 1] - hull[n - 2, 1]
                if ax * (y - hull[n - 1, 1]) - ay * (x - hull[n - 1, 0]) > 0:
                    break
                n -= 1
            hull[n, 0], hull[n, 1] = x, y
            n += 1
        n -= 1
    return n


@njit(cache=True)
def _smallest_rectangle(hull, n, corners):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
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
def boxes(offset, extent, claims):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Boxes and oriented boxes of whole symbols, from `raster`'s extents and claims.

    Returns:
        box float64 (n, 4), empty symbols have x1 < x0; corners float64 (n, 4, 2), the rectangle of
        least area around the symbol's pixels, wound clockwise on the screen.
    """
    count = len(offset) - 1
    box = np.empty((count, 4))
    corners = np.zeros((count, 4, 2))
    box[:, 0] = box[:, 1] = np.inf
    box[:, 2] = box[:, 3] = -np.inf
    order = np.argsort(claims[:, 0], kind="mergesort")
    at = 0
    for symbol in range(count):
        rows = extent[offset[symbol] : offset[symbol + 1]]
        begin = at
        while at < len(order) and claims[order[at], 0] == symbol:
            at += 1
        points = np.empty((4 * (len(rows) + at - begin), 2))
        for i in range(len(points) // 4):
            if i < len(rows):
                y, left, right = rows[i]
            else:
                claim = claims[order[begin + i - len(rows)]]
                y, left, right = claim[1], claim[2], claim[2] + 1
            box[symbol, 0] = min(box[symbol, 0], left)
            box[symbol, 1] = min(box[symbol, 1], y)
            box[symbol, 2] = max(box[symbol, 2], right)
            box[symbol, 3] = max(box[symbol, 3], y + 1)
            for k in range(4):
                points[4 * i + k, 0] = left if k % 2 == 0 else right
                points[4 * i + k, 1] = y if k < 2 else y + 1
        if len(points):
            points = points[np.argsort(points[:, 0], kind="mergesort")]
            points = points[np.argsort(points[:, 1], kind="mergesort")]
            hull = np.empty((2 * len(points), 2))
            _smallest_rectangle(hull, _hull(points, hull), corners[symbol])
    return box, corners
