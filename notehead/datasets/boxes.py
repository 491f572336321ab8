"""Whether boxes from somebody's file can be boxes on a page."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints

ROUNDING = 1.0
"""Pixels that a box may leave the page by: what rounding does in published datasets."""


def good_boxes(
    boxes: NDArray[np.float64],
    size: tuple[float, float],
    complaints: Complaints,
    where: Callable[[int], tuple[str, str]],
) -> NDArray[np.bool_]:
    """Which boxes (n, 4) are boxes on a page of (width, height): bool (n,).

    A box is x0, y0, x1, y1. It may have no width or no height, but not less; it may leave the page by
    `ROUNDING`. A width or height of 0 for the page means that it is not known.

    Args:
        boxes: as the file has them.
        size: of the page.
        complaints: told of each box that is none.
        where: file and entry of a row, for the complaint.

    Raises:
        DatasetError: a box is none, and the complaints are not to be counted.
    """
    width, height = size
    low, high = boxes[:, :2], boxes[:, 2:]
    finite = np.asarray(np.isfinite(boxes).all(axis=1))
    with np.errstate(invalid="ignore"):
        ordered = np.asarray((high >= low).all(axis=1))
        outside = np.asarray((low < -ROUNDING).any(axis=1))
        if width and height:
            outside = outside | (high > (width + ROUNDING, height + ROUNDING)).any(axis=1)
    good: NDArray[np.bool_] = finite & ordered & ~outside
    for row in np.flatnonzero(~good).tolist():
        cause = (
            "its box is not made of numbers"
            if not finite[row]
            else "its box has a negative width or height"
            if not ordered[row]
            else "its box lies outside of the page"
        )
        values = ", ".join(f"{value:g}" for value in boxes[row])
        complaints.symbol(*where(row), f"{cause} ({values})")
    return good
