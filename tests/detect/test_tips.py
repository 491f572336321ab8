"""Tips of curves looked at once more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.curves import CurveSight, ended
from notehead.detect.maps import sigmoid
from notehead.detect.tip_ink import Ink
from notehead.detect.tips import SIDE, Tips, tip_windows

Floats = NDArray[np.float32]
HALF = SIDE // 2


def tip(x: float, y: float, outward: tuple[float, float], *, hangs: bool = False) -> Tips:
    one = np.array([hangs])
    return Tips(np.array([[x, y]]), np.array([outward]), np.array([60.0]), one, np.zeros(1, np.bool_))


def seen(image: NDArray[np.uint8], trace: Floats, tips: Tips) -> Floats:
    first = np.zeros(1, np.int64)
    windows: Floats = tip_windows(image[None], trace[None], tips, (first, first))[0]
    return windows


@given(x=st.floats(0, 99), y=st.floats(0, 79), left=st.booleans(), hangs=st.booleans())
def test_of_a_mirrored_page_the_same_is_seen(x: float, y: float, *, left: bool, hangs: bool) -> None:
    rng = np.random.default_rng(0)
    image, trace = rng.integers(0, 256, (80, 100)).astype(np.uint8), rng.random((40, 50), np.float32)
    # a tip on the border of two cells is in the other one when mirrored
    x, y = np.floor(x / 2) * 2 + 1, np.floor(y / 2) * 2 + 1
    given_ = seen(image, trace, tip(x, y, (-1.0 if left else 1.0, 0.0), hangs=hangs))
    sideways = seen(
        np.ascontiguousarray(image[:, ::-1]),
        np.ascontiguousarray(trace[:, ::-1]),
        tip(100 - x, y, (1.0 if left else -1.0, 0.0), hangs=hangs),
    )
    np.testing.assert_allclose(given_, sideways, atol=1.5 / 255)
    upside_down = seen(
        np.ascontiguousarray(image[::-1]),
        np.ascontiguousarray(trace[::-1]),
        tip(x, 80 - y, (-1.0 if left else 1.0, 0.0), hangs=not hangs),
    )
    np.testing.assert_allclose(given_, upside_down, atol=1.5 / 255)


def test_what_is_seen_of_a_tip_that_points_to_the_right() -> None:
    rng = np.random.default_rng(0)
    image, trace = rng.integers(0, 256, (80, 100)).astype(np.uint8), rng.random((40, 50), np.float32)
    ink, cells, traced = seen(image, trace, tip(51, 41, (1, 0)))
    wanted = (255 - image[40 - HALF : 41 + HALF, 50 - HALF : 51 + HALF]) / 255
    np.testing.assert_allclose(ink, wanted, atol=1e-6)
    wanted = sigmoid(trace[20 - HALF : 21 + HALF, 25 - HALF : 26 + HALF])
    np.testing.assert_allclose(traced, wanted, atol=1e-6)
    np.testing.assert_allclose(
        cells[HALF, HALF], (255 - image[40:42, 50:52].astype(float)).mean() / 255, atol=3e-3
    )


def test_beyond_the_page_is_paper_and_no_trace() -> None:
    image, trace = np.zeros((80, 100), np.uint8), np.full((40, 50), 30, np.float32)
    windows = seen(image, trace, tip(0, 0, (1, 0)))
    assert max(windows[:, :HALF].max(), windows[:, :, :HALF].max()) < 1e-6
    assert windows[:, HALF:, HALF:].min() > 1 - 1e-6


@given(x=st.floats(-200, 200), y=st.floats(-200, 200), left=st.booleans(), hangs=st.booleans())
def test_how_far_it_is_leads_to_where_it_is(x: float, y: float, *, left: bool, hangs: bool) -> None:
    tips = tip(51.3, 40.2, (-1.0 if left else 1.0, 0.0), hangs=hangs)
    np.testing.assert_allclose(tips.moved(tips.away(np.array([[x, y]]))), [[x, y]], atol=1e-4)


def bow(first: int, last: int) -> NDArray[np.int32]:
    columns = np.arange(first, last)
    return np.stack((columns, 20 - ((columns - 10) * (50 - columns) // 60)), axis=1).astype(np.int32)


def sight(away: tuple[float, float]) -> CurveSight:
    def move(windows: Floats, known: Floats) -> Floats:
        assert windows.shape == (len(known), 3, SIDE, SIDE)
        return np.tile(np.array(away, np.float32), (len(windows), 1))

    image, logits = np.full((80, 120), 255, np.uint8), np.zeros((40, 60), np.float32)
    return CurveSight(Ink(image, np.zeros_like(image)), logits, False, False, move)


def test_a_curve_ends_where_its_tips_are_found() -> None:
    (curve,) = ended([bow(10, 50)], sight((0.5, 0.0)))
    # half a staff space outwards, six pixels, are three cells
    assert abs(curve[:, 0].min() - (10.5 - 3)) < 1
    assert abs(curve[:, 0].max() - (48.5 + 3)) < 1
    (shorter,) = ended([bow(10, 50)], sight((-0.5, 0.0)))
    assert abs(shorter[:, 0].min() - (10.5 + 3)) < 1
    assert len(shorter) < len(bow(10, 50))


def test_a_curve_is_not_cut_to_nothing() -> None:
    (curve,) = ended([bow(10, 50)], sight((-3.0, 0.0)))
    assert curve.tolist() == bow(10, 50).tolist()


def test_a_speck_is_no_reason_to_fail() -> None:
    (curve,) = ended([np.array([[5, 5]], np.int32)], sight((0.0, 0.0)))
    assert np.isfinite(curve).all()
    assert ended([], sight((0.0, 0.0))) == []
