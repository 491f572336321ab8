"""COCO's masks: the same as pycocotools' where it reads them, and an error where it would crash."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from notehead.datasets.formats.coco.masks import NO_RUNS, LayerPainter, packed_masks, runs_of, unpacked

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")
"""pycocotools has not caught up with NumPy 2."""

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))
LAYERS = SHAPES.flatmap(
    lambda shape: st.lists(
        arrays(np.uint16, shape, elements=st.sampled_from([0, 0, 1, 2, 7, 65535])), min_size=1, max_size=2
    )
)


def mask_of(runs: NDArray[np.int64], size: tuple[int, int]) -> NDArray[np.bool_]:
    flat = np.zeros(size[0] * size[1], np.bool_)
    for start, length in runs.tolist():
        assert length > 0
        assert not flat[start : start + length].any()
        flat[start : start + length] = True
    return flat.reshape(size).T


@given(layers=LAYERS)
@settings(deadline=None)
def test_masks_are_packed_as_pycocotools_packs_them(layers: list[NDArray[np.uint16]]) -> None:
    height, width = layers[0].shape
    identities = np.array([7, 1, 300, 65535, 2], np.int32)
    packed = packed_masks(layers, identities)
    for identity, counts in zip(identities.tolist(), packed, strict=True):
        wanted = np.any([layer == identity for layer in layers], axis=0)
        theirs = coco_mask.encode(np.asfortranarray(wanted.astype(np.uint8)))
        assert counts == theirs["counts"].decode()
        segmentation = {"size": [height, width], "counts": counts}
        assert np.array_equal(coco_mask.decode(segmentation), wanted)
        assert np.array_equal(mask_of(runs_of(segmentation, (width, height)), (width, height)), wanted)
        as_list = {"size": [height, width], "counts": unpacked(counts, width * height).tolist()}
        assert np.array_equal(runs_of(as_list, (width, height)), runs_of(segmentation, (width, height)))


def test_a_page_may_be_large() -> None:
    width, height = 9000, 11000
    ids = np.zeros((height, width), np.uint16)
    ids[0, 0] = ids[-1, -1] = ids[5000, 4000:4100] = 3
    (counts,) = packed_masks([ids], np.array([3]))
    theirs = coco_mask.encode(np.asfortranarray((ids == 3).astype(np.uint8)))
    assert counts == theirs["counts"].decode()
    assert runs_of({"counts": counts}, (width, height))[:, 1].sum() == 102


def test_ids_that_no_mask_can_hold_have_empty_masks() -> None:
    ids = np.full((2, 2), 5, np.uint16)
    empty, full = packed_masks([ids], np.array([70_000, 5]))
    assert unpacked(empty, 4).tolist() == [4]
    assert unpacked(full, 4).tolist() == [0, 4]


@given(layers=LAYERS.filter(lambda layers: len(layers) == 2))
@settings(deadline=None)
def test_layers_come_back_from_all_and_covered_pixels(layers: list[NDArray[np.uint16]]) -> None:
    ids, under = layers[0], np.where(layers[0] > 0, layers[1], 0).astype(np.uint16)
    under[under == ids] = 0
    size = ids.shape[1], ids.shape[0]
    identities = np.array([1, 2, 7, 65535])
    painter = LayerPainter(size)
    every, covered = packed_masks([ids, under], identities), packed_masks([under], identities)
    for identity, one, other in zip(identities.tolist(), every, covered, strict=True):
        painter.put(identity, runs_of({"counts": one}, size), runs_of({"counts": other}, size))
    found_ids, found_under = painter.layers()
    assert np.array_equal(found_ids, ids)
    assert np.array_equal(found_under, under)
    assert found_ids.dtype == found_under.dtype == np.uint16


def test_what_is_covered_by_nothing_is_on_top() -> None:
    painter = LayerPainter((3, 1))
    painter.put(4, np.array([[0, 3]]), np.array([[1, 1]]))
    ids, under = painter.layers()
    assert (ids.tolist(), under.tolist()) == ([[4, 4, 4]], [[0, 0, 0]])


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    return [x0, y0, x1, y0, x1, y1, x0, y1]


@given(
    corners=st.tuples(st.integers(-3, 9), st.integers(-3, 9), st.integers(1, 9), st.integers(1, 9)),
    again=st.booleans(),
)
def test_a_rectangle_of_whole_pixels_is_those_pixels(
    corners: tuple[int, int, int, int], *, again: bool
) -> None:
    x, y, w, h = corners
    wanted = np.zeros((8, 7), np.bool_)
    wanted[max(y, 0) : max(y + h, 0), max(x, 0) : max(x + w, 0)] = True
    polygon: list[Any] = rectangle(x, y, x + w, y + h)
    found = runs_of([polygon, polygon] if again else polygon, (7, 8))
    assert np.array_equal(mask_of(found, (7, 8)), wanted)


@given(
    points=st.lists(
        st.tuples(st.integers(-20, 140), st.integers(-20, 140)), min_size=3, max_size=7, unique=True
    )
)
@settings(deadline=None)
def test_a_polygon_is_the_pixels_whose_middle_is_inside(points: list[tuple[int, int]]) -> None:
    size = 12, 10
    polygon = np.array(points, np.float32) / 10
    found = mask_of(runs_of([polygon.astype(float).ravel().tolist()], size), size)
    for y in range(size[1]):
        for x in range(size[0]):
            distance = cv2.pointPolygonTest(polygon.reshape(-1, 1, 2), (x + 0.5, y + 0.5), measureDist=True)
            assert abs(distance) < 1e-4 or found[y, x] == (distance > 0)


def test_polygons_of_one_symbol_are_united() -> None:
    found = runs_of([rectangle(0, 0, 2, 2), rectangle(1, 1, 3, 3), rectangle(4, 0, 5, 1)], (5, 3))
    assert mask_of(found, (5, 3)).astype(int).tolist() == [[1, 1, 0, 0, 1], [1, 1, 1, 0, 0], [0, 1, 1, 0, 0]]
    assert runs_of([rectangle(9, 9, 12, 12)], (5, 3)).tolist() == NO_RUNS.tolist() == []


@pytest.mark.parametrize(
    ("segmentation", "cause"),
    [
        ({"size": [4, 5], "counts": "o"}, "damaged"),
        ({"size": [4, 5], "counts": "oooooooooooo0"}, "damaged"),
        ({"size": [4, 5], "counts": ""}, "damaged"),
        ({"size": [4, 5], "counts": "c0"}, "damaged"),
        ({"size": [4, 5], "counts": "é"}, "damaged"),
        ({"size": [4, 5], "counts": "/"}, "damaged"),
        ({"size": [4, 5], "counts": "\0"}, "damaged"),
        ({"size": [4, 5], "counts": "O"}, "damaged"),
        ({"size": [5, 4], "counts": "d0"}, "another size"),
        ({"size": None, "counts": "d0"}, "another size"),
        ({"size": [4, 5], "counts": [20, 1]}, "do not fill"),
        ({"size": [4, 5], "counts": [19]}, "do not fill"),
        ({"size": [4, 5], "counts": [-1, 21]}, "do not fill"),
        ({"size": [4, 5], "counts": [2**63 - 1, 2**63 - 1, 22]}, "do not fill"),
        ({"size": [4, 5], "counts": [2**64, 20]}, "no run lengths"),
        ({"size": [4, 5], "counts": [19.5, 0.5]}, "no run lengths"),
        ({"size": [4, 5], "counts": [[20]]}, "no run lengths"),
        ({"size": [4, 5], "counts": [[20], 1]}, "no run lengths"),
        ({"size": [4, 5], "counts": ["20"]}, "no run lengths"),
        ({"size": [4, 5], "counts": [True] * 20}, "no run lengths"),
        ({"size": [4, 5], "counts": []}, "no run lengths"),
        ({"size": [4, 5], "counts": None}, "no run lengths"),
        ({}, "no run lengths"),
        ("d0", "neither"),
        (7, "neither"),
        ([[0, 0, 1, 1]], "three corners"),
        ([[0, 0, 1, 1, 2, 2, 3]], "three corners"),
        ([[0, 0, 1, 1, 2, "2"]], "three corners"),
        ([[0, 0, 1, 1, 2, None]], "three corners"),
        ([[0, 0, 1, 1, 2, 2], 7], "three corners"),
        ([[[0, 0], [1, 1], [2, 2]]], "three corners"),
        ([[0, 0, 1, 1, 2, float("nan")]], "far from the page"),
        ([[0, 0, 1, 1, 2, float("inf")]], "far from the page"),
        ([[0, 0, 1, 1, 2, 1e300]], "far from the page"),
    ],
)
def test_a_damaged_mask_is_told(segmentation: object, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        runs_of(segmentation, (5, 4))


@given(text=st.text(st.characters(min_codepoint=48, max_codepoint=111), max_size=30) | st.text(max_size=8))
def test_no_string_does_harm(text: str) -> None:
    try:
        counts = unpacked(text, 64)
    except ValueError:
        return
    assert counts.sum() == 64
    assert (counts >= 0).all()
    assert coco_mask.decode({"size": [8, 8], "counts": text}).sum() == counts[1::2].sum()


@given(counts=st.lists(st.integers(0, 20), max_size=8))
def test_counts_that_fill_the_page_are_read_and_no_others(counts: list[int]) -> None:
    segmentation = {"size": [5, 4], "counts": counts}
    if sum(counts) == 20:
        assert runs_of(segmentation, (4, 5))[:, 1].sum() == sum(counts[1::2])
    else:
        with pytest.raises(ValueError, match=r"do not fill|no run lengths"):
            runs_of(segmentation, (4, 5))
