"""`train_model`: datasets in, a run folder out, which goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.errors import DatasetError, NoteheadError
from notehead.models.claim import claim
from notehead.models.curves import draw_curves
from notehead.models.data.counting import known_counts
from notehead.models.data.pages import prepare_pages
from notehead.models.data.reading import pages_digest
from notehead.models.data.stream import check_usable
from notehead.models.lesson import ALONE
from notehead.models.options import OPTIONS, Surroundings, TrainingOptions
from notehead.models.registry import model_entry
from notehead.models.work import PAGES, Means, Work, do_work
from notehead.models.workers.together import work_together
from notehead.progress import Progress
from notehead.runners import RunnerOptions

STREAM = "stream.json"
"""The file of a training's folder that holds which pages it streams."""
_LEARNT = frozenset({"", "train"})
"""Splits that are trained on."""


def train_model(
    datasets: Sequence[Dataset],
    folder: Path,
    options: TrainingOptions,
    where: Surroundings,
    progress: Progress,
    tell: Callable[[str], None],
) -> bool:
    """Train a model on the training pages of datasets, or go on; whether it is done.

    Of a dataset with splits, pages of `train` are trained on; the network is judged now and then by some of
    the others. The folder holds the checkpoint, the curves, and the prepared pages (`pages/`), of a stream
    the first of them.

    Raises:
        NoteheadError: `check_together` refuses it, or a worker is lost again and again.
        MissingExtraError: the model or the runner needs a library that is not installed.
        OutputError: the folder was begun with other options or datasets.
        DatasetError: pages cannot be read or used, or there is no training to begin from.
    """
    check_together(options, where)
    claim(
        folder / OPTIONS,
        asdict(options),
        "this training began with other options",
        "Choose another folder, or give the options that it began with.",
    )
    learnt, held = divided(datasets)
    work = Work(learnt, held, folder, options, [])
    work = replace(work, ready=_ready(work, where, progress))
    if where.workers == 1 and where.runner == "local":
        done = do_work(work, Means(where.place(), where.readers, where.seconds), ALONE, tell)
    else:
        done = work_together(work, where, tell)
    draw_curves(folder)
    return done


def check_together(options: TrainingOptions, where: Surroundings) -> None:
    """Refuse what does not go together.

    Raises:
        NoteheadError: there is no such model or runner, workers cannot share its batches, or its pages
            cannot be streamed so.
    """
    entry, parts = model_entry(options.model), options.loop.parts
    RunnerOptions(where.runner, where.workers, where.address)  # refuses what cannot be
    if parts % where.workers:
        message = f"{where.workers} workers cannot share batches of {parts} parts evenly"
        raise NoteheadError(message, "Choose as many workers as there are parts, or a divisor of them.")
    if options.stream is None:
        return
    if entry.whole:
        message = f"the model {entry.name} must see all pages before it begins"
        raise NoteheadError(message, "Train it without --stream.")
    if options.pages.copies != 1:
        message = "a stream has no copies: each page is degraded anew whenever it is read"
        raise NoteheadError(message, "Leave out --copies.")
    least = parts * (options.crops.pages + 1)
    if options.stream.buffer < least:
        message = f"a buffer of {options.stream.buffer} pages is too small for batches of {parts} parts"
        raise NoteheadError(message, f"Give a --buffer of at least {least}.")


def begun_parts(folder: Path) -> int | None:
    """Into how many parts a training divides its batches; None where there is no training.

    Raises:
        DatasetError: the file of its options is damaged.
    """
    path = folder / OPTIONS
    if not path.exists():
        return None
    try:
        return int(orjson.loads(path.read_bytes())["loop"].get("parts", 1))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"{path}: damaged ({error})"
        raise DatasetError(message, "Train in a new folder.") from error


def _ready(work: Work, where: Surroundings, progress: Progress) -> Sequence[Path] | NDArray[np.int64]:
    """What must be known before it begins: all prepared pages, or of a stream how often classes occur."""
    options, folder = work.options, work.folder
    if options.stream is None:
        return prepare_pages(work.learnt, folder / PAGES, work.pages, where.readers, progress)
    claim(
        folder / STREAM,
        {"datasets": [pages_digest(dataset) for dataset in work.learnt]},
        "its pages come of other datasets or options",
        "Choose another folder, or give what it was begun with.",
    )
    check_usable(work.learnt, folder, options.seed)
    drawn = options.stream.counted, options.seed
    return known_counts(work.learnt, folder, drawn, where.readers, progress)


def divided(datasets: Sequence[Dataset]) -> tuple[list[Dataset], list[Dataset]]:
    """The pages to train on, and the others.

    Pages to train on are those of the split `train`, and those without a split; but none of a score that
    any dataset holds back, since datasets of the same scores may be divided differently.
    """
    back = {
        entry.score_id
        for dataset in datasets
        for entry in dataset.entries
        if entry.score_id and entry.split not in _LEARNT
    }
    learnt = [
        dataset.where(lambda entry: entry.split in _LEARNT and entry.score_id not in back)
        for dataset in datasets
    ]
    return learnt, [dataset.where(lambda entry: entry.split not in _LEARNT) for dataset in datasets]
