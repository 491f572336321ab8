"""`notehead evaluate`: every task from files, what does not fit, and what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset, Symbols
from notehead.datasets.index import PageEntry
from notehead.datasets.predictions import write_predictions
from notehead.evaluate import DetectionFigures, DetectionOptions, evaluate_detection
from tests.cli.conftest import Call

NO_PREDICTIONS = "[]\n"


def found_on(symbols: Symbols, seed: int = 3) -> Symbols:
    """What a detector could find: four of five, moved by up to a pixel, with scores."""
    rng = np.random.default_rng(seed)
    kept = symbols[np.flatnonzero(rng.random(len(symbols)) < 0.8)]
    move = rng.integers(-1, 2, (len(kept), 2)).astype(float)
    return kept.replace(
        box=kept.box + np.tile(move, 2),
        corners=kept.corners + move[:, None],
        score=rng.uniform(0.1, 1, len(kept)).round(3),
    )


@pytest.fixture
def results(dataset_folder: Path, tmp_path: Path) -> Path:
    """A COCO result file for both pages of the dataset."""
    truth = Dataset(dataset_folder)
    pages = [(entry, found_on(symbols)) for entry, symbols in truth.annotations()]
    write_predictions(tmp_path / "results.json", "coco-results", truth, pages)
    return tmp_path / "results.json"


def wanted(folder: Path, *names: str, oriented: bool = False, confidence: float = 0.4) -> DetectionFigures:
    truth = Dataset(folder)

    def page(entry: PageEntry, symbols: Symbols) -> tuple[PageEntry, Symbols, Symbols]:
        found = found_on(symbols)
        return (entry, symbols.named(*names), found.named(*names)) if names else (entry, symbols, found)

    return evaluate_detection(
        [page(entry, symbols) for entry, symbols in truth.annotations()],
        truth.vocabulary,
        DetectionOptions(oriented, confidence),
        lambda entry: truth.staff_space(entry.name),
    )


# Detection


def test_figures_are_those_of_the_library(notehead: Call, dataset_folder: Path, results: Path) -> None:
    figures = wanted(dataset_folder)
    assert 0.3 < figures.mean().ap50 < 0.99
    table = notehead("evaluate", results, dataset_folder)
    assert (table.code, table.err) == (0, "")
    assert table.out == figures.table()
    printed = notehead("evaluate", results, dataset_folder, "--json")
    assert (printed.code, printed.err) == (0, "")
    assert json.loads(printed.out) == figures.to_json()


def test_oriented_boxes_and_a_confidence(notehead: Call, dataset_folder: Path, results: Path) -> None:
    words = ["--oriented", "--confidence", "0.7", "--json"]
    printed = json.loads(notehead("evaluate", results, dataset_folder, *words).out)
    assert printed == wanted(dataset_folder, oriented=True, confidence=0.7).to_json()
    assert (printed["boxes"], printed["confidence"]) == ("oriented", 0.7)


def test_some_classes_alone(notehead: Call, dataset_folder: Path, results: Path) -> None:
    outcome = notehead("evaluate", results, dataset_folder, "--only", "stem, noteheadBlackOnLine", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == wanted(dataset_folder, "stem", "noteheadBlackOnLine").to_json()


def test_a_dataset_against_itself(notehead: Call, dataset_folder: Path) -> None:
    figures = json.loads(notehead("evaluate", dataset_folder, dataset_folder, "--json").out)
    assert figures["mean"]["coco"] == {"ap50": 1, "ap75": 1, "ap": 1}
    assert figures["at"] == {"confidence": 0.4, "precision": 1, "recall": 1, "f1": 1}
    assert figures["near"] == [1, 1]


def test_other_classes(notehead: Call, dataset_folder: Path) -> None:
    outcome = notehead("evaluate", dataset_folder, dataset_folder, "--classes", "deepscores", "--json")
    assert outcome.code == 0
    figures = json.loads(outcome.out)
    assert figures["mean"]["coco"]["ap"] == 1
    names = {row["name"] for row in figures["classes"]}
    assert "noteheadBlackOnLine" in names
    assert "barlineSingle" not in names  # DeepScoresV2 has no barlines
    assert "warning: left out, as the truth has no such class: " in outcome.err


def test_plots_and_csv_are_written_beside(
    notehead: Call, dataset_folder: Path, results: Path, tmp_path: Path
) -> None:
    words = ["--plots", str(tmp_path / "new" / "plots"), "--csv", str(tmp_path / "classes.csv"), "--json"]
    outcome = notehead("evaluate", results, dataset_folder, *words)
    assert outcome.code == 0
    json.loads(outcome.out)
    lines = outcome.err.splitlines()
    assert lines[0] == f"wrote {tmp_path / 'classes.csv'}"
    assert len(lines) == 7
    assert all(Path(line.removeprefix("wrote ")).stat().st_size > 100 for line in lines)


def test_pages_that_are_not_predicted_count_as_missed(
    notehead: Call, dataset_folder: Path, results: Path
) -> None:
    records = json.loads(results.read_text())
    first = records[0]["image_id"]
    results.write_text(json.dumps([row for row in records if row["image_id"] == first]))
    outcome = notehead("evaluate", results, dataset_folder, "--json")
    assert outcome.code == 0
    assert outcome.err == "warning: 1 of 2 pages are not predicted: their symbols count as missed\n"
    figures = json.loads(outcome.out)
    assert (figures["pages"], figures["pages_without_predictions"]) == (2, 1)
    assert figures["truths"] == wanted(dataset_folder).truths


def test_predictions_that_do_not_fit_are_told(notehead: Call, dataset_folder: Path, results: Path) -> None:
    records = json.loads(results.read_text())
    records += [{**records[0], "category_id": 999}] * 3 + [{**records[0], "image_id": 77}]
    results.write_text(json.dumps(records))
    outcome = notehead("evaluate", results, dataset_folder, "--json")
    assert outcome.code == 0
    assert "warning: predicted, but no page of the truth: 77\n" in outcome.err
    assert "warning: left out, as the truth has no such class: 999 3\n" in outcome.err
    assert json.loads(outcome.out) == wanted(dataset_folder).to_json()


def test_nothing_is_predicted(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text(NO_PREDICTIONS)
    outcome = notehead("evaluate", tmp_path / "none.json", dataset_folder)
    assert outcome.code == 0
    assert "2 of 2 pages are not predicted" in outcome.err
    assert "COCO, 101 recalls                       0.000  0.000    0.000\n" in outcome.out


def test_what_cannot_be_used_stops_the_work_or_is_left_out(
    notehead: Call, dataset_folder: Path, results: Path
) -> None:
    records = json.loads(results.read_text())
    results.write_text(json.dumps([*records, {**records[0], "score": 7}]))
    outcome = notehead("evaluate", results, dataset_folder)
    assert (outcome.code, outcome.out) == (4, "")
    assert "results.json" in outcome.err
    assert "its score is not from 0 to 1" in outcome.err
    partly = notehead("evaluate", results, dataset_folder, "--keep-going", "--json")
    assert partly.code == 5
    assert json.loads(partly.out) == wanted(dataset_folder).to_json()
    assert "notehead: left out: 1 symbol" in partly.err


def test_a_damaged_page_of_the_truth_is_left_out(
    notehead: Call, own_dataset: Path, dataset_folder: Path, results: Path
) -> None:
    name = Dataset(own_dataset).entries[0].name
    path = own_dataset / "pages" / f"{name}.json.gz"
    path.write_bytes(path.read_bytes()[:50])
    assert notehead("evaluate", results, own_dataset).code == 4
    outcome = notehead("evaluate", results, own_dataset, "--keep-going", "--json")
    assert outcome.code == 5
    assert json.loads(outcome.out)["pages"] == 1
    assert f"left out: {name}.json.gz" in outcome.err


@pytest.mark.parametrize("words", [["--only", "stemm"], ["--split", "dev"], ["--classes", "nowhere.csv"]])
def test_wrong_words_are_4(notehead: Call, dataset_folder: Path, results: Path, words: list[str]) -> None:
    outcome = notehead("evaluate", results, dataset_folder, *words)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("notehead: ")


def test_missing_files_are_4(notehead: Call, dataset_folder: Path, results: Path, tmp_path: Path) -> None:
    for places in ((tmp_path / "no.json", dataset_folder), (results, tmp_path / "no")):
        outcome = notehead("evaluate", *places)
        assert (outcome.code, outcome.out) == (4, "")


def test_output_that_cannot_be_written_is_6(
    notehead: Call, dataset_folder: Path, results: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for option, place in (("--plots", tmp_path / "file"), ("--csv", tmp_path / "file" / "a.csv")):
        outcome = notehead("evaluate", results, dataset_folder, option, place)
        assert (outcome.code, outcome.out) == (6, "")


# The other tasks


def test_segmentation(notehead: Call, dataset_folder: Path) -> None:
    words = ["--task", "segmentation"]
    outcome = notehead("evaluate", dataset_folder, dataset_folder, *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert '"mean_iou": 1.0' in outcome.out
    some = notehead("evaluate", dataset_folder, dataset_folder, *words, "--only", "stem")
    assert (some.code, "clefG" in some.out) == (0, False)
    assert "\nstem " in some.out


def test_classification(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("file,class\na.png,stem\nb.png,beam\n")
    (tmp_path / "found.csv").write_text("file,class\na.png,stem\nb.png,stem\n")
    words = [str(tmp_path / "found.csv"), str(tmp_path / "truth.csv"), "--task", "classification"]
    outcome = notehead("evaluate", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["accuracy"] == 0.5
    (tmp_path / "found.csv").write_text("file,class\na.png,stem\n")
    assert notehead("evaluate", *words).code == 4
    assert notehead("evaluate", *words, "--keep-going").code == 5


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("segmentation", ["--plots", "p"]),
        ("segmentation", ["--oriented"]),
        ("segmentation", ["--confidence", "0.4"]),
        ("classification", ["--csv", "c.csv"]),
        ("classification", ["--only", "stem"]),
        ("classification", ["--split", "test"]),
    ],
)
def test_options_that_a_task_has_not(
    notehead: Call, dataset_folder: Path, task: str, words: list[str]
) -> None:
    outcome = notehead("evaluate", dataset_folder, dataset_folder, "--task", task, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"{words[0]} has no meaning for {task}" in outcome.err
