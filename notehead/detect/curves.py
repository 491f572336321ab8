"""Oriented boxes of curves: the least rectangle around their pixels, from tip to tip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT, Floats
from notehead.detect.tips import MoveTips, Points, Tips, tip_windows

_NEAR = 1.0
"""Cells from the last pixel within which pixels are the tip."""


@dataclass(frozen=True, eq=False)
class CurveSight:
    """What tips of the curves of a trace are looked at with.

    Attributes:
        image: uint8 (height, width), 0 black, that the network has seen.
        logits: of the trace, (height / 2, width / 2).
        hangs: whether its curves are bowed downwards.
        tie: whether they are ties.
        move: the network.
    """

    image: NDArray[np.uint8]
    logits: Floats
    hangs: bool
    tie: bool
    move: MoveTips


def ended(curves: Sequence[NDArray[np.int32]], sight: CurveSight) -> list[Points]:
    """The pixels of curves, each x and y (m, 2) in cells, up to where their tips are, and the tips."""
    if not curves:
        return []
    axes = [long_axis(curve) for curve in curves]
    ends = [tips_along(curve, axis) for curve, axis in zip(curves, axes, strict=True)]
    length = np.array([np.linalg.norm(last - first) for first, last in ends]) * DOT
    outward = np.array([(-axis, axis) for axis in axes]).reshape(-1, 2)
    count = 2 * len(curves)
    tips = Tips(
        (np.array(ends).reshape(-1, 2) + 0.5) * DOT,
        outward,
        np.repeat(length, 2),
        np.full(count, sight.hangs),
        np.full(count, sight.tie),
    )
    first = np.zeros(count, np.int64)
    logits = sight.logits[None].astype(np.float32, copy=False)  # of tiled pages in half precision
    seen = tip_windows(sight.image[None], logits, tips, (first, first))
    better = tips.moved(sight.move(seen, tips.known)) / DOT - 0.5
    return [
        _between(curve, axis, both)
        for curve, axis, both in zip(curves, axes, better.reshape(-1, 2, 2), strict=True)
    ]


def long_axis(pixels: NDArray[np.int32]) -> Points:
    """The direction of the long side of the least rectangle around pixels (n, 2), to the right: (2,).

    Example:
        >>> long_axis(np.array([[0, 0], [6, 8], [2, 11], [-4, 3]], np.int32)).round(3).tolist()
        [0.6, 0.8]
    """
    corners = cv2.boxPoints(cv2.minAreaRect(pixels)).astype(np.float64)
    sides = np.diff(corners[:3], axis=0)
    axis: Points = sides[np.linalg.norm(sides, axis=1).argmax()]
    size = float(np.linalg.norm(axis))
    if size == 0:
        return np.array([1.0, 0.0])
    return axis / size * (1 if tuple(axis) > (0.0, 0.0) else -1)


def middles_along(along: NDArray[np.int64], across: NDArray[Any]) -> NDArray[np.float64]:
    """The middle of a curve at every cell along it from 0 on, (n,), evenly filled where none is seen.

    Args:
        along: of each pixel, the cell, (m,).
        across: of each pixel, how far it is aside, (m,).

    Example:
        >>> middles_along(np.array([0, 0, 2]), np.array([1, 3, 6])).tolist()
        [2.0, 4.0, 6.0]
    """
    counts = np.bincount(along)
    seen = np.flatnonzero(counts)
    return np.interp(np.arange(len(counts)), seen, np.bincount(along, across)[seen] / counts[seen])


def tips_along(pixels: NDArray[np.int32], axis: Points) -> tuple[Points, Points]:
    """The first and the last place of pixels (n, 2) along a direction.

    Example:
        >>> pixels = np.array([[x, abs(x - 4)] for x in range(9)], np.int32)
        >>> [tip.tolist() for tip in tips_along(pixels, np.array([1.0, 0.0]))]
        [[0.5, 3.5], [7.5, 3.5]]
    """
    along = pixels @ axis
    low, high = along <= along.min() + _NEAR, along >= along.max() - _NEAR
    return pixels[low].mean(axis=0), pixels[high].mean(axis=0)


def _between(pixels: NDArray[np.int32], axis: Points, tips: Points) -> Points:
    """What of the pixels lies between the tips, and these; all, where hardly anything does."""
    along = pixels @ axis
    first, last = tips @ axis
    kept = pixels[(along >= first - _NEAR / 2) & (along <= last + _NEAR / 2)]
    if 2 * len(kept) < len(pixels):
        return pixels.astype(np.float64)
    return np.concatenate((kept, tips))
