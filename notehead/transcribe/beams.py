"""How many bars a beam has at a stem: its box says where they are, the page's ink how many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BESIDE = (0.3, 0.42)
"""Staff spaces from a stem at which its bars are counted, on either side."""
_THICK, _STEP = 0.5, 0.75
"""Staff spaces: how thick a bar is, and how far it is from the next."""
_THIN = 0.24
"""Staff spaces below which a run of ink is a staff line."""
_OVER = 0.15
"""Staff spaces above and below the box in which ink still counts."""


def bars_at(image: NDArray[np.uint8], line: NDArray[np.float64], x: float, space: float) -> int:
    """The bars of a beam on that side of a stem which has more of them; 1 at least.

    Bars that ink has joined are told by their height.

    Args:
        image: uint8 (height, width), 0 black.
        line: middle of the beam and its height, (x0, y0, x1, y1, height), in pixels.
        x: of the stem.
        space: staff space in pixels.
    """
    x0, y0, x1, y1, height = line.tolist()
    most = 1
    for side in (-1, 1):
        counts = []
        for away in _BESIDE:
            at = x + side * away * space
            if not x0 <= at <= x1:
                continue
            middle = y0 + (at - x0) / max(x1 - x0, 1) * (y1 - y0)
            half = height / 2 + _OVER * space
            counts.append(_bars(_column(image, at, middle - half, middle + half), space))
        if counts:
            most = max(most, min(counts))
    return most


def _column(image: NDArray[np.uint8], x: float, top: float, bottom: float) -> NDArray[np.uint8]:
    column = min(max(int(x), 0), image.shape[1] - 1)
    return image[max(int(top), 0) : max(int(np.ceil(bottom)), 0), column]


def _bars(column: NDArray[np.uint8], space: float) -> int:
    """How many bars a column of pixels goes through."""
    if not len(column):
        return 0
    dark = column < (int(column.min()) + 255) / 2
    edges = np.flatnonzero(np.diff(np.concatenate(([0], dark.view(np.int8), [0]))))
    lengths = (edges[1::2] - edges[::2]) / space
    thick = lengths[lengths >= _THIN]
    return int(sum(max(1, round((length - _THICK) / _STEP) + 1) for length in thick))
