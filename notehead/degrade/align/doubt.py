"""How far off a field may be where no patch of the scan says where things are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.align.field import Field
from notehead.degrade.align.fit import bending
from notehead.degrade.align.kernels import normal_equations, spline_shares
from notehead.degrade.align.patches import Matches

_ROWS = 12
"""Nodes down the page in which bends are weighed."""
_LEAST_NOISE = 0.02
"""Offsets of patches are never surer than this, in pixels of the page, at full weight."""
_LEAST_BEND = 0.3
"""A page bends at least so much between nodes, in pixels, whatever the fit says."""
_WILDER = 4.0
"""Bends that nothing shows may be so many times those that were fitted: books bend most at their edges."""


def doubts(
    field: Field, patches: Matches, agrees: NDArray[np.bool_], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The standard deviation (n,) of a field's error at places (n, 2), in pixels of the page.

    A field is known where patches agree, from there on only as far as pages are smooth: the noise of what
    the patches say, and how much the field bends elsewhere, tell how fast it becomes uncertain.

    Args:
        field: page to scan.
        patches: that the field was not fitted to.
        agrees: (patches,), whether the scan shows there what the page does; others tell nothing.
        at: points of the page.
    """
    bare = Field.similar(field.matrix, _extent(field), _extent(field)[0] / _ROWS)
    rows, columns, _ = bare.nodes.shape
    known = np.flatnonzero(agrees)
    off, weight = patches.off[known], patches.weight[known]
    told = np.einsum("ni,nij,nj->n", off, weight, off)
    noise = max(float(told.mean()) / 2 if len(told) else 1.0, _LEAST_NOISE**2)
    price = bending(rows, columns)
    shares = spline_shares((rows, columns), bare.step, _inside(bare, rows, columns))
    nodes = np.linalg.lstsq(shares, field.displacement(_inside(bare, rows, columns)), rcond=None)[0]
    bend = float(np.einsum("ia,ij,ja->", nodes, price, nodes)) / (2 * len(nodes))
    variance = max(bend * _WILDER**2, _LEAST_BEND**2)
    system = np.repeat(np.repeat(price / variance, 2, axis=0), 2, axis=1)
    system[::2, 1::2] = system[1::2, ::2] = 0
    right = np.zeros(len(system))
    normal_equations(patches.at[known], off, weight / noise, (rows, columns), bare.step, system, right)
    covariance = np.asarray(cv2.invert(system, flags=cv2.DECOMP_CHOLESKY)[1], np.float64)
    shares = spline_shares((rows, columns), bare.step, np.ascontiguousarray(at))
    total = np.zeros(len(at))
    for axis in range(2):
        total += ((shares @ covariance[axis::2, axis::2]) * shares).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(total, 0)))


def _extent(field: Field) -> tuple[int, int]:
    """(height, width) of the page that a field covers."""
    rows, columns, _ = field.nodes.shape
    return round((rows - 3) * field.step), round((columns - 3) * field.step)


def _inside(bare: Field, rows: int, columns: int) -> NDArray[np.float64]:
    """A grid of points, four for each cell."""
    y, x = np.mgrid[: 2 * (rows - 3) + 1, : 2 * (columns - 3) + 1]
    points: NDArray[np.float64] = np.stack([x, y], axis=2).reshape(-1, 2) * bare.step / 2
    return points
