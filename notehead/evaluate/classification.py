"""Classification of single symbols: predicted classes of files against the true ones.

`class_scores.py` defines the figures, `label_lists.py` reads lists and folders of files with classes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from notehead.datasets.complaints import Complaints
from notehead.errors import DatasetError
from notehead.evaluate.class_scores import ClassificationFigures
from notehead.evaluate.label_lists import Files, Labelled, read_list, read_truth


@dataclass(frozen=True, slots=True)
class ClassificationOptions:
    """What is computed.

    Attributes:
        top: the k of top-k accuracy, where the predictions have several classes with scores for a file.
    """

    top: Sequence[int] = (2, 5)


def classification_figures(
    predictions: str | PathLike[str],
    truth: str | PathLike[str],
    options: ClassificationOptions | None = None,
    complaints: Complaints | None = None,
) -> ClassificationFigures:
    """Compare predicted with true classes of files.

    Args:
        predictions: CSV with the columns `file`, `class`, and `score` if wanted. A file may have several
            rows, one for each class, if all have scores: the highest is the prediction (of equal ones
            the first), and top-k accuracy is computed. A file is named by its path in `truth`, or by as
            much of its end as tells it apart: `stem/1.png`, `1.png`, `/data/patches/stem/1.png`.
        truth: a folder with one folder of images per class, as `DeepScores_classification` has them, or
            CSV with the columns `file` and `class`.
        options: what is computed.
        complaints: told of files without prediction and of predictions without file; by default the
            first one raises.

    Raises:
        DatasetError: a list is missing or damaged; a file is predicted twice; nothing can be compared.

    Example:
        >>> patches = "dataset/deepscores_v1/DeepScores_classification"
        >>> classification_figures("predicted.csv", patches).macro_f1  # doctest: +SKIP
        0.8123
    """
    options, complaints = options or ClassificationOptions(), complaints or Complaints()
    listed, true = Path(predictions), read_truth(Path(truth))
    ranked = _ranked(listed, Files(true), complaints)
    files = [file for file in true if file in ranked]
    for file in true:
        if file not in ranked:
            cause = f"it is not predicted, as {len(true) - len(files):,} of {len(true):,} files"
            complaints.symbol(str(listed), file, cause, "Predict every file, or use --keep-going.")
    if not files:
        message = f"{listed}: no file of {truth} is predicted"
        raise DatasetError(message, "Name the files as the truth does.")
    return ClassificationFigures.of(
        [true[file] for file in files],
        [ranked[file][0] for file in files],
        _top_accuracy({file: true[file] for file in files}, ranked, options.top),
    )


def _ranked(listed: Path, files: Files, complaints: Complaints) -> dict[str, list[str]]:
    """The predicted classes of each file, the surest first."""
    rows: dict[str, list[Labelled]] = defaultdict(list)
    for row in read_list(listed):
        found = files.find(row.file)
        if len(found) == 1:
            rows[found[0]].append(row)
            continue
        cause = f"it may be {found[0]} or {found[1]}" if found else "the truth has no such file"
        complaints.symbol(
            str(listed), f"line {row.line}: {row.file}", cause, "Name the files as the truth does."
        )
    for several in rows.values():
        if len(several) > 1:
            _check(listed, several)
    return {file: [row.label for row in _surest_first(several)] for file, several in rows.items()}


def _surest_first(rows: list[Labelled]) -> list[Labelled]:
    return sorted(rows, key=lambda row: -(row.score or 0.0))


def _check(listed: Path, rows: list[Labelled]) -> None:
    """Raise DatasetError for several rows of one file that are no ranking."""
    seen: set[str] = set()
    for row in rows:
        if row.label in seen or row.score is None:
            what = f"a second time as {row.label}" if row.label in seen else "among several without a score"
            message = f"{listed}: line {row.line}: {row.file} is predicted {what}"
            raise DatasetError(message, "Several classes for one file need a score each.")
        seen.add(row.label)


def _top_accuracy(
    true: Mapping[str, str], ranked: Mapping[str, list[str]], top: Sequence[int]
) -> dict[int, float]:
    """Top-k accuracy by k; empty where no file has several classes."""
    if all(len(ranked[file]) == 1 for file in true):
        return {}
    return {k: sum(true[file] in ranked[file][:k] for file in true) / len(true) for k in top}
