"""Rare symbols in the margins of pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead.models.boxes.dwd_options import RareOptions
from notehead.models.boxes.dwd_rare import RareCrops, RarePatches, cut_out
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page

RARE = RareOptions(share=0.3)
HALF = VOCABULARY.id("noteheadHalfOnLine")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("rare")
    paths = [folder / "one.npz", folder / "other.npz"]
    prepare(music_page(width=700, staves=4), 12.0).write(paths[0])
    prepare(music_page(width=1400, staves=2), 12.0).write(paths[1])
    return paths


@pytest.fixture(scope="module")
def patches(paths: list[Path]) -> RarePatches:
    return RarePatches(paths, RARE, 0)


@pytest.mark.parametrize("page", [0, 1])
def test_crops_land_in_the_margin_with_their_boxes(
    paths: list[Path], patches: RarePatches, page: int
) -> None:
    before = TrainingPage.read(paths[page])
    after = patches.pasted(before, np.random.default_rng(1))
    own = len(before.label)
    columns = min(before.image.shape[1] // 80, 12)
    strip = -(-12 // columns) * 130
    grown = len(after.image) - len(before.image)
    assert grown % 4 == 0
    # the page's own symbols and pixels are as they were, further down
    np.testing.assert_array_equal(after.label[:own], before.label)
    np.testing.assert_array_equal(after.box[:own], before.box + np.array([0, grown] * 2))
    np.testing.assert_array_equal(after.corners[:own], before.corners + np.array([0, grown]))
    first = int(before.box[:, 1].min())
    np.testing.assert_array_equal(after.image[grown + first :], before.image[first:])
    np.testing.assert_array_equal(after.traces[(grown + first) // 2 + 1 :], before.traces[first // 2 + 1 :])
    # the others lie in the strip above them, each around its ink
    box = after.box[own:]
    assert len(box) >= 12
    assert after.box[:own, 1].min() >= strip
    assert (box >= 0).all()
    assert (box[:, 3] <= strip).all()
    assert (box[:, 2] <= columns * 80).all()
    assert len(np.unique(box[:, 0] // 80 + 100 * (box[:, 1] // 130))) == 12, "one in each place"
    heads = box[after.label[own:] == HALF]
    assert len(heads) >= 12
    for x0, y0, x1, y1 in heads.tolist():
        part = after.image[round(y0) : round(y1), round(x0) : round(x1)]
        assert part.min() < 60


def test_a_cut_out_holds_the_symbol_and_those_of_which_enough_is_there(paths: list[Path]) -> None:
    page = TrainingPage.read(paths[0])
    row = int(np.flatnonzero(page.label == HALF)[2])
    patch = cut_out(page, row, RARE)
    assert patch.image.shape == (130, 80)
    assert VOCABULARY.id("staff") not in patch.label
    at = np.abs((patch.box[:, :2] + patch.box[:, 2:]) / 2 - [40, 65]).max(axis=1).argmin()
    size = page.box[row, 2:] - page.box[row, :2]
    np.testing.assert_allclose(patch.box[at, 2:] - patch.box[at, :2], size, atol=0.01)
    assert patch.label[at] == HALF
    assert ((patch.box >= 0) & (patch.box <= [80, 130, 80, 130])).all()


def test_only_rare_classes_are_pasted(paths: list[Path]) -> None:
    labels = np.concatenate([TrainingPage.read(path).label for path in paths])
    names = {VOCABULARY.by_id[label].name for label in np.unique(labels).tolist()}
    assert names == {"staff", "stem", "noteheadBlackOnLine", "noteheadHalfOnLine"}
    assert len(RarePatches(paths, RARE, 0)) == 2  # both noteheads; a staff fits nowhere
    assert len(RarePatches(paths, RareOptions(share=0.6), 0)) == 3
    nothing = RarePatches(paths, RareOptions(share=0.0), 0)
    page = TrainingPage.read(paths[0])
    assert nothing.pasted(page, np.random.default_rng(0)) is page


def test_a_batch_is_a_function_of_seed_and_number_alone(paths: list[Path]) -> None:
    options = CropOptions(size=256, pages=1, crops=3)
    rare = RareOptions(share=0.3, top=1.0)
    once, again = RareCrops(paths, options, 7, rare), RareCrops(paths, options, 7, rare)
    again.batch(0)  # has seen other patches before
    one, other = once.batch(3), again.batch(3)
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(one.box, other.box)
    assert not np.array_equal(one.image, once.batch(4).image)
    # crops that begin at the top show rare symbols: three whole columns at least
    for crop in range(3):
        assert (one.label[one.crop == crop] > 0).sum() >= 3
        assert one.box[one.crop == crop][:, 1].min() < 130
