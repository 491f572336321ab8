"""Pages with staves of several sizes: each size is read at its own scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.one_pass import DetectOptions, Model, Seen, chosen, see, see_rows, together
from notehead.detect.staff_space import Region
from notehead.page import Symbols

_AROUND = 8
"""Staff spaces above and below a region that are looked at with it."""
_SAME = 0.5
"""Symbols of one class that share so much (IoU) in two readings are one."""


def see_sizes(
    image: NDArray[np.uint8], regions: Sequence[Region], space: float, model: Model, options: DetectOptions
) -> Seen:
    """The symbols of a page, each region read at the page's scale or at its own, whichever shows more.

    Args:
        image: uint8 (height, width), staves from left to right.
        regions: of staves of one size.
        space: the staff space of the page, in pixels.
        model: the network.
        options: how a page is read.
    """
    whole = see(image, space, model, options)
    for place, region in enumerate(regions):
        if max(region.pixels / space, space / region.pixels) < options.sizes:
            continue
        there = _Nearest(regions, place)
        around = _AROUND * region.pixels
        rows = max(0, int(region.box[1] - around)), min(len(image), int(region.box[3] + around) + 1)
        if rows[0] >= rows[1]:
            continue
        closer = chosen(see_rows(image, rows, region.pixels, model, options), there)
        if closer.evidence > chosen(whole, there).evidence:
            others = chosen(whole, there.elsewhere)
            closer = Seen(_without(closer.symbols, others.symbols), closer.staves)
            whole = together((others, closer))
    return whole


class _Nearest:
    """Whether points (n, 2) are nearer to one region than to the others, up and down."""

    def __init__(self, regions: Sequence[Region], place: int) -> None:
        self._bounds = np.array([(one.box[1], one.box[3]) for one in regions])
        self._place = place

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        y = points[:, 1:2]
        away = np.maximum(self._bounds[:, 0] - y, 0) + np.maximum(y - self._bounds[:, 1], 0)
        return np.asarray(away.argmin(axis=1) == self._place)

    def elsewhere(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether they are nearer to another."""
        return ~self(points)


def _without(symbols: Symbols, others: Symbols) -> Symbols:
    """The symbols that are none of the others: a barline through several staves is seen in both readings."""
    if not len(others) or not len(symbols):
        return symbols
    low = np.maximum(symbols.box[:, None, :2], others.box[None, :, :2])
    high = np.minimum(symbols.box[:, None, 2:], others.box[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    area = [np.prod(one.box[:, 2:] - one.box[:, :2], axis=1) for one in (symbols, others)]
    union = area[0][:, None] + area[1][None] - shared
    double = (shared > _SAME * union) & (symbols.label[:, None] == others.label[None])
    kept: NDArray[np.bool_] = ~double.any(axis=1)
    return symbols[kept]
