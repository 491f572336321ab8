"""Oriented boxes of curves: the least rectangle around their pixels, from tip to tip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT, Floats
from notehead.detect.tip_ink import Ink, beyond
from notehead.detect.tips import MoveTips, Points, Tips, tip_windows

_SPIKE, _NARROW = 11, 3
"""Cells along a curve of which some are a spike's, less than half of them; and the fewest that tell."""
_ROUGH = 1.0
"""Cells by which the outside of a bow is rough."""
_NEAR = 1.0
"""Cells from the last pixel within which pixels are the tip."""


@dataclass(frozen=True, eq=False)
class CurveSight:
    """What tips of the curves of a trace are looked at with.

    Attributes:
        ink: of the image that the network has seen.
        logits: of the trace, (height / 2, width / 2).
        hangs: whether its curves are bowed downwards.
        tie: whether they are ties.
        move: the network.
    """

    ink: Ink
    logits: Floats
    hangs: bool
    tie: bool
    move: MoveTips


def ended(curves: Sequence[NDArray[np.int32]], sight: CurveSight) -> list[Points]:
    """The pixels of curves, each x and y (m, 2) in cells, up to where their tips are, and the tips."""
    if not curves:
        return []
    curves = [without_spikes(curve, hangs=sight.hangs) for curve in curves]
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
    seen = tip_windows(sight.ink.image[None], logits, tips, (first, first))
    better = (tips.moved(sight.move(seen, tips.known)) / DOT - 0.5).reshape(-1, 2, 2)
    better = beyond(sight.ink, curves, better)
    return [_between(curve, axis, both) for curve, axis, both in zip(curves, axes, better, strict=True)]


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


def without_spikes(pixels: NDArray[np.int32], *, hangs: bool) -> NDArray[np.int32]:
    """A curve's pixels (n, 2) without those that stick out of its bow, where a barline or a stem crosses it.

    Args:
        pixels: x and y.
        hangs: whether it is bowed downwards.

    Example:
        >>> bow = np.array([[x, y + x * (40 - x) // 50] for x in range(41) for y in (0, 1)])
        >>> spike = np.array([[19, y] for y in range(10, 14)])
        >>> found = without_spikes(np.concatenate((bow, spike)).astype(np.int32), hangs=True)
        >>> len(bow), len(found), int(found[:, 1].max())
        (82, 82, 9)
    """
    axis = long_axis(pixels)
    across = pixels @ np.array([-axis[1], axis[0]]) * (1 if hangs else -1)
    along = np.rint(pixels @ axis).astype(np.int64)
    along -= along.min()
    size = min(_SPIKE, len(np.unique(along)) // 4) // 2 * 2 + 1
    if size < _NARROW:
        return pixels
    outside = np.full(int(along.max()) + 1, -np.inf)
    np.maximum.at(outside, along, across)
    seen = outside[np.isfinite(outside)]
    most = np.median(np.lib.stride_tricks.sliding_window_view(seen, size), axis=1).max()
    kept: NDArray[np.int32] = pixels[across <= most + _ROUGH]
    return kept


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
