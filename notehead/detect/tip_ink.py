"""Where curves end in the ink: what goes on beyond their tips, thin and as bent, is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT
from notehead.detect.tip_kernels import follow_tips

Points = NDArray[np.float64]

_NEAR, _NEAREST, _FARTHEST = 0.3, 6.0, 16.0
"""Share of a curve's length, and cells, around a tip that say where the curve goes on from there."""
_BACK = 0.7
"""Share of these cells by which following begins inside the tip."""
_FEWEST = 8
"""Pixels of a curve's trace near its tip that say where it goes."""
_MOST = 0.6
"""Share of a curve's length by which it may go on."""


class Ink(NamedTuple):
    """A page in which curves are followed.

    Attributes:
        image: uint8 (height, width), 0 black.
        known: uint8 (height, width), as `known_ink` gives it.
    """

    image: NDArray[np.uint8]
    known: NDArray[np.uint8]


class _Way(NamedTuple):
    """From where a curve is followed, in pixels: the place and the heading; and the steps to its tip."""

    x: float
    y: float
    heading: float
    steps: int


def beyond(ink: Ink, curves: Sequence[NDArray[Any]], tips: Points) -> Points:
    """Tips of curves, (n, 2, 2) in cells, moved outwards to where the ink ends.

    Args:
        ink: of the page.
        curves: x and y of the pixels of their traces, (m, 2) in cells.
        tips: of each curve, (n, 2, 2).

    Example:
        >>> image = np.full((60, 140), 255, np.uint8)
        >>> image[30, 10:130] = 0
        >>> curve = np.array([[x, 15] for x in range(10, 50)], np.int32)
        >>> tips = np.array([[[10.0, 15], [49, 15]]])
        >>> beyond(Ink(image, np.zeros_like(image)), [curve], tips).round().tolist()
        [[[5.0, 15.0], [64.0, 15.0]]]
    """
    length = np.linalg.norm(np.diff(tips, axis=1)[:, 0], axis=1)
    ways = {
        (row, end): way
        for row, curve in enumerate(curves)
        for end in (0, 1)
        if (way := _way(curve, tips[row, end], float(length[row]))) is not None
    }
    if not ways:
        return tips
    row, end = np.array([*ways]).T
    begin = np.array([(*way[:3], place + 1) for (place, _), way in ways.items()])
    inside = np.array([way.steps for way in ways.values()], np.int64)
    most = np.maximum(_MOST * length[row] * DOT, 1).astype(np.int64)
    found = np.zeros((len(ways), 3))
    follow_tips((ink.image, ink.known, _owners(curves, ink.image)), begin, inside, most, found)
    moved, more = tips.copy(), found[:, 2] > 0
    moved[row[more], end[more]] = (found[more, :2] + 0.5) / DOT - 0.5
    return moved


def _owners(curves: Sequence[NDArray[Any]], image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Whose curve is in each cell, from 1 on, 0 for nobody's."""
    owner = np.zeros([-(-side // DOT) for side in image.shape], np.int64)
    for row, curve in enumerate(curves):
        x, y = np.clip(curve, 0, np.array(owner.shape[::-1]) - 1).T
        owner[y, x] = row + 1
    return owner


def _way(curve: NDArray[Any], tip: Points, length: float) -> _Way | None:
    """How a curve is followed beyond a tip, as its pixels near it lie; None where they do not tell."""
    near = float(np.clip(_NEAR * length, _NEAREST, _FARTHEST))
    away = curve - tip
    close = away[(np.square(away).sum(axis=1) <= near**2)].astype(np.float64)
    if len(close) < _FEWEST:
        return None
    middle = close.mean(axis=0)
    _, _, axes = np.linalg.svd(close - middle, full_matrices=False)
    along = axes[0] * np.sign(axes[0] @ -middle or 1.0)  # the tip is at 0
    across = np.array([-along[1], along[0]])
    u, v = close @ along, close @ across
    if np.ptp(u) < _NEAREST / 2:
        return None
    bend, slope, height = np.polyfit(u, v, 2)
    start = float(max(-_BACK * near, u.min()))
    place = tip + start * along + (bend * start**2 + slope * start + height) * across
    rise = 2 * bend * start + slope
    heading = float(np.arctan2(along[1], along[0]) + np.arctan(rise))
    x, y = ((place + 0.5) * DOT - 0.5).tolist()
    return _Way(x, y, heading, round(-start * DOT * float(np.hypot(1, rise))))
