"""Predictions of all formats: found out by their content, and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal, TypeVar, get_args

import numpy as np

from notehead.datasets.dataset import Dataset
from notehead.datasets.formats import FORMATS
from notehead.datasets.index import PageEntry
from notehead.datasets.predictions.coco_results import CocoResults, results_json
from notehead.datasets.predictions.dataset_predictions import DatasetPredictions
from notehead.datasets.predictions.deepscores_proposals import DeepScoresProposals, proposals_json
from notehead.datasets.predictions.matching import is_number
from notehead.datasets.predictions.predictions import Predictions
from notehead.datasets.predictions.yolo_labels import YoloLabelPredictions, label_files
from notehead.datasets.source import AnnotationSet, ReadOptions
from notehead.errors import DatasetError
from notehead.files import write_stream
from notehead.page import Symbols

T = TypeVar("T")

PredictionFormat = Literal["coco-results", "deepscores-proposals"]
"""Formats of prediction files that can be written; a dataset with scores is written by `convert`."""

_HEAD = 1 << 16
_PROPOSALS = re.compile(rb'"(proposals|annotation_set)"\s*:')


@dataclass(frozen=True, slots=True)
class PredictionWriteOptions:
    """How predictions are written.

    Attributes:
        oriented: proposals have oriented boxes, 8 numbers each, instead of upright ones.
        annotation_set: of proposals; by default the one whose classes the truth has.
    """

    oriented: bool = False
    annotation_set: AnnotationSet | None = None


def open_predictions(
    path: str | PathLike[str], truth: Dataset, options: ReadOptions | None = None
) -> Predictions:
    """Open predictions for the pages of a dataset.

    Args:
        path: a COCO result file, a proposals file of DeepScoresV2's toolkit, a dataset with scores in any
            format, or a folder of YOLO's label files; which one is found out.
        truth: the dataset; a split of it or another view, if only its pages are wanted.
        options: how they are read.

    Raises:
        DatasetError: there are none, they are damaged, or they are not for this dataset.

    Example:
        >>> truth = Dataset("ds2_dense", split="test")  # doctest: +SKIP
        >>> predictions = open_predictions("results.json", truth)  # doctest: +SKIP
        >>> predictions.symbols(truth.entries[0]).score.max()  # doctest: +SKIP
        0.98
    """
    place, options = Path(path), options or ReadOptions()
    try:
        head = b"" if place.is_dir() else _head(place)
        if head[:1] == b"[":
            return CocoResults(place, truth, options)
        if head[:1] == b"{" and _PROPOSALS.search(head):
            return DeepScoresProposals(place, truth, options)
        if place.is_dir() and not any(found.here(place) for found in FORMATS.values()) and label_files(place):
            return YoloLabelPredictions(place, truth, options)
    except OSError as error:
        message = f"{place}: {error.strerror or error}"
        raise DatasetError(message, "Check the path of the predictions.") from error
    return DatasetPredictions(place, truth, options)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()


def write_predictions(
    path: str | PathLike[str],
    to: PredictionFormat,
    truth: Dataset,
    pages: Iterable[tuple[PageEntry, Symbols]],
    options: PredictionWriteOptions | None = None,
) -> None:
    """Write predictions for pages of a dataset, one page after the other.

    Boxes are kept to a thousandth of a pixel, scores to a millionth. The id of an image is its id in the
    truth, as COCO and DeepScoresV2 have them. Where the truth has none, COCO's results have the pages'
    names for it, as Ultralytics writes them.

    Args:
        path: the file.
        to: "coco-results" or "deepscores-proposals".
        truth: the dataset.
        pages: entries of the truth, each with its symbols in the truth's classes.
        options: how.

    Raises:
        DatasetError: there is no such format; a page is not the truth's; proposals cannot name a class, or
            an image.
        OutputError: the file cannot be written.
    """
    options = options or PredictionWriteOptions()
    if to not in get_args(PredictionFormat):
        message = f"there is no format of prediction files {to!r}"
        raise DatasetError(message, f"Choose among {', '.join(get_args(PredictionFormat))}.")
    pages = _checked(truth, pages)
    if to == "coco-results":
        parts = results_json(_named(pages, results_ids(truth.entries)))
    else:
        ids = proposal_ids(truth.entries)
        parts = proposals_json(truth, _named(pages, ids), options.annotation_set, oriented=options.oriented)
    write_stream(Path(path), parts)


def _checked(
    truth: Dataset, pages: Iterable[tuple[PageEntry, Symbols]]
) -> Iterator[tuple[PageEntry, Symbols]]:
    """The pages; raises DatasetError at one that could not be read again."""
    names = {entry.name for entry in truth.entries}
    for entry, symbols in pages:
        known = entry.name in names
        if not known or symbols.vocabulary != truth.vocabulary:
            message = (
                f"page {entry.name!r}{': its classes are not those' if known else ' is not one'} of the truth"
            )
            raise DatasetError(message, "Write predictions for the dataset that is given.")
        if not (((symbols.score >= 0) & (symbols.score <= 1)).all() and np.isfinite(symbols.box).all()):
            message = f"page {entry.name!r}: a score is not from 0 to 1, or a box is not made of numbers"
            raise DatasetError(message, "Mend the detector.")
        yield entry, symbols


def _named(pages: Iterable[tuple[PageEntry, Symbols]], ids: Mapping[str, T]) -> Iterator[tuple[T, Symbols]]:
    """The symbols of each page with the id of its image."""
    return ((ids[entry.name], symbols) for entry, symbols in pages)


def results_ids(entries: Sequence[PageEntry]) -> Mapping[str, int | str]:
    """The id of each page's image in COCO's results, by the page's name.

    Names have an ending where some are numbers, which are else mistaken for ids.

    Example:
        >>> results_ids([PageEntry("a", key="17")]), results_ids([PageEntry("a"), PageEntry("b")])
        ({'a': 17}, {'a': 'a', 'b': 'b'})
        >>> results_ids([PageEntry("1")])
        {'1': '1.png'}
    """
    keys = _keys(entries)
    ending = ".png" if any(is_number(entry.name) for entry in entries) else ""
    return keys if keys is not None else {entry.name: entry.name + ending for entry in entries}


def proposal_ids(entries: Sequence[PageEntry]) -> Mapping[str, int]:
    """The id of each page's image in proposals, by the page's name; raises DatasetError without ids."""
    keys = _keys(entries)
    if keys is None:
        message = "the pages of the truth have no image ids of their own"
        raise DatasetError(message, "Open it in DeepScoresV2's format, or one split of it alone.")
    return keys


def _keys(entries: Sequence[PageEntry]) -> Mapping[str, int] | None:
    """The images' ids, None where they have none, or several the same."""
    keys = [entry.key for entry in entries]
    if not all(map(is_number, keys)) or len(set(keys)) < len(keys):
        return None
    return {entry.name: int(entry.key) for entry in entries}
