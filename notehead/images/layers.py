"""The layers of a page as images and back, compiled by numba: a page has five million pixels."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def class_image(ids, value_of_id):
    """Semantic mask uint8 (h, w): for each pixel the value of its symbol; `value_of_id` is uint8."""
    height, width = ids.shape
    image = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            if ids[y, x]:
                image[y, x] = value_of_id[ids[y, x]]
    return image


@njit(cache=True)
def instance_image(ids):
    """RGB uint8 (h, w, 3): instance n is the colour with the number n, as in DeepScoresV2."""
    height, width = ids.shape
    image = np.zeros((height, width, 3), np.uint8)
    for y in range(height):
        for x in range(width):
            number = ids[y, x]
            if number:
                image[y, x, 1] = number >> 8
                image[y, x, 2] = number & 255
    return image


def instance_ids(image: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Instance numbers uint16 (h, w) of such an RGB image."""
    ids: NDArray[np.uint16] = (image[..., 1].astype(np.uint16) << np.uint16(8)) | image[..., 2]
    return ids


@njit(cache=True)
def overlap_runs(under):
    """The second layer as runs int32 (n, 3): (first pixel, length, id), pixels numbered row by row.

    A run ends with its row.
    """
    runs = np.empty((4096, 3), np.int32)
    used = 0
    height, width = under.shape
    for y in range(height):
        current = 0
        for x in range(width):
            number = under[y, x]
            if number == current:
                continue
            if current:
                runs[used, 1] = y * width + x - runs[used, 0]
                used += 1
            if number:
                if used == len(runs):
                    runs = np.concatenate((runs, np.empty_like(runs)))
                runs[used, 0], runs[used, 2] = y * width + x, number
            current = number
        if current:
            runs[used, 1] = (y + 1) * width - runs[used, 0]
            used += 1
    return runs[:used]


def put_runs(runs: NDArray[np.int32], shape: tuple[int, int]) -> NDArray[np.uint16]:
    """The second layer uint16 (h, w) of such runs."""
    under = np.zeros(shape[0] * shape[1], np.uint16)
    for start, length, number in runs.tolist():
        under[start : start + length] = number
    return under.reshape(shape)
