"""Boxes of glyphs that stand alone, put around their ink.

Only on pages as a program has drawn them (a PDF that a notation program has written): there the ink of a
glyph is where the glyph is. On a scan it has run, or is worn.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_MARGIN = 0.35
"""Staff spaces around a box in which its ink may end."""
_CONTRAST = 50
"""Grey values between ink and paper at least."""
_MOSTLY = 0.8
"""Of a connected part, what lies in a box, or a pixel beside it, for it to be of the box's glyph."""
_BEYOND = 2
"""Pixels by which it may reach beyond its box."""
_SHARED = 0.4
"""A box that shares less than this (IoU) with the ink is not of it,"""
_ANYWAY = 1.5
"""unless no side is further off than so many pixels: a hyphen may be a pixel high."""


_ROWS = 250
"""Rows of a page that are looked at, about."""
_PAPER, _GREYS = 0.75, 16
"""Share of a drawn page that is bare paper, of one grey; greys that it has at least, at the edges of ink."""


def is_drawn(image: NDArray[np.uint8]) -> bool:
    """Whether a page is as a program has drawn it: its paper has one grey, and edges are shaded.

    Example:
        >>> page = np.full((20, 20), 255, np.uint8)
        >>> page[9, :16] = np.arange(0, 256, 16)
        >>> is_drawn(page), is_drawn(np.where(page > 128, 255, 0).astype(np.uint8))
        (True, False)
    """
    some = image[:: max(1, len(image) // _ROWS)]
    greys = np.bincount(some.ravel(), minlength=256)
    return bool(greys.max() >= _PAPER * some.size and np.count_nonzero(greys) >= _GREYS)


def snapped(image: NDArray[np.uint8], boxes: NDArray[np.float64], staff_space: float) -> NDArray[np.float64]:
    """The boxes (n, 4), of glyphs that nothing touches around all pixels that are more ink than paper.

    Those that a staff line, a stem or a neighbour touches stay as they were.

    Args:
        image: uint8 (height, width), 0 black.
        boxes: in its pixels.
        staff_space: in its pixels.

    Example:
        >>> page = np.full((40, 40), 255, np.uint8)
        >>> page[10:13, 8:20] = 0
        >>> snapped(page, np.array([[7.0, 10, 21, 14]]), 12.0).tolist()
        [[8.0, 10.0, 20.0, 13.0]]
    """
    result = np.ascontiguousarray(boxes, np.float64).copy()
    _snap(np.ascontiguousarray(image), result, max(2, round(_MARGIN * staff_space)))
    return result


@njit(cache=True)
def ink_level(window):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The grey below which pixels of a window are ink: half-way to its paper; -1 where all is alike."""
    paper, ink = int(window.max()), int(window.min())
    return -1 if paper < ink + _CONTRAST else (paper + ink) // 2


@njit(cache=True)
def _snap(image, boxes, margin):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    height, width = image.shape
    for k in range(len(boxes)):
        x0, y0 = int(np.floor(boxes[k, 0])), int(np.floor(boxes[k, 1]))
        x1, y1 = int(np.ceil(boxes[k, 2])), int(np.ceil(boxes[k, 3]))
        left, top = max(x0 - margin, 0), max(y0 - margin, 0)
        right, bottom = min(x1 + margin, width), min(y1 + margin, height)
        if right - left < 3 or bottom - top < 3:
            continue
        window = image[top:bottom, left:right]
        level = ink_level(window)
        if level < 0:
            continue
        dark = window < level
        found = _ink_within(dark, x0 - left, y0 - top, x1 - left, y1 - top)
        if found[2] <= found[0]:
            continue
        new = (found[0] + left, found[1] + top, found[2] + left, found[3] + top)
        shared = max(min(new[2], boxes[k, 2]) - max(new[0], boxes[k, 0]), 0.0) * max(
            min(new[3], boxes[k, 3]) - max(new[1], boxes[k, 1]), 0.0
        )
        area = (boxes[k, 2] - boxes[k, 0]) * (boxes[k, 3] - boxes[k, 1])
        union = area + (new[2] - new[0]) * (new[3] - new[1]) - shared
        off = max(
            abs(new[0] - boxes[k, 0]), abs(new[1] - boxes[k, 1]),
            abs(new[2] - boxes[k, 2]), abs(new[3] - boxes[k, 3]),
        )  # fmt: skip
        if shared >= _SHARED * union or off <= _ANYWAY:
            boxes[k] = new


@njit(cache=True)
def _ink_within(dark, x0, y0, x1, y1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Bounds of the connected parts in a box; nothing where one is half in it, or leaves the window."""
    height, width = dark.shape
    seen = np.zeros(dark.shape, np.bool_)
    stack = np.empty((height * width, 2), np.int32)
    bounds = np.array([width, height, 0, 0])
    for y in range(max(y0, 0), min(y1, height)):
        for x in range(max(x0, 0), min(x1, width)):
            if not dark[y, x] or seen[y, x]:
                continue
            part, count, inside = _part(dark, seen, stack, (x, y), (x0, y0, x1, y1))
            leaves = part[0] == 0 or part[1] == 0 or part[2] == width or part[3] == height
            beyond = max(x0 - part[0], y0 - part[1], part[2] - x1, part[3] - y1)
            if leaves or (inside > (1 - _MOSTLY) * count and (inside < _MOSTLY * count or beyond > _BEYOND)):
                return np.zeros(4, np.int64)
            if inside >= _MOSTLY * count:
                bounds[:2] = np.minimum(bounds[:2], part[:2])
                bounds[2:] = np.maximum(bounds[2:], part[2:])
    return bounds


@njit(cache=True)
def _part(dark, seen, stack, start, box):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Of the connected part with a pixel: its bounds, its pixels, and those in a box or a pixel beside it."""
    height, width = dark.shape
    x0, y0, x1, y1 = box
    bounds = np.array([start[0], start[1], start[0] + 1, start[1] + 1])
    count, inside, size = 0, 0, 1
    stack[0] = start
    seen[start[1], start[0]] = True
    while size:
        size -= 1
        x, y = stack[size]
        count += 1
        inside += x0 - 1 <= x <= x1 and y0 - 1 <= y <= y1
        bounds[0], bounds[1] = min(bounds[0], x), min(bounds[1], y)
        bounds[2], bounds[3] = max(bounds[2], x + 1), max(bounds[3], y + 1)
        for v in range(max(y - 1, 0), min(y + 2, height)):
            for u in range(max(x - 1, 0), min(x + 2, width)):
                if dark[v, u] and not seen[v, u]:
                    seen[v, u] = True
                    stack[size] = u, v
                    size += 1
    return bounds, count, inside
