from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from notehead.evaluate.calibration import (
    IDENTITY,
    ScoreMap,
    fit_score_map,
    pool_adjacent_violators,
    reliability,
    right_ones,
)
from notehead.page import Symbols

Judged = tuple[NDArray[np.float64], NDArray[np.bool_]]


@st.composite
def judged(draw: st.DrawFn, most: int = 300) -> Judged:
    """Scores, and judgements that follow them in some way or other."""
    number = draw(st.integers(0, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    score = rng.beta(draw(st.floats(0.2, 5)), draw(st.floats(0.2, 5)), number)
    if draw(st.booleans()):
        score = score.round(1)
    return score, rng.random(number) < score ** draw(st.floats(0.1, 10))


@given(judged(), st.integers(1, 20), st.booleans())
def test_bins_hold_all_detections(some: Judged, bins: int, equal_mass: bool) -> None:  # noqa: FBT001
    score, right = some
    found = reliability(score, right, bins, equal_mass=equal_mass)
    assert found.count.sum() == len(score)
    assert (found.count > 0).all()
    assert len(found.count) <= bins
    assert found.count @ found.score == pytest.approx(score.sum())
    assert found.count @ found.right == pytest.approx(right.sum())
    assert (np.diff(found.score) > 0).all()
    assert 0 <= found.error <= found.worst + 1e-12 <= 1 + 1e-12


def test_equal_scores_share_a_bin() -> None:
    score = np.array([0.1, *[0.5] * 90, 0.9])
    found = reliability(score, score > 0.3, 10)
    assert 90 in found.count.tolist() or 91 in found.count.tolist()
    assert len(found.count) <= 3


def test_errors_of_known_bins() -> None:
    score = np.array([0.1] * 10 + [0.95] * 30)
    right = np.array([True] * 5 + [False] * 5 + [True] * 30)
    for equal_mass in (True, False):
        found = reliability(score, right, 4, equal_mass=equal_mass)
        assert found.right.tolist() == [0.5, 1.0]
        assert found.error == pytest.approx(0.25 * 0.4 + 0.75 * 0.05)
        assert found.worst == pytest.approx(0.4)
        assert found.to_json()["count"] == [10, 30]


def test_no_detections_have_no_error() -> None:
    found = reliability(np.empty(0), np.empty(0, np.bool_))
    assert (found.error, found.worst, len(found.count)) == (0.0, 0.0, 0)
    assert fit_score_map(np.empty(0), np.empty(0, np.bool_)) is IDENTITY


@pytest.mark.parametrize("score", [[-0.1], [1.5], [float("nan")], [0.5, 0.5]])
def test_what_is_no_score_is_refused(score: list[float]) -> None:
    for call in (reliability, fit_score_map):
        with pytest.raises(ValueError, match=r"score|judgements"):
            call(np.array(score), np.array([True]))


@given(
    hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1)),
    st.integers(0, 2**32 - 1),
)
def test_pooled_levels_are_the_isotonic_fit(values: NDArray[np.float64], seed: int) -> None:
    weight = np.random.default_rng(seed).uniform(0.1, 3, len(values))
    level, size = pool_adjacent_violators(values, weight)
    assert (np.diff(level) > 0).all()
    assert size.sum() == len(values)
    # the fit at i is the largest over j <= i of the smallest over k >= i of the means of j to k
    count = range(len(values))
    means = np.full((len(values), len(values)), np.inf)
    for j in count:
        for k in count[j:]:
            means[j, k] = np.average(values[j : k + 1], weights=weight[j : k + 1])
    for place, fitted in enumerate(np.repeat(level, size).tolist()):
        assert fitted == pytest.approx(means[: place + 1, place:].min(axis=1).max(), abs=1e-9)


@given(judged())
def test_a_fitted_map_rises_and_stays_within_bounds(some: Judged) -> None:
    fitted = fit_score_map(*some)
    grid = fitted(np.linspace(0, 1, 101))
    assert (np.diff(grid) > 0).all()
    assert grid.min() >= 0
    assert grid.max() <= 1


@given(judged())
def test_a_fitted_map_is_no_worse_on_what_it_was_fitted_to(some: Judged) -> None:
    score, right = some
    if len(score):
        after = ((fit_score_map(score, right)(score) - right) ** 2).mean()
        assert after <= ((score - right) ** 2).mean() + 1e-12


@pytest.mark.parametrize("power", [0.25, 0.5, 2.0, 4.0])
def test_a_fitted_map_mends_other_detections(power: float) -> None:
    rng = np.random.default_rng(3)
    score = rng.random(20_000)
    right = rng.random(20_000) < score**power
    fitted = fit_score_map(score[::2], right[::2])
    assert reliability(score[1::2], right[1::2]).error > 0.08
    assert reliability(fitted(score[1::2]), right[1::2]).error < 0.02


def test_scores_that_are_probabilities_stay() -> None:
    rng = np.random.default_rng(4)
    score = rng.random(20_000)
    fitted = fit_score_map(score, rng.random(20_000) < score)
    grid = np.linspace(0.02, 0.98, 50)
    assert np.abs(fitted(grid) - grid).max() < 0.05


def test_few_detections_change_little() -> None:
    score = np.full(3, 0.3)
    fitted = fit_score_map(score, np.ones(3, np.bool_))
    assert 0.3 < fitted(np.array([0.3]))[0] < 0.8


@given(judged())
def test_a_map_survives_json(some: Judged) -> None:
    fitted = fit_score_map(*some)
    again = ScoreMap.from_json(fitted.to_json())
    assert np.array_equal(again.raw, fitted.raw)
    assert np.array_equal(again.probability, fitted.probability)


@pytest.mark.parametrize(
    "knots", [[], [[0.0, 0.0]], [[0.0, 0.5], [1.0, 0.5]], [[0.5, 0.0], [0.5, 1.0]], [[0.0, 0.0], [1.0, 1.5]]]
)
def test_knots_that_do_not_rise_are_refused(knots: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="knots"):
        ScoreMap.from_json(knots)


def test_a_second_detection_is_wrong_and_order_is_kept() -> None:
    truth = Symbols.build(["clefG", "stem", "clefF"], [[0, 0, 10, 30], [50, 0, 51, 30], [80, 0, 90, 20]])
    found = Symbols.build(
        ["clefF", "stem", "clefG", "clefG", "stem", "clefG"],
        [
            [0, 0, 10, 30],  # another class
            [53, 0, 54, 31],  # three pixels aside
            [0, 0, 10, 29],
            [0, 0, 10, 30],
            [50, 20, 51, 30],  # too short
            [0, 0, 5, 10],  # too small
        ],
        score=[0.9, 0.8, 0.6, 0.7, 0.9, 0.95],
    )
    assert right_ones(truth, found, 10.0, {"stem"}).tolist() == [False, True, False, True, False, False]
    assert right_ones(truth, found, 4.0, {"stem"}).tolist() == [False, False, False, True, False, False]
    assert right_ones(truth, found[[]], 10.0, {"stem"}).tolist() == []
    assert right_ones(truth[[]], found, 10.0, {"stem"}).tolist() == [False] * 6


def test_low_scores_among_many_high_ones_have_knots_of_their_own() -> None:
    rng = np.random.default_rng(0)
    high, low = rng.uniform(0.94, 0.97, 40_000), rng.uniform(0.05, 0.3, 300)
    score = np.concatenate((high, low))
    right = np.concatenate((rng.random(len(high)) < 0.995, np.zeros(len(low), bool)))
    fitted = fit_score_map(score, right)
    assert fitted(np.array([0.95]))[0] > 0.98
    assert fitted(np.array([0.15]))[0] < 0.05
