"""`train_model`: datasets in, a run folder out, which goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from notehead.datasets import Dataset
from notehead.degrade import RECIPES, degrade
from notehead.models.begin import begin_from
from notehead.models.claim import claim
from notehead.models.curves import draw_curves
from notehead.models.data.cutting import CropOptions
from notehead.models.data.pages import PageOptions, composed_pages, prepare_pages
from notehead.models.loop import CHECKPOINT, LoopOptions, train
from notehead.models.registry import Setting, model_entry
from notehead.page import Page
from notehead.progress import Progress

OPTIONS = "options.json"

_LEARNT = frozenset({"", "train"})
"""Splits that are trained on."""


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a model is trained; the same options and datasets give the same network.

    Attributes:
        model: its name in the registry.
        pages: what becomes of the pages first.
        crops: what a batch is made of.
        loop: how many steps, how fast.
        judges: pages that it is not trained on, by which it is judged.
        seed: of its first weights, and of all crops.
        begin: folder of a training with whose weights it begins, where they fit; empty for none.
    """

    model: str = "centres"
    pages: PageOptions = field(default_factory=PageOptions)
    crops: CropOptions = field(default_factory=CropOptions)
    loop: LoopOptions = field(default_factory=LoopOptions)
    judges: int = 14
    seed: int = 0
    begin: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where it is trained, which changes nothing but the time it takes.

    Attributes:
        seconds: stop after so many.
        device: `cpu`, `cuda`, or `auto` for the best there is.
        workers: processes that prepare pages; 0 for one per processor.
    """

    seconds: float = float("inf")
    device: str = "auto"
    workers: int = 0

    def place(self) -> torch.device:
        """The device."""
        if self.device == "auto":
            return torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return torch.device(self.device)


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
    the others. The folder holds the prepared pages (`pages/`), the checkpoint, and the curves.

    Raises:
        NoteheadError: there is no such model.
        MissingExtraError: the model needs a library that is not installed.
        OutputError: the folder was begun with other options or datasets.
        DatasetError: pages cannot be read or used, or there is no training to begin from.
    """
    entry = model_entry(options.model)
    claim(
        folder / OPTIONS,
        asdict(options),
        "this training began with other options",
        "Choose another folder, or give the options that it began with.",
    )
    learnt, held = divided(datasets)
    pages = replace(options.pages, instances=entry.instances)
    paths = prepare_pages(learnt, folder / "pages", pages, where.workers, progress)
    judges, composed = _judges(held, options), composed_pages(learnt, paths)
    setting = Setting(paths, options.crops, options.seed, where.place(), judges, composed, options.loop.steps)
    task = entry.make(setting)
    if options.begin and not (folder / CHECKPOINT).exists():
        fitting, count = begin_from(task.network, Path(options.begin))
        tell(f"begins with {fitting} of {count} weights of {options.begin}")
    done = train(task, folder, options.loop, seconds=where.seconds, tell=tell)
    draw_curves(folder)
    return done


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


def _judges(datasets: Sequence[Dataset], options: TrainingOptions) -> list[Page]:
    """Pages to judge by, from all datasets alike; every other one degraded, each by another recipe."""
    rng = np.random.default_rng((options.seed, 2))
    drawn = [(dataset, rng.permutation(len(dataset)).tolist()) for dataset in datasets if len(dataset)]
    recipes = [name for name in RECIPES if name != "clean"]
    pages: list[Page] = []
    while drawn and len(pages) < options.judges:
        dataset, rows = drawn[len(pages) % len(drawn)]
        if not rows:
            drawn = [(other, left) for other, left in drawn if left]
            continue
        page = dataset[rows.pop()]
        if page.staff_space <= 0:
            continue
        place = len(pages)
        if place % 2:
            page = degrade(page, RECIPES[recipes[place // 2 % len(recipes)]], place, 1.0)
        pages.append(page)
    return pages
