"""What is left of a symbol inside of a window: by its pixels, or by its oriented box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The part of a symbol that a window shows.

    Attributes:
        box: (x0, y0, x1, y1) of the part, float64.
        corners: its oriented box, float64 (4, 2): the rectangle of least area around the part, which may
            stand out of the window where the part does not.
    """

    box: Floats
    corners: Floats


def piece_of_polygon(polygon: Floats, box: Floats) -> Piece | None:
    """The piece that a polygon (n, 2) of at least one corner outlines inside of a box.

    None where the polygon does no more than touch a box that has a width and a height.
    """
    bounds = np.concatenate([polygon.min(axis=0), polygon.max(axis=0)])
    bounds = bounds.clip(np.tile(box[:2], 2), np.tile(box[2:], 2))
    if ((bounds[2:] == bounds[:2]) & (box[2:] > box[:2])).any():
        return None
    return Piece(bounds, smallest_rectangle(polygon))


def piece_of_pixels(layers: list[NDArray[np.uint16]], number: int, box: Floats) -> Piece | None:
    """The piece that the pixels of a symbol make, None where it has none.

    Args:
        layers: the id layers of the window, the top one first.
        number: the symbol's id.
        box: where to look; pixels that it touches belong to it.
    """
    left, top = np.floor(box[:2]).astype(int).tolist()
    right, bottom = np.ceil(box[2:]).astype(int).tolist()
    mask = layers[0][top:bottom, left:right] == number
    for layer in layers[1:]:
        mask |= layer[top:bottom, left:right] == number
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8)) if mask.size else (0, 0, 0, 0)
    if not width:
        return None
    mask = mask[y : y + height, x : x + width]
    x, y = x + left, y + top
    found = np.array([x, y, x + width, y + height], np.float64)
    return Piece(found, smallest_rectangle(_outline(mask) + np.array([x, y])))


def _outline(mask: NDArray[np.bool_]) -> Floats:
    """The corners of the first and the last pixel of every row that has some: float64 (n, 2)."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - mask[rows, ::-1].argmax(axis=1)
    xs, ys = np.concatenate([first, last] * 2), np.concatenate([rows, rows, rows + 1, rows + 1])
    return np.stack([xs, ys], axis=1).astype(np.float64)


def smallest_rectangle(points: Floats) -> Floats:
    """The corners of the rectangle of least area around points (n, 2), clockwise on the screen."""
    origin = points.min(axis=0)  # OpenCV reckons in single precision
    rectangle = cv2.boxPoints(cv2.minAreaRect((points - origin).astype(np.float32)))
    corners: Floats = np.asarray(rectangle, np.float64) + origin
    return corners


def clip_polygon(polygon: Floats, size: tuple[int, int]) -> Floats:
    """The part of a convex polygon (n, 2) on a window of (width, height): (m, 2), m = 0 where there is none.

    Sutherland and Hodgman's way, side by side of the window; a polygon without area is a line or a point.

    Example:
        >>> square = np.array([[-1.0, 1.0], [2.0, 1.0], [2.0, 3.0], [-1.0, 3.0]])
        >>> clip_polygon(square, (9, 9)).tolist()
        [[0.0, 1.0], [2.0, 1.0], [2.0, 3.0], [0.0, 3.0]]
    """
    points: list[list[float]] = polygon.tolist()
    for axis, sign, limit in ((0, 1, 0), (0, -1, -size[0]), (1, 1, 0), (1, -1, -size[1])):
        kept: list[list[float]] = []
        for start, end in zip(points[-1:] + points[:-1], points, strict=True):
            before, after = sign * start[axis] - limit, sign * end[axis] - limit
            if (before < 0) != (after < 0):
                share = before / (before - after)
                crossing = [s + share * (e - s) for s, e in zip(start, end, strict=True)]
                crossing[axis] = float(sign * limit)
                kept.append(crossing)
            if after >= 0:
                kept.append(end)
        points = kept
    return np.array(points, np.float64).reshape(-1, 2)


def length_and_thickness(polygon: Floats, corners: Floats) -> tuple[float, float]:
    """How long a piece of a line is, in pixels, and what share of the line's thickness it shows.

    The share is 1.0 for a piece that is cut straight across the line's length.

    Args:
        polygon: the piece, (n, 2), of at least one corner.
        corners: the whole symbol's oriented box, (4, 2).
    """
    sides = corners[[1, 3]] - corners[0]
    sizes = np.hypot(sides[:, 0], sides[:, 1])
    thin = int(sizes.argmin())
    extents = np.ptp(polygon @ sides.T, axis=0)  # each times its side's length
    length = extents[1 - thin] / sizes[1 - thin] if sizes[1 - thin] else 0.0
    return float(length), float(extents[thin] / sizes[thin] ** 2) if sizes[thin] else 1.0
