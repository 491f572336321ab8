"""`notehead align`: a scan and a known page become an annotated scan, or a word about why not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from notehead import Dataset
from notehead.cli.align import align_command
from notehead.datasets.formats.notehead.page_file import read_document, symbols_of
from notehead.errors import DatasetError, OutputError
from notehead.images import encode_png


def call(*words: object) -> Result:
    return CliRunner().invoke(align_command, [str(word) for word in words])


@pytest.fixture
def scan(dataset_folder: Path, tmp_path: Path) -> Path:
    """A scan of page 0, a little turned."""
    image = Dataset(dataset_folder)[0].image
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.0)
    turned = cv2.warpAffine(image, matrix, (width, height), borderValue=255)
    path = tmp_path / "my scan.png"
    path.write_bytes(encode_png(np.asarray(turned, np.uint8)))
    return path


def test_a_folder_is_a_dataset(dataset_folder: Path, scan: Path, tmp_path: Path) -> None:
    page = Dataset(dataset_folder)[0]
    outcome = call(scan, dataset_folder / "pages" / f"{page.name}.json.gz", "-o", tmp_path / "out")
    assert outcome.exit_code == 0, outcome.output
    assert f"{len(page.symbols)} symbols, residual 0." in outcome.output
    found = Dataset(tmp_path / "out")
    assert [entry.name for entry in found.entries] == ["my-scan"]
    assert np.array_equal(found[0].symbols.id, page.symbols.id)
    turn = cv2.getRotationMatrix2D((page.width / 2, page.height / 2), 1.0, 1.0)
    expected = page.symbols.corners.mean(axis=1) @ turn[:, :2].T + turn[:, 2]
    assert np.percentile(np.abs(found[0].symbols.corners.mean(axis=1) - expected), 95) < 2
    assert found[0].ids is not None


def test_a_file_holds_the_symbols(dataset_folder: Path, scan: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.json.gz"
    outcome = call(scan, dataset_folder, "--page", "0", "--name", "mine", "-o", output)
    assert outcome.exit_code == 0, outcome.output
    document = read_document(output)
    assert (document["name"], document["masks"]) == ("mine", False)
    assert len(symbols_of(document)) == len(Dataset(dataset_folder)[0].symbols)


@pytest.mark.parametrize("which", ["1", "name"])
def test_a_wrong_page_is_refused(dataset_folder: Path, tmp_path: Path, which: str) -> None:
    dataset = Dataset(dataset_folder)
    noise = np.random.default_rng(0).integers(0, 256, dataset[1].image.shape, np.uint8)
    (tmp_path / "noise.png").write_bytes(encode_png(noise))
    which = dataset.entries[1].name if which == "name" else which
    outcome = call(tmp_path / "noise.png", dataset_folder, "--page", which, "-o", tmp_path / "out")
    assert isinstance(outcome.exception, DatasetError)
    assert f"page {dataset.entries[1].name}: " in str(outcome.exception)
    assert "Check that the scan shows this page" in str(outcome.exception)
    assert not (tmp_path / "out").exists()


def test_inputs_and_outputs_that_cannot_be(dataset_folder: Path, scan: Path, tmp_path: Path) -> None:
    page = Dataset(dataset_folder).entries[0].name
    for words, error, said in (
        ((tmp_path / "none.png", dataset_folder, "-o", tmp_path / "a"), DatasetError, "none.png"),
        ((scan, tmp_path / "none", "-o", tmp_path / "a"), DatasetError, "none"),
        ((scan, tmp_path / "x.json.gz", "-o", tmp_path / "a"), DatasetError, "not in the folder 'pages'"),
        ((scan, dataset_folder, "--page", "99", "-o", tmp_path / "a"), DatasetError, "page 99"),
        ((scan, dataset_folder, "--page", page, "--name", "a/b", "-o", tmp_path / "a"), DatasetError, "a/b"),
        ((scan, dataset_folder, "-o", dataset_folder), OutputError, str(dataset_folder)),
    ):
        outcome = call(*words)
        assert isinstance(outcome.exception, error), (words, outcome.output)
        assert said in str(outcome.exception)
        assert not (tmp_path / "a").exists()
