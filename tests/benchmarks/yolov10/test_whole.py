"""From a dataset to figures: with a program that knows the truth, and with Ultralytics where it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from benchmarks.yolov10 import __main__ as command
from benchmarks.yolov10.cutting import at_size
from benchmarks.yolov10.program import Program
from notehead import Dataset
from notehead.cli.evaluate import evaluate_command
from notehead.datasets.formats.yolo.labels import label_lines
from notehead.datasets.slicing import SliceOptions, slices
from notehead.errors import NoteheadError

ULTRALYTICS = os.environ.get("NOTEHEAD_ULTRALYTICS", "")
SHORT = 980
"""Pages of the test's dataset are half as large as DeepScoresV2's."""
SMALL = ("--short", str(SHORT), "--split", "train", "--workers", "1")


@dataclass
class Oracle:
    """Trains nothing, and finds what is there; `stop` is what it dies at."""

    dataset: Dataset
    calls: list[str] = field(default_factory=list)
    stop: str = ""
    version: str = "0"

    def run(self, mode: str, options: Mapping[str, object], folder: Path) -> None:
        resumed = "resume" in options
        self.calls.append(f"{mode} again" if resumed else mode)
        if mode == "train":
            self._train(folder / "train", resumed=resumed)
        else:
            self._predict(Path(str(options["project"])) / str(options["name"]) / "labels")
        if self.stop == mode:
            message = "it died"
            raise NoteheadError(message)

    def _train(self, place: Path, *, resumed: bool) -> None:
        done = 3 if resumed or self.stop != "train" else 1
        (place / "weights").mkdir(parents=True, exist_ok=True)
        (place / "weights/last.pt").write_bytes(b"%d epochs" % done)
        rows = [f"{number}, 0.5, 0.25\n" for number in range(done)]
        (place / "results.csv").write_text("epoch, metrics/mAP50(B), metrics/mAP50-95(B)\n" + "".join(rows))

    def _predict(self, labels: Path) -> None:
        labels.mkdir(parents=True)
        index = np.zeros(max(self.dataset.vocabulary.by_id) + 1, np.int64)
        index[[row.id for row in self.dataset.vocabulary.classes]] = np.arange(len(self.dataset.vocabulary))
        for number, page in enumerate(self.dataset):
            for part in slices(at_size(page, SHORT), SliceOptions(640, 0.2, min_visible=0.0, empty=0.0)):
                symbols = part.symbols.replace(score=np.full(len(part.symbols), 0.75))
                left, top = part.name.rpartition("-x")[2].split("-y")
                text = label_lines(symbols, (part.width, part.height), index, oriented=False)
                (labels / f"{number}-{left}-{top}.txt").write_bytes(text)


@pytest.fixture
def oracle(dataset_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Oracle:
    made = Oracle(Dataset(dataset_folder, split="train"))
    monkeypatch.setattr(command, "find_program", lambda _python: made)
    return made


def run(dataset: Path, folder: Path, *more: str) -> int:
    return command.main([str(dataset), "-o", str(folder), *SMALL, "--epochs", "3", *more])


def test_what_is_there_is_found(
    oracle: Oracle, dataset_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut, found, merged, written, read and evaluated: hardly anything is lost on the way."""
    assert run(dataset_folder, tmp_path / "run") == 0
    figures = orjson.loads((tmp_path / "run/found-0.4/figures.json").read_bytes())
    found = sorted(file.stem for file in (tmp_path / "run/found-0.4/labels").iterdir())
    assert found == sorted(entry.name for entry in oracle.dataset.entries)
    assert figures["mean"]["coco"]["ap50"] > 0.98
    assert figures["mean"]["coco"]["ap75"] > 0.95
    printed = capsys.readouterr().out
    assert "3 epochs; Ultralytics on slices: mAP50 0.500, mAP50-95 0.250" in printed
    assert oracle.calls == ["train", "predict"]


def test_notehead_evaluate_reads_what_was_found(oracle: Oracle, dataset_folder: Path, tmp_path: Path) -> None:
    assert run(dataset_folder, tmp_path / "run") == 0
    found = tmp_path / "run/found-0.4"
    arguments = [str(found), str(dataset_folder), "--split", "train", "--json"]
    result = CliRunner().invoke(evaluate_command, arguments, catch_exceptions=False)
    assert result.stderr == ""
    assert orjson.loads(result.stdout) == orjson.loads((found / "figures.json").read_bytes())
    assert oracle.calls == ["train", "predict"]


def test_each_step_is_done_once(oracle: Oracle, dataset_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    oracle.stop = "train"
    assert run(dataset_folder, folder) == 1
    assert not (folder / "model.pt").exists()
    oracle.stop = "predict"
    assert run(dataset_folder, folder) == 1
    assert (folder / "model.pt").read_bytes() == b"3 epochs"
    assert {path.name for path in folder.iterdir()} == {
        "found-0.4", "model.pt", "options.json", "slices", "train"
    }  # fmt: skip
    oracle.stop = ""
    assert run(dataset_folder, folder) == 0
    assert run(dataset_folder, folder) == 0
    assert run(dataset_folder, folder, "--confidence", "0.001") == 0
    assert oracle.calls == ["train", "train again", "predict", "predict", "predict"]


def test_a_training_that_ended_before_its_copy_is_not_begun_again(
    oracle: Oracle, dataset_folder: Path, tmp_path: Path
) -> None:
    assert run(dataset_folder, tmp_path / "run") == 0
    (tmp_path / "run/model.pt").unlink()
    assert run(dataset_folder, tmp_path / "run") == 0
    assert oracle.calls == ["train", "predict"]
    assert (tmp_path / "run/model.pt").read_bytes() == b"3 epochs"


def test_other_options_and_missing_pages_are_refused(
    oracle: Oracle, dataset_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(dataset_folder, tmp_path / "run", "--split", "nowhere") == 4
    assert (
        "no page is of the split 'nowhere'. Name the pages to be read with --split."
        in capsys.readouterr().err
    )
    assert run(dataset_folder, tmp_path / "run") == 6
    assert "it was begun with other options" in capsys.readouterr().err
    assert run(dataset_folder, tmp_path / "other", "--overlap", "2") == 1
    assert not (tmp_path / "other").exists()
    assert oracle.calls == []


def test_a_network_of_other_classes_is_refused(
    oracle: Oracle, dataset_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(dataset_folder, tmp_path / "run") == 0
    shutil.rmtree(tmp_path / "run/found-0.4")
    data = tmp_path / "run/slices/data.yaml"
    data.write_text(data.read_text().replace("clefG", "clefH"))
    assert run(dataset_folder, tmp_path / "run") == 4
    assert "its network was trained on other classes" in capsys.readouterr().err
    assert oracle.calls == ["train", "predict"]


def test_without_ultralytics_it_says_what_to_do(
    dataset_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(dataset_folder, tmp_path / "run", "--python", str(tmp_path / "nowhere")) == 7
    assert "pip install torch torchvision ultralytics" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not ULTRALYTICS, reason="NOTEHEAD_ULTRALYTICS names no Python that has Ultralytics")
def test_ultralytics_trains_and_finds(
    dataset_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An epoch teaches nothing: what counts is that each step takes what the one before has left."""
    folder = tmp_path / "run"
    tiny = ("--epochs", "1", "--imgsz", "64", "--pages", "1", "--device", "cpu", "--confidence", "1e-9")
    assert run(dataset_folder, folder, *tiny, "--python", ULTRALYTICS) == 0
    (labels,) = (folder / "found-1e-09/labels").iterdir()
    assert labels.stat().st_size > 0, "an untrained network finds something everywhere"
    assert "degrees=5.0" in (folder / "log.txt").read_text()
    assert orjson.loads((folder / "found-1e-09/figures.json").read_bytes())["pages"] == 1

    def nothing(*_: object) -> None:
        pytest.fail("it was done before")

    monkeypatch.setattr(Program, "run", nothing)
    assert run(dataset_folder, folder, *tiny, "--python", ULTRALYTICS) == 0
