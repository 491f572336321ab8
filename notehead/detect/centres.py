"""Symbols found by their centres."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.maps import CELL, Candidates, DecodeOptions, Floats, Maps, ReadSymbols


def find_centres(maps: Maps, read: ReadSymbols, options: DecodeOptions) -> Candidates:
    """What may be symbols: the highest places of the maps of centres, with class and box read there."""
    centres = maps.centres.astype(np.float32, copy=False)  # of tiled pages in half precision
    kind, row, column = _peaks(centres, np.float32(np.log(options.least / (1 - options.least))))
    features = np.ascontiguousarray(maps.features[:, row, column].T).astype(np.float32, copy=False)
    labels, boxes = read(features, kind)
    middle = (np.stack((column, row), axis=1) + 0.5 + boxes[:, :2]) * CELL
    half = np.exp(np.clip(boxes[:, 2:], -3, 6)) * CELL / 2
    box = np.concatenate((middle - half, middle + half), axis=1).astype(np.float64)
    return Candidates(kind, centres[kind, row, column], labels, features, box)


@njit(cache=True)
def _peaks(maps: Floats, least: np.float32) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Places that are above `least` and not below any of their eight neighbours; of equals, the first."""
    families, height, width = maps.shape
    found = np.empty((3, 1024), np.int64)
    used = 0
    for k in range(families):
        for y in range(height):
            for x in range(width):
                value = maps[k, y, x]
                if value < least:
                    continue
                highest = True
                for v in range(max(y - 1, 0), min(y + 2, height)):
                    for u in range(max(x - 1, 0), min(x + 2, width)):
                        other = maps[k, v, u]
                        if other > value or (other == value and (v < y or (v == y and u < x))):
                            highest = False
                if highest:
                    if used == found.shape[1]:
                        found = np.concatenate((found, np.empty_like(found)), axis=1)
                    found[0, used], found[1, used], found[2, used] = k, y, x
                    used += 1
    return found[0, :used], found[1, :used], found[2, :used]
