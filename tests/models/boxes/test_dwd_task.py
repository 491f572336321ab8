"""The Deep Watershed Detector as a task: its phases, its losses, its measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from notehead.datasets import Dataset
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.models.boxes.base import Truth
from notehead.models.boxes.dwd import Dwd
from notehead.models.boxes.dwd_losses import NAMES, Weighing, box_loss, class_loss, energy_loss
from notehead.models.boxes.dwd_options import DwdOptions
from notehead.models.boxes.dwd_targets import Targets
from notehead.models.boxes.dwd_task import DwdTask, mean_boxes, pretrained
from notehead.models.boxes.task import images
from notehead.models.data.boxes import BoxCrops
from notehead.models.data.cutting import CropOptions
from notehead.models.data.pages import composed_pages
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.models.data.stream import PageStream
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page

CROPS = CropOptions(size=64, pages=1, crops=1)


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    folder = tmp_path_factory.mktemp("dwd")
    paths = [folder / "one.npz", folder / "other.npz"]
    for path, width in zip(paths, (700, 1400), strict=True):
        prepare(music_page(width=width, staves=4), 12.0).write(path)
    return Setting(paths, CROPS, 0, torch.device("cpu"))


def weigh(weighing: Weighing, *values: float) -> list[float]:
    parts = {name: torch.tensor(value) for name, value in zip(NAMES, values, strict=True)}
    return [float(part) for part in weighing(parts).values()]


def test_one_loss_is_learnt_after_the_other() -> None:
    weighing = Weighing(100)
    seen = []
    for _ in range(100):
        seen.append(weighing.phase())
        given = weighing(
            {name: torch.tensor(value) for name, value in zip(NAMES, (3.0, 5.0, 7.0), strict=True)}
        )
        if seen[-1] != "joint":
            assert {name: float(part) for name, part in given.items()} == {seen[-1]: 1.0}
    phases = ["energy"] * 20 + ["class"] * 20 + ["box"] * 20 + ["energy"] * 10 + ["joint"] * 30
    assert seen == phases
    assert weighing.phase() == "joint"


def test_in_the_joint_phase_each_loss_is_divided_by_its_mean_of_five_steps() -> None:
    weighing = Weighing(0)
    assert weigh(weighing, 3, 50, 700) == pytest.approx([2, 1, 1])
    assert weigh(weighing, 1, 50, 100) == pytest.approx([2 * 1 / 2, 1, 100 / 400])
    for value in range(10, 15):
        weigh(weighing, value, 50, 100)
    assert weigh(weighing, 20, 50, 100)[0] == pytest.approx(2 * 20 / np.mean([20, 14, 13, 12, 11]))
    weighing.eval()
    assert weigh(weighing, 8, 1, 1) == weigh(weighing, 8, 1, 1)  # nothing is counted


def test_a_weighing_goes_on_as_it_was() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(1, 9, (30, 3))
    whole, first, second = Weighing(20), Weighing(20), Weighing(20)
    wanted = [weigh(whole, *row) for row in values]
    for row in values[:17]:
        weigh(first, *row)
    second.load_state_dict(first.state_dict())
    assert [weigh(second, *row) for row in values[17:]] == wanted[17:]


def test_losses_count_what_they_should() -> None:
    energy, label = torch.zeros(1, 8, 8, dtype=torch.int64), torch.zeros(1, 8, 8, dtype=torch.int64)
    size = torch.zeros(1, 2, 8, 8)
    energy[0, 2:4, 2:4], label[0, 2, 2:4] = 19, 2
    size[0, :, 2, 2:4] = torch.tensor([[24.0, 24], [12, 12]])
    true = Targets(energy, label, size)
    sure = torch.zeros(1, 20, 8, 8)
    sure[0, 0] = 9.0
    assert float(energy_loss(sure, true)) == pytest.approx(4 / 64 * 9, abs=0.01)
    found = torch.zeros(1, 4, 2, 2)
    assert float(class_loss(found, true)) == pytest.approx(np.log(4))
    found[0, 1] = 50.0
    assert float(class_loss(found, true)) == pytest.approx(0, abs=1e-6)
    assert float(box_loss(torch.zeros(1, 2, 2, 2), true, 12.0)) == pytest.approx((2**2 + 1**2) / 2)
    empty = Targets(energy * 0, label * 0, size * 0)
    for loss in (class_loss(found, empty), box_loss(torch.ones(1, 2, 2, 2), empty, 12.0)):
        assert float(loss) == 0


def test_staves_are_neither_learnt_nor_found() -> None:
    table = ClassTable((VOCABULARY.id("stem"), VOCABULARY.id("staff")))
    number = int(table.places[VOCABULARY.id("staff")])
    network = Dwd(table, DwdOptions(), 0)
    box = torch.tensor([[0.0, 10, 64, 58]])
    image = torch.zeros(1, 1, 64, 64)
    staff = network.unweighed(image, [Truth(box, torch.tensor([number]))])
    stem = network.unweighed(image, [Truth(box, torch.tensor([3 - number]))])
    assert float(staff["class"].detach()) == float(staff["box"].detach()) == 0
    assert float(stem["class"].detach()) > 0


def paths_of(setting: Setting) -> Sequence[Path]:
    """Its prepared pages."""
    assert not isinstance(setting.paths, PageStream)
    return setting.paths


def test_a_mean_box_for_each_class(setting: Setting) -> None:
    paths = paths_of(setting)
    crops = BoxCrops(paths, CROPS, 0)
    mean = mean_boxes(paths, crops.table)
    assert mean.shape == (len(crops.table), 2)
    stem = VOCABULARY.id("stem")
    pages = [TrainingPage.read(path) for path in paths]
    boxes = np.concatenate([page.box[page.label == stem] for page in pages])
    wanted = [(boxes[:, 3] - boxes[:, 1]).mean() / 12, (boxes[:, 2] - boxes[:, 0]).mean() / 12]
    np.testing.assert_allclose(mean[crops.table.places[stem] - 1], wanted, rtol=1e-5)


def test_cached_boxes_are_all_that_is_found(setting: Setting) -> None:
    task = DwdTask(DwdOptions(cached_boxes=True), setting)
    network = task.network.eval()
    assert isinstance(network, Dwd)
    with torch.inference_mode():
        for one in network.find(images(task.batch(0), torch.device("cpu"))):
            sides = (one.box[:, 2:] - one.box[:, :2]).flip(1)
            wanted = (network.cached[one.label - 1] * 12).clamp(min=1)
            assert (sides <= wanted + 1e-3).all()  # less where an image ends


def test_composed_pages_come_first(setting: Setting) -> None:
    known = replace(setting, steps=10, composed=paths_of(setting)[1:])
    task = pretrained(known)
    alone = BoxCrops(known.composed, CROPS, 0)
    every = BoxCrops(known.paths, CROPS, 0)
    for number in range(10):
        wanted = (alone if number < 2 else every).batch(number)
        np.testing.assert_array_equal(task.batch(number).image, wanted.image)


def test_without_composed_pages_it_says_so(setting: Setting) -> None:
    with pytest.raises(DatasetError, match="notehead compose"):
        pretrained(replace(setting, steps=10))


def test_composed_pages_are_known_by_their_score() -> None:
    entries = (PageEntry("a", score="rare-0-00003.mei"), PageEntry("b", score="lieder/song.mxl"))
    dataset = cast("Dataset", SimpleNamespace(entries=entries))
    paths = [Path(f"{name}.npz") for name in ("00-000000-00", "00-000000-01", "00-000001-00")]
    assert composed_pages([dataset], paths) == paths[:2]
