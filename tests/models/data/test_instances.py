"""Which symbol each pixel of a scaled page shows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from notehead.models.data.instances import scaled_instances

SAME = np.arange(10, dtype=np.uint16)


@given(st.floats(0.25, 2.5), st.integers(3, 90), st.booleans())
def test_lines_of_a_pixel_stay_whole(scale: float, place: int, stands: bool) -> None:  # noqa: FBT001
    image, ids = np.full((100, 100), 255, np.uint8), np.zeros((100, 100), np.uint16)
    image[place], ids[place] = 120, 3
    if stands:
        image, ids = image.T.copy(), ids.T.copy()
    side = max(2, round(100 * scale))
    shown = scaled_instances(image, ids, SAME, (side, side))
    along = (shown if stands else shown.T) == 3
    assert along.any(axis=1).all()
    assert along.sum(axis=1).max() <= np.ceil(scale) + 1


def test_the_darkest_pixel_counts_and_ids_are_translated() -> None:
    image = np.array([[100, 10], [200, 255]], np.uint8)
    ids = np.array([[1, 2], [3, 0]], np.uint16)
    row_of = np.array([0, 7, 8, 9], np.uint16)
    assert scaled_instances(image, ids, row_of, (1, 1)).tolist() == [[8]]
    row_of[2] = 0  # a symbol that is not told hides nothing
    assert scaled_instances(image, ids, row_of, (1, 1)).tolist() == [[7]]


def test_at_its_own_size_a_page_stays_as_it_is() -> None:
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 10, (30, 40)).astype(np.uint16)
    image = np.where(ids > 0, 0, 255).astype(np.uint8)
    np.testing.assert_array_equal(scaled_instances(image, ids, SAME, (40, 30)), ids)
