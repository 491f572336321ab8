"""The layers of a page as images and back, compiled by numba: a page has five million pixels."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def class_rows(ids, value_of_id, rows):
    """Fill PNG rows (h, 1 + w) with the semantic mask, each pixel its symbol's value; see `encode_rows`."""
    height, width = ids.shape
    rows[:] = 0
    for y in range(height):
        for x in range(width):
            if ids[y, x]:
                rows[y, 1 + x] = value_of_id[ids[y, x]]


@njit(cache=True)
def instance_rows(ids, rows):
    """Fill PNG rows (h, 1 + 3 w) with the instance mask: instance n is the colour number n."""
    height, width = ids.shape
    rows[:] = 0
    for y in range(height):
        for x in range(width):
            number = ids[y, x]
            if number:
                rows[y, 3 * x + 2] = number >> 8
                rows[y, 3 * x + 3] = number & 255


def class_image(ids: NDArray[np.uint16], value_of_id: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Semantic mask uint8 (h, w): each pixel its symbol's value, 0 for paper and ids beyond the table."""
    table = np.zeros(1 << 16, np.uint8)  # the kernel does not look whether an id of a damaged mask is in it
    table[: len(value_of_id)] = value_of_id
    rows = np.empty((ids.shape[0], 1 + ids.shape[1]), np.uint8)
    class_rows(ids, table, rows)
    return rows[:, 1:]


def instance_image(ids: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """RGB uint8 (h, w, 3): instance n is the colour with the number n, as in DeepScoresV2."""
    rows = np.empty((ids.shape[0], 1 + 3 * ids.shape[1]), np.uint8)
    instance_rows(ids, rows)
    return rows[:, 1:].reshape(*ids.shape, 3)


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
