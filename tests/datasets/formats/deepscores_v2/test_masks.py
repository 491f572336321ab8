"""What greys mean is learnt from instances, as published greys are not those of the categories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.datasets.formats.deepscores_v2.masks import NO_CLASS, semantic_labels, semantic_values
from notehead.datasets.formats.deepscores_v2.source import DeepScoresV2Source
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.vocabulary import VOCABULARY
from tests.support.deepscores import NAME, annotation, document, write_dataset, write_masks

CLEF, STEM, BEAM = (VOCABULARY.id(name) for name in ("clefG", "stem", "beam"))
SHIFTED = {1: 10 - 1, 2: 52 - 9, 3: 146 - 9}
"""The grey of each instance: that of a clef is 1 less than its category's colour, others are 9 less."""


def layers() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """A clef, a stem and a beam that shares pixels with it; a barline is grey, and no instance."""
    ids = np.zeros((40, 60), np.uint16)
    ids[5:20, 5:15], ids[5:30, 30:32], ids[5:9, 30:50] = 1, 2, 3
    greys = np.zeros(256, np.uint8)
    greys[list(SHIFTED)] = list(SHIFTED.values())
    grey = greys[ids]
    grey[5:8, 30] = SHIFTED[2]
    grey[0:40, 55] = 3
    return ids, grey


@pytest.fixture(name="folder")
def sample(tmp_path: Path) -> Path:
    """Two pages with masks."""
    boxes = {1: [5, 5, 15, 20], 2: [30, 5, 32, 30], 3: [30, 5, 50, 9]}
    labels = {1: CLEF, 2: STEM, 3: BEAM}
    records = {
        str(10 * page + number): annotation(
            a_bbox=boxes[number], cat_id=[str(labels[number]), None], img_id=str(page),
            comments=f"instance:#{number:06x};",
        )
        for page in (1, 2)
        for number in boxes
    }  # fmt: skip
    images = [
        {"id": page, "filename": f"{name}.png", "width": 60, "height": 40}
        for page, name in ((1, NAME), (2, "other"))
    ]
    write_dataset(tmp_path, {"deepscores_train.json": document(records, images)})
    for name in (NAME, "other"):
        write_masks(tmp_path, *layers(), name)
    return tmp_path


def source_of(folder: Path) -> DeepScoresV2Source:
    return DeepScoresV2Source(folder, ReadOptions())


def test_greys_are_learnt(folder: Path) -> None:
    source = source_of(folder)
    values = semantic_values(source, source.entries)
    assert values.shape == (256,)
    assert {int(grey): int(values[grey]) for grey in np.flatnonzero(values != NO_CLASS)} == {
        SHIFTED[1]: CLEF, SHIFTED[2]: STEM, SHIFTED[3]: BEAM,
    }  # fmt: skip


def test_pixels_have_classes(folder: Path) -> None:
    source = source_of(folder)
    ids, grey = layers()
    expected = np.full(ids.shape, NO_CLASS)
    for number, label in ((1, CLEF), (2, STEM), (3, BEAM)):
        expected[grey == SHIFTED[number]] = label
    labels = semantic_labels(source, source.entries[0])
    assert labels.dtype == np.int32
    assert np.array_equal(labels, expected)
    assert set(np.unique(labels)) == {NO_CLASS, CLEF, STEM, BEAM}


def test_what_one_page_tells_holds_for_another(folder: Path) -> None:
    (folder / "instance" / "other_inst.png").unlink()
    source = source_of(folder)
    first, second = source.entries
    values = semantic_values(source, [first])
    assert np.array_equal(semantic_labels(source, second, values), semantic_labels(source, first))
    with pytest.raises(DatasetError, match=r"page other has no instance mask\. Learn the values"):
        semantic_labels(source, second)


def test_nothing_is_learnt_from_nothing(folder: Path) -> None:
    assert (semantic_values(source_of(folder), []) == NO_CLASS).all()


def test_built_masks_have_the_greys_of_the_categories(dataset_folder: Path) -> None:
    source = source_of(dataset_folder)
    values = semantic_values(source, source.entries)
    learnt = np.flatnonzero(values != NO_CLASS)
    assert len(learnt) > 5
    for grey in learnt.tolist():
        assert VOCABULARY.by_id[int(values[grey])].grey == grey


@pytest.mark.parametrize(
    ("pixels", "cause"),
    [
        (np.zeros((40, 59), np.uint8), "59 x 40 pixels, its page has 60 x 40"),
        (np.zeros((40, 60, 3), np.uint8), "colours in it"),
        (None, "No such file"),
    ],
)
def test_a_bad_semantic_mask(folder: Path, pixels: NDArray[np.uint8] | None, cause: str) -> None:
    path = folder / "segmentation" / f"{NAME}_seg.png"
    path.unlink()
    if pixels is not None:
        path.write_bytes(encode_png(pixels))
    source = source_of(folder)
    with pytest.raises(DatasetError, match=rf"{NAME}_seg\.png: {cause}"):
        semantic_labels(source, source.entries[0])
