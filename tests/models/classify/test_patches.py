"""Patches of prepared pages are those that a build writes, and rare classes are drawn rather."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from notehead import Page
from notehead.datasets.patches import PATCH_HEIGHT, PATCH_WIDTH, PatchChooser, cut_patch
from notehead.models.classify.patches import PatchCrops, held_patches, patches_of
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import prepare
from notehead.models.data.table import ClassTable
from notehead.vocabulary import VOCABULARY
from tests.models.classify.pages import page_with_areas

PIXELS = CropOptions(size=128, pages=2, crops=2)


def written(page: Page, row: int) -> NDArray[np.uint8]:
    """The patch that a build writes."""
    x0, y0, x1, y1 = page.symbols.box[row].tolist()
    return cut_patch(page.image, int((x0 + x1) / 2), int((y0 + y1) / 2))


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("patches")
    paths = [folder / "narrow.npz", folder / "wide.npz"]
    for path, width in zip(paths, (420, 700), strict=True):
        prepare(page_with_areas(width), 12.0).write(path)
    return paths


def test_a_patch_is_the_one_that_a_build_writes() -> None:
    page = page_with_areas()
    rows = np.arange(len(page.symbols))
    patches = patches_of(prepare(page, page.staff_space), rows)
    assert patches.shape == (len(rows), PATCH_HEIGHT, PATCH_WIDTH)
    for patch, row in zip(patches, rows.tolist(), strict=True):
        np.testing.assert_array_equal(patch, written(page, row))


def test_at_another_staff_space_it_shows_the_same_smaller() -> None:
    page = page_with_areas()
    rows = np.arange(len(page.symbols))
    scale = 12.0 / page.staff_space
    patches = patches_of(prepare(page, 12.0), rows)
    for patch, row in zip(patches, rows.tolist(), strict=True):
        about = np.array([[scale, 0, (1 - scale) * 22.5 - 0.1], [0, scale, (1 - scale) * 85.5 - 0.1]])
        smooth = cv2.GaussianBlur(written(page, row), (0, 0), 0.6)
        smaller = cv2.warpAffine(smooth, about, (PATCH_WIDTH, PATCH_HEIGHT), borderValue=255)
        inner = (slice(30, 140), slice(8, 37))  # what both show
        one, other = (cv2.GaussianBlur(each[inner], (0, 0), 1.5).astype(float) for each in (patch, smaller))
        assert abs(one - other).mean() < 12
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9


def test_a_batch_is_a_function_of_seed_and_number(paths: list[Path]) -> None:
    one, again = (PatchCrops(paths, PIXELS, 1, least=5).batch(4) for _ in range(2))
    other = PatchCrops(paths, PIXELS, 1, least=5).batch(5)
    np.testing.assert_array_equal(one.image, again.image)
    np.testing.assert_array_equal(one.label, again.label)
    assert one.image.shape == (32, PATCH_HEIGHT, PATCH_WIDTH)
    assert not np.array_equal(one.image, other.image)


def test_classes_too_rare_to_be_told_are_not_drawn(paths: list[Path]) -> None:
    crops = PatchCrops(paths, PIXELS, 0, least=20)
    assert VOCABULARY.id("staff") not in crops.table.labels  # there are six
    drawn = np.concatenate([crops.batch(number).label for number in range(4)])
    assert set(drawn.tolist()) == set(range(1, len(crops.table) + 1))


def test_evenness_draws_rare_classes_rather(paths: list[Path]) -> None:
    def staffs(evenness: float) -> int:
        crops = PatchCrops(paths, CropOptions(128, 2, 2, evenness=evenness), 0, least=1)
        place = crops.table.places[VOCABULARY.id("staff")]
        return sum(int((crops.batch(number).label == place).sum()) for number in range(4))

    assert staffs(0.0) > 2 * staffs(1.0)


def test_pages_with_nothing_to_tell_are_left_out(paths: list[Path], tmp_path: Path) -> None:
    page = page_with_areas()
    few = Page("few", page.image, page.symbols[:1], page.ids, page.under, staff_space=16.0)
    prepare(few, 12.0).write(tmp_path / "few.npz")
    crops = PatchCrops([tmp_path / "few.npz", paths[0]], CropOptions(128, 1, 2), 0, least=5)
    assert all(len(crops.batch(number).label) == 16 for number in range(4))


def test_held_patches_are_drawn_as_a_build_draws_them() -> None:
    page = page_with_areas()
    labels = sorted(set(page.symbols.label.tolist()))
    table = ClassTable(tuple(labels[1:]))
    held = held_patches([page], table, per_class=3, seed=7)
    assert np.bincount(held.label).max() == 3
    chooser = PatchChooser(3, 7)
    chooser.add("0", page.symbols)
    rows = [row for row in chooser.chosen()["0"] if page.symbols.label[row] in table.labels]
    np.testing.assert_array_equal(held.image, patches_of(prepare(page, 12.0), np.array(rows)))
    np.testing.assert_array_equal(held.label, table.places[page.symbols.label[rows]])


def test_pages_without_masks_give_none() -> None:
    page = page_with_areas()
    bare = Page("bare", page.image, page.symbols, staff_space=16.0)
    assert held_patches([bare], ClassTable((1,)), 3, 0).image.shape == (0, PATCH_HEIGHT, PATCH_WIDTH)
