# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0913, PLR0917
"""What `Warp` does with points and id layers, compiled by numba.

Node (i, j) of a grid lies at destination ((j - 1/2) step, (i - 1/2) step).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_ROUNDS = 20
_NEAR = 1e-4
RIDGE = 0.12
"""Less of a pixel than this is never a line's."""
BELOW = 0.2
"""Of a pixel that another symbol has, from which on a symbol stands below it: a stem is two thirds wide."""


@njit(cache=True)
def _cell(length, step, value):
    """The cell along an axis in which a coordinate lies, or the nearest, and the place in it."""
    at = value / step + 0.5
    cell = min(max(int(np.floor(at)), 0), length - 2)
    return cell, at - cell


@njit(cache=True)
def _backward(grid, step, x, y):
    """Source x and y of a destination point, and their derivatives xx, xy, yx, yy."""
    j, u = _cell(grid.shape[1], step, x)
    i, v = _cell(grid.shape[0], step, y)
    a, b, c, d = grid[i, j], grid[i, j + 1], grid[i + 1, j], grid[i + 1, j + 1]
    top_x, top_y = a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u
    low_x, low_y = c[0] + (d[0] - c[0]) * u, c[1] + (d[1] - c[1]) * u
    xx = ((b[0] - a[0]) * (1 - v) + (d[0] - c[0]) * v) / step
    yx = ((b[1] - a[1]) * (1 - v) + (d[1] - c[1]) * v) / step
    xy, yy = (low_x - top_x) / step, (low_y - top_y) / step
    return top_x + (low_x - top_x) * v, top_y + (low_y - top_y) * v, xx, xy, yx, yy


@njit(cache=True)
def backward_points(grid, step, points):
    """Source points of destination points (n, 2)."""
    found = np.empty_like(points)
    for n in range(len(points)):
        found[n, 0], found[n, 1] = _backward(grid, step, points[n, 0], points[n, 1])[:2]
    return found


@njit(cache=True)
def jacobians(grid, step, points):
    """Derivatives (n, 2, 2) at destination points (n, 2)."""
    found = np.empty((len(points), 2, 2))
    for n in range(len(points)):
        _, _, xx, xy, yx, yy = _backward(grid, step, points[n, 0], points[n, 1])
        found[n, 0, 0], found[n, 0, 1], found[n, 1, 0], found[n, 1, 1] = xx, xy, yx, yy
    return found


@njit(cache=True)
def forward_points(grid, step, start, points):
    """Destination points of source points (n, 2), by Newton's method from the affine map `start`."""
    found = np.empty_like(points)
    for n in range(len(points)):
        px, py = points[n, 0], points[n, 1]
        x = start[0, 0] * px + start[0, 1] * py + start[0, 2]
        y = start[1, 0] * px + start[1, 1] * py + start[1, 2]
        for _ in range(_ROUNDS):
            sx, sy, xx, xy, yx, yy = _backward(grid, step, x, y)
            size = xx * yy - xy * yx
            if size == 0.0:
                break
            dx = ((px - sx) * yy - (py - sy) * xy) / size
            dy = ((py - sy) * xx - (px - sx) * yx) / size
            x += dx
            y += dy
            if abs(dx) < _NEAR and abs(dy) < _NEAR:
                break
        found[n, 0], found[n, 1] = x, y
    return found


@njit(cache=True)
def _count(label, top, labels, shown, covered, used):
    """Count a label that a sample shows (`top`) or has; returns how many labels there are."""
    for k in range(used):
        if labels[k] == label:
            covered[k] += 1
            shown[k] += top
            return used
    labels[used], covered[used], shown[used] = label, 1, top
    return used + 1


@njit(cache=True)
def _looked_up(layer, x, y):
    """The id at a point of a layer, 0 beyond it."""
    inside = x >= 0 and y >= 0 and x < layer.shape[1] and y < layer.shape[0]
    return layer[int(y), int(x)] if inside else 0


@njit(cache=True)
def _first_and_second(shown, covered, used, full):
    """Which labels a pixel gets, as places in the lists; -1 for no second one."""
    first = second = -1
    for k in range(used):
        if 2 * covered[k] >= full and (first < 0 or shown[k] > shown[first]):
            first = k
    if first < 0:
        for k in range(used):
            if first < 0 or shown[k] > shown[first]:
                first = k
    for k in range(used):
        if k != first and covered[k] >= BELOW * full and (second < 0 or covered[k] > covered[second]):
            second = k
    return first, second


@njit(cache=True)
def shrunk_layers(ids, under, map_x, map_y, near, finer, image, dark):
    """Both id layers uint16 (2, h, w) at a coarser destination, from `finer` x `finer` samples per pixel.

    As `draw` would have it at that resolution: a symbol that covers half of a pixel has it, the one that
    shows most on top; a pixel that is dark or half inked by several goes to the one that shows most. The
    next one that covers `BELOW` of it is below: stems must not end where they meet heads and beams.
    Lines thinner than half a pixel would have gaps or be gone, so that a pixel less inked than half, but at
    least by `RIDGE`, is kept where it is the darkest across a line: above and below, or left and right.

    Args:
        ids: the source's top layer.
        under: its second layer.
        map_x: float32 (h, w), x of the source of each pixel, counted from the middle of pixel 0.
        map_y: the same for y.
        near: uint8 (h, w), 0 where a pixel sees no ink.
        finer: samples along a pixel's side.
        image: uint8 (h, w), the destination's.
        dark: grey value below which every pixel that sees ink is labelled.
    """
    height, width = near.shape
    found = np.zeros((2, height, width), np.uint16)
    ink = np.zeros((height, width), np.uint16)
    full = finer * finer
    labels = np.zeros(2 * full, np.uint16)
    shown, covered = np.zeros(2 * full, np.int64), np.zeros(2 * full, np.int64)
    for y in range(height):
        down = 1 if y + 1 < height else -1
        if height == 1:
            down = 0
        for x in range(width):
            if not near[y, x]:
                continue
            right = 1 if x + 1 < width else -1
            if width == 1:
                right = 0
            sx, sy = map_x[y, x] + 0.5, map_y[y, x] + 0.5
            ax, ay = (map_x[y, x + right] + 0.5 - sx) * right, (map_y[y, x + right] + 0.5 - sy) * right
            bx, by = (map_x[y + down, x] + 0.5 - sx) * down, (map_y[y + down, x] + 0.5 - sy) * down
            used = inked = 0
            for i in range(finer):
                v = (i + 0.5) / finer - 0.5
                for j in range(finer):
                    u = (j + 0.5) / finer - 0.5
                    px, py = sx + u * ax + v * bx, sy + u * ay + v * by
                    top = _looked_up(ids, px, py)
                    if not top:
                        continue
                    inked += 1
                    used = _count(top, 1, labels, shown, covered, used)
                    low = _looked_up(under, px, py)
                    if low and low != top:
                        used = _count(low, 0, labels, shown, covered, used)
            if not used:
                continue
            first, second = _first_and_second(shown, covered, used, full)
            ink[y, x] = inked
            found[0, y, x] = labels[first]
            found[1, y, x] = labels[second] if second >= 0 else 0
    _keep_ridges(found, ink, full, image, dark)
    return found


@njit(cache=True)
def _is_ridge(here, before, after, back, ahead, full):
    """Whether a pixel is a thin line's, whose neighbours are `before` and `after` across, and along it.

    Where a thick line or a blob ends, the pixel that it just touches is none.
    """
    across = here > before and here >= after
    end = (2 * back >= full and ahead == 0) or (2 * ahead >= full and back == 0)
    return across and not end


@njit(cache=True)
def _keep_ridges(found, ink, full, image, dark):
    """Take ids from pixels that are inked less than half, not dark, and no line's darkest."""
    height, width = ink.shape
    for y in range(height):
        for x in range(width):
            here = ink[y, x]
            if not here or 2 * here >= full or image[y, x] < dark:
                continue
            above = ink[y - 1, x] if y else 0
            below = ink[y + 1, x] if y + 1 < height else 0
            left = ink[y, x - 1] if x else 0
            right = ink[y, x + 1] if x + 1 < width else 0
            level = _is_ridge(here, above, below, left, right, full)
            upright = _is_ridge(here, left, right, above, below, full)
            if here < RIDGE * full or not (level or upright):
                found[0, y, x] = found[1, y, x] = 0


@njit(cache=True)
def label_dark(image, dark, found, ids, map_x, map_y):
    """Label pixels darker than `dark` that have no id, in place.

    Where a line's grey is shared by two rows of pixels, its middle is in one of them, but both may be dark.
    Of the four source pixels that were mixed, the one with a label that counts most gives it.

    Args:
        image: uint8 (h, w), the destination's.
        dark: grey value.
        found: uint16 (h, w), the destination's top layer, changed.
        ids: the source's top layer.
        map_x: float32 (h, w), x of the source of each pixel, counted from the middle of pixel 0.
        map_y: the same for y.
    """
    height, width = image.shape
    for y in range(height):
        for x in range(width):
            if image[y, x] >= dark or found[y, x]:
                continue
            left, top = int(np.floor(map_x[y, x])), int(np.floor(map_y[y, x]))
            u, v = map_x[y, x] - left, map_y[y, x] - top
            most = 0.0
            for i in range(2):
                for j in range(2):
                    label = _looked_up(ids, left + j, top + i)
                    weight = (v if i else 1 - v) * (u if j else 1 - u)
                    if label and weight > most:
                        most = weight
                        found[y, x] = label


@njit(cache=True)
def _widen(box, label, x, y):
    box[label, 0] = min(box[label, 0], x)
    box[label, 1] = min(box[label, 1], y)
    box[label, 2] = max(box[label, 2], x + 1)
    box[label, 3] = max(box[label, 3], y + 1)


@njit(cache=True)
def counted_layers(ids, under):
    """Visible pixels int32 (65536,) and boxes int32 (65536, 4) of both layers' ids; x1 is 0 without any."""
    area = np.zeros(65536, np.int32)
    box = np.zeros((65536, 4), np.int32)
    box[:, :2] = 2**30
    height, width = ids.shape
    for y in range(height):
        for x in range(width):
            label = ids[y, x]
            if not label:
                continue
            area[label] += 1
            _widen(box, label, x, y)
            if under[y, x]:
                _widen(box, under[y, x], x, y)
    return area, box
