# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202
"""What `Warp` does with points, compiled by numba.

Node (i, j) of a grid lies at destination ((j - 1/2) step, (i - 1/2) step).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_ROUNDS = 20
_LOST = 1.0
"""Of its last step: then it goes nowhere."""
_NEAR = 0.01
"""Of a step of Newton's method in pixels: what comes after it is less than a hundredth of that."""


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
    # number by number: views of rows would cost more than all the rest
    ax, ay, bx, by = grid[i, j, 0], grid[i, j, 1], grid[i, j + 1, 0], grid[i, j + 1, 1]
    cx, cy, dx, dy = grid[i + 1, j, 0], grid[i + 1, j, 1], grid[i + 1, j + 1, 0], grid[i + 1, j + 1, 1]
    top_x, top_y = ax + (bx - ax) * u, ay + (by - ay) * u
    low_x, low_y = cx + (dx - cx) * u, cy + (dy - cy) * u
    xx = ((bx - ax) * (1 - v) + (dx - cx) * v) / step
    yx = ((by - ay) * (1 - v) + (dy - cy) * v) / step
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
    """Destination points of source points (n, 2), by Newton's method from the affine map `start`.

    Far outside the grid, where its last cells go on for ever and may fold, the affine map has the last word.
    """
    found = np.empty_like(points)
    width, height = grid.shape[1] * step, grid.shape[0] * step
    off_x = off_y = 0.0
    for n in range(len(points)):
        px, py = points[n, 0], points[n, 1]
        begin_x = start[0, 0] * px + start[0, 1] * py + start[0, 2]
        begin_y = start[1, 0] * px + start[1, 1] * py + start[1, 2]
        x, y = begin_x + off_x, begin_y + off_y  # neighbours are off by about as much
        dx = dy = np.inf
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
        near = abs(x - begin_x) < width and abs(y - begin_y) < height
        if not (near and abs(dx) < _LOST and abs(dy) < _LOST):  # nor where they are no numbers
            x, y = begin_x, begin_y
        found[n, 0], found[n, 1] = x, y
        off_x = off_y = 0.0
        if 0 <= x <= width and 0 <= y <= height:
            off_x, off_y = x - begin_x, y - begin_y
    return found


@njit(cache=True)
def first_of_cell(cell, step):
    """The first pixel along an axis whose middle lies in a cell; negative before the destination."""
    return int(np.ceil((cell - 0.5) * step - 0.5))


@njit(cache=True)
def cell_of(pixel, step):
    """The cell along an axis in which the middle of a pixel lies."""
    return int(np.floor((pixel + 0.5) / step + 0.5))


@njit(cache=True)
def first_of_cells(columns, step, width):
    """The first pixels int64 (columns,) of the cells of a row, from 0 to its width; the last one ends it."""
    first = np.empty(columns, np.int64)
    for j in range(columns):
        first[j] = min(max(first_of_cell(j, step), 0), width)
    return first


@njit(cache=True)
def start_row(grid, step, y, first, starts):
    """Where a row of destination pixels begins in each of its cells, and how it goes on there.

    Args:
        grid: the `Warp`'s.
        step: the `Warp`'s.
        y: of the row.
        first: of `first_of_cells`.
        starts: int64 (4, columns - 1), filled: source x of the middle of a cell's first pixel, the step to
            the next one, source y and its step; all in 2**-16 pixels. They hold as far as the cell reaches.
    """
    i, v = _cell(grid.shape[0], step, y + 0.5)
    for axis in range(2):
        above = grid[i, 0, axis]
        left = (above + (grid[i + 1, 0, axis] - above) * v) * 65536.0
        for j in range(grid.shape[1] - 1):
            above = grid[i, j + 1, axis]
            right = (above + (grid[i + 1, j + 1, axis] - above) * v) * 65536.0
            wide = right - left
            starts[2 * axis, j] = int(np.rint(left + wide * ((first[j] + 0.5) / step + 0.5 - j)))
            starts[2 * axis + 1, j] = int(np.rint(wide / step))
            left = right
