"""Steps about other steps: not every page has a fold, and each is thresholded in one way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from notehead.degrade.recipe import Step
from notehead.page import Page


@dataclass(frozen=True, slots=True)
class Sometimes:
    """A step that befalls some pages.

    Attributes:
        step: what befalls them.
        chance: share of the pages at strength 1; it grows with the strength.
    """

    step: Step
    chance: float

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page, perhaps after the step."""
        return self.step(page, rng, strength) if rng.random() < self.chance * strength else page


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several steps, each as likely as the others."""

    steps: tuple[Step, ...]

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page after one of the steps."""
        return self.steps[int(rng.integers(len(self.steps)))](page, rng, strength)
