"""A page as it is read, upright and level, and the way back to the image that was given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.oriented import upright_around
from notehead.page import Symbols

_WHOLE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3]


@dataclass(frozen=True, eq=False)
class View:
    """An image in which staves run from left to right.

    Attributes:
        image: uint8 (height, width), 0 black.
        back: float64 (2, 3), from a point of this image to the point of the given one. Points are pixels; the
            first pixel covers [0, 1) x [0, 1).
    """

    image: NDArray[np.uint8]
    back: NDArray[np.float64]

    def given(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (..., 2) of this image in the given one."""
        return np.asarray(points @ self.back[:, :2].T + self.back[:, 2])

    def seen(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (..., 2) of the given image in this one."""
        return np.asarray((points - self.back[:, 2]) @ np.linalg.inv(self.back[:, :2]).T)

    def seen_box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The upright box here around an upright box (x0, y0, x1, y1) of the given image."""
        points = self.seen(np.array(box)[_CORNERS].reshape(4, 2))
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return x0, y0, x1, y1

    def symbols_given(self, symbols: Symbols) -> Symbols:
        """Symbols of this image in the given one; their boxes stay upright, and hold what they held."""
        if np.array_equal(self.back, _WHOLE):
            return symbols
        corners = self.given(symbols.corners)
        box = self.given(symbols.box[:, _CORNERS].reshape(-1, 4, 2))
        if np.abs(self.back[:, :2]).min(axis=1).max() > 0:  # not by quarter turns alone
            box = corners  # a box of a box of a long line would be far too large
        return symbols.replace(box=upright_around(box), corners=corners)


def turned(image: NDArray[np.uint8], turns: int) -> View:
    """The image as `np.rot90(image, turns)` has it.

    Example:
        >>> page = np.zeros((20, 30), np.uint8)
        >>> turned(page, 1).given(np.array([0.0, 0.0])).tolist()
        [30.0, 0.0]
    """
    height, width = image.shape
    back = {
        0: _WHOLE,
        1: np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0]]),
        2: np.array([[-1.0, 0.0, width], [0.0, -1.0, height]]),
        3: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height]]),
    }[turns % 4]
    return View(np.ascontiguousarray(np.rot90(image, turns)), back)


def levelled(view: View, degrees: float) -> View:
    """The view with staves level that fall by so many degrees; what lies beyond the page is paper."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    old = np.array(view.image.shape[::-1], np.float64)
    new = np.ceil(np.abs(turn) @ old)
    move = old / 2 - turn @ (new / 2)
    centres = np.hstack((turn, (move + turn @ (0.5, 0.5) - 0.5)[:, None]))  # OpenCV counts from pixel centres
    image = cv2.warpAffine(
        view.image,
        centres,
        (int(new[0]), int(new[1])),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=float(np.median(view.image)),
    )
    back = np.hstack((view.back[:, :2] @ turn, (view.back[:, :2] @ move + view.back[:, 2])[:, None]))
    return replace(view, image=np.asarray(image, np.uint8), back=back)
