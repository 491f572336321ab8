"""Pixels of curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.curves import without_spikes

Pixels = NDArray[np.int32]


def bow(length: int, high: int, *, hangs: bool) -> Pixels:
    """One of two cells' thickness."""
    x = np.arange(length)
    y = np.rint(4 * high * x * (length - 1 - x) / (length - 1) ** 2).astype(int) * (1 if hangs else -1)
    return np.concatenate((np.stack((x, y), axis=1), np.stack((x, y - 1), axis=1))).astype(np.int32)


@given(length=st.integers(4, 120), share=st.floats(0, 0.5), hangs=st.booleans())
def test_a_curve_keeps_its_pixels(length: int, share: float, *, hangs: bool) -> None:
    one = bow(length, round(share * length), hangs=hangs)
    kept = without_spikes(one, hangs=hangs)
    assert len(kept) >= len(one) - 4
    assert np.ptp(kept[:, 1]) >= np.ptp(one[:, 1]) - 1
    assert np.ptp(kept[:, 0]) == np.ptp(one[:, 0])


@pytest.mark.parametrize("hangs", [False, True])
def test_a_barline_at_its_top_is_not_its(*, hangs: bool) -> None:
    one = bow(60, 8, hangs=hangs)
    edge = one[:, 1].max() if hangs else one[:, 1].min()
    side = 1 if hangs else -1
    spike = [[x, edge + side * k] for x in (28, 29, 30) for k in range(1, 6)]
    kept = without_spikes(np.concatenate((one, np.array(spike, np.int32))), hangs=hangs)
    assert abs((kept[:, 1] * side).max() - edge * side) <= 1
    assert len(kept) >= len(one)
