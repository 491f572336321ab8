"""`Recipe`: a row of steps; `degrade`: a page put through one."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from notehead.page import Page

Step: TypeAlias = Callable[[Page, np.random.Generator, float], Page]
"""From a page, a source of chance and a strength (0 leaves the page as it is, 1 is usual) to a new page.

A step never changes the arrays of the page that it gets.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way in which pages get to look as they do.

    Attributes:
        name: what the command line calls it.
        title: one line about what it imitates.
        steps: in the order of the world: ink on paper, paper before a lens, the image in a file.
    """

    name: str
    title: str
    steps: tuple[Step, ...]


def degrade(page: Page, recipe: Recipe, seed: int = 0, strength: float = 1.0) -> Page:
    """The page after all steps of a recipe.

    Chance depends on the seed, the page's name and the step's place alone, so a page looks the same
    whatever is made before it.

    Args:
        page: with masks, so that labels can be moved exactly; without them boxes move by their corners.
        recipe: the steps.
        seed: of all that is random.
        strength: 0 leaves the page as it is, 1 is usual, 2 is as bad as it gets.
    """
    if recipe.steps and strength > 0:
        origin = replace(page.origin, recipe=recipe.name, strength=strength, bare_ink=True)
        page = replace(page, origin=origin)
    name = zlib.crc32(page.name.encode("utf-8", "surrogateescape"))
    for place, step in enumerate(recipe.steps):
        page = step(page, np.random.default_rng([seed, name, place]), strength)
    return page
