"""The pages of a training: datasets, degraded, scaled and kept in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from notehead.compose import is_composed
from notehead.datasets import Dataset
from notehead.degrade import RECIPES, check_recipes, degrade
from notehead.detect.detector import STAFF_SPACE
from notehead.errors import DatasetError
from notehead.models.claim import claim
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.page import Page
from notehead.pool import WorkerDied, in_order
from notehead.progress import Progress, Silent


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What becomes of the pages of a dataset before a network sees them.

    Attributes:
        recipes: one is drawn for each copy of each page that is as engraved.
        weakest: the least strength of recipes that is drawn.
        strongest: the greatest.
        copies: of each page, each another recipe and scale.
        spread: standard deviation of the logarithm of the scale: staff spaces are estimated, and staffs of
            several sizes stand on one page.
        seed: of all that is drawn.
        instances: whether pages say which symbol each pixel shows.
    """

    recipes: tuple[str, ...] = tuple(RECIPES)
    weakest: float = 0.3
    strongest: float = 1.4
    copies: int = 1
    spread: float = 0.1
    seed: int = 0
    instances: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be; raises NoteheadError."""
        check_recipes(self.recipes, self.strongest)


def prepare_pages(
    datasets: Sequence[Dataset],
    folder: Path,
    options: PageOptions,
    workers: int = 0,
    progress: Progress | None = None,
) -> list[Path]:
    """The pages of the datasets as files in the folder; those that are there already are kept.

    Pages without a staff or without masks are left out.

    Raises:
        OutputError: the folder was begun with other datasets or options.
        DatasetError: a page cannot be read, or none can be used.
    """
    progress = progress or Silent()
    said = {
        "datasets": [[entry.name for entry in dataset.entries] for dataset in datasets],
        "options": asdict(options),
    }
    claim(
        folder / "pages.json",
        said,
        "its pages come of other datasets or options",
        "Choose another folder, or give what it was begun with.",
    )
    jobs = [(place, page) for place, dataset in enumerate(datasets) for page in range(len(dataset))]
    progress.stage("pages to train on", len(jobs))
    paths: list[Path] = []
    try:
        for done in in_order(_Preparation(list(datasets), jobs, folder, options), len(jobs), workers):
            paths += done
            progress.step(pages=1)
    except WorkerDied as error:
        message = f"{folder}: a process died while it prepared a page"
        raise DatasetError(message, "Run it with --readers 1 to see at which.") from error
    finally:
        progress.close()
    if not paths:
        message = f"{folder}: no page has masks and a staff"
        raise DatasetError(message, "Train on a dataset that `notehead build` has made.")
    return paths


def composed_pages(datasets: Sequence[Dataset], paths: Sequence[Path]) -> list[Path]:
    """Those of the pages that `prepare_pages` gave for the datasets whose score was composed."""
    found = []
    for path in paths:
        source, row, _ = map(int, path.stem.split("-"))
        if is_composed(datasets[source].entries[row].score):
            found.append(path)
    return found


def is_usable(page: Page) -> bool:
    """Whether there is something to learn on a page, and all that must be known of it."""
    return page.ids is not None and page.staff_space > 0 and len(page.symbols) > 0


def training_page(page: Page, key: tuple[int, int, int], options: PageOptions) -> TrainingPage:
    """A page as it is trained on: degraded and scaled.

    Args:
        page: one that is usable.
        key: number of its dataset, its place there, which of its copies: what is drawn depends on it alone.
        options: what becomes of pages.
    """
    rng = np.random.default_rng((options.seed, *key))
    recipe = options.recipes[int(rng.integers(len(options.recipes)))]
    strength = round(float(rng.uniform(options.weakest, options.strongest)), 3)
    scale = float(np.exp(rng.normal(0, options.spread)))
    if recipe != "clean" and not page.origin.recipe:
        page = degrade(page, RECIPES[recipe], int(rng.integers(2**31)), strength)
    return prepare(page, STAFF_SPACE * scale, instances=options.instances)


@dataclass(frozen=True, slots=True)
class _Preparation:
    """Prepares the pages one by one."""

    datasets: list[Dataset]
    jobs: list[tuple[int, int]]
    folder: Path
    options: PageOptions

    def do(self, place: int) -> list[Path]:
        source, row = self.jobs[place]
        wanted = [
            self.folder / f"{source:02d}-{row:06d}-{copy:02d}.npz" for copy in range(self.options.copies)
        ]
        missing = [path for path in wanted if not path.exists()]
        if missing:
            page = self.datasets[source][row]
            if not is_usable(page):
                return []
            for copy, path in enumerate(wanted):
                if path in missing:
                    training_page(page, (source, row, copy), self.options).write(path)
        return wanted
