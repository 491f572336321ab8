"""Doubles suppressed."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.nms import softened, suppressed


def boxes_of(seed: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 60, (count, 2))
    return np.concatenate((low, low + rng.uniform(1, 30, (count, 2))), axis=1), (
        rng.permutation(count) + 1
    ) / max(count, 1)


def iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    area = [(one[:, 2:] - one[:, :2]).prod(axis=1) for one in (a, b)]
    return np.asarray(shared / (area[0][:, None] + area[1][None] - shared))


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.floats(0.05, 0.95))
def test_what_is_left_is_apart_and_what_is_gone_has_a_surer_double(
    seed: int, count: int, overlap: float
) -> None:
    boxes, scores = boxes_of(seed, count)
    rows = suppressed(boxes, scores, overlap)
    assert (np.diff(scores[rows]) < 0).all()
    among = iou(boxes[rows], boxes[rows])
    assert (among[~np.eye(len(rows), dtype=bool)] <= overlap + 1e-9).all()
    for gone in np.setdiff1d(np.arange(count), rows):
        doubles = iou(boxes[[gone]], boxes[rows])[0] > overlap - 1e-9
        assert (doubles & (scores[rows] > scores[gone])).any()


@given(st.integers(0, 2**32 - 1))
def test_it_agrees_with_opencv(seed: int) -> None:
    boxes, scores = boxes_of(seed, 30)
    given = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
    wanted = np.asarray(cv2.dnn.NMSBoxes(given.tolist(), scores.tolist(), 0.0, 0.5)).ravel()
    assert suppressed(boxes, scores, 0.5).tolist() == wanted.tolist()


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_classes_do_not_meet(seed: int, classes: int) -> None:
    boxes, scores = boxes_of(seed, 30)
    group = np.arange(30) % classes
    wanted = [
        np.flatnonzero(group == one)[suppressed(boxes[group == one], scores[group == one], 0.3)]
        for one in range(classes)
    ]
    assert sorted(suppressed(boxes, scores, 0.3, group).tolist()) == sorted(np.concatenate(wanted).tolist())


@given(st.integers(0, 2**32 - 1))
def test_soft_scores_fall_where_boxes_meet_and_nowhere_else(seed: int) -> None:
    boxes, scores = boxes_of(seed, 20)
    softer = softened(boxes, scores)
    assert (softer <= scores).all()
    alone = (iou(boxes, boxes) > 0).sum(axis=1) == 1
    np.testing.assert_array_equal(softer[alone], scores[alone])
    best = scores.argmax()
    assert softer[best] == scores[best]
    apart = softened(boxes, scores, group=np.arange(20))
    np.testing.assert_array_equal(apart, scores)


def test_nothing_is_left_of_nothing() -> None:
    assert len(suppressed(np.empty((0, 4)), np.empty(0), 0.5)) == 0
    assert len(softened(np.empty((0, 4)), np.empty(0))) == 0
