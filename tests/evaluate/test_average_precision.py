"""Each definition of average precision, by hand and against a plain computation of what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.evaluate.average_precision import DEFINITIONS, IOU_THRESHOLDS, RECALLS, precision_and_recall

BY_HAND = {
    "coco": (26 + 25 * 2 / 3) / 101,
    "voc_2007": (3 + 3 * 2 / 3) / 11,
    "voc_2010": 0.25 + 0.25 * 2 / 3,
    "ultralytics": 0.24 + 0.24 * 2 / 3 + 0.01 * (1 + 2 / 3) / 2 + 0.01 * (2 / 3 + 0) / 2,
    "ultralytics_8_3": 0.24
    + 0.24 * 2 / 3
    + 0.01 * (1 + 2 / 3) / 2
    + 0.01 * (2 / 3 + 0.4) / 2
    + 0.5 * 0.4 / 2,
    "deepscores_v2": 0.25 + 0.25 * 2 / 3,
}
"""Of five detections, the first and the third right, and four true symbols."""

curves = st.integers(1, 12).flatmap(
    lambda truths: st.tuples(
        st.lists(st.booleans(), max_size=20).filter(lambda right: sum(right) <= truths), st.just(truths)
    )
)


def area(name: str, right: list[bool], truths: int) -> float:
    return DEFINITIONS[name].area(*precision_and_recall(np.array(right, np.bool_), truths))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_by_hand(name: str) -> None:
    assert area(name, [True, False, True, False, False], 4) == pytest.approx(BY_HAND[name])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_all_right_and_all_found(name: str) -> None:
    most = 0.995 if name.startswith("ultralytics") else 1.0
    assert area(name, [True] * 7, 7) == pytest.approx(most)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_nothing_found_and_nothing_right(name: str) -> None:
    assert area(name, [], 3) == 0
    assert area(name, [False, False], 3) == 0


def best_from(right: list[bool], truths: int, recall: float) -> float:
    """The largest precision at a recall of at least this."""
    hits = np.cumsum(right)
    good = [hits[place] / (place + 1) for place in range(len(right)) if hits[place] / truths >= recall]
    return max(good, default=0.0)


@given(curves)
def test_coco_and_voc_are_what_they_say(curve: tuple[list[bool], int]) -> None:
    right, truths = curve
    mean = np.mean([best_from(right, truths, recall) for recall in RECALLS])
    assert area("coco", right, truths) == pytest.approx(mean)
    mean = np.mean([best_from(right, truths, number / 10) for number in range(11)])
    assert area("voc_2007", right, truths) == pytest.approx(mean)
    steps = [best_from(right, truths, number / truths) / truths for number in range(1, truths + 1)]
    assert area("voc_2010", right, truths) == pytest.approx(sum(steps))
    assert area("deepscores_v2", right, truths) == pytest.approx(sum(steps))


def corners(right: list[bool], truths: int, *, ramp: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners of Ultralytics' curve, no recall twice."""
    points = {0.0: (1.0, 1.0)}  # recall: precision when it is reached, and when it is left
    for place, hits in enumerate(np.cumsum(right)):
        envelope = max(np.cumsum(right)[k] / (k + 1) for k in range(place, len(right)))
        points[hits / truths] = (points.get(hits / truths, (envelope, 0))[0], envelope)
    last = max(points)
    points[last] = (points[last][0], points[last][1] if ramp else 0.0)
    recalls, precisions = [], []
    for recall, (reached, left) in sorted(points.items()):
        recalls += [recall, recall + 1e-12]
        precisions += [reached, left]
    return np.array([*recalls, 1.0]), np.array([*precisions, 0.0])


@given(curves.filter(lambda curve: 0 < sum(curve[0]) < curve[1]))
def test_ultralytics_is_what_it_says(curve: tuple[list[bool], int]) -> None:
    right, truths = curve
    for name, ramp in (("ultralytics", False), ("ultralytics_8_3", True)):
        recall, precision = corners(right, truths, ramp=ramp)
        samples = np.interp(RECALLS + 2e-12, recall, precision)  # where it falls, after the fall
        samples[-1] = 0
        assert area(name, right, truths) == pytest.approx(np.trapezoid(samples, RECALLS), abs=1e-9)


@given(curves)
def test_every_definition_is_a_share_and_no_worse_without_the_false(curve: tuple[list[bool], int]) -> None:
    right, truths = curve
    for name in DEFINITIONS:
        value = area(name, right, truths)
        assert 0 <= value <= 1
        assert area(name, sorted(right, reverse=True), truths) >= value - 1e-9


def test_the_old_ramp_adds_precision_where_nothing_was_found() -> None:
    right, truths = [True] * 5, 10
    assert area("ultralytics", right, truths) == pytest.approx(0.495)
    assert area("ultralytics_8_3", right, truths) == pytest.approx(0.75)


def test_thresholds_and_recalls_are_those_of_coco() -> None:
    from pycocotools.cocoeval import Params  # noqa: PLC0415  # its import takes long

    theirs = Params(iouType="bbox")
    assert theirs.iouThrs.tolist() == IOU_THRESHOLDS.tolist()
    assert theirs.recThrs.tolist() == RECALLS.tolist()
