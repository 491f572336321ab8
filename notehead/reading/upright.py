"""A page set upright: quarter turns and skew taken back, from its image and its symbols alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead.detect.view import View, levelled, turned
from notehead.page import Page, Symbols, upright_corners

_SKEW = 0.2
"""Degrees below which staves are level enough."""


def upright(page: Page, degrees: int, skew: float) -> Page:
    """The page with staves that run level from left to right.

    Args:
        page: as it is in its file.
        degrees: by which it is turned to the left to be read: 0, 90, 180 or 270.
        skew: degrees by which its staves then fall.
    """
    if degrees % 360 == 0 and abs(skew) < _SKEW:
        return page
    view = turned(page.image, degrees // 90)
    if abs(skew) >= _SKEW:
        view = levelled(view, skew)
    ends = view.seen(page.staff_lines[:, 1:].reshape(-1, 2, 2))
    order = np.argsort(ends[:, :, 0], axis=1)[:, :, None]
    ends = np.take_along_axis(ends, order, axis=1)
    lines = np.hstack((page.staff_lines[:, :1], ends.reshape(-1, 4)))
    return replace(page, image=view.image, symbols=_seen(view, page.symbols), staff_lines=lines)


def _seen(view: View, symbols: Symbols) -> Symbols:
    """Symbols of the given image in the view; glyphs, whose boxes are upright there, keep their size."""
    corners = view.seen(symbols.corners)
    box = _around(corners)
    size = symbols.box[:, 2:] - symbols.box[:, :2]
    if np.abs(view.back[0, 0]) < 0.5:  # it lay on its side
        size = size[:, ::-1]
    plain = np.isclose(symbols.corners, upright_corners(symbols.box)).all(axis=(1, 2))
    middle = view.seen((symbols.box[:, :2] + symbols.box[:, 2:]) / 2)
    box[plain] = np.hstack((middle - size / 2, middle + size / 2))[plain]
    corners[plain] = upright_corners(box[plain])
    return symbols.replace(box=box, corners=corners)


def _around(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack((corners.min(axis=1), corners.max(axis=1)))
