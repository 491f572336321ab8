"""The connected parts of a map of lines."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import Floats, Level


class Components(NamedTuple):
    """Parts of a map, one after the other.

    Attributes:
        y: rows of their pixels, (m,), those of a part together.
        x: columns.
        bounds: where in `y` and `x` each part begins, and where the last one ends: (n + 1,).
    """

    y: NDArray[np.intp]
    x: NDArray[np.intp]
    bounds: NDArray[np.int64]


def components(logits: Floats, level: Level) -> Components | None:
    """The parts of a map that have a pixel above 0; None where there is none.

    A part's pixels are those above the level's edge; what is above its bridge connects them.

    Example:
        >>> logits = np.array([[3.0, -1, 3, -9, 3, -3, -3, -3]], np.float32)
        >>> components(logits, Level(bridge=-2, edge=0)).bounds.tolist()
        [0, 2, 3]
        >>> components(logits, Level(bridge=-4, edge=-4)).x.tolist()
        [0, 1, 2, 4, 5, 6, 7]
    """
    if not logits.max(initial=0) > 0:
        return None
    connected = (logits > min(level.bridge, level.edge)).view(np.uint8)
    if level.gap:
        column = np.ones((level.gap + 1, 1), np.uint8)
        connected = np.asarray(cv2.morphologyEx(connected, cv2.MORPH_CLOSE, column), np.uint8)
    _, labels = cv2.connectedComponents(connected, connectivity=8, ltype=cv2.CV_32S)
    x, y = _places(logits > level.edge)
    part = labels[y, x]
    if level.edge < 0:
        sure = np.zeros(labels.max() + 1, np.bool_)
        sure[part[logits[y, x] > 0]] = True
        y, x, part = (one[sure[part]] for one in (y, x, part))
    order = np.argsort(part, kind="stable")
    bounds = np.append(np.flatnonzero(np.diff(part[order], prepend=0)), len(order))
    return Components(y[order], x[order], bounds)


def _places(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Columns and rows where a mask is true, of which there is one, row by row; faster than NumPy."""
    x, y = np.asarray(cv2.findNonZero(mask.view(np.uint8)), np.intp).reshape(-1, 2).T
    return x, y
