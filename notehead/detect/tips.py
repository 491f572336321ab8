"""Tips of curves looked at once more: how far each is from where its trace seems to end.

A slur fades at its ends, is a hair among staff lines, or hangs from a hook as straight as a stem. Its trace
tells where it runs, but not quite where it ends. So the pixels around each tip are looked at again, mirrored
so that the curve comes from the left and is bowed upwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.maps import DOT, sigmoid

Floats = NDArray[np.float32]
Points = NDArray[np.float64]

SIDE = 25
"""Cells of a window's side."""
KNOWN = 4
"""Numbers that are known of a tip beside its windows."""
_NOTHING = -30.0
UNIT = 12.0
"""Pixels that the network counts in: a staff space."""

MoveTips = Callable[[Floats, Floats], Floats]
"""Windows (n, 3, side, side) and what else is known (n, 4) to how far tips are off, (n, 2), in staff spaces:
outwards, and away from where the bow is."""


@dataclass(frozen=True, eq=False)
class Tips:
    """Where curves seem to end.

    Attributes:
        at: in pixels, (n, 2).
        outward: directions away from the curves, of length 1, (n, 2).
        length: of the curves, in pixels, (n,).
        hangs: whether they are bowed downwards, bool (n,).
        tie: whether they are ties, bool (n,).
    """

    at: Points
    outward: Points
    length: NDArray[np.float64]
    hangs: NDArray[np.bool_]
    tie: NDArray[np.bool_]

    @property
    def cell(self) -> NDArray[np.int64]:
        """The cell of the maps of lines, (n, 2), around whose middle a tip is looked at."""
        return np.floor(self.at / DOT).astype(np.int64)

    @property
    def sign(self) -> NDArray[np.int64]:
        """-1 where x, and where y, are mirrored, else 1: (n, 2)."""
        return np.stack((np.where(self.outward[:, 0] < 0, -1, 1), np.where(self.hangs, -1, 1)), axis=1)

    @property
    def known(self) -> Floats:
        """What is known beside the windows, float32 (n, 4): direction, length, whether it is a tie."""
        direction = self.outward * self.sign
        size = np.log(np.maximum(self.length, 1) / UNIT) / 3
        return np.column_stack((direction, size, self.tie)).astype(np.float32)

    def away(self, true: Points) -> Floats:
        """How far the true tips (n, 2) are from where these are looked at, as the network says it.

        Example:
            >>> yes = np.array([True])
            >>> tips = Tips(np.array([[7.0, 5]]), np.array([[-1.0, 0]]), np.array([50.0]), yes, ~yes)
            >>> tips.away(np.array([[1.0, 8]])).tolist(), tips.moved(tips.away(np.array([[1.0, 8]]))).tolist()
            ([[0.5, -0.25]], [[1.0, 8.0]])
        """
        return ((true - (self.cell + 0.5) * DOT) * self.sign / UNIT).astype(np.float32)

    def moved(self, away: Floats) -> Points:
        """Where tips are that are so far away, in pixels (n, 2)."""
        return (self.cell + 0.5) * DOT + away.astype(np.float64) * self.sign * UNIT


def tip_windows(
    images: NDArray[np.uint8],
    maps: Floats,
    tips: Tips,
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Floats:
    """What is looked at: float32 (n, 3, side, side), from 0 to 1.

    The ink of pixels around a tip, the ink of cells of two by two pixels, and the curve's trace there.

    Args:
        images: uint8 (images, height, width), 0 black; beyond them is paper.
        maps: logits of traces, (maps, height / 2, width / 2); beyond them is none.
        tips: where to look.
        places: which image each tip is on, and which map shows its curve, both (n,).
    """
    result = np.zeros((len(tips.at), 3, SIDE, SIDE), np.float32)
    image, trace = places
    pixel = tips.cell * DOT + (tips.sign < 0)  # of the two pixels of a cell the one that is mirrored to
    _cut_ink(images, image, pixel, tips.sign, 1, result[:, 0])
    _cut_ink(images, image, tips.cell * DOT, tips.sign, DOT, result[:, 1])
    result[:, 2] = _NOTHING
    _cut(maps, trace, tips.cell, tips.sign, result[:, 2])
    result[:, 2] = sigmoid(result[:, 2])
    return result


@njit(cache=True)
def _cut_ink(images, place, pixel, sign, side, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The square of cells around a middle, mirrored where a sign is -1: the means of their pixels' ink.

    Args:
        images: uint8 (images, height, width), 0 black; beyond them is paper.
        place: which image, (n,).
        pixel: the upper left one of the middle cell, (n, 2).
        sign: (n, 2).
        side: pixels of a cell's side.
        result: float32 (n, cells, cells), 0 so far.
    """
    half = result.shape[1] // 2
    height, width = images.shape[1:]
    for k in range(len(result)):
        image = images[place[k]]
        for i in range(-half, half + 1):
            for j in range(-half, half + 1):
                x0, y0 = pixel[k, 0] + sign[k, 0] * side * j, pixel[k, 1] + sign[k, 1] * side * i
                ink = 0
                for y in range(max(y0, 0), min(y0 + side, height)):
                    for x in range(max(x0, 0), min(x0 + side, width)):
                        ink += 255 - image[y, x]
                result[k, i + half, j + half] = ink / (255 * side * side)


@njit(cache=True)
def _cut(planes, place, middle, sign, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The square of cells around a middle, mirrored where a sign is -1; what is beyond stays as it was."""
    half = result.shape[1] // 2
    height, width = planes.shape[1:]
    for k in range(len(result)):
        for i in range(-half, half + 1):
            y = middle[k, 1] + sign[k, 1] * i
            if y < 0 or y >= height:
                continue
            for j in range(-half, half + 1):
                x = middle[k, 0] + sign[k, 0] * j
                if 0 <= x < width:
                    result[k, i + half, j + half] = planes[place[k], y, x]
