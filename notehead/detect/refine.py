"""Symbols looked at once more: the pixels around each, to a more exact box and a surer class.

What is read from one cell of the features knows nothing finer than that cell. So the pixels are looked at
again, in two windows: one around the box, brought to one size whatever the box's, so that a dot fills it as a
clef does; and one of what is around, four staff spaces wide. It is the second step of Cascade R-CNN (Cai and
Vasconcelos, 2018), on pixels; classes and scores are corrected, not said anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.maps import Candidates

Floats = NDArray[np.float32]

SIDE = 24
"""Cells of a window's side."""
AROUND = 1 / 3
"""What a window shows at each side of its box, in widths and heights of the box."""
LEAST = 8.0
"""Pixels of a window's side at least: of a hyphen more is seen than its height."""
_PIXELS = 2
"""Pixels of a cell of the surroundings."""


class Glance(NamedTuple):
    """What is looked at.

    Attributes:
        seen: windows, float32 (n, 2, side, side), 0 for paper to 1 for ink: box, surroundings.
        features: of the cell where the symbol was found, (n, features).
        kind: int64 (n,), families.
        sides: of boxes, in pixels, (n, 2).
    """

    seen: Floats
    features: Floats
    kind: NDArray[np.int64]
    sides: Floats


class Correction(NamedTuple):
    """What a second look adds.

    Attributes:
        moved: how far the box's left, upper, right and lower side is from where it was, (n, 4), in widths and
            heights of the window.
        centre: to logits of being there, (n,).
        label: to logits of class ids, (n, classes).
    """

    moved: Floats
    centre: Floats
    label: Floats


Refine = Callable[[Glance], Correction]


def refined(
    image: NDArray[np.uint8], candidates: Candidates, refine: Refine, trust: float = 1.0
) -> Candidates:
    """The candidates, more exact and surer.

    Args:
        image: uint8 (height, width), 0 black, at the network's scale.
        candidates: what may be symbols of it.
        refine: the network.
        trust: share of the corrections of class and presence that counts.
    """
    boxes = candidates.box
    if not len(boxes):
        return candidates
    window = windows(boxes)
    seen = look_at(image[None], np.zeros(len(boxes), np.int64), boxes)
    sides = (boxes[:, 2:] - boxes[:, :2]).astype(np.float32)
    second = refine(Glance(seen, candidates.features, candidates.kind, sides))
    better = boxes + second.moved.astype(np.float64) * np.tile(window[:, 2:] - window[:, :2], 2)
    whole = np.all(better[:, 2:] > better[:, :2], axis=1, keepdims=True)
    return Candidates(
        candidates.kind,
        candidates.centre + np.float32(trust) * second.centre,
        candidates.label + np.float32(trust) * second.label,
        candidates.features,
        np.where(whole, better, boxes),
    )


def look_at(images: NDArray[np.uint8], place: NDArray[np.int64], boxes: NDArray[np.float64]) -> Floats:
    """Both windows of boxes, float32 (n, 2, side, side), 0 for paper to 1 for ink.

    Args:
        images: uint8 (images, height, width), 0 black; beyond them is paper.
        place: which image each box is on, (n,).
        boxes: in pixels, (n, 4).
    """
    around = surroundings(images, place, (boxes[:, :2] + boxes[:, 2:]) / 2)
    return np.concatenate((cut_windows(images, place, windows(boxes)), around), axis=1)


def surroundings(images: NDArray[np.uint8], place: NDArray[np.int64], points: NDArray[np.float64]) -> Floats:
    """What is around points (n, 2), float32 (n, 1, side, side): cells of two by two pixels."""
    half, rest = SIDE // 2, images.shape[1:] % np.array(_PIXELS)
    small = np.zeros(
        (len(images), *(side // _PIXELS + SIDE for side in np.array(images.shape[1:]) + rest)), np.uint8
    )
    for row, image in enumerate(images):
        even = cv2.copyMakeBorder(image, 0, int(rest[0]), 0, int(rest[1]), cv2.BORDER_CONSTANT, value=[255])
        size = (even.shape[1] // _PIXELS, even.shape[0] // _PIXELS)
        ink = 255 - np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)
        small[row, half:-half, half:-half] = ink
    at = np.floor(points / _PIXELS).astype(np.int64)
    limits = np.array(small.shape[:0:-1]) - SIDE
    x, y = np.clip(at, 0, limits).T
    shown = np.lib.stride_tricks.sliding_window_view(small, (SIDE, SIDE), axis=(1, 2))[place, y, x]
    return np.asarray((shown / np.float32(255))[:, None], np.float32)


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
