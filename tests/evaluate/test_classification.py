"""Classification: figures by hand and by another computation, lists and folders read and matched."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets.complaints import Complaints
from notehead.errors import DatasetError
from notehead.evaluate.class_scores import ClassificationFigures
from notehead.evaluate.classification import ClassificationOptions, classification_figures
from notehead.evaluate.label_lists import Files, read_list, read_truth

TRUE = ["stem", "stem", "stem", "stem", "beam", "beam", "dot", "dot"]
FOUND = ["stem", "stem", "stem", "beam", "beam", "flag", "stem", "stem"]


# Figures by hand.


def test_eight_files_by_hand() -> None:
    """stem: 4 files, 5 predicted, 3 both; beam: 2, 2, 1; dot: 2, 0, 0; flag is predicted once."""
    figures = ClassificationFigures.of(TRUE, FOUND)
    assert figures.files == 8
    assert [(row.name, row.support, row.predicted, row.hits) for row in figures.classes] == [
        ("stem", 4, 5, 3),
        ("beam", 2, 2, 1),
        ("dot", 2, 0, 0),
    ]
    stem, beam, dot = figures.classes
    assert (stem.precision, stem.recall, stem.f1) == (3 / 5, 3 / 4, 2 / 3)
    assert (beam.precision, beam.recall, beam.f1) == (1 / 2, 1 / 2, 1 / 2)
    assert (dot.precision, dot.recall, dot.f1) == (0, 0, 0)
    assert figures.accuracy == 4 / 8
    assert figures.balanced_accuracy == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)
    assert figures.macro_precision == pytest.approx((3 / 5 + 1 / 2 + 0) / 3)
    assert figures.macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert figures.weighted_precision == pytest.approx((4 * 3 / 5 + 2 * 1 / 2) / 8)
    assert figures.weighted_f1 == pytest.approx((4 * 2 / 3 + 2 * 1 / 2) / 8)
    assert [(row.name, row.predicted) for row in figures.without_truth] == [("flag", 1)]
    assert figures.names == ("stem", "beam", "dot", "flag")
    assert figures.confusion.tolist() == [[3, 1, 0, 0], [0, 1, 0, 1], [2, 0, 0, 0], [0, 0, 0, 0]]
    assert figures.top == {}


def test_all_right_and_all_wrong() -> None:
    right = ClassificationFigures.of(TRUE, TRUE)
    assert right.accuracy == right.balanced_accuracy == right.macro_f1 == 1.0
    assert right.weighted_f1 == right.weighted_precision == right.macro_precision == 1.0
    assert np.array_equal(right.confusion, np.diag([4, 2, 2]))
    wrong = ClassificationFigures.of(TRUE, ["flag"] * 8)
    assert wrong.accuracy == wrong.macro_f1 == wrong.weighted_precision == 0.0
    assert [row.name for row in wrong.without_truth] == ["flag"]


@pytest.mark.parametrize(("truth", "found"), [([], []), (["a"], []), (["a"], ["a", "b"])])
def test_nothing_to_compare(truth: list[str], found: list[str]) -> None:
    with pytest.raises(ValueError, match="true and"):
        ClassificationFigures.of(truth, found)


# Figures by another computation.

names = st.sampled_from("abcde")
answers = st.lists(st.tuples(names, names), min_size=1, max_size=30)


@given(answers=answers)
def test_definitions_give_the_same(answers: list[tuple[str, str]]) -> None:
    """Precision and recall from lists of files, F1 as their harmonic mean."""
    figures = ClassificationFigures.of([true for true, _ in answers], [found for _, found in answers])
    expected = {}
    for name in {true for true, _ in answers}:
        of_it = [true == found for true, found in answers if true == name]
        as_it = [true == found for true, found in answers if found == name]
        recall = float(np.mean(of_it))
        precision = float(np.mean(as_it)) if as_it else 0.0
        f1 = 2 / (1 / precision + 1 / recall) if precision and recall else 0.0
        expected[name] = (precision, recall, f1, len(of_it))
    assert {row.name: (row.precision, row.recall, row.f1, row.support) for row in figures.classes} == {
        name: pytest.approx(values) for name, values in expected.items()
    }
    table = np.array(list(expected.values()))
    share = table[:, 3] / len(answers)
    assert figures.accuracy == pytest.approx(np.mean([true == found for true, found in answers]))
    assert (figures.macro_precision, figures.balanced_accuracy, figures.macro_f1) == pytest.approx(
        tuple(table[:, :3].mean(axis=0))
    )
    assert (figures.weighted_precision, figures.weighted_f1) == pytest.approx(
        (table[:, 0] @ share, table[:, 2] @ share)
    )
    assert figures.accuracy == pytest.approx(table[:, 1] @ share), "weighted recall is the accuracy"
    assert {row.name for row in figures.without_truth} == {found for _, found in answers} - set(expected)
    for row, true in enumerate(figures.names):
        for column, found in enumerate(figures.names):
            assert figures.confusion[row, column] == answers.count((true, found))


@given(answers=answers, order=st.randoms(use_true_random=False))
def test_the_order_of_files_says_nothing(answers: list[tuple[str, str]], order: object) -> None:
    mixed = list(answers)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (
        ClassificationFigures.of([true for true, _ in rows], [found for _, found in rows])
        for rows in (answers, mixed)
    )
    assert one.to_json() == other.to_json()
    assert one.table() == other.table()


def test_json_and_table() -> None:
    figures = ClassificationFigures.of(TRUE, FOUND, {2: 0.75})
    found = orjson.loads(orjson.dumps(figures.to_json()))
    assert found == figures.to_json()
    assert found["top"] == {"2": 0.75}
    assert found["confusion"] == [
        ["stem", "stem", 3], ["stem", "beam", 1], ["beam", "beam", 1], ["beam", "flag", 1],
        ["dot", "stem", 2],
    ]  # fmt: skip
    assert found["classes"][0] == {
        "name": "stem", "support": 4, "predicted": 5, "hits": 3,
        "precision": 0.6, "recall": 0.75, "f1": 2 / 3,
    }  # fmt: skip
    table = figures.table()
    rows = {line.split("  ")[0]: line.split() for line in table.splitlines()}
    assert rows["Top-2 accuracy"][-1] == "0.7500"
    assert rows["Accuracy"][-1] == "0.5000"
    assert rows["stem"] == ["stem", "4", "5", "0.6000", "0.7500", "0.6667"]
    assert table.startswith("8 files of 3 classes\n")
    assert table.endswith("in no average: flag\n")


# Lists and folders.


def write(path: Path, *rows: Sequence[object]) -> Path:
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def patches(folder: Path) -> Path:
    """One folder of images per class, as DeepScores has them."""
    for name in ("stem/p_1.png", "stem/p_2.png", "beam/p_3.PNG", "beam/q_1.jpg", "notes.png/inside.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "class_names.csv").write_text("1,stem\n2,beam\n")
    (folder / "stray.png").write_bytes(b"")
    return folder


def test_a_folder_of_patches_is_truth(tmp_path: Path) -> None:
    assert read_truth(patches(tmp_path / "patches")) == {
        "beam/p_3.PNG": "beam",
        "beam/q_1.jpg": "beam",
        "stem/p_1.png": "stem",
        "stem/p_2.png": "stem",
    }


def test_a_build_has_such_a_folder(dataset_folder: Path, tmp_path: Path) -> None:
    folder = dataset_folder / "deepscores_v1" / "DeepScores_classification"
    truth = read_truth(folder)
    assert len(truth) == len(list(folder.rglob("*.png"))) > 20
    found = write(tmp_path / "found.csv", ("file", "class"), *truth.items())
    assert classification_figures(found, folder).accuracy == 1.0


def test_a_list_is_truth(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes(b'\xef\xbb\xbfclass,more,file\r\nstem,1,"a,1.png"\r\n beam ,2, b.png \r\n')
    assert read_truth(path) == {"a,1.png": "stem", "b.png": "beam"}


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """Files keep their names, so that they are found; classes are printed, so they become text."""
    folder = tmp_path / "patches"
    name = os.fsdecode(b"M\xfcnchen")
    (folder / name).mkdir(parents=True)
    (folder / name / f"{name}.png").write_bytes(b"")
    found = write(tmp_path / "found.csv", ("file", "class"), (f"{name}.png", name))
    figures = classification_figures(found, folder)
    assert figures.accuracy == 1.0
    assert figures.names == ("M\\udcfcnchen",)
    assert orjson.dumps(figures.to_json())


def test_scores_are_numbers_or_absent(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", ("file", "class", "score"), ("a", "x", "-1e3"), ("b", "x", ""), ("c", "x", " 5 ")
    )
    assert [row.score for row in read_list(path)] == [-1000.0, None, 5.0]
    assert [row.line for row in read_list(path)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"a\.csv: there is no column 'file'\. A list has the columns"),
        ("file,label\n", r"a\.csv: there is no column 'class'\. A list has the columns"),
        ("file,class\na,x\nb\n", r"a\.csv: line 3: it names no class"),
        ("file,class\n ,x\n", r"a\.csv: line 2: it names no file"),
        ("file,class,score\na,x,high\n", r"a\.csv: line 2: 'high' is no score\. A score is a number"),
        ("file,class,score\na,x,nan\n", r"a\.csv: line 2: 'nan' is no score"),
        ("file,class,score\na,x,-inf\n", r"a\.csv: line 2: '-inf' is no score"),
        (f"file,class\n{'a' * 200_000},x\n", r"a\.csv: damaged \(field larger"),
        ("file,class\na\0b,x\n", r"a\.csv: "),
    ],
)
def test_lists_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    truth = write(tmp_path / "truth.csv", ("file", "class"), ("a", "x"))
    with pytest.raises(DatasetError, match=message):
        classification_figures(tmp_path / "a.csv", truth)


def test_lists_that_are_missing(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth.csv", ("file", "class"), ("a", "x"))
    for path, cause in ((tmp_path / "no.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(DatasetError, match=rf"{path}: {cause}.*Check the path of the list"):
            classification_figures(path, truth)
    with pytest.raises(DatasetError, match=r"no\.csv: No such file"):
        classification_figures(truth, tmp_path / "no.csv")


def test_truth_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    listed = write(tmp_path / "none.csv", ("file", "class"))
    for path in (tmp_path / "empty", listed):
        with pytest.raises(DatasetError, match="there is no labelled file"):
            read_truth(path)
    twice = write(tmp_path / "twice.csv", ("file", "class"), ("a", "x"), ("a", "x"))
    with pytest.raises(DatasetError, match=r"twice\.csv: line 3: a is listed twice\. A file has one"):
        read_truth(twice)


# Which file is meant.


def test_files_are_found_by_the_end_of_their_path() -> None:
    files = Files(["a/1.png", "b/1.png", "b/2.png", "3.png", "./c//4.png"])
    assert files.find("a/1.png") == ["a/1.png"]
    assert files.find("./a/1.png") == ["a/1.png"]
    assert files.find("/data/all/b/1.png") == ["b/1.png"]
    assert files.find("2.png") == ["b/2.png"]
    assert files.find("1.png") == ["a/1.png", "b/1.png"]
    assert files.find("any/3.png") == ["3.png"]
    assert files.find("c/4.png") == ["./c//4.png"]
    assert files.find("c/2.png") == []
    assert files.find("png") == files.find(".") == files.find("5.png") == []


parts = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)


@given(paths=st.lists(parts, min_size=1, max_size=6, unique=True), asked=parts)
def test_what_is_found_ends_alike(paths: list[tuple[str, ...]], asked: tuple[str, ...]) -> None:
    found = Files("/".join(path) for path in paths).find("/".join(asked))
    if asked in paths:
        assert found == ["/".join(asked)]
    else:
        expected = [
            "/".join(p) for p in paths if all(x == y for x, y in zip(p[::-1], asked[::-1], strict=False))
        ]
        assert found == expected


@pytest.fixture(name="truth")
def four_patches(tmp_path: Path) -> Path:
    return patches(tmp_path / "patches")


ALL = [("p_1.png", "stem"), ("p_2.png", "beam"), ("p_3.PNG", "beam"), ("q_1.jpg", "beam")]


def test_predictions_may_name_files_in_several_ways(truth: Path, tmp_path: Path) -> None:
    for form in ("{}", "any/{}", "C:/{}"):
        rows = [(name, label) for name, label in ALL]
        if form != "{}":
            true = {Path(path).name: path for path in read_truth(truth)}
            rows = [(form.format(true[name]), label) for name, label in ALL]
        figures = classification_figures(write(tmp_path / "a.csv", ("file", "class"), *rows), truth)
        assert (figures.files, figures.accuracy) == (4, 0.75)


def test_a_file_without_prediction(truth: Path, tmp_path: Path) -> None:
    found = write(tmp_path / "a.csv", ("file", "class"), *ALL[:2])
    with pytest.raises(
        DatasetError,
        match=r"a\.csv: beam/p_3\.PNG: it is not predicted, as 2 of 4 files\. Predict every file, or",
    ):
        classification_figures(found, truth)
    complaints = Complaints(keep_going=True)
    figures = classification_figures(found, truth, complaints=complaints)
    assert (figures.files, figures.accuracy) == (2, 0.5)
    assert complaints.counts == {"symbols": 2}


def test_a_prediction_without_file(truth: Path, tmp_path: Path) -> None:
    found = write(tmp_path / "a.csv", ("file", "class"), *ALL, ("r.png", "stem"))
    with pytest.raises(DatasetError, match=r"a\.csv: line 6: r\.png: the truth has no such file\. Name the"):
        classification_figures(found, truth)
    complaints = Complaints(keep_going=True)
    assert classification_figures(found, truth, complaints=complaints).files == 4
    assert complaints.counts == {"symbols": 1}


def test_a_name_that_two_files_have(truth: Path, tmp_path: Path) -> None:
    (truth / "beam" / "p_1.png").write_bytes(b"")
    found = write(tmp_path / "a.csv", ("file", "class"), *ALL)
    with pytest.raises(
        DatasetError, match=r"line 2: p_1\.png: it may be beam/p_1\.png or stem/p_1\.png\. Name the files"
    ):
        classification_figures(found, truth)


def test_no_file_in_common(truth: Path, tmp_path: Path) -> None:
    found = write(tmp_path / "a.csv", ("file", "class"), ("r.png", "stem"))
    with pytest.raises(DatasetError, match=r"a\.csv: no file of .*patches is predicted\. Name the files"):
        classification_figures(found, truth, complaints=Complaints(keep_going=True))


# Several classes for a file.


def ranking(tmp_path: Path, *rows: tuple[str, str, object]) -> Path:
    return write(tmp_path / "ranked.csv", ("file", "class", "score"), *rows)


def test_the_highest_score_is_the_prediction_and_top_k_counts_the_rest(tmp_path: Path) -> None:
    truth = write(tmp_path / "t.csv", ("file", "class"), ("1", "a"), ("2", "a"), ("3", "b"), ("4", "c"))
    found = ranking(
        tmp_path,
        ("1", "b", 0.1), ("1", "a", 0.7), ("1", "c", 0.2),
        ("2", "b", 5), ("2", "a", 4), ("2", "c", -4),
        ("3", "a", 0.3), ("3", "c", 0.2), ("3", "b", 0.1),
        ("4", "b", 1.0),
    )  # fmt: skip
    figures = classification_figures(found, truth, ClassificationOptions(top=(1, 2, 3, 10)))
    assert figures.accuracy == 1 / 4
    assert figures.top == {1: 1 / 4, 2: 2 / 4, 3: 3 / 4, 10: 3 / 4}
    assert classification_figures(found, truth).top == {2: 2 / 4, 5: 3 / 4}


def test_of_equal_scores_the_first_wins(tmp_path: Path) -> None:
    truth = write(tmp_path / "t.csv", ("file", "class"), ("1", "a"), ("2", "a"))
    found = ranking(tmp_path, ("1", "a", 0.5), ("1", "b", 0.5), ("2", "b", 0.5), ("2", "a", 0.5))
    assert classification_figures(found, truth).accuracy == 0.5


def test_one_score_a_file_gives_no_top_k(tmp_path: Path) -> None:
    truth = write(tmp_path / "t.csv", ("file", "class"), ("1", "a"), ("2", "a"))
    found = ranking(tmp_path, ("1", "a", 0.5), ("2", "b", ""))
    assert classification_figures(found, truth).top == {}


@given(
    scores=st.lists(
        st.tuples(names, st.lists(st.integers(-5, 5), min_size=5, max_size=5)), min_size=1, max_size=8
    )
)
def test_top_k_by_counting_better_classes(
    scores: list[tuple[str, list[int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("top")
    truth = write(folder / "t.csv", ("file", "class"), *((k, true) for k, (true, _) in enumerate(scores)))
    rows = [
        (str(k), name, s) for k, (_, row) in enumerate(scores) for name, s in zip("abcde", row, strict=True)
    ]
    figures = classification_figures(ranking(folder, *rows), truth, ClassificationOptions(top=range(1, 6)))
    places = []
    for true, row in scores:
        own = "abcde".index(true)
        better = sum(s > row[own] or (s == row[own] and k < own) for k, s in enumerate(row))
        places.append(better)
    assert figures.top == {k: pytest.approx(np.mean([place < k for place in places])) for k in range(1, 6)}
    assert figures.top[1] == figures.accuracy
    assert figures.top[5] == 1.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("1", "a", 0.5), ("./1", "a", 0.4)],
            r"ranked\.csv: line 3: \./1 is predicted a second time as a\. Several classes for one file need",
        ),
        ([("1", "a", 0.5), ("1", "b", "")], r"line 3: 1 is predicted among several without a score"),
        ([("1", "a", ""), ("1", "b", "")], r"line 2: 1 is predicted among several without a score"),
    ],
)
def test_a_file_predicted_twice(tmp_path: Path, rows: list[tuple[str, str, object]], message: str) -> None:
    truth = write(tmp_path / "t.csv", ("file", "class"), ("1", "a"))
    with pytest.raises(DatasetError, match=message):
        classification_figures(ranking(tmp_path, *rows), truth)
