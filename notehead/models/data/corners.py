"""Oriented boxes cut at the edge of a crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_NONE = 1e-6
"""Square pixels; what has no more has no area."""


def cut_corners(corners: Floats, size: int) -> Floats:
    """Oriented boxes around what is left of them on a square, as oriented as they were.

    Args:
        corners: float32 (n, 4, 2), in pixels of the square, in order around each box.
        size: of the square's side.

    Example:
        >>> cut_corners(np.array([[[-8, 2], [4, 2], [4, 6], [-8, 6]]], np.float32), 16).astype(int).tolist()
        [[[0, 2], [4, 2], [4, 6], [0, 6]]]
    """
    result = corners.copy()
    out = ((corners < 0) | (corners > size)).any(axis=(1, 2))
    if out.any():
        result[out] = _cut(corners[out].astype(np.float64), size)
    return result


def _cut(corners: NDArray[np.float64], size: int) -> Floats:
    origin = corners[:, 0]
    sides = corners[:, [1, 3]] - origin[:, None]
    length = np.linalg.norm(sides, axis=2, keepdims=True)
    across = sides[:, :1] / np.maximum(length[:, :1], _NONE)
    down = np.where(
        length[:, 1:] > _NONE, sides[:, 1:] / np.maximum(length[:, 1:], _NONE), across[..., ::-1] * [-1, 1]
    )
    axes = np.concatenate((across, down), axis=1)
    points, real = _remains(corners, axes, length[..., 0], float(size))
    # along the sides of the box, from its first corner
    place = np.einsum("npc,nac->npa", points - origin[:, None], axes)
    low = np.where(real[..., None], place, np.inf).min(axis=1)
    high = np.where(real[..., None], place, -np.inf).max(axis=1)
    low, high = np.maximum(low, 0), np.minimum(high, length[..., 0])
    ends = np.stack((low, high), axis=1)
    along = np.stack([ends[:, [0, 1, 1, 0], 0], ends[:, [0, 0, 1, 1], 1]], axis=2)
    found = origin[:, None] + np.einsum("npa,nac->npc", along, axes)
    shown = np.asarray(real.any(axis=1))[:, None, None]
    return np.where(shown, found, corners).astype(np.float32)


def _remains(
    corners: NDArray[np.float64], axes: NDArray[np.float64], length: NDArray[np.float64], size: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """All points that may be corners of what box and square share, and which of them are."""
    inner = ((corners >= 0) & (corners <= size)).all(axis=2)
    square = np.array([[0.0, 0], [size, 0], [size, size], [0, size]])
    place = np.einsum("npc,nac->npa", square[None] - corners[:, :1], axes)
    covered = ((place >= 0) & (place <= length[:, None])).all(axis=2)
    points = [corners, np.broadcast_to(square, corners.shape)]
    real = [inner, covered]
    way = np.roll(corners, -1, axis=1) - corners
    for axis in (0, 1):
        for edge in (0.0, size):
            step = way[..., axis]
            share = (edge - corners[..., axis]) / np.where(np.abs(step) > _NONE, step, np.inf)
            crossing = corners + share[..., None] * way
            other = crossing[..., 1 - axis]
            points.append(crossing)
            real.append((np.abs(step) > _NONE) & (share >= 0) & (share <= 1) & (other >= 0) & (other <= size))
    return np.concatenate(points, axis=1), np.concatenate(real, axis=1)
