"""Pages in tiles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.maps import CELL, DOT, Maps
from notehead.detect.tiles import UNIT, TileOptions, read_in_tiles

SMALL = TileOptions(pixels=1, side=128, overlap=64)


def local(ink: NDArray[np.float32]) -> Maps:
    """Maps in which each cell knows what lies within 16 pixels of it, and no more."""
    assert ink.shape[0] % UNIT == ink.shape[1] % UNIT == 0
    around = cv2.blur(ink, (33, 33))
    cells = around.reshape(ink.shape[0] // CELL, CELL, -1, CELL).mean(axis=(1, 3))
    dots = around.reshape(ink.shape[0] // DOT, DOT, -1, DOT).mean(axis=(1, 3))
    return Maps(np.stack((cells, -cells)), dots[None], cells[None])


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_tiles_give_what_the_whole_page_gives(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    image[-64:], image[:, -64:] = 255, 255  # beyond its edge, a page is seen otherwise in tiles
    image[:64], image[:, :64] = 255, 255
    whole = read_in_tiles(image, local, TileOptions())
    for one, other in zip(whole, read_in_tiles(image, local, SMALL), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other.astype(np.float32), atol=2e-3)


def test_no_tile_is_larger_than_its_side() -> None:
    seen: list[tuple[int, ...]] = []

    def read(ink: NDArray[np.float32]) -> Maps:
        seen.append(ink.shape)
        return local(ink)

    read_in_tiles(np.full((500, 300), 255, np.uint8), read, SMALL)
    assert len(seen) > 1
    assert max(max(shape) for shape in seen) == SMALL.side


def test_tiles_are_as_even_as_may_be() -> None:
    seen: list[tuple[int, ...]] = []

    def read(ink: NDArray[np.float32]) -> Maps:
        seen.append(ink.shape)
        return local(ink)

    read_in_tiles(np.full((2100, 2400), 255, np.uint8), read, TileOptions(pixels=1))
    assert set(seen) == {(1184, 1344)}  # not four of 1536 x 1536


@pytest.mark.parametrize(("side", "overlap"), [(100, 64), (128, 32), (128, 128), (128, -64)])
def test_sizes_that_do_not_fit_are_refused(side: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="multiple"):
        TileOptions(side=side, overlap=overlap)
