"""`notehead train detect` and `notehead export`, from a dataset to a model that reads a page."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from notehead.cli.main import cli
from notehead.cli.train import Duration
from notehead.datasets import Dataset
from notehead.detect.model_files import FILES
from notehead.errors import DatasetError, NoteheadError, OutputError


@pytest.fixture(scope="module")
def run_folder(dataset_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "run"
    words = ["train", "detect", str(dataset_folder), "-o", str(folder), "--steps", "2", "--device", "cpu"]
    done = CliRunner().invoke(cli, [*words, "--readers", "1"], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.endswith(f"{folder}: done\n")
    return folder


def test_a_training_leaves_pages_checkpoint_and_curves(run_folder: Path) -> None:
    names = {path.name for path in run_folder.iterdir()}
    assert names == {"checkpoint.pt", "curves.png", "judgements.csv", "losses.csv", "options.json", "pages"}
    assert list((run_folder / "pages").glob("*.npz"))
    assert orjson.loads((run_folder / "options.json").read_bytes())["loop"]["steps"] == 2


def test_a_training_that_is_done_is_done(run_folder: Path, dataset_folder: Path) -> None:
    before = (run_folder / "losses.csv").read_bytes()
    words = ["train", "detect", str(dataset_folder), "-o", str(run_folder), "--steps", "2", "--readers", "1"]
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0
    assert (run_folder / "losses.csv").read_bytes() == before


def test_other_options_are_refused(run_folder: Path, dataset_folder: Path) -> None:
    words = ["train", "detect", str(dataset_folder), "-o", str(run_folder), "--steps", "3"]
    with pytest.raises(OutputError, match="began with other options"):
        CliRunner().invoke(cli, words, catch_exceptions=False)


def test_pages_are_streamed_and_batches_stay_as_they_were_divided(
    dataset_folder: Path, tmp_path: Path
) -> None:
    words = ["train", "points", str(dataset_folder), "-o", str(tmp_path / "run"), "--stream", "--steps", "1"]
    words += ["--device", "cpu", "--readers", "1"]
    done = CliRunner().invoke(cli, [*words, "--parts", "2"], catch_exceptions=False)
    assert done.output.endswith(f"{tmp_path / 'run'}: done\n")
    known = orjson.loads((tmp_path / "run" / "options.json").read_bytes())
    assert known["loop"]["parts"] == 2
    assert known["stream"]["buffer"] == 128
    assert {"counts.json", "stream.json", "pages"} <= {path.name for path in (tmp_path / "run").iterdir()}
    before = (tmp_path / "run" / "losses.csv").read_bytes()
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0, "two parts, as it began"
    assert (tmp_path / "run" / "losses.csv").read_bytes() == before
    with pytest.raises(OutputError, match="began with other options"):
        CliRunner().invoke(cli, [*words, "--buffer", "64"], catch_exceptions=False)


def test_workers_that_cannot_share_a_batch_are_refused(dataset_folder: Path, tmp_path: Path) -> None:
    words = ["train", "detect", str(dataset_folder), "-o", str(tmp_path), "--workers", "2", "--parts", "3"]
    with pytest.raises(NoteheadError, match="2 workers cannot share batches of 3 parts evenly"):
        CliRunner().invoke(cli, words, catch_exceptions=False)


@pytest.mark.parametrize("int8", [False, True])
def test_an_exported_model_reads_a_page(
    run_folder: Path, dataset_folder: Path, tmp_path: Path, *, int8: bool
) -> None:
    model = tmp_path / "model"
    words = ["export", str(run_folder), "-o", str(model), *(["--int8"] if int8 else [])]
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0
    assert {path.name for path in model.iterdir()} == {*FILES, "weights.json"}
    name = Dataset(dataset_folder).entries[0].name
    image = next((dataset_folder / "images").glob(f"{name}*"))
    done = CliRunner().invoke(
        cli, ["detect", str(image), "--model", str(model), "--confidence", "0"], catch_exceptions=False
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout)["width"] == Dataset(dataset_folder)[0].width


def test_eight_bits_take_less_space_than_single_precision(run_folder: Path, tmp_path: Path) -> None:
    sizes: list[int] = []
    for extra in ([], ["--int8"]):
        folder = tmp_path / f"model{len(sizes)}"
        CliRunner().invoke(
            cli, ["export", str(run_folder), "-o", str(folder), *extra], catch_exceptions=False
        )
        sizes.append((folder / "page.onnx").stat().st_size)
    assert sizes[1] < 0.4 * sizes[0]


def test_a_folder_without_a_training_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no training of a detector"):
        CliRunner().invoke(cli, ["export", str(tmp_path), "-o", str(tmp_path / "m")], catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("45m", 2700), ("1.5h", 5400), (" 2 h ", 7200)]
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3m", "0h", "3 weeks"])
def test_what_is_no_time_is_refused(text: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["train", "detect", str(tmp_path), "-o", str(tmp_path), "--time", text])
    assert done.exit_code == 2
    assert "no time such as 45m" in done.output
