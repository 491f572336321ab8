"""Layers inside of other files: the same pixels again, and nothing decoded that is not as announced."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.datasets.formats.common.embedded import embedded_png, layer_of_runs, runs_of_layer
from notehead.errors import DatasetError
from notehead.images import encode_png

SHAPE = (6, 9)


@given(arrays(np.uint8, SHAPE))
def test_grey_images_come_back(pixels: NDArray[np.uint8]) -> None:
    found = embedded_png(encode_png(pixels), SHAPE, "a")
    assert found.dtype == np.uint8
    assert np.array_equal(found, pixels)


@given(arrays(np.uint8, (*SHAPE, 3)))
def test_coloured_images_come_back(pixels: NDArray[np.uint8]) -> None:
    assert np.array_equal(embedded_png(encode_png(pixels), (*SHAPE, 3), "a"), pixels)


@pytest.mark.parametrize("size", [(7, 9), (6, 8), (60, 90)])
def test_another_size_is_refused(size: tuple[int, int]) -> None:
    data = encode_png(np.zeros(size, np.uint8))
    said = rf"^a\.tar: b\.png: {size[1]} x {size[0]} pixels, its annotation says 9 x 6\. Fetch or convert"
    with pytest.raises(DatasetError, match=said):
        embedded_png(data, SHAPE, "a.tar: b.png")


def test_an_image_that_only_claims_to_be_huge_is_not_decoded() -> None:
    """Even where the annotation agrees."""
    side = 100_000
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data += encode_png(np.zeros(SHAPE, np.uint8))[33:]
    with pytest.raises(DatasetError, match="damaged image"):
        embedded_png(data, (side, side), "a")


@given(st.data())
def test_damaged_images_are_said_to_be(data: st.DataObject) -> None:
    good = encode_png(np.arange(54, dtype=np.uint8).reshape(SHAPE))
    bad = good[: data.draw(st.integers(0, good.index(b"IEND") - 6))]
    with pytest.raises(DatasetError, match=r"^a: (damaged image|not a readable image)"):
        embedded_png(bad, SHAPE, "a")


@given(arrays(np.uint16, SHAPE, elements=st.sampled_from([0, 0, 1, 7, 65535])))
def test_layers_come_back_from_their_runs(layer: NDArray[np.uint16]) -> None:
    runs = runs_of_layer(layer)
    assert len(runs) % 3 == 0
    found = layer_of_runs(runs, (SHAPE[0], SHAPE[1]))
    assert found.dtype == np.uint16
    assert np.array_equal(found, layer)


def test_no_layer_is_no_runs_and_no_runs_are_an_empty_layer() -> None:
    assert runs_of_layer(None) == []
    assert layer_of_runs([], (2, 3)).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    "runs", [[53, 2, 7], [-1, 2, 7], [0, -1, 7], [0, 1, 65536], [2**40, 1, 1], [1, 2], [2**62, 2**62, 1]]
)
def test_runs_that_leave_the_page(runs: list[int]) -> None:
    with pytest.raises(ValueError, match=r"a run of covered pixels leaves the page|reshape"):
        layer_of_runs(runs, (6, 9))
