"""Curves that meet are parted; one curve alone stays whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.arcs import arcs


def hill(first: int, width: int, height: float, *, slope: float = 0.0) -> NDArray[np.int32]:
    """An arc two cells thick, bowed upwards, of so much height above its ends."""
    x = np.arange(width + 1)
    y = -height * 4 * x * (width - x) / width**2 + slope * (x + first)
    top = np.stack((x + first, np.rint(y)), axis=1)
    return np.concatenate((top, top + np.array([0, 1]))).astype(np.int32)


@given(width=st.integers(8, 200), share=st.floats(0.02, 0.5), slope=st.floats(-0.7, 0.7))
def test_one_arc_stays_whole(width: int, share: float, slope: float) -> None:
    curve = hill(0, width, max(share * width, 1.0), slope=slope)
    assert len(arcs(curve, hangs=False)) == 1
    assert len(arcs(curve, hangs=True)) == 1  # seen in the map of those that are bowed to the other side
    assert len(arcs(curve * (1, -1), hangs=True)) == 1


@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize(("first", "second"), [((40, 6), (40, 6)), ((120, 9), (20, 4)), ((16, 4), (60, 6))])
def test_two_arcs_that_meet_are_two(
    first: tuple[int, float], second: tuple[int, float], slope: float
) -> None:
    meet = first[0]
    curve = np.concatenate((hill(0, *first, slope=slope), hill(meet, *second, slope=slope)))
    for flip, hangs in ((1, False), (-1, True)):
        found = arcs(curve * (1, flip), hangs=hangs)
        assert len(found) == 2
        assert sum(map(len, found)) == len(curve)
        assert found[0][:, 0].max() == pytest.approx(meet, abs=4)
        assert found[1][:, 0].min() == pytest.approx(meet, abs=4)


def test_a_chain_of_arcs() -> None:
    chain = np.concatenate([hill(k * 30, 30, 5) for k in range(5)])
    assert [len(arc) for arc in arcs(chain, hangs=False)] == pytest.approx([62] * 5, abs=4)


def test_few_pixels() -> None:
    assert len(arcs(np.array([[3, 4]], np.int32), hangs=False)) == 1
    assert len(arcs(np.array([[3, 4], [3, 5], [3, 9]], np.int32), hangs=True)) == 1
