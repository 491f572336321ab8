"""What the Deep Watershed Detector learns, and that it is read back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from notehead.models.boxes.base import Boxes, Truth
from notehead.models.boxes.dwd_decode import decoded, sampled
from notehead.models.boxes.dwd_options import DwdOptions
from notehead.models.boxes.dwd_targets import Targets, targets

SHAPE = (128, 160)
CLASSES = 5
WIDE = DwdOptions(class_side=17)
"""Class and box are said wherever energy counts, as a network says them that has learnt well."""


def truth(boxes: Sequence[tuple[float, ...]], labels: list[int]) -> Truth:
    return Truth(
        torch.tensor(boxes, dtype=torch.float32).view(-1, 4), torch.tensor(labels, dtype=torch.int64)
    )


def maps(true: Targets) -> tuple[Tensor, Tensor, Tensor]:
    """What a network without fault says."""
    energy = functional.one_hot(true.energy[0], 20).permute(2, 0, 1).float()
    label = functional.one_hot(true.label[0], CLASSES + 1)[..., 1:].permute(2, 0, 1).float()
    return energy, label, true.size[0]


def there_and_back(true: Truth, options: DwdOptions = WIDE) -> Boxes:
    return decoded(*maps(targets([true], SHAPE, options)), options)


@st.composite
def apart(draw: st.DrawFn) -> Truth:
    """Symbols whose ovals do not touch, one in each of some cells."""
    cells = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), unique=True, max_size=12))
    boxes, labels = [], []
    part = st.floats(0, 10, width=32)
    for column, row in cells:
        x, y = 30 * column + 12 + draw(part) / 2, 30 * row + 12 + draw(part) / 2
        half_x, half_y = draw(part) / 2 + 1, draw(part) + 1
        boxes.append((x - half_x, max(y - half_y, 0.0), x + half_x, y + half_y))
        labels.append(draw(st.integers(1, CLASSES)))
    return truth(boxes, labels)


@settings(max_examples=40, deadline=None)
@given(apart())
def test_symbols_that_stand_apart_are_read_back(true: Truth) -> None:
    found = there_and_back(true)
    assert len(found.box) == len(true.box)
    assert (found.score == 1).all()
    if not len(true.box):
        return
    away = (found.box[:, None] - true.box[None]).abs().amax(dim=2)
    near, which = away.min(dim=1)
    assert near.max() <= 0.51  # centres are those of pixels
    assert sorted(which.tolist()) == list(range(len(true.box)))
    assert torch.equal(found.label, true.label[which])


def test_two_symbols_with_one_centre_give_one() -> None:
    found = there_and_back(truth([(40, 40, 50, 50), (20, 42, 70, 48)], [1, 2]))
    assert found.label.tolist() == [2]  # of equals in place, the later class
    assert found.box.tolist() == [[40.5, 40.5, 50.5, 50.5]]  # and the first box


@pytest.mark.parametrize(("away", "count"), [(15, 1), (16, 2)])
def test_symbols_must_be_an_oval_apart(away: int, count: int) -> None:
    found = there_and_back(truth([(40, 40, 46, 46), (40 + away, 40, 46 + away, 46)], [1, 1]))
    assert len(found.box) == count


def test_a_higher_level_tells_near_symbols_apart() -> None:
    thirds = truth([(40, 40, 55, 52), (40, 52, 55, 64)], [1, 1])
    assert len(there_and_back(thirds).box) == 1
    assert len(there_and_back(thirds, DwdOptions(class_side=17, above=7)).box) == 2


def test_energy_falls_from_the_centre_and_the_highest_counts() -> None:
    true = targets([truth([(30, 30, 41, 41), (34, 30, 45, 41)], [1, 2])], SHAPE, DwdOptions())
    row = true.energy[0, 35]
    assert row[27:36].tolist() == [round(19 * (1 - r / 8.5)) for r in range(8, -1, -1)]
    assert row[35:40].tolist() == [19, 17, 15, 17, 19]
    assert row[:27].sum() == 0
    assert int(true.energy[0, 27, 35]) == row[27]


def test_the_later_class_and_the_nearer_box_count() -> None:
    true = targets([truth([(30, 30, 40, 42), (34, 34, 42, 38)], [3, 1])], SHAPE, DwdOptions())
    row = true.label[0, 36]
    assert row[31:43].tolist() == [3, 3, 3, *[1] * 9]
    assert true.size[0, :, 36, 31:43].T.tolist() == [[12.0, 10.0]] * 6 + [[4.0, 8.0]] * 6
    assert torch.equal(true.label[0] > 0, true.size[0, 0] > 0)


def test_copies_are_of_the_middles_of_cells() -> None:
    whole = targets([truth([(30, 30, 40, 42)], [3])], SHAPE, DwdOptions())
    small = whole.reduced(8)
    assert small.energy.shape == (1, 16, 20)
    assert small.size.shape == (1, 2, 16, 20)
    assert small.energy[0, 4, 4] == whole.energy[0, 36, 36] == 17
    assert small.label[0, 4, 4] == 3


def test_an_image_without_symbols_is_empty() -> None:
    true = targets([truth([], []), truth([(30, 30, 40, 42)], [3])], SHAPE, DwdOptions())
    assert true.energy[0].max() == true.label[0].max() == true.size[0].max() == 0
    assert true.energy[1].max() == 19
    assert len(decoded(*maps(true), DwdOptions()).box) == 0


def test_a_symbol_at_the_edge_learns_what_is_on_the_image() -> None:
    true = targets([truth([(0, 0, 4, 6)], [2])], SHAPE, DwdOptions())
    assert true.energy[0, 3, 2] == 19
    assert true.energy[0, :, 20:].sum() == 0


def test_sampled_is_enlarged() -> None:
    coarse = torch.randn(3, 8, 10)
    whole = functional.interpolate(coarse[None], size=SHAPE, mode="bilinear", align_corners=False)[0]
    y, x = torch.randint(0, SHAPE[0], (50,)), torch.randint(0, SHAPE[1], (50,))
    np.testing.assert_allclose(sampled(coarse, y, x, SHAPE), whole[:, y, x].T, atol=1e-5)


def parts(*pixels: tuple[int, int, int]) -> Tensor:
    """Energy with some pixels (y, x, level)."""
    level = torch.zeros(32, 32, dtype=torch.int64)
    for y, x, value in pixels:
        level[y, x] = value
    return functional.one_hot(level, 20).permute(2, 0, 1).float()


def test_what_a_part_says() -> None:
    energy = parts((4, 4, 19), (5, 5, 9), (5, 4, 2), (4, 5, 2), (20, 20, 19), (20, 21, 19), (21, 20, 19))
    label, size = torch.zeros(3, 32, 32), torch.ones(2, 32, 32)
    label[1, 4:6, 4], label[1, 4, 5], label[2, 5, 5] = 1, 1, 9
    size[0, 4, 4], size[1, 5, 5] = 6, 4
    found = decoded(energy, label, size, DwdOptions(scored=True))
    assert found.label.tolist() == [2]  # most pixels say so, and the other part is too small
    assert found.box.tolist() == [[3, 2, 7, 8]]
    assert found.score.tolist() == pytest.approx([32 / 4 / 19])


def test_a_lowest_level_is_none() -> None:
    energy = parts(*[(y, x, 1) for y in range(4) for x in range(4)])
    assert len(decoded(energy, torch.zeros(3, 32, 32), torch.ones(2, 32, 32), DwdOptions()).box) == 0


def test_a_cached_box_takes_the_place_of_the_network_s() -> None:
    true = targets([truth([(30, 30, 40, 42)], [3])], SHAPE, WIDE)
    cached = torch.tensor([[1.0, 1], [1, 1], [20, 8], [1, 1], [1, 1]])
    found = decoded(*maps(true), WIDE, cached)
    assert found.box.tolist() == [[31.5, 26.5, 39.5, 46.5]]
