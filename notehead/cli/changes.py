"""What `convert` can do to pages on their way: recipes, and crops of rare symbols in the margin."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from notehead.datasets import Dataset
from notehead.degrade import RECIPES, check_recipes, degrade
from notehead.degrade.margin import CropBank, paste_margin
from notehead.page import Page

_BANK_PAGES = 2000
"""So many pages, evenly over the dataset, are looked through for rare symbols."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rare crops first, as if they were engraved, then a recipe drawn for each page."""

    recipes: tuple[str, ...]
    strength: float
    seed: int
    bank: CropBank | None

    def __call__(self, page: Page) -> Page:
        """The page, changed; chance depends on seed and the page's name alone."""
        name = zlib.crc32(page.name.encode("utf-8", "surrogateescape"))
        rng = np.random.default_rng([self.seed, name])
        if self.bank is not None:
            page = paste_margin(page, self.bank, rng)
        recipe = self.recipes[int(rng.integers(len(self.recipes)))]
        strength = round(self.strength * float(rng.uniform(0.5, 1.5)), 3)
        if recipe == "clean":
            return page
        return degrade(page, RECIPES[recipe], self.seed, strength)


def changes(
    dataset: Dataset, recipes: str, strength: float, seed: int, *, rare: bool
) -> Callable[[Page], Page] | None:
    """What the options ask for; None where they ask for nothing.

    Raises:
        NoteheadError: there is no such recipe, or the strength is out of range.
    """
    names = tuple(name.strip() for name in recipes.split(",") if name.strip())
    check_recipes(names, strength)
    if names == ("clean",) and not rare:
        return None
    bank = None
    if rare:
        step = max(1, len(dataset) // _BANK_PAGES)
        pages = (dataset[place] for place in range(0, len(dataset), step))
        bank = CropBank.of(pages, np.random.default_rng(seed))
    return Changes(names, strength, seed, bank)
