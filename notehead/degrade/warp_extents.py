# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201
"""How many pixels each label has, and the box of them, compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def counted_layers(ids, under, runs):
    """Visible pixels int32 (65536,) and boxes int32 (65536, 4) of both layers' ids; x1 is 0 without any.

    Pixels outside of `runs` have no ids.
    """
    area = np.zeros(65536, np.int32)
    box = np.zeros((65536, 4), np.int32)
    for label in range(len(box)):
        box[label, 0] = box[label, 1] = 2**30
    for n in range(len(runs)):
        y, begin, end = np.int64(runs[n, 0]), np.int64(runs[n, 1]), np.int64(runs[n, 1] + runs[n, 2])
        x = begin
        while x < end:
            label, low, first = ids[y, x], under[y, x], x
            x += 1
            while x < end and ids[y, x] == label and under[y, x] == low:
                x += 1
            if label:
                area[label] += x - first
                widen(box, label, first, x, y)
                if low:
                    widen(box, low, first, x, y)
    return area, box


@njit(cache=True)
def widen(box, label, begin, end, y):
    """Make a label's box hold pixels of a row, from the first to before the end."""
    box[label, 0] = min(box[label, 0], begin)
    box[label, 1] = min(box[label, 1], y)
    box[label, 2] = max(box[label, 2], end)
    box[label, 3] = max(box[label, 3], y + 1)
