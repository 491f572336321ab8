"""Points are drawn, found again, paired and counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from notehead.models.data.boxes import BoxCrops
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import prepare
from notehead.models.points.base import PointNetwork
from notehead.models.points.centre_points import CentrePoints, peak_loss
from notehead.models.points.pairing import hits, stems
from notehead.models.points.task import PointTask, read_points
from notehead.models.points.truth import BOTTOM, HEAD, STRIDE, TOP, Points, Targets, points_of, targets
from notehead.models.registry import Setting
from notehead.page import Symbols
from tests.degrade.pages import music_page

CPU = torch.device("cpu")


class Drawn(CentrePoints):
    """Gives the maps that it is told to, whatever it sees."""

    def __init__(self, maps: tuple[Tensor, Tensor, Tensor]) -> None:
        super().__init__(width=8)
        self.maps = maps

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.maps


class Dots(PointNetwork):
    """Finds a head wherever it is black."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return (images,)

    def losses(self, images: Tensor, wanted: Targets) -> dict[str, Tensor]:
        return {}

    def find(self, images: Tensor) -> list[Points]:
        found = []
        for image in images[:, 0].numpy():
            y, x = np.nonzero(image > 0.9)
            zeros = np.zeros((len(x), 2))
            place = np.stack((x, y), axis=1).astype(np.float64) + 0.5
            found.append(Points(np.full(len(x), HEAD), place, zeros, np.ones(len(x))))
        return found


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> BoxCrops:
    path = tmp_path_factory.mktemp("points") / "page.npz"
    prepare(music_page(), 12.0).write(path)
    return BoxCrops([path], CropOptions(size=128, pages=1, crops=3), 0, least=1)


def ordered(points: Points) -> Points:
    x, y = points.place.round(1).T
    return points.of(np.lexsort((x, y, points.kind)))


def maps_of(crops: BoxCrops, number: int) -> tuple[tuple[Tensor, Tensor, Tensor], list[Points]]:
    """Maps that show just what is there, and what that is."""
    batch = crops.batch(number)
    wanted = targets(batch, crops.table, CPU)
    shape = (len(batch.image), 2, *wanted.heat.shape[2:])
    place, way = torch.zeros(shape), torch.zeros(shape)
    column, row = wanted.cell.T
    place[wanted.image, :, row, column] = wanted.place - wanted.cell
    way[wanted.image, :, row, column] = torch.where(wanted.kind[:, None] == TOP, wanted.way, 0.0)
    true = [
        points_of(crops.table.ids[batch.label[batch.crop == k]], batch.box[batch.crop == k], (128, 128))
        for k in range(len(batch.image))
    ]
    return ((wanted.heat * 18 - 9), place, way), true


@pytest.mark.parametrize("number", range(4))
def test_what_is_drawn_is_found(crops: BoxCrops, number: int) -> None:
    maps, true = maps_of(crops, number)
    found = Drawn(maps).find(torch.zeros(len(true), 1, 128, 128))
    assert sum(map(len, true)) > 10
    for one, other in zip(map(ordered, found), map(ordered, true), strict=True):
        assert one.kind.tolist() == other.kind.tolist()
        np.testing.assert_allclose(one.place, other.place, atol=1e-3)
        known = np.isfinite(other.way).all(axis=1)
        np.testing.assert_allclose(one.way[known], other.way[known], atol=1e-2)


def test_maps_that_are_right_cost_little(crops: BoxCrops) -> None:
    maps, _ = maps_of(crops, 0)
    wanted = targets(crops.batch(0), crops.table, CPU)
    right = Drawn(maps).losses(torch.zeros(1), wanted)
    wrong = Drawn((-maps[0], 1 - maps[1], maps[2] + 3)).losses(torch.zeros(1), wanted)
    for name, cost in right.items():
        assert float(cost) < 0.05
        assert float(wrong[name]) > 0.2


def test_near_a_peak_a_false_one_costs_less() -> None:
    logits = torch.tensor([2.0])
    costs = [float(peak_loss(logits, torch.tensor([share]))) for share in (0.0, 0.3, 0.9)]
    assert costs[0] > 2 * costs[1] > 4 * costs[2]


def test_the_ends_of_stems_and_the_middles_of_heads() -> None:
    symbols = Symbols.build(
        ["stem", "noteheadBlackOnLine", "beam"], [[10, 20, 12, 60], [0, 54, 12, 66], [0, 0, 9, 9]]
    )
    points = points_of(symbols.label, symbols.box)
    assert points.kind.tolist() == [HEAD, TOP, BOTTOM]
    assert points.place.tolist() == [[6, 60], [11, 20], [11, 60]]
    assert points.way.tolist() == [[0, 0], [0, 40], [0, 0]]


def test_what_a_crop_cuts_is_no_point() -> None:
    symbols = Symbols.build(
        ["stem", "stem", "noteheadBlackOnLine"], [[10, 0, 12, 60], [30, 20, 32, 64], [0, 54, 9, 62]]
    )
    points = points_of(symbols.label, symbols.box, (64, 64))
    assert points.kind.tolist() == [TOP, BOTTOM]
    assert points.place.tolist() == [[31, 20], [11, 60]]
    assert np.isnan(points.way[0]).all()
    assert len(stems(points)) == 0


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20))
def test_stems_are_paired_as_they_were(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    across = np.arange(count) * 14.0 + rng.uniform(-1, 1, count)
    top = rng.uniform(0, 50, count)
    bottom = top + rng.uniform(20, 60, count)
    boxes = np.stack((across - 1, top, across + 1, bottom), axis=1)
    true = points_of(Symbols.build(["stem"] * count, boxes).label, boxes)
    order = rng.permutation(len(true))
    shaken = true.of(order)
    shaken = Points(
        shaken.kind, shaken.place + rng.uniform(-1, 1, (len(order), 2)), shaken.way * 1.02, shaken.score
    )
    assert len(stems(true)) == count
    pairs = {(order[top], order[bottom]) for top, bottom in stems(shaken).tolist()}
    assert pairs == {tuple(pair) for pair in stems(true).tolist()}
    assert hits(shaken, true)["stem"].tolist() == [count, count, count]


def test_hits_are_within_a_quarter_of_a_staff_space() -> None:
    label = Symbols.build(["noteheadBlackOnLine"] * 3, np.zeros((3, 4))).label
    box = np.array([[0.0, 0, 10, 10], [50, 0, 60, 10], [90, 0, 100, 10]])
    true, found = points_of(label[:2], box[:2]), points_of(label, box + np.array([2.9, 0, 2.9, 0]))
    assert hits(found, true)["head"].tolist() == [3, 2, 2]
    assert hits(points_of(label, box + np.array([3.1, 0, 3.1, 0])), true)["head"].tolist() == [3, 2, 0]
    assert hits(Points.joined([]), true)["head"].tolist() == [0, 2, 0]


def test_a_page_in_slices_is_found_once() -> None:
    image = np.full((900, 1700), 255, np.uint8)
    rng = np.random.default_rng(0)
    places = {(int(x), int(y)) for x, y in rng.integers((0, 0), (1700, 900), (300, 2))}
    for x, y in places:
        image[y, x] = 0
    found = read_points(Dots(), image)
    assert sorted(map(tuple, (found.place - 0.5).astype(int).tolist())) == sorted(places)


def test_a_page_is_judged(tmp_path: Path) -> None:
    page = music_page(staves=1)
    prepare(page, 12.0).write(tmp_path / "page.npz")
    setting = Setting([tmp_path / "page.npz"], CropOptions(size=64, pages=1, crops=1), 0, CPU, [page])

    class Right(CentrePoints):
        def find(self, images: Tensor) -> list[Points]:
            return [points_of(page.symbols.label, page.symbols.box * 0.75)] * len(images)

    judged = PointTask(Right, setting).judge(Right())
    assert len(judged) == 8
    assert all(share == 1 for share in judged.values())
    silent = Drawn(
        (torch.full((1, 3, 192, 192), -9.0), torch.zeros(1, 2, 192, 192), torch.zeros(1, 2, 192, 192))
    )
    assert set(PointTask(CentrePoints, setting).judge(silent).values()) == {0.0}


def test_a_cell_is_a_third_of_a_staff_space() -> None:
    with torch.inference_mode():
        heat, place, way = CentrePoints(width=8).eval()(torch.zeros(2, 1, 64, 96))
    assert heat.shape == (2, 3, 64 // STRIDE, 96 // STRIDE)
    assert place.shape == way.shape == (2, 2, 64 // STRIDE, 96 // STRIDE)
