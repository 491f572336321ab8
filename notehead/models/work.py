"""What a worker does: make the model, take its share of every batch, train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from notehead.datasets import Dataset
from notehead.degrade import RECIPES, degrade
from notehead.models.begin import read_beginning
from notehead.models.data.cutting import Pages
from notehead.models.data.pages import PageOptions, composed_pages
from notehead.models.data.stream import PageStream, StreamPlan
from notehead.models.lesson import Task, Team, share_of
from notehead.models.loop import CHECKPOINT, train
from notehead.models.options import TrainingOptions
from notehead.models.registry import Setting, model_entry
from notehead.models.settle import BATCHES, settle
from notehead.page import Page

PAGES = "pages"
"""The folder of prepared pages, in that of a training."""


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be trained; any process that reaches the datasets and the folder can take it up.

    Attributes:
        learnt: datasets of pages to train on.
        held: datasets of the others.
        folder: of the training.
        options: how it is trained.
        ready: the prepared pages; of those that are streamed, how many symbols of each class there are.
    """

    learnt: Sequence[Dataset]
    held: Sequence[Dataset]
    folder: Path
    options: TrainingOptions
    ready: Sequence[Path] | NDArray[np.int64]

    @property
    def pages(self) -> PageOptions:
        """What becomes of the pages."""
        instances = model_entry(self.options.model).instances
        return replace(self.options.pages, instances=instances)

    def setting(self, pages: Pages, device: torch.device, judges: Sequence[Page]) -> Setting:
        """What the model is trained with."""
        options = self.options
        composed = [] if isinstance(pages, PageStream) else composed_pages(self.learnt, pages)
        steps, parts = options.loop.steps, options.loop.parts
        return Setting(pages, options.crops, options.seed, device, judges, composed, steps, parts)

    def stream(self, share: Sequence[int], readers: int) -> PageStream | None:
        """The stream of a worker's share of each batch; None where pages are prepared in the folder."""
        options = self.options
        if options.stream is None or not isinstance(self.ready, np.ndarray):
            return None
        taken = options.crops.pages, options.loop.parts
        plan = StreamPlan(self.learnt, self.pages, options.stream, taken, options.seed, self.ready)
        return PageStream(plan, share, readers, self.folder / PAGES)


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker has to work with.

    Attributes:
        device: where it trains.
        readers: processes that read for it.
        seconds: that it may take.
    """

    device: torch.device
    readers: int
    seconds: float


def do_work(work: Work, means: Means, team: Team, tell: Callable[[str], None]) -> bool:
    """Train, or go on; whether all steps are done.

    Args:
        work: what is to be trained.
        means: of this worker.
        team: all workers.
        tell: called with lines of text, in the first worker alone.

    Raises:
        NoteheadError: pages cannot be read, or a library is missing.
        PeerLostError: another worker is gone.
    """
    options, folder = work.options, work.folder
    first = team.rank == 0
    with ExitStack() as stack:
        stream = work.stream(share_of(options.loop.parts, team), means.readers)
        pages: Pages
        if stream is not None:
            pages = stack.enter_context(closing(stream))
        else:
            assert not isinstance(work.ready, np.ndarray)  # it is counts for a stream alone
            pages = work.ready
        judges = judging_pages(work.held, options) if first else []
        task = model_entry(options.model).make(work.setting(pages, means.device, judges))
        if options.begin and not (folder / CHECKPOINT).exists():
            _begin(task, options, team, tell if first else lambda _: None)
        return train(task, folder, options.loop, seconds=means.seconds, tell=tell, team=team)


def _begin(task: Task, options: TrainingOptions, team: Team, tell: Callable[[str], None]) -> None:
    """Give a task's network the weights that it is to begin with."""
    beginning = read_beginning(options.begin)
    fitting, count = beginning.give(task.network)
    tell(f"begins with {fitting} of {count} weights of {options.begin}")
    if beginning.folded:
        parts, share = options.loop.parts, share_of(options.loop.parts, team)
        batches = (task.batch(step * parts + part) for step in range(BATCHES) for part in share)
        settle(task, batches, BATCHES * parts, team)


def judging_pages(datasets: Sequence[Dataset], options: TrainingOptions) -> list[Page]:
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
