"""Turning points, thin runs, combs and their links, on signals known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.detect.kernels import combs, extremes, join, link, pair_rows, thin_runs


def test_extremes_leave_small_swings_out() -> None:
    signal = np.array([200, 205, 100, 110, 90, 220, 210, 230, 50, 240], np.uint8)
    places = np.empty(len(signal) + 2, np.int32)
    assert places[: extremes(signal, 30, places)].tolist() == [1, 4, 7, 8, 9]


@pytest.mark.parametrize("signal", [[200] * 9, [200, 10, 10, 10], [10, 10, 200], [7]])
def test_ink_that_touches_the_end_is_no_run(signal: list[int]) -> None:
    places = np.empty(len(signal) + 2, np.int32)
    grey = np.array(signal, np.uint8)
    assert thin_runs(grey, places, extremes(grey, 30, places), *np.empty((3, 9), np.float32)) == 0


def test_runs_are_measured_at_half_their_depth() -> None:
    signal = np.array([200, 200, 150, 0, 50, 200, 200, 200, 100, 100, 200, 200], np.uint8)
    places = np.empty(len(signal) + 2, np.int32)
    centre, width, depth = np.empty((3, len(signal)), np.float32)
    count = thin_runs(signal, places, extremes(signal, 30, places), centre, width, depth)
    assert count == 2
    # half depth is 100: crossed a third of the way from row 2's middle to row 3's, and from 4 to 5
    assert width[0] == pytest.approx(4 + 1 / 3 - (2 + 1 / 3))
    assert centre[0] == pytest.approx((4 + 1 / 3 + 2 + 1 / 3) / 2 + 0.5)
    assert (centre[1], width[1], depth[1]) == pytest.approx((9.0, 2.0, 100.0))


def test_combs_have_equal_gaps_and_know_their_neighbours() -> None:
    column = np.full((1, 120), 255, np.uint8)
    column[0, [10, 40, 48, 56, 64, 72, 95]] = 0
    found = np.empty((9, 7), np.float32)
    assert combs(column, 24, 4, found) == 1
    assert found[0].tolist() == [0.0, 56.5, 8.0, 5.0, 1.0, 30.0, 23.0]
    assert combs(column, 24, 4, found[:0]) == 0


def test_links_follow_a_slope_and_keep_sizes_apart() -> None:
    chains = np.zeros((8, 7), np.float32)
    chains[:, 0] = [0, 0, 1, 1, 2, 2, 9, 9]
    chains[:, 1] = [50, 100, 50.5, 100, 51, 100, 54, 100]
    chains[:, 2], chains[:, 3] = 8, 5
    chains[5, 2] = 10
    fragment = np.empty(8, np.int32)
    assert link(chains, 3.0, 3, fragment) == 5
    assert fragment.tolist() == [0, 1, 0, 1, 0, 2, 3, 4]


def test_pairs_of_rows_become_their_means_and_an_odd_one_is_left_out() -> None:
    means = np.empty((2, 2), np.uint8)
    pair_rows(np.array([[0, 255], [2, 255], [10, 0], [13, 1], [99, 99]], np.uint8), means)
    assert means.tolist() == [[1, 255], [12, 1]]


def test_stretches_that_continue_each_other_are_joined() -> None:
    # two staves falling by 1 in 100, the upper one in three stretches, and one of another size behind it
    ends = np.array(
        [[0, 50, 300, 53], [0, 150, 900, 159], [320, 53, 600, 56], [610, 56, 900, 59], [910, 59, 999, 60]]
    )
    space = np.array([10.0, 10, 10.2, 9.8, 14])
    staff = np.empty(5, np.intp)
    assert join(ends.astype(float), space, np.argsort(ends[:, 0], kind="stable"), 0.01, staff) == 3
    assert staff.tolist() == [0, 1, 0, 0, 2]
