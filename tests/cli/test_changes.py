"""Recipes and rare crops on the way of a conversion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset
from notehead.datasets.verify import Verification, verify_pages
from tests.cli.conftest import Call


def test_pages_are_degraded_the_same_way_each_time(
    notehead: Call, dataset_folder: Path, tmp_path: Path
) -> None:
    words = ("--to", "notehead", "--recipes", "flatbed-scan,bitonal-scan", "--rare", "--seed", "3")
    for name, workers in (("one", "1"), ("two", "2")):
        outcome = notehead("convert", dataset_folder, tmp_path / name, *words, "--workers", workers)
        assert (outcome.code, outcome.err) == (0, "")
    manifests = [(tmp_path / name / "manifest.csv").read_bytes() for name in ("one", "two")]
    assert manifests[0] == manifests[1]
    for page, before in zip(Dataset(tmp_path / "one"), Dataset(dataset_folder), strict=True):
        assert page.origin.recipe in ("flatbed-scan", "bitonal-scan")
        assert 0.5 <= page.origin.strength <= 1.5
        assert page.image.shape != before.image.shape or not np.array_equal(page.image, before.image)


def test_degraded_pages_are_sound(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    words = ("--to", "notehead", "--recipes", "phone-photo", "--strength", "1.5", "--workers", "1")
    assert notehead("convert", dataset_folder, tmp_path / "photos", *words).code == 0
    found = Verification()
    assert len(list(verify_pages(Dataset(tmp_path / "photos"), found))) == 2
    assert [str(problem) for problem in found.problems] == []


def test_clean_pages_are_as_they_were(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    words = ("--to", "notehead", "--recipes", "clean", "--workers", "1")
    assert notehead("convert", dataset_folder, tmp_path / "copy", *words).code == 0
    for page, before in zip(Dataset(tmp_path / "copy"), Dataset(dataset_folder), strict=True):
        assert np.array_equal(page.image, before.image)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--recipes", "fax"), "unknown recipe fax. Choose among clean"),
        (("--recipes", ","), "unknown recipe (none). Choose among clean"),
        (("--recipes", "photocopy", "--strength", "3"), "the strength must be 0 to 2"),
    ],
)
def test_what_cannot_be_asked_for(
    notehead: Call, dataset_folder: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    outcome = notehead("convert", dataset_folder, tmp_path / "out", "--to", "coco", *words)
    assert outcome.code == 1
    assert message in outcome.err
    assert not (tmp_path / "out").exists()
