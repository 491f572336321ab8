"""What is read of regions is what stands there."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from notehead.models.boxes.roi import Maps, aligned, level_of, pooled, position_pooled

STRIDE = 4


def ramp(height: int = 12, width: int = 16, stride: int = STRIDE) -> Tensor:
    """A map whose channels are the x and y, in pixels, of its cells' middles."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return ((torch.stack((x, y)).float() + 0.5) * stride)[None]


def bins(low: float, high: float, side: int) -> list[tuple[int, int]]:
    """The cells of each bin, as the paper rounds them."""
    first = math.floor(low / STRIDE + 0.5)
    length = max(math.floor(high / STRIDE + 0.5) - first, 1)
    return [(first + k * length // side, first + ((k + 1) * length + side - 1) // side) for k in range(side)]


@st.composite
def regions(draw: st.DrawFn) -> Tensor:
    x, y = draw(st.integers(0, 50)), draw(st.integers(0, 40))
    return torch.tensor([[x, y, draw(st.integers(x + 1, 64)), draw(st.integers(y + 1, 48))]]).float()


def test_align_reads_exact_places() -> None:
    box = torch.tensor([[8.0, 10, 36, 24], [9.3, 12.1, 11, 40]])
    seen = aligned(Maps.of([ramp()], (STRIDE,)), box, torch.zeros(2, dtype=torch.int64), 7)
    assert seen.shape == (2, 2, 7, 7)
    share = (torch.arange(7) + 0.5) / 7
    x = box[:, 0, None] + share * (box[:, 2] - box[:, 0])[:, None]
    y = box[:, 1, None] + share * (box[:, 3] - box[:, 1])[:, None]
    torch.testing.assert_close(seen[:, 0], x[:, None, :].expand(-1, 7, -1))
    torch.testing.assert_close(seen[:, 1], y[:, :, None].expand(-1, -1, 7))


@settings(max_examples=25, deadline=None)
@given(regions(), st.integers(1, 7))
def test_pooling_gives_the_maxima_of_its_bins(box: Tensor, side: int) -> None:
    features = torch.rand(2, 3, 12, 16, generator=torch.Generator().manual_seed(3))
    seen = pooled(Maps.of([features], (STRIDE,)), box, torch.tensor([1]), side)
    (x0, y0, x1, y1), most = box[0].tolist(), 4
    for i, (top, bottom) in enumerate(bins(y0, y1, side)):
        for j, (left, right) in enumerate(bins(x0, x1, side)):
            if bottom - top > most or right - left > most or top >= 12 or left >= 16:
                continue
            wanted = features[1, :, top:bottom, left:right].amax(dim=(1, 2))
            torch.testing.assert_close(seen[0, :, i, j], wanted)


@settings(max_examples=25, deadline=None)
@given(regions())
def test_each_bin_is_the_mean_of_its_own_map(box: Tensor) -> None:
    side, scores = 3, 2
    features = torch.rand(2, side * side * scores, 12, 16, generator=torch.Generator().manual_seed(3))
    seen = position_pooled(Maps.of([features], (STRIDE,)), box, torch.tensor([1]), side)
    x0, y0, x1, y1 = box[0].tolist()
    for i, (top, bottom) in enumerate(bins(y0, y1, side)):
        for j, (left, right) in enumerate(bins(x0, x1, side)):
            if bottom - top > 4 or right - left > 4 or bottom > 12 or right > 16:
                continue
            own = features[1, (i * side + j) * scores :][:scores, top:bottom, left:right]
            torch.testing.assert_close(seen[0, i, j], own.mean(dim=(1, 2)))


def test_half_a_cell_away_align_sees_a_difference_and_pooling_none() -> None:
    maps = Maps.of([ramp()], (STRIDE,))
    box = torch.tensor([[7.0, 7, 35, 35]])
    moved = box + torch.tensor([STRIDE / 2, 0, STRIDE / 2, 0])
    image = torch.zeros(1, dtype=torch.int64)
    torch.testing.assert_close(pooled(maps, moved, image, 7), pooled(maps, box, image, 7))
    away = aligned(maps, moved, image, 7) - aligned(maps, box, image, 7)
    torch.testing.assert_close(away[0, 0], torch.full((7, 7), STRIDE / 2))
    torch.testing.assert_close(away[0, 1], torch.zeros(7, 7))


def test_the_larger_a_region_the_coarser_its_map_and_each_image_has_its_own() -> None:
    levels = [
        torch.stack(
            [torch.full((1, 64 // stride, 64 // stride), 10.0 * place + stride) for place in range(3)]
        )
        for stride in (4, 8)
    ]
    box = torch.tensor([[4.0, 4, 20, 20], [0, 0, 64, 60], [4, 4, 20, 20]])
    image = torch.tensor([2, 1, 0])
    for read in (aligned, pooled):
        seen = read(Maps.of(levels, (4, 8)), box, image, 2)
        assert seen[:, 0, 0, 0].tolist() == [24.0, 18.0, 4.0]
    assert level_of(box, 2).tolist() == [0, 1, 0]


@pytest.mark.parametrize("read", [aligned, pooled])
def test_regions_beyond_the_image_are_read_at_its_edge(read: Callable[..., Tensor]) -> None:
    box = torch.tensor([[60.0, 44, 200, 100], [-30, -30, 1, 1], [64, 48, 64, 48]])
    seen = read(Maps.of([ramp()], (STRIDE,)), box, torch.zeros(3, dtype=torch.int64), 2)
    assert torch.isfinite(seen).all()
    assert seen.amax() <= 64


def test_long_bins_are_looked_at_all_along() -> None:
    features = torch.arange(40.0).expand(1, 1, 40, 40)
    seen = pooled(Maps.of([features], (1,)), torch.tensor([[0.0, 0, 40, 40]]), torch.tensor([0]), 2)
    assert seen[0, 0, 0].tolist() == [15.0, 35.0]  # the last of cells 0, 5, 10, 15
