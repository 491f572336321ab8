"""Layers become images and runs, and come back as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.images import (
    class_image,
    class_rows,
    instance_ids,
    instance_image,
    instance_rows,
    overlap_runs,
    put_runs,
)

Layer = NDArray[np.uint16]

shapes = st.tuples(st.integers(1, 12), st.integers(1, 12))
any_layer = shapes.flatmap(lambda shape: arrays(np.uint16, shape))
# Few ids, so that neighbours often share one.
patchy = shapes.flatmap(lambda shape: arrays(np.uint16, shape, elements=st.sampled_from([0, 1, 2, 65535])))


def test_every_id_has_its_own_colour() -> None:
    ids = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    image = instance_image(ids)
    assert np.array_equal(instance_ids(image), ids)
    number = (image.astype(int) << [16, 8, 0]).sum(axis=2)
    assert np.array_equal(number, ids), "instance n is the colour with the number n"


@given(ids=any_layer)
def test_ids_survive_as_colours(ids: Layer) -> None:
    image = instance_image(ids)
    assert image.dtype == np.uint8
    assert image.shape == (*ids.shape, 3)
    found = instance_ids(image)
    assert found.dtype == np.uint16
    assert np.array_equal(found, ids)


@given(ids=patchy)
def test_rows_of_ids_begin_with_the_filter_byte(ids: Layer) -> None:
    rows = np.full((len(ids), 1 + 3 * ids.shape[1]), 99, np.uint8)
    instance_rows(ids, rows)
    assert not rows[:, 0].any()
    assert np.array_equal(rows[:, 1:].reshape(*ids.shape, 3), instance_image(ids))


@given(under=patchy | any_layer)
def test_a_layer_survives_as_runs(under: Layer) -> None:
    runs = overlap_runs(under)
    found = put_runs(runs, (under.shape[0], under.shape[1]))
    assert found.dtype == np.uint16
    assert np.array_equal(found, under)


@given(under=patchy)
def test_runs_are_as_few_as_can_be(under: Layer) -> None:
    height, width = under.shape
    runs = [(y * width + x, under[y, x]) for y in range(height) for x in range(width)]
    starts = [
        (at, number) for at, number in runs if number and (at % width == 0 or under.flat[at - 1] != number)
    ]
    found = overlap_runs(under)
    assert found[:, [0, 2]].tolist() == [[at, int(number)] for at, number in starts]
    assert (found[:, 1] > 0).all()
    assert (found[:, 0] // width == (found[:, 0] + found[:, 1] - 1) // width).all(), "a run ends with its row"


def test_many_runs() -> None:
    """More than the first piece of memory holds."""
    under = np.indices((150, 150)).sum(axis=0).astype(np.uint16) % 2 * np.uint16(7)
    runs = overlap_runs(under)
    assert runs.shape == (150 * 75, 3)
    assert np.array_equal(put_runs(runs, (150, 150)), under)


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (5, 4)])
def test_an_empty_layer_has_no_runs(shape: tuple[int, int]) -> None:
    runs = overlap_runs(np.zeros(shape, np.uint16))
    assert runs.shape == (0, 3)
    assert not put_runs(runs, shape).any()


@given(ids=patchy | any_layer, table=arrays(np.uint8, st.integers(1, 300)))
def test_each_pixel_has_the_value_of_its_symbol(ids: Layer, table: NDArray[np.uint8]) -> None:
    """Paper is 0 whatever the table says of it, and so are ids that the table lacks."""
    wanted = np.zeros(ids.shape, np.uint8)
    for place, number in np.ndenumerate(ids):
        if 0 < number < len(table):
            wanted[place] = table[number]
    image = class_image(ids, table)
    assert image.dtype == np.uint8
    assert np.array_equal(image, wanted)


@given(ids=patchy)
def test_rows_of_values_begin_with_the_filter_byte(ids: Layer) -> None:
    table = (np.arange(1 << 16) % 251).astype(np.uint8)
    rows = np.full((len(ids), 1 + ids.shape[1]), 99, np.uint8)
    class_rows(ids, table, rows)
    assert not rows[:, 0].any()
    assert np.array_equal(rows[:, 1:], class_image(ids, table))
