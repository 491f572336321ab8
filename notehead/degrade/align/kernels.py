# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN202, ANN201, PLR0913, PLR0917
"""Sums over cubic B-splines, compiled by numba: at any place four of them in each direction are not zero.

Node j of a row of nodes has its peak at (j - 1) * step.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def _four(at, step, nodes, values):
    """The first of the four nodes that matter at a place, and their values; beyond an end those at it."""
    t = min(max(at / step, 0.0), nodes - 3.0)
    first = min(int(t), nodes - 4)
    u = t - first
    values[0] = (1 - u) ** 3 / 6
    values[1] = 2 / 3 - u * u + u**3 / 2
    values[2] = 2 / 3 - (1 - u) ** 2 + (1 - u) ** 3 / 2
    values[3] = u**3 / 6
    return first


@njit(cache=True)
def spline_points(nodes, step, points):
    """Displacements (n, 2) at points (n, 2); nodes (rows, columns, 2)."""
    found = np.zeros((len(points), 2))
    across, down = np.empty(4), np.empty(4)
    for n in range(len(points)):
        column = _four(points[n, 0], step, nodes.shape[1], across)
        row = _four(points[n, 1], step, nodes.shape[0], down)
        for i in range(4):
            for j in range(4):
                share = down[i] * across[j]
                found[n, 0] += share * nodes[row + i, column + j, 0]
                found[n, 1] += share * nodes[row + i, column + j, 1]
    return found


@njit(cache=True)
def spline_grid(nodes, step, x, y, matrix, points):
    """Fill points (len(y), len(x), 2), float32: matrix @ (p + displacement(p), 1) at each p = (x, y)."""
    columns = nodes.shape[1]
    across, down = np.empty((len(x), 4)), np.empty(4)
    first = np.empty(len(x), np.int64)
    for j in range(len(x)):
        first[j] = _four(x[j], step, columns, across[j])
    line = np.empty((columns, 2))
    for i in range(len(y)):
        row = _four(y[i], step, nodes.shape[0], down)
        line[:] = 0
        for k in range(4):
            for j in range(columns):
                line[j, 0] += down[k] * nodes[row + k, j, 0]
                line[j, 1] += down[k] * nodes[row + k, j, 1]
        for j in range(len(x)):
            px, py = x[j], y[i]
            for k in range(4):
                px += across[j, k] * line[first[j] + k, 0]
                py += across[j, k] * line[first[j] + k, 1]
            points[i, j, 0] = matrix[0, 0] * px + matrix[0, 1] * py + matrix[0, 2]
            points[i, j, 1] = matrix[1, 0] * px + matrix[1, 1] * py + matrix[1, 2]


@njit(cache=True)
def normal_equations(at, target, weight, shape, step, system, right):
    """Add least squares of coefficients (rows, columns, 2), flat, to a system (n, n) and its right side (n,).

    For each point `at` (m, 2) the displacement is to be `target`, with weights (m, 2, 2).
    """
    across, down = np.empty(4), np.empty(4)
    places, shares = np.empty(16, np.int64), np.empty(16)
    for n in range(len(at)):
        column = _four(at[n, 0], step, shape[1], across)
        row = _four(at[n, 1], step, shape[0], down)
        for k in range(16):
            places[k] = 2 * ((row + k // 4) * shape[1] + column + k % 4)
            shares[k] = down[k // 4] * across[k % 4]
        for a in range(2):
            pull = weight[n, a, 0] * target[n, 0] + weight[n, a, 1] * target[n, 1]
            for k in range(16):
                right[places[k] + a] += shares[k] * pull
                for b in range(2):
                    both = shares[k] * weight[n, a, b]
                    for m in range(16):
                        system[places[k] + a, places[m] + b] += both * shares[m]


@njit(cache=True)
def spline_shares(shape, step, points):
    """Shares (n, rows * columns) that coefficients (rows, columns) have in the values at points (n, 2)."""
    found = np.zeros((len(points), shape[0] * shape[1]))
    across, down = np.empty(4), np.empty(4)
    for n in range(len(points)):
        column = _four(points[n, 0], step, shape[1], across)
        row = _four(points[n, 1], step, shape[0], down)
        for i in range(4):
            for j in range(4):
                found[n, (row + i) * shape[1] + column + j] += down[i] * across[j]
    return found
