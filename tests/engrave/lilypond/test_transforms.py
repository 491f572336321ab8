from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.lilypond.transforms import Transform, read_transform

numbers = st.floats(-50, 50)
transforms = st.builds(Transform, *[numbers] * 6)


@given(outer=transforms, inner=transforms, x=numbers, y=numbers)
def test_a_product_moves_points_as_its_factors_do(
    outer: Transform, inner: Transform, x: float, y: float
) -> None:
    assert (outer @ inner).point(x, y) == pytest.approx(outer.point(*inner.point(x, y)), abs=1e-6)


@given(transform=transforms, x=numbers, y=numbers)
def test_arrays_of_points_move_as_points_do(transform: Transform, x: float, y: float) -> None:
    assert transform.points(np.array([[x, y]]))[0] == pytest.approx(transform.point(x, y), abs=1e-9)


def test_transforms_apply_from_right_to_left() -> None:
    assert read_transform("translate(1, 2) scale(3, -3)").point(1, 1) == (4.0, -1.0)


def test_a_turn_about_a_point_leaves_it() -> None:
    turn = read_transform("rotate(90, 3, 4)")
    assert turn.point(3, 4) == pytest.approx((3, 4))
    assert turn.point(4, 4) == pytest.approx((3, 5))
    assert turn.turn == pytest.approx(90)
    assert turn.scale == pytest.approx(1)


def test_scale_is_the_root_of_the_area() -> None:
    assert read_transform("scale(2, 8)").scale == pytest.approx(4)
    assert math.isclose(read_transform("scale(3)").d, 3)


@pytest.mark.parametrize(
    "text", ["matrix(1 0 0 1 0 0)", "translate(1)", "translate(nan, 1)", "scale(1,2) x", "no"]
)
def test_what_lilypond_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not LilyPond's|could not convert"):
        read_transform(text)


def test_no_transform_moves_nothing() -> None:
    assert read_transform(None).point(2, 3) == (2, 3)
