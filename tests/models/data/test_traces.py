"""The maps of lines."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from notehead.models.data.traces import draw_traces


def drawn(ids: np.ndarray, under: np.ndarray, boxes: list[list[float]], scale: float = 0.5) -> np.ndarray:
    count = len(boxes)
    size = (round(ids.shape[1] * scale), round(ids.shape[0] * scale))
    numbers = np.arange(1, count + 1, dtype=np.int32)
    bits = np.arange(count, dtype=np.int32)
    return draw_traces((ids, under), numbers, np.array(boxes, float), (bits, bits), size)[0]


def test_a_line_that_another_covers_is_whole() -> None:
    ids, under = np.zeros((40, 40), np.uint16), np.zeros((40, 40), np.uint16)
    ids[10:12, 4:36] = 1
    ids[2:38, 20:22] = 2
    under[10:12, 20:22] = 1
    traces = drawn(ids, under, [[4, 10, 36, 12], [20, 2, 22, 38]])
    assert (traces & 1)[5, 2:18].all()
    assert (traces & 1).sum() == 16
    assert (traces >> 1)[1:19, 10].all()


def test_gaps_are_filled_evenly() -> None:
    ids = np.zeros((40, 200), np.uint16)
    for x in range(10, 190, 30):  # dashes that fall by a pixel in ten
        for k in range(12):
            ids[5 + (x + k) // 10, x + k] = 1
    traces = drawn(ids, np.zeros_like(ids), [[10, 6, 172, 23]])
    assert traces[:, 5:86].any(axis=0).all()
    middle = [np.flatnonzero(traces[:, x]).mean() for x in range(6, 85)]
    assert np.abs(np.diff(middle)).max() <= 1


@given(st.integers(4, 60), st.integers(4, 60), st.sampled_from([0.3, 0.5, 0.74, 1.0]))
def test_nothing_is_drawn_beyond_the_symbol(width: int, height: int, scale: float) -> None:
    ids = np.zeros((80, 80), np.uint16)
    ids[7 : 7 + height, 9 : 9 + width] = 1
    traces = drawn(ids, np.zeros_like(ids), [[9, 7, 9 + width, 7 + height]], scale)
    y, x = np.nonzero(traces)
    assert x.min() >= int(9 * scale) - 1
    assert x.max() <= (9 + width) * scale + 1
    assert y.min() >= int(7 * scale) - 1
    assert y.max() <= (7 + height) * scale + 1


def test_a_page_without_lines_is_empty() -> None:
    layer = np.zeros((10, 10), np.uint16)
    none = np.empty(0, np.int32)
    traces, chosen = draw_traces((layer, layer), none, np.empty((0, 4)), (none, none), (5, 5))
    assert not traces.any()
    assert not len(chosen)


def bow(below: bool, angle: float) -> np.ndarray:  # noqa: FBT001
    """The pixels (x, y) of a curve 100 pixels long and 20 high, turned to the left by some degrees."""
    t = np.linspace(-1, 1, 400)
    x, y = 50 * t, 20 * (1 - t**2) * (1 if below else -1)
    turn = np.deg2rad(angle)
    turned = np.stack((x * np.cos(turn) + y * np.sin(turn), -x * np.sin(turn) + y * np.cos(turn)), axis=1)
    return np.asarray(np.round(turned + 70)).astype(int)


@given(st.booleans(), st.integers(-80, 80))
def test_curves_are_told_by_the_side_to_which_they_are_bowed(below: bool, angle: int) -> None:  # noqa: FBT001
    ids = np.zeros((140, 140), np.uint16)
    x, y = bow(below, angle).T
    ids[y, x] = 1
    one, two = np.array([4], np.int32), np.array([5], np.int32)
    box = np.array([[x.min(), y.min(), x.max() + 1, y.max() + 1]], float)
    traces, chosen = draw_traces(
        (ids, np.zeros_like(ids)), np.array([1], np.int32), box, (one, two), (70, 70)
    )
    assert chosen.tolist() == [5 if below else 4]
    assert set(np.unique(traces)) == {0, 32 if below else 16}


@given(st.sampled_from([1.0, 1.3, 2.0, 2.7]), st.booleans())
def test_enlarged_lines_have_no_holes(scale: float, stands: bool) -> None:  # noqa: FBT001
    ids = np.zeros((60, 60), np.uint16)
    ids[10:50, 20:22] = 1
    box = [20.0, 10, 22, 50]
    if not stands:
        ids, box = ids.T.copy(), [10, 20, 50, 22]
    traces = drawn(ids, np.zeros_like(ids), [box], scale)
    along = np.flatnonzero((traces if stands else traces.T).any(axis=1))
    assert (np.diff(along) == 1).all()
    assert along[0] <= 10 * scale + 1
    assert along[-1] >= 50 * scale - 2
