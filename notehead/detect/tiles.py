"""A page in tiles, where it is too large for one pass: memory is bounded whatever the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import CELL, DOT, Maps

UNIT = 32
"""The network takes sides that are multiples of this."""

_CELLS = (CELL, DOT, CELL)

ReadPage = Callable[[NDArray[np.float32]], Maps]
"""Ink, float32 (height, width) from 0 for paper to 1, sides multiples of `UNIT`, to maps."""


@dataclass(frozen=True, slots=True)
class TileOptions:
    """How a page is cut.

    Attributes:
        pixels: a page of no more is read in one pass.
        side: of the largest tile, where it is cut; a multiple of `UNIT`.
        overlap: pixels that neighbours share, of which each gives half; a multiple of `2 * UNIT`.
    """

    pixels: int = 5_000_000
    side: int = 1536
    overlap: int = 256

    def __post_init__(self) -> None:
        if self.side % UNIT or self.overlap % (2 * UNIT) or not 0 <= self.overlap < self.side:
            message = f"side must be a multiple of {UNIT}, overlap of {2 * UNIT} and smaller"
            raise ValueError(message)


def read_in_tiles(image: NDArray[np.uint8], read: ReadPage, options: TileOptions) -> Maps:
    """The maps of a whole page; those of a page that is cut in half precision.

    Args:
        image: uint8 (height, width), 0 black.
        read: the network.
        options: how the page is cut.
    """
    height, width = image.shape
    padded = np.pad(image, ((0, -height % UNIT), (0, -width % UNIT)), mode="edge")
    if padded.size <= options.pixels:
        return read(_ink(padded))
    whole: list[NDArray[np.float16]] = []
    for rows, y in _spans(padded.shape[0], options):
        for columns, x in _spans(padded.shape[1], options):
            maps = read(_ink(padded[y[0] : y[1], x[0] : x[1]]))
            if not whole:
                whole = [
                    _empty(part, padded.shape, cell)
                    for part, cell in zip(maps, (CELL, DOT, CELL), strict=True)
                ]
            for target, part, cell in zip(whole, maps, _CELLS, strict=True):
                target[:, rows[0] // cell : rows[1] // cell, columns[0] // cell : columns[1] // cell] = part[
                    :,
                    (rows[0] - y[0]) // cell : (rows[1] - y[0]) // cell,
                    (columns[0] - x[0]) // cell : (columns[1] - x[0]) // cell,
                ]
    return Maps(*whole)  # type: ignore[arg-type]


def _ink(part: NDArray[np.uint8]) -> NDArray[np.float32]:
    return (np.float32(255) - part) / np.float32(255)


def _empty(part: NDArray[np.float32], shape: tuple[int, ...], cell: int) -> NDArray[np.float16]:
    return np.empty((part.shape[0], shape[0] // cell, shape[1] // cell), np.float16)


def _spans(length: int, options: TileOptions) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """For each tile along one side: what it gives, and what it sees."""
    if length <= options.side:
        yield (0, length), (0, length)
        return
    count = -(-(length - options.overlap) // (options.side - options.overlap))
    # as even as may be, in whole units: no tile is larger than it must
    side = -(-(length + (count - 1) * options.overlap) // (count * UNIT)) * UNIT
    step, half = side - options.overlap, options.overlap // 2
    for place in range(count):
        begin = min(place * step, length - side)
        first = 0 if place == 0 else place * step + half
        last = length if place == count - 1 else (place + 1) * step + half
        yield (first, last), (begin, begin + side)
