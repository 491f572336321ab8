"""The loops over pixels that OpenCV has no function for, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def discs(image, x, y, radius, tone, weight):
    """Draw soft-edged discs of a tone over an image, in place; `weight` is how much they cover, 0 to 1."""
    height, width = image.shape
    for i in range(len(x)):
        r = radius[i]
        reach = r + 0.5
        top, bottom = max(int(np.floor(y[i] - reach)), 0), min(int(np.ceil(y[i] + reach)) + 1, height)
        left, right = max(int(np.floor(x[i] - reach)), 0), min(int(np.ceil(x[i] + reach)) + 1, width)
        most = min(1.0, 4 * r * r)  # a disc smaller than a pixel covers part of it
        for row in range(top, bottom):
            for column in range(left, right):
                dx, dy = column + 0.5 - x[i], row + 0.5 - y[i]
                cover = min(max(reach - np.sqrt(dx * dx + dy * dy), 0.0), 1.0) * most * weight[i]
                old = float(image[row, column])
                image[row, column] = np.uint8(old + (tone[i] - old) * cover + 0.5)


@njit(cache=True)
def bands(image, rows, columns, wave, out):
    """Add offsets by row and by column, and a plane wave, to an image.

    Args:
        image: uint8 (h, w).
        rows: float32 (h,): grey levels to add.
        columns: float32 (w,): the same by column.
        wave: float32 (4, max(h, w)): sine and cosine of the phase along y, then along x; the first two
            times the amplitude.
        out: uint8 (h, w), filled.
    """
    height, width = image.shape
    sine, cosine = wave[2, :width], wave[3, :width]
    for y in range(height):
        offset, a, b = rows[y] + np.float32(0.5), wave[0, y], wave[1, y]
        for x in range(width):
            value = np.float32(image[y, x]) + offset + columns[x] + a * cosine[x] + b * sine[x]
            out[y, x] = np.uint8(min(max(value, np.float32(0)), np.float32(255)))


@njit(cache=True)
def diffuse(image, out):
    """Dither to black and white by the error diffusion of Floyd and Steinberg, every other row backwards."""
    height, width = image.shape
    now, after = np.zeros(width + 2, np.int32), np.zeros(width + 2, np.int32)
    for y in range(height):
        step = 1 if y % 2 == 0 else -1
        x = 0 if step == 1 else width - 1
        after[:] = 0
        for _ in range(width):
            value = np.int32(image[y, x]) + (now[x + 1] >> 4)
            white = value >= 128
            out[y, x] = 255 if white else 0
            error = value - 255 if white else value
            now[x + 1 + step] += 7 * error
            after[x + 1 - step] += 3 * error
            after[x + 1] += 5 * error
            after[x + 1 + step] += error
            x += step
        now, after = after, now
