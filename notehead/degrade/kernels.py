"""The loops over pixels that OpenCV has no function for, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit

_CHUNK = 32
"""Pixels that are looked at together."""


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


@njit(cache=True)
def shift_greys(image, plate, tall, x, y, out):
    """Add a plate of offsets to an image, strip by strip, each from another place of the plate.

    Args:
        image: uint8 (h, w).
        plate: uint8, 128 for no change; as wide and tall as the strips and their places need.
        tall: rows of a strip; the last one may have fewer.
        x: int64 (strips,), the plate's column that a strip begins with.
        y: the same for its row.
        out: uint8 (h, w), filled.
    """
    height, width = image.shape
    for row in range(height):
        strip = row // tall
        above, left = np.uint64(y[strip] + row - strip * tall), np.uint64(x[strip])
        for column in range(np.uint64(width)):
            value = np.int16(image[row, column]) + np.int16(plate[above, left + column]) - np.int16(128)
            out[row, column] = np.uint8(min(max(value, np.int16(0)), np.int16(255)))


@njit(cache=True)
def _enlarged_row(field, y, row):
    """Fill a row float32 (8 (w + 1),), from pixel -4 on, of a uint8 field (h, w) enlarged eight times."""
    height, width = field.shape
    place = (y + 0.5) / 8 - 0.5
    above = int(np.floor(place))
    share = np.float32(place - above)
    top, low = min(max(above, 0), height - 1), min(max(above + 1, 0), height - 1)
    before = np.float32(field[top, 0]) * (np.float32(1) - share) + np.float32(field[low, 0]) * share
    for x in range(width + 1):
        at = min(x, width - 1)
        after = np.float32(field[top, at]) * (np.float32(1) - share) + np.float32(field[low, at]) * share
        step = (after - before) * np.float32(0.125)
        first = np.uint64(8 * x)
        for k in range(np.uint64(8)):
            row[first + k] = before + step * (np.float32(np.int32(k)) + np.float32(0.5))
        before = after


@njit(cache=True)
def _inked_chunks(image, y, white, chunks, out):
    """Find the chunks of a row that are not all paper, and make the others white.

    Args:
        image: uint8 (h, w).
        y: of the row.
        white: grey value from which on all is paper.
        chunks: uint64 (chunks of a row, 2), filled: the first pixel, and the one after the last.
        out: uint8 (h, w), changed: 255 in the other chunks.

    Returns:
        How many there are.
    """
    width, count = image.shape[1], 0
    for begin in range(0, width, _CHUNK):
        first, end = np.uint64(begin), np.uint64(min(begin + _CHUNK, width))
        least = np.uint8(255)
        for x in range(first, end):
            least = min(least, image[y, x])
        if least >= white:
            for x in range(first, end):
                out[y, x] = 255
            continue
        chunks[count, 0], chunks[count, 1] = first, end
        count += 1
    return count


@njit(cache=True)
def cut_ink(image, coarse, plate, tall, px, py, weight, gain, low, high, out):
    """Cut a blurred image at a level that varies from place to place.

    Args:
        image: uint8 (h, w).
        coarse: uint8, levels eight times smaller.
        plate: uint8, noise about 128.
        tall: rows of a strip that shows the plate from one place.
        px: int64 (strips,), the plate's column that a strip begins with.
        py: the same for its row.
        weight: of the noise.
        gain: how much steeper edges get.
        low: the lowest level.
        high: the highest one.
        out: uint8 (h, w), filled: 128 where the image is at the level.
    """
    height, width = image.shape
    level = np.empty(8 * (coarse.shape[1] + 1), np.float32)
    chunks = np.empty((width // _CHUNK + 1, 2), np.uint64)
    white = np.uint8(min(int(np.ceil(high + 127.5 / gain)), 255))
    steep, weight = np.float32(gain), np.float32(weight)
    low, high = np.float32(low), np.float32(high)
    for y in range(height):
        count = _inked_chunks(image, y, white, chunks, out)
        if not count:
            continue
        _enlarged_row(coarse, y, level)
        strip = y // tall
        above, left = np.uint64(py[strip] + y - strip * tall), np.uint64(px[strip])
        for n in range(count):
            for x in range(chunks[n, 0], chunks[n, 1]):
                fine = np.float32(plate[above, left + x]) - np.float32(128)
                at = min(max(level[x + np.uint64(4)] + weight * fine, low), high)
                value = (np.float32(image[y, x]) - at) * steep + np.float32(128.5)
                out[y, x] = np.uint8(np.int32(min(max(value, np.float32(0)), np.float32(255))))


@njit(cache=True)
def thin_ink(image, coarse, plate, tall, px, py, weight, out):
    """Make ink paler by a density, 255 for as it is, that varies from place to place.

    The arguments are those of `cut_ink`.
    """
    height, width = image.shape
    density = np.empty(8 * (coarse.shape[1] + 1), np.float32)
    chunks = np.empty((width // _CHUNK + 1, 2), np.uint64)
    weight = np.float32(weight)
    for y in range(height):
        count = _inked_chunks(image, y, 255, chunks, out)
        if not count:
            continue
        _enlarged_row(coarse, y, density)
        strip = y // tall
        above, left = np.uint64(py[strip] + y - strip * tall), np.uint64(px[strip])
        for n in range(count):
            for x in range(chunks[n, 0], chunks[n, 1]):
                fine = np.float32(plate[above, left + x]) - np.float32(128)
                share = min(max(density[x + np.uint64(4)] + weight * fine, np.float32(0)), np.float32(255))
                ink = (np.float32(255) - np.float32(image[y, x])) * share * np.float32(1 / 255)
                out[y, x] = np.uint8(np.int32(np.float32(255.5) - ink))
