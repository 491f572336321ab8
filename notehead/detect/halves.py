"""An image at its own size, half of it, a quarter, each made once.

Means of two by two pixels cost next to nothing; by other factors OpenCV shrinks ten times as slowly.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect import kernels

Picture = NDArray[np.uint8]


class Halves:
    """An image and what is left of it when two by two pixels become one, again and again.

    An odd last row or column is left out, so that pixel x of a half covers exactly [2 x, 2 x + 2).

    Args:
        image: uint8 (height, width).

    Example:
        >>> halves = Halves(np.array([[0, 2, 9], [4, 6, 9]], np.uint8))
        >>> halves.at(1).tolist()
        [[3]]
    """

    def __init__(self, image: Picture) -> None:
        self._sizes = [image]

    @property
    def image(self) -> Picture:
        """The image that was given."""
        return self._sizes[0]

    def at(self, times: int) -> Picture:
        """The image halved so many times; (0, 0) pixels where nothing is left."""
        while len(self._sizes) <= times:
            last = self._sizes[-1]
            height, width = last.shape[0] // 2, last.shape[1] // 2
            half = np.empty((height, width), np.uint8)
            if half.size:
                cv2.resize(
                    last[: 2 * height, : 2 * width], (width, height), half, interpolation=cv2.INTER_AREA
                )
            self._sizes.append(half)
        return self._sizes[times]


def folded(image: Picture, times: int) -> Picture:
    """Means of neighbouring rows, 2 ** times of them each; what is left over at the end is left out.

    Example:
        >>> folded(np.array([[0], [3], [5], [6], [9]], np.uint8), 1).tolist()
        [[2], [6]]
    """
    for _ in range(times):
        rows = np.empty((len(image) // 2, image.shape[1]), np.uint8)
        kernels.pair_rows(image, rows)
        image = rows
    return image
