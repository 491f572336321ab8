"""Which boxes touch which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def touching(
    first: NDArray[np.float64], second: NDArray[np.float64], reach: float = 0.0
) -> NDArray[np.bool_]:
    """Whether each box (n, 4) and each of others (m, 4) have a point in common: (n, m).

    Args:
        first: x0, y0, x1, y1.
        second: the same.
        reach: by how much the others are larger at every side.

    Example:
        >>> touching(np.array([[0.0, 0, 2, 2]]), np.array([[2.0, 2, 3, 3], [4, 0, 5, 1]])).tolist()
        [[True, False]]
    """
    # side by side, as truth values: pages of thousands of symbols would need much memory for differences
    result = first[:, None, 0] <= second[:, 2] + reach
    result &= first[:, None, 2] >= second[:, 0] - reach
    result &= first[:, None, 1] <= second[:, 3] + reach
    result &= first[:, None, 3] >= second[:, 1] - reach
    return np.asarray(result)
