"""Where a page has ink: bare paper need not be read."""

from __future__ import annotations

import itertools

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BLOCK = 32
"""Pixels of a block's side."""
_FAINT = 0.85
"""What is darker than this, in parts of the brightest pixel of its block, may be ink."""
_LEAST = 3
"""Pixels of ink in a block that has any."""
_APART = 3
"""Blank rows of blocks between two regions, beside the one that each is seen with."""
_WORTH = 0.95
"""Of the page's area, what the regions have at most for them to be worth the trouble."""

Region = tuple[slice, slice]
"""Rows and columns of an image."""


def inked(image: NDArray[np.uint8]) -> list[Region]:
    """The regions of an image that have ink, from the top down, each with a margin around; at least one.

    What is ink is said by the contrast within a block, so neither shade nor faint print matters. Beyond a
    region there are whole blocks of bare paper.

    Args:
        image: uint8 (height, width), 0 black.

    Example:
        >>> page = np.full((900, 600), 255, np.uint8)
        >>> page[300:310, 100:200] = page[800:810, 400:410] = 0
        >>> [[(part.start, part.stop) for part in region] for region in inked(page)]
        [[(256, 352), (64, 256)], [(768, 864), (352, 448)]]
    """
    blocks = _blocks(image)
    rows = _runs(np.asarray(blocks.any(axis=1)), _APART)
    found: list[Region] = []
    for first, last in rows:
        columns = np.flatnonzero(blocks[first:last].any(axis=0))
        sides = ((first, last), (int(columns[0]), int(columns[-1]) + 1))
        found.append(
            tuple(  # type: ignore[arg-type]
                slice(max(begin - 1, 0) * _BLOCK, min((end + 1) * _BLOCK, size))
                for (begin, end), size in zip(sides, image.shape, strict=True)
            )
        )
    area = sum((y.stop - y.start) * (x.stop - x.start) for y, x in found)
    if not found or area > _WORTH * image.size:
        return [(slice(0, image.shape[0]), slice(0, image.shape[1]))]
    return found


def _runs(used: NDArray[np.bool_], apart: int) -> list[tuple[int, int]]:
    """First and last (exclusive) of rows that are used, with fewer than so many + 2 others between."""
    places = np.flatnonzero(used)
    cuts = np.flatnonzero(np.diff(places) > apart + 2)
    bounds = [0, *(cuts + 1).tolist(), len(places)]
    return [
        (int(places[begin]), int(places[end - 1]) + 1)
        for begin, end in itertools.pairwise(bounds)
        if end > begin
    ]


@njit(cache=True)
def _blocks(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each block has ink; those at the right and the lower edge may be smaller."""
    height, width = image.shape
    result = np.zeros((-(-height // _BLOCK), -(-width // _BLOCK)), np.bool_)
    for i in range(result.shape[0]):
        y1 = min((i + 1) * _BLOCK, height)
        for j in range(result.shape[1]):
            x1 = min((j + 1) * _BLOCK, width)
            brightest = 0
            for y in range(i * _BLOCK, y1):
                for x in range(j * _BLOCK, x1):
                    brightest = max(brightest, image[y, x])
            limit, dark = _FAINT * brightest, 0
            for y in range(i * _BLOCK, y1):
                for x in range(j * _BLOCK, x1):
                    dark += image[y, x] < limit
            result[i, j] = dark >= _LEAST
    return result
