"""Greedy matching against a plain one, and what the ways of matching do where they differ."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from notehead.evaluate.matching import best_only, match
from notehead.evaluate.overlap import Pairs

overlaps = st.integers(0, 4).flatmap(
    lambda truths: st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 0.6, 0.6, 0.8, 1.0]), min_size=truths, max_size=truths),
        max_size=6,
    )
)


def pairs_of(table: list[list[float]]) -> Pairs:
    """The pairs of a table of overlaps (found, truths), those of 0 left out."""
    rows = [[(j, value) for j, value in enumerate(row) if value] for row in table]
    start = np.cumsum([0, *map(len, rows)])
    flat = [pair for row in rows for pair in row]
    return Pairs(start, np.array([j for j, _ in flat], np.int64), np.array([value for _, value in flat]))


def plainly(table: list[list[float]], threshold: float, order: list[int]) -> list[int]:
    chosen = [-1] * len(table)
    free = set(range(len(table[0]))) if table else set()
    for i in order:
        good = [(table[i][j], j) for j in free if table[i][j] >= threshold]
        if good:
            chosen[i] = max(good)[1]
            free.remove(chosen[i])
    return chosen


@given(overlaps, st.sampled_from([1, -1]))
def test_matches_are_those_of_a_plain_greedy_search(table: list[list[float]], way: int) -> None:
    truths = len(table[0]) if table else 0
    thresholds = np.array([0.5, 0.6, 0.9])
    order = list(range(len(table)))
    matched = match(pairs_of(table), thresholds, truths, backwards=way < 0)
    wanted = [plainly(table, threshold, order[::way]) for threshold in thresholds]
    assert matched.tolist() == wanted


def test_a_second_detection_of_a_symbol_is_false() -> None:
    assert match(pairs_of([[0.6], [0.9]]), np.array([0.5]), 1).tolist() == [[0, -1]]
    assert match(pairs_of([[0.6], [0.9]]), np.array([0.5]), 1, backwards=True).tolist() == [[-1, 0]]
    assert match(pairs_of([[0.6], [0.9]]), np.array([0.7]), 1).tolist() == [[-1, 0]]


def test_a_symbol_that_was_taken_leaves_the_next_best() -> None:
    table = [[0.9, 0.6], [0.8, 0.7]]
    assert match(pairs_of(table), np.array([0.5]), 2).tolist() == [[0, 1]]
    assert match(best_only(pairs_of(table)), np.array([0.5]), 2).tolist() == [[0, -1]]


@given(overlaps)
def test_the_best_pair_of_each(table: list[list[float]]) -> None:
    best = best_only(pairs_of(table))
    assert np.diff(best.start).tolist() == [int(any(row)) for row in table]
    assert best.value.tolist() == [max(row) for row in table if any(row)]
    kept = [row for row in table if any(row)]
    assert best.truth.tolist() == [max((value, j) for j, value in enumerate(row))[1] for row in kept]
