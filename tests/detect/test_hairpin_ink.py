"""Hairpins that are found in the ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.hairpin_ink import InkHairpin, apart, hairpins_in_ink

TIP = 150, 60


def paper() -> NDArray[np.uint8]:
    return np.full((120, 500), 255, np.uint8)


def drawn(
    image: NDArray[np.uint8],
    tip: tuple[int, int],
    length: int,
    height: float,
    tilt: float = 0.0,
    grey: int = 0,
) -> NDArray[np.uint8]:
    """With a hairpin that opens to the right, or where the length is below 0, to the left."""
    for side in (-1, 1):
        end = tip[0] + length, tip[1] + tilt * length + side * height / 2
        exact = [tuple(round(16 * value) for value in point) for point in (tip, end)]
        cv2.line(image, *exact, (grey,), 2, cv2.LINE_AA, 4)  # type: ignore[call-overload]
    return image


@settings(max_examples=60, deadline=None)
@given(
    length=st.one_of(st.integers(24, 300), st.integers(-130, -24)),
    height=st.floats(13, 26),
    tilt=st.floats(-0.08, 0.08),
    grey=st.sampled_from([0, 120]),
)
def test_its_tip_and_its_ends(length: int, height: float, tilt: float, grey: int) -> None:
    [found] = hairpins_in_ink(drawn(paper(), TIP, length, height, tilt, grey))
    middle = TIP[1] + tilt * length
    assert found.tip == pytest.approx(TIP, abs=4)
    assert found.upper == pytest.approx((TIP[0] + length, middle - height / 2), abs=2.5)
    assert found.lower == pytest.approx((TIP[0] + length, middle + height / 2), abs=2.5)


def test_what_crosses_it_does_not_end_it() -> None:
    image = drawn(paper(), TIP, 250, 18)
    image[:, 200:203] = 0
    cv2.putText(image, "cresc.", (260, 66), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0,), 2)
    [found] = hairpins_in_ink(image)
    assert found.tip[0] == pytest.approx(150, abs=4)
    assert found.upper[0] == pytest.approx(400, abs=3)


def test_several_side_by_side() -> None:
    image = drawn(drawn(drawn(paper(), (20, 60), 100, 14), (250, 60), -120, 14), (260, 62), 100, 16)
    found = sorted(hairpins_in_ink(image), key=lambda one: one.tip)
    assert [round(one.tip[0], -1) for one in found] == [20, 250, 260]
    assert [one.upper[0] > one.tip[0] for one in found] == [True, False, True]


def staff() -> NDArray[np.uint8]:
    image = paper()
    for y in range(30, 90, 12):
        image[y : y + 2] = 0
    image[30:80, 100:102] = image[30:80, 400:402] = 0
    return image


@pytest.mark.parametrize(
    "image",
    [
        paper(),
        staff(),
        np.zeros((120, 500), np.uint8),
        paper()[:5, :5],
        cv2.line(paper(), (100, 60), (300, 40), (0,), 2),
        cv2.line(cv2.line(paper(), (50, 50), (450, 50), (0,), 2), (50, 60), (450, 60), (0,), 2),
        cv2.line(cv2.line(paper(), (50, 50), (250, 40), (0,), 2), (50, 50), (350, 65), (0,), 2),
    ],
    ids=["blank", "staff", "black", "tiny", "line", "parallel", "uneven"],
)
def test_none(image: NDArray[np.uint8]) -> None:
    assert hairpins_in_ink(image) == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1))
def test_anything_is_an_image(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    image = np.where(rng.random((60, 90)) < share, rng.integers(0, 256, (60, 90)), 255).astype(np.uint8)
    for one in hairpins_in_ink(image):
        assert np.isfinite([one.tip, one.upper, one.lower]).all()


def test_of_two_on_one_place_the_longer_is_kept() -> None:
    long = InkHairpin((10.0, 50.0), (200.0, 40.0), (200.0, 60.0))
    short = InkHairpin((12.0, 50.0), (180.0, 41.0), (180.0, 59.0))
    other = InkHairpin((310.0, 50.0), (210.0, 40.0), (210.0, 60.0))
    assert apart([short, other, long]) == [long, other]


def test_a_curve_beside_an_arm_is_none() -> None:
    image = drawn(paper(), TIP, 120, 16)
    cv2.ellipse(image, (210, 130), (160, 105), 0, 200, 340, (0,), 2)
    [found] = hairpins_in_ink(image)
    assert found.upper == pytest.approx((270, 52), abs=2.5)
    assert found.lower == pytest.approx((270, 68), abs=2.5)


def test_a_tip_behind_a_letter() -> None:
    image = drawn(paper(), TIP, 250, 20)
    cv2.circle(image, (155, 60), 12, (0,), 3)
    [found] = hairpins_in_ink(image)
    assert found.tip[0] == pytest.approx(150, abs=4)


def test_an_open_end_behind_a_letter() -> None:
    image = drawn(paper(), TIP, 250, 24)
    image[40:56, 374:386] = image[40:56, 388:406] = 0  # on the upper arm alone
    [found] = hairpins_in_ink(image)
    assert found.upper == pytest.approx((400, 48), abs=3)
    assert found.lower == pytest.approx((400, 72), abs=3)
