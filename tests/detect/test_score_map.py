"""Scores as probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.detect.score_map import KIND_NAMES, ScoreMap

KNOTS = [[0.0, 0.0], [0.4, 0.1], [0.9, 0.95], [1.0, 1.0]]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_order_stays_and_other_kinds_keep_their_scores(scores: list[float]) -> None:
    raw = np.sort(np.array(scores))
    one = ScoreMap({"beams": KNOTS})
    mapped = one(raw, np.full(len(raw), KIND_NAMES.index("beams")))
    assert (np.diff(mapped) >= 0).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()
    np.testing.assert_array_equal(one(raw, np.zeros(len(raw), np.int64)), raw)


def test_without_maps_scores_are_what_they_are() -> None:
    assert ScoreMap()(np.array([0.3]), np.array([2])).tolist() == [0.3]


@pytest.mark.parametrize(
    "knots",
    [
        {"nobody": KNOTS},
        {"beams": [[0.0, 0.5], [1.0, 0.2]]},
        {"beams": [[0.0, 0.0], [1.0, 1.5]]},
        {"beams": [0.0, 1.0]},
    ],
)
def test_nonsense_is_refused(knots: dict[str, list[list[float]]]) -> None:
    with pytest.raises(ValueError, match="no map of scores"):
        ScoreMap(knots)
