"""The pages that the detector is judged by, and what it reads on them."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from notehead import Dataset, Page
from notehead.datasets.index import PageEntry
from notehead.degrade import RECIPES, degrade
from notehead.detect import Detector
from notehead.detect.detector import detect_at
from notehead.page import Symbols

SEED = 20_260
"""Of the degradation: training draws other seeds."""
_FAR = 0.05


@dataclass(frozen=True, eq=False)
class Judged:
    """A page, what was found on it, and how.

    Attributes:
        page: as it was read, with its true symbols.
        found: symbols with scores.
        seconds: from image to symbols.
        space: the estimated over the true staff space; 0 where no staff was found.
        turned: whether the page, which is upright, was turned.
        score: of which score the page is.
        failed: what the detector raised; empty where it did not.
    """

    page: Page
    found: Symbols
    seconds: float
    space: float
    turned: bool
    score: str
    failed: str = ""

    @property
    def misjudged(self) -> bool:
        """Whether the staff space is more than 5 per cent off, or the page was turned."""
        return abs(self.space - 1) > _FAR or self.turned


def drawn(entries: Sequence[PageEntry], count: int, seed: int = 0) -> list[str]:
    """The names of so many pages, drawn by turns from all scores, so that long ones do not rule.

    Pages of the split `test`, where there are some; of all others.

    Example:
        >>> pages = [PageEntry(name, score_id=name[0]) for name in ("a1", "a2", "a3", "a4", "b1")]
        >>> [name[0] for name in drawn(pages, 3)]
        ['a', 'a', 'b']
    """
    held = [entry for entry in entries if entry.split == "test"] or list(entries)
    rng = np.random.default_rng([seed, 5])
    by_score: dict[str, list[str]] = {}
    for row in rng.permutation(len(held)).tolist():
        entry = held[row]
        by_score.setdefault(entry.score_id or entry.score or entry.name, []).append(entry.name)
    names: list[str] = []
    for turn in range(max(map(len, by_score.values()), default=0)):
        names += [pages[turn] for pages in by_score.values() if len(pages) > turn]
    return sorted(names[:count])


def asked(page: Page) -> Page:
    """The page without the symbols of which nothing is to be seen: nobody can be asked for them.

    They are drawn under others of the same form: one of two heads in unison, one of two slurs.
    """
    return replace(page, symbols=page.symbols[page.symbols.area > 0])


def judged_pages(
    dataset: Dataset, names: Sequence[str], recipe: str, strength: float, detector: Detector, *, known: bool
) -> Iterator[Judged]:
    """Pages of a dataset, degraded and read; those without a staff are left out.

    Args:
        dataset: with masks, so that labels move exactly.
        names: of its pages.
        recipe: of `RECIPES`.
        strength: of the recipe.
        detector: what reads.
        known: read at the true staff space instead of the detector's own estimate.
    """
    for name in names:
        page = asked(dataset[name])
        if page.staff_space <= 0 or not len(page.symbols):
            continue
        if RECIPES[recipe].steps:
            page = degrade(page, RECIPES[recipe], SEED + zlib.crc32(recipe.encode()) % 1000, strength)
        entry = dataset.entry(name)
        score = entry.score_id or entry.score or name
        started = time.perf_counter()
        if known:
            found = detect_at(page.image, page.staff_space, detector.model, detector.options)
            yield Judged(page, found, time.perf_counter() - started, 1.0, turned=False, score=score)
            continue
        try:
            reading = detector.read(page.image)
        except Exception as error:  # noqa: BLE001  # as `notehead detect`: one page never stops the others
            what = f"{type(error).__name__}: {error}"
            yield Judged(page, Symbols(), 0.0, 0.0, turned=False, score=score, failed=what)
            continue
        seconds = time.perf_counter() - started
        space = reading.staff_space.pixels / page.staff_space if reading.staff_space else 0.0
        yield Judged(page, reading.page.symbols, seconds, space, reading.turned != 0, score)
