# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202
"""Lines thinner than half a destination pixel: what is kept of them, compiled by numba.

They would have gaps or be gone, so that a pixel less inked than half, but at least by `RIDGE`, is kept where
it is its symbol's darkest across a line, a ridge: above and below, or left and right. Other symbols do not
count, or a stem would end where it runs beside a flag.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from notehead.degrade.warp_areas import SHARE

RIDGE = 0.12
"""Less of a pixel than this is never a line's."""


@njit(cache=True)
def drop_blurs(top, low, share, columns, thin):
    """Take ids from pixels that are inked less than half, not dark, and not their symbol's darkest across.

    Other symbols do not count: a stem of half a pixel, that a flag runs beside or covers, is a line
    nevertheless.

    Args:
        top: uint16 (h * columns,), the top layer, changed.
        low: the second layer, changed.
        share: uint8, of the same length: of `label_runs`.
        columns: of the layers.
        thin: of `label_runs`.
    """
    kept = np.zeros((len(thin), 2), np.bool_)
    last = len(top) - columns
    for n in range(len(thin)):
        x = thin[n, 1]
        at = thin[n, 0] * columns + x
        here = np.int64(share[at])
        if here < RIDGE * SHARE:
            continue
        for layer in range(2):
            label = low[at] if layer else top[at]
            if not label:
                continue
            above = _own(top, low, share, np.uint64(at - columns), label) if at >= columns else 0
            below = _own(top, low, share, np.uint64(at + columns), label) if at < last else 0
            left = _own(top, low, share, np.uint64(at - 1), label) if x else 0
            right = _own(top, low, share, np.uint64(at + 1), label) if x + 1 < columns else 0
            kept[n, layer] = _is_ridge(here, above, below, left, right) | _is_ridge(
                here, left, right, above, below
            )
    for n in range(len(thin)):
        at = thin[n, 0] * columns + thin[n, 1]
        if not kept[n, 1]:
            low[at] = 0
        if not kept[n, 0]:
            top[at], low[at] = low[at], 0


@njit(cache=True)
def _is_ridge(here, before, after, back, ahead):
    """Whether a pixel is a thin line's, whose neighbours are `before` and `after` across, and along it.

    Where a thick line or a blob ends, the pixel that it just touches is none.
    """
    # without branches: they would be guessed wrong half of the time
    across = (here > before) & (here >= after)
    end = ((2 * back >= SHARE) & (ahead == 0)) | ((2 * ahead >= SHARE) & (back == 0))
    return across & ~end


@njit(cache=True)
def _own(top, low, share, at, label):
    """How much of a pixel is inked, if it is the label's."""
    own = (top[at] == label) | (low[at] == label)
    inked = np.int64(share[at])
    return (inked or SHARE) * np.int64(own)  # where middles count, no share is noted
