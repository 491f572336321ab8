"""Random fields: chance that varies from place to place.

Smooth fields are made small and enlarged, and noise comes as bytes, eight from one random number: a page
has five million pixels.
"""

from __future__ import annotations

from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

_SPREAD = 40.0
_QUANTILES = np.array([NormalDist().inv_cdf((byte + 0.5) / 256) for byte in range(256)])
_BELL = np.clip(np.rint(128 + _SPREAD * _QUANTILES), 0, 255).astype(np.uint8)
"""From a uniform byte to a normal one of mean 128 and standard deviation 40."""
STRIP = 512
_SHIFTS = (127, 256)
"""Rows and columns by which the places of strips differ at most."""
_PART = 4
_SLOW = 32
"""Pixels between knots from which on a field is made `_PART` times smaller first."""
ENLARGED_DEVIATION = 25.0
"""Deviation of `normal_bytes` enlarged twice: halfway between two pixels they are averaged."""


def noise_bytes(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Independent uniform bytes (height, width)."""
    count = shape[0] * shape[1]
    words = rng.integers(0, 2**64 - 1, -(-count // 8), np.uint64, endpoint=True)
    return words.astype("<u8", copy=False).view(np.uint8)[:count].reshape(shape)


def normal_bytes(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Independent normal bytes (height, width), mean 128, standard deviation 40."""
    noise = noise_bytes(shape, rng)
    cv2.LUT(noise, _BELL, dst=noise)
    return noise


def places(
    shape: tuple[int, int], rng: np.random.Generator
) -> tuple[tuple[int, int], NDArray[np.int64], NDArray[np.int64]]:
    """Where strips of `STRIP` rows of a large field lie on a plate that is smaller than it.

    Grain is made once for a strip, and seen from another place in each: nobody sees that it comes again.

    Returns:
        (height, width) of the plate; and by strip the plate's column int64 (strips,), and its row, at which
        it begins.
    """
    height, width = shape
    strips = -(-height // STRIP)
    y, x = (rng.integers(0, most + 1, strips) for most in _SHIFTS)
    return (min(height, STRIP) + _SHIFTS[0], width + _SHIFTS[1]), x, y


def smooth(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A smooth field float32 (height, width), mean about 0 and deviation about 1 at its knots.

    Args:
        shape: of the field.
        cell: pixels from one random knot to the next; the field bends no faster.
        rng: source of chance.
    """
    height, width = shape
    knots = (max(round(height / cell), 1) + 3, max(round(width / cell), 1) + 3)
    coarse = rng.standard_normal(knots, np.float32)
    if cell >= _SLOW and min(height, width) >= _SLOW:  # a curve of so many short straight parts
        part = (-(-width // _PART), -(-height // _PART))
        small = cv2.resize(coarse, part, interpolation=cv2.INTER_CUBIC)
        field = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    else:
        field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return field.astype(np.float32, copy=False)


def clouds(
    shape: tuple[int, int], cell: float, rng: np.random.Generator, octaves: int = 3
) -> NDArray[np.float32]:
    """Smooth fields of finer and finer cells on top of each other, each half as strong; deviation about 1."""
    total = smooth(shape, cell, rng)
    weight = 1.0
    for octave in range(1, octaves):
        weight /= 2
        total += np.float32(weight) * smooth(shape, max(cell / 2**octave, 1.0), rng)
    return total


def enlarged(field: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A small field uint8 enlarged to (height, width), linear between its pixels."""
    large: NDArray[np.uint8] = cv2.resize(  # type: ignore[assignment]
        field, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return large
