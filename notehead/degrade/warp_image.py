# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917
"""The image of a page through a `Warp`: bilinear, without a map of every pixel.

Within a cell of the warp's grid, the source point of a row of pixels advances by the same step from pixel to
pixel, in fixed point of 16 bits. Where that step is nearly one pixel to the right, as on a page that is
turned or bent but not resized, long runs read neighbours in order, and the compiler has whole registers of
them mixed at once: 4 ms for 1960 x 2772 pixels on one core, where `cv2.remap` takes 13 with its maps.

Example:
    >>> warp = Warp.of(lambda points: points - (2.0, 0.0), size=(4, 1), source=(4, 1))
    >>> moved_image(np.array([[10, 20, 30, 40]], np.uint8), warp, background=255).tolist()
    [[255, 255, 10, 20]]
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.degrade.warp import Warp
from notehead.degrade.warp_kernels import first_of_cells, start_row

_SHRINKS = 0.95
"""Scales below this one need a low-pass."""
_GROWS = 1.1
"""Images that grow by more are resized first: so large a source is read in long runs."""
_BLUR = 0.5
"""Of the low-pass, in destination pixels: of lines a pixel apart about half of the contrast is left."""
_RUN = 32
"""Pixels that are mixed at once."""
_MOST = 0.7
"""Share of a page's runs that must be in order, so that looking for them pays."""
_1, _2 = np.uint64(1), np.uint64(2)
_FLAT = 1e-3
"""Source pixels by which the grid of a flat warp may be off."""
_STRIP = 64
"""Rows of the maps that are made at once."""


def moved_image(image: NDArray[np.uint8], warp: Warp, background: int) -> NDArray[np.uint8]:
    """The image uint8 (h, w) as the warp's destination shows it.

    Where it shrinks it is blurred first, as every pixel of a scanner sees an area, so that thin lines do not
    alias.

    Args:
        image: uint8, of the size of the warp's source.
        warp: how.
        background: grey value of what lies beyond the image.
    """
    grid, scale = warp.grid, warp.scale
    found = np.empty((warp.size[1], warp.size[0]), np.uint8)
    if scale < _SHRINKS:
        sigma = _BLUR * np.sqrt(scale**-2 - 1)
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)
        _remap(image, warp, found, background)
        return found
    if not _in_order(warp):
        _remap(image, warp, found, background)
        return found
    if scale > _GROWS:
        width, height = warp.source
        size = (round(width * scale), round(height * scale))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        grid = grid * (size[0] / width, size[1] / height)
    image = np.ascontiguousarray(image)
    left = _sample_runs(image.reshape(-1), image.shape, grid, warp.step, found)
    _sample_left(image, left, found, background)
    return found


def _in_order(warp: Warp) -> bool:
    """Whether most runs of pixels read neighbours in order, but for the change of scale."""
    off = np.diff(warp.grid, axis=1) / warp.step * (warp.scale if warp.scale > _GROWS else 1.0) - (1.0, 0.0)
    return bool((np.abs(off).max(axis=2) < 1 / _RUN).mean() > _MOST)


def _affine(warp: Warp) -> NDArray[np.float64] | None:
    """From the middles of destination pixels to those of the source, (2, 3); None for a bent warp."""
    rows, columns = warp.grid.shape[:2]
    across = (warp.grid[0, -1] - warp.grid[0, 0]) / (columns - 1)
    down = (warp.grid[-1, 0] - warp.grid[0, 0]) / (rows - 1)
    y, x = np.mgrid[:rows, :columns]
    flat = warp.grid[0, 0] + x[..., None] * across + y[..., None] * down
    if np.abs(warp.grid - flat).max() > _FLAT:
        return None
    # node (0, 0) is at -step / 2, the middle of the first pixel at 1 / 2
    middle = warp.grid[0, 0] + (across + down) * (0.5 / warp.step + 0.5) - 0.5
    return np.column_stack([across / warp.step, down / warp.step, middle])


def _remap(image: NDArray[np.uint8], warp: Warp, found: NDArray[np.uint8], background: int) -> None:
    """Fill `found`: at once if the warp is flat, else strip by strip, so that the maps stay in cache."""
    height, width = found.shape
    affine = _affine(warp)
    if affine is not None:
        cv2.warpAffine(
            image,
            affine,
            (width, height),
            dst=found,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=float(background),
        )
        return
    x, y = np.empty((2, min(_STRIP, height), width), np.float32)
    for top in range(0, height, _STRIP):
        rows = min(_STRIP, height - top)
        fill_maps(warp.grid, warp.step, top, x[:rows], y[:rows])
        found[top : top + rows] = cv2.remap(
            image,
            x[:rows],
            y[:rows],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=float(background),
        )


@njit(cache=True)
def fill_maps(grid, step, top, x, y):
    """Fill maps as `cv2.remap` takes them, which counts from the middle of pixel 0: float32 (rows, w)."""
    rows, width = x.shape
    first = first_of_cells(grid.shape[1], step, width)
    starts = np.empty((4, grid.shape[1] - 1), np.int64)
    for row in range(rows):
        start_row(grid, step, top + row, first, starts)
        for j in range(grid.shape[1] - 1):
            begin, end = first[j], first[j + 1]
            sx, dx, sy, dy = starts[0, j], starts[1, j], starts[2, j], starts[3, j]
            fx, ax = np.float32(sx / 65536 - 0.5), np.float32(dx / 65536)
            fy, ay = np.float32(sy / 65536 - 0.5), np.float32(dy / 65536)
            for k in range(end - begin):
                x[row, begin + k] = fx + np.float32(np.int32(k)) * ax
                y[row, begin + k] = fy + np.float32(np.int32(k)) * ay


@njit(cache=True)
def _sample_runs(flat, shape, grid, step, found):
    """Fill `found` uint8 (h, w) from the image where runs of pixels read neighbours in order.

    Args:
        flat: uint8, the image's pixels.
        shape: of the image.
        grid: the `Warp`'s.
        step: the `Warp`'s.
        found: to be filled.

    Returns:
        int64 (n, 7), what is left: y, x, how many pixels, source x, its step, source y, its step; these in
        2**-16 pixels, counted between the middles of pixels.
    """
    height, width = shape
    first = first_of_cells(grid.shape[1], step, found.shape[1])
    starts = np.empty((4, grid.shape[1] - 1), np.int64)
    ramp = np.arange(_RUN).astype(np.float32)
    left, lefts = np.empty((found.size // _RUN + found.shape[0] * grid.shape[1], 7), np.int64), 0
    for row in range(found.shape[0]):
        start_row(grid, step, row, first, starts)
        line = found[row]
        for j in range(grid.shape[1] - 1):
            begin, end = first[j], first[j + 1]
            x, dx, y, dy = starts[0, j], starts[1, j], starts[2, j], starts[3, j]
            x, y = x - 32768, y - 32768
            off, down = (_RUN - 1) * (dx - 65536), (_RUN - 1) * dy
            for at in range(begin, end, _RUN):
                column, line_at = min(x, x + off) >> 16, min(y, y + down) >> 16
                u, v = x - (column << 16), y - (line_at << 16)
                reach = max(u, u + off, v, v + down)
                inside = column >= 0 and line_at >= 0 and column + _RUN + 2 < width and line_at + 2 < height
                place = line_at * width + column
                if at + _RUN > end or not inside or reach >= 2 << 16:
                    left[lefts, 0], left[lefts, 1], left[lefts, 2] = row, at, min(_RUN, end - at)
                    left[lefts, 3], left[lefts, 4], left[lefts, 5], left[lefts, 6] = x, dx, y, dy
                    lefts += 1
                elif reach < 1 << 16:
                    _mix_four(flat, place, width, u, dx - 65536, v, dy, ramp, line, at)
                else:
                    _mix_nine(flat, place, width, u, dx - 65536, v, dy, ramp, line, at)
                x, y = x + _RUN * dx, y + _RUN * dy
    return left[:lefts]


@njit(cache=True)
def _sample_left(image, left, found, background):
    """Fill what `_sample_runs` has left."""
    for n in range(len(left)):
        row, begin, count, x, dx, y, dy = left[n]
        for k in range(begin, begin + count):
            found[row, k] = _mixed(image, x, y, background)
            x, y = x + dx, y + dy


@njit(cache=True)
def _mix_four(flat, place, width, u, du, v, dv, ramp, row, begin):
    """Mix `_RUN` pixels in order, of those from `place` on and in the row below."""
    one, half = np.float32(1 / 65536), np.float32(0.5)
    u0, u1, v0, v1 = np.float32(u) * one, np.float32(du) * one, np.float32(v) * one, np.float32(dv) * one
    # unsigned, so that numba need not look for places before the first
    at, low, to = np.uint64(place), np.uint64(place + width), np.uint64(begin)
    for i in range(_RUN):
        k = np.uint64(i)
        right, down = u0 + ramp[k] * u1, v0 + ramp[k] * v1
        a, b = np.float32(flat[at + k]), np.float32(flat[at + k + _1])
        c, d = np.float32(flat[low + k]), np.float32(flat[low + k + _1])
        above, below = a + (b - a) * right, c + (d - c) * right
        row[to + k] = np.uint8(np.int32(above + (below - above) * down + half))


@njit(cache=True)
def _mix_nine(flat, place, width, u, du, v, dv, ramp, row, begin):
    """Mix `_RUN` pixels that get to the next column or row on their way: of three by three, four count."""
    one, half, nil, unit = np.float32(1 / 65536), np.float32(0.5), np.float32(0), np.float32(1)
    u0, u1, v0, v1 = np.float32(u) * one, np.float32(du) * one, np.float32(v) * one, np.float32(dv) * one
    at, to, wide = np.uint64(place), np.uint64(begin), np.uint64(width)
    for i in range(_RUN):
        k = np.uint64(i)
        right, down = u0 + ramp[k] * u1, v0 + ramp[k] * v1
        p, r = max(unit - right, nil), max(right - unit, nil)
        q = unit - p - r
        x = at + k
        above = np.float32(flat[x]) * p + np.float32(flat[x + _1]) * q + np.float32(flat[x + _2]) * r
        x += wide
        middle = np.float32(flat[x]) * p + np.float32(flat[x + _1]) * q + np.float32(flat[x + _2]) * r
        x += wide
        below = np.float32(flat[x]) * p + np.float32(flat[x + _1]) * q + np.float32(flat[x + _2]) * r
        p, r = max(unit - down, nil), max(down - unit, nil)
        q = unit - p - r
        row[to + k] = np.uint8(np.int32(above * p + middle * q + below * r + half))


@njit(cache=True)
def _mixed(image, x, y, background):
    """The grey value at a point that may be beyond the image."""
    height, width = image.shape
    left, top = x >> 16, y >> 16
    u, v = x & 65535, y & 65535
    total = 0
    for i in range(2):
        for j in range(2):
            inside = 0 <= left + j < width and 0 <= top + i < height
            grey = np.int64(image[top + i, left + j]) if inside else np.int64(background)
            total += grey * (u if j else 65536 - u) * (v if i else 65536 - v)
    return (total + (1 << 31)) >> 32
