"""Crops with boxes and instances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.data.cutting import CropOptions, class_counts
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.models.data.table import ClassTable
from tests.degrade.pages import music_page


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("boxes")
    made = [folder / "narrow.npz", folder / "wide.npz"]
    for path, width in zip(made, (500, 900), strict=True):
        prepare(music_page(width=width, staves=4), 12.0, instances=True).write(path)
    return made


def crops(paths: list[Path], **options: int) -> BoxCrops:
    return BoxCrops(paths, CropOptions(size=256, pages=2, crops=2), seed=0, **options)


def test_a_batch_is_a_function_of_seed_and_number(paths: list[Path]) -> None:
    one, again = crops(paths).batch(5), crops(paths).batch(5)
    for name in BoxBatch.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.image, crops(paths).batch(6).image)


def test_pixels_of_a_symbol_lie_in_its_box(paths: list[Path]) -> None:
    batch = crops(paths, least=1).batch(0)
    assert batch.instances is not None
    seen = 0
    for row, (crop, box) in enumerate(zip(batch.crop, batch.box, strict=True)):
        assert ((box >= 0) & (box <= 256)).all()
        everywhere = batch.instances == row + 1
        assert not np.delete(everywhere, crop, axis=0).any()
        y, x = np.nonzero(everywhere[crop])
        if len(y):
            seen += 1
            assert (x >= box[0] - 1.5).all()
            assert (x <= box[2] + 1).all()
            assert (y >= box[1] - 1.5).all()
            assert (y <= box[3] + 1).all()
    assert seen > 0.8 * len(batch.label)


def test_each_pixel_has_the_class_of_its_symbol(paths: list[Path]) -> None:
    given = crops(paths, least=1)
    batch = given.batch(0)
    assert batch.instances is not None
    classes = batch.classes()
    assert (classes[batch.instances == 0] == 0).all()
    for row in range(0, len(batch.label), 7):
        assert (classes[batch.instances == row + 1] == batch.label[row]).all()
    dark = batch.image < 60
    assert (classes[dark] > 0).mean() > 0.9


def test_classes_with_few_symbols_are_not_told(paths: list[Path]) -> None:
    counts = class_counts(paths)
    least = int(np.sort(counts[counts > 0])[-2])
    given = crops(paths, least=least)
    assert len(given.table) == (counts >= least).sum()
    batch = given.batch(0)
    assert set(given.table.ids[batch.label].tolist()) <= set(np.flatnonzero(counts >= least).tolist())


def test_pages_without_instances_have_boxes_alone(tmp_path: Path) -> None:
    prepare(music_page(), 12.0).write(tmp_path / "page.npz")
    assert TrainingPage.read(tmp_path / "page.npz").instances is None
    batch = crops([tmp_path / "page.npz"], least=1).batch(0)
    assert batch.instances is None
    with pytest.raises(ValueError, match="without instances"):
        batch.classes()


def test_numbers_lead_back_to_class_ids() -> None:
    table = ClassTable.of(np.array([0, 5, 0, 2, 9]), 3)
    assert table.labels == (1, 4)
    assert table.ids[table.places[[1, 4]]].tolist() == [1, 4]
