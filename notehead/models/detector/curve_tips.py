"""Where curves end on a crop, and places near it, from which the tips are to be found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import CURVES, FAMILIES, trace_kind
from notehead.detect.curves import long_axis, tips_along
from notehead.detect.maps import DOT
from notehead.models.data.prepare import TrainingPage

_KINDS = np.array([trace_kind(name) for name in CURVES])
_FAR = 3.0
"""Cells that the last pixel of a curve may lie within the end of its box; else its tip is not to be seen."""
_INWARD, _OUTWARD = 3.0, 1.5
"""Cells: how far off a place is that a tip is to be found from, on average."""
_FARTHEST = 10.0
"""Cells: at most so far."""


def curve_tips(crop: TrainingPage, rng: np.random.Generator) -> NDArray[np.float64]:
    """The tips that stand on a crop, as `Batch.tip` has them, the crop being 0.

    Args:
        crop: with the curves' oriented boxes.
        rng: draws the places from which tips are to be found.
    """
    rows, traces = np.flatnonzero(np.isin(crop.kind, _KINDS)), crop.traces
    limits = np.array(traces.shape[::-1])
    found = []
    for row in rows:
        corners = crop.corners[row] / DOT - 0.5
        if (corners.max(axis=0) < 0).any() or (corners.min(axis=0) >= limits).any():
            continue
        kind = int(crop.kind[row])
        pixels = _pixels(traces, kind - len(FAMILIES), corners)
        if len(pixels) < 2:
            continue
        axis = long_axis(np.round(corners * 16).astype(np.int32))
        ends = corners @ axis
        tips = np.array(tips_along(pixels, axis))
        for tip, sign, end in zip(tips, (-1, 1), (ends.min(), ends.max()), strict=True):
            if abs(tip @ axis - end) > _FAR or ((tip < 1) | (tip > limits - 2)).any():
                continue
            start = _near(pixels, tip, sign * axis, rng)
            outward, length = sign * axis, (ends.max() - ends.min()) * DOT
            found.append([0, kind, *((start + 0.5) * DOT), *((tip + 0.5) * DOT), *outward, length])
    return np.array(found, np.float64).reshape(-1, 9)


def _pixels(traces: NDArray[np.uint16], bit: int, corners: NDArray[np.float64]) -> NDArray[np.int32]:
    """Pixels of a trace, x and y, within an oriented box or half a cell beyond."""
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + 2
    y, x = np.nonzero(traces[y0:y1, x0:x1] >> bit & 1)
    pixels = np.stack((x + x0, y + y0), axis=1)
    middle = corners.mean(axis=0)
    sides = np.array([corners[1] - corners[0], corners[2] - corners[1]])
    lengths = np.maximum(np.linalg.norm(sides, axis=1), 1e-6)
    away = np.abs((pixels - middle) @ (sides / lengths[:, None]).T)
    within: NDArray[np.int32] = pixels[(away <= lengths / 2 + 0.5).all(axis=1)].astype(np.int32)
    return within


def _near(
    pixels: NDArray[np.int32],
    tip: NDArray[np.float64],
    outward: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A place on the curve, or a bit beyond its tip."""
    shake = rng.normal(0, 0.3, 2)
    if rng.random() < 0.3:
        return np.asarray(tip + outward * min(rng.exponential(_OUTWARD), _FARTHEST) + shake)
    back = tip @ outward - min(rng.exponential(_INWARD), _FARTHEST)
    along = pixels @ outward
    here = np.abs(along - back) <= 1
    return np.asarray((pixels[here].mean(axis=0) if here.any() else tip) + shake)
