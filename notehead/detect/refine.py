"""Boxes looked at once more: a window around each, at a size of its own, to a more exact box.

A box that is read from one cell of the features knows nothing finer than that cell. So the pixels around it
are looked at again, all windows being brought to one size: a dot fills its window as a clef does. It is the
second step of Cascade R-CNN (Cai and Vasconcelos, 2018), on pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIDE = 24
"""Cells of a window's side."""
AROUND = 1 / 3
"""What a window shows at each side of its box, in widths and heights of the box."""
LEAST = 8.0
"""Pixels of a window's side at least: of a hyphen more is seen than its height."""

RefineBoxes = Callable[[Floats, NDArray[np.int64], Floats], Floats]
"""Windows (n, 1, side, side), class ids (n,) and boxes' sides in pixels (n, 2) to how far the box's left,
upper, right and lower side is from where it was, (n, 4), in widths and heights of the window."""


def refined(
    image: NDArray[np.uint8], boxes: NDArray[np.float64], labels: NDArray[np.int64], refine: RefineBoxes
) -> NDArray[np.float64]:
    """Boxes (n, 4), more exact.

    Args:
        image: uint8 (height, width), 0 black, at the network's scale.
        boxes: in its pixels, (n, 4).
        labels: class ids, (n,).
        refine: the network.
    """
    if not len(boxes):
        return boxes
    window = windows(boxes)
    sides = (boxes[:, 2:] - boxes[:, :2]).astype(np.float32)
    seen = cut_windows(image[None], np.zeros(len(boxes), np.int64), window)
    moved = refine(seen, labels.astype(np.int64), sides).astype(np.float64)
    better = boxes + moved * np.tile(window[:, 2:] - window[:, :2], 2)
    whole = np.all(better[:, 2:] > better[:, :2], axis=1, keepdims=True)
    return np.where(whole, better, boxes)


def windows(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is looked at around boxes, (n, 4).

    Example:
        >>> windows(np.array([[10.0, 10, 22, 12]])).tolist()
        [[6.0, 7.0, 26.0, 15.0]]
    """
    middle, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    half = np.maximum(sides * (1 + 2 * AROUND), LEAST) / 2
    return np.concatenate((middle - half, middle + half), axis=1)


def cut_windows(
    images: NDArray[np.uint8], place: NDArray[np.int64], window: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Windows as float32 (n, 1, side, side), 0 for paper to 1 for ink.

    Each cell is the mean of what it covers.

    Args:
        images: uint8 (images, height, width), 0 black; beyond them is paper.
        place: which image each window is of, (n,).
        window: in pixels, (n, 4).
    """
    result = np.zeros((len(window), 1, SIDE, SIDE), np.float32)
    _cut(np.ascontiguousarray(images), place, window, result)
    return result


@njit(cache=True)
def _cut(images, place, window, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    height, width = images.shape[1:]
    for k in range(len(window)):
        image = images[place[k]]
        x0, y0, x1, y1 = window[k]
        step_x, step_y = (x1 - x0) / SIDE, (y1 - y0) / SIDE
        first_row, last_row = max(int(np.floor(y0)), 0), min(int(np.ceil(y1)), height)
        first, last = max(int(np.floor(x0)), 0), min(int(np.ceil(x1)), width)
        if first >= last or first_row >= last_row:
            continue
        # rows are summed into cells from side to side first, then those from top to bottom
        line = np.empty(SIDE, np.float32)
        for y in range(first_row, last_row):
            line[:] = 0
            for x in range(first, last):
                ink = np.float32(255 - image[y, x])
                if ink == 0:
                    continue
                left, right = (x - x0) / step_x, (x + 1 - x0) / step_x
                for j in range(max(int(left), 0), min(int(np.ceil(right)), SIDE)):
                    line[j] += ink * (min(right, j + 1) - max(left, j))
            upper, lower = (y - y0) / step_y, (y + 1 - y0) / step_y
            for i in range(max(int(upper), 0), min(int(np.ceil(lower)), SIDE)):
                share = np.float32((min(lower, i + 1) - max(upper, i)) / 255)
                for j in range(SIDE):
                    result[k, 0, i, j] += share * line[j]
