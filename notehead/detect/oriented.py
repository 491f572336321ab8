"""Oriented boxes: their two ends, and the upright boxes around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ends_of_boxes(
    corners: NDArray[np.float64], axis: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The two corners at either end of boxes (n, 4, 2).

    Args:
        corners: in any order.
        axis: 0 for the left and the right end, 1 for the upper and the lower one.

    Returns:
        The order of the corners along the axis, (n, 4), of which the first two are one end; the corners of
        that end, (n, 2, 2); those of the other.

    Example:
        >>> order, upper, lower = ends_of_boxes(np.array([[[0.0, 9], [2, 9], [2, 1], [0, 1]]]), 1)
        >>> upper.mean(axis=1).tolist(), lower.mean(axis=1).tolist()
        ([[1.0, 1.0]], [[1.0, 9.0]])
    """
    order = corners[..., axis].argsort(axis=1)
    ranked = np.take_along_axis(corners, order[..., None], axis=1)
    return order, ranked[:, :2], ranked[:, 2:]


def upright_around(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upright boxes (n, 4) around boxes (n, 4, 2).

    Example:
        >>> upright_around(np.array([[[1.0, 0], [2, 1], [1, 2], [0, 1]]])).tolist()
        [[0.0, 0.0, 2.0, 2.0]]
    """
    return np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)
