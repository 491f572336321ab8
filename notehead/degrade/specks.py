"""Specks of dirt, toner and dust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from notehead.degrade.kernels import discs
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page


@dataclass(frozen=True, slots=True)
class Specks:
    """Specks: dirt on the plate, toner, dust on the glass; some white, where ink did not take.

    Attributes:
        density: specks to 100 square staff spaces at strength 1; a usual page has 20,000 square spaces.
        radius: of the usual speck in staff spaces; one in twenty has more than twice that.
        white: share of white specks.
        tone: grey of the dark ones.
    """

    density: float = 2.0
    radius: float = 0.04
    white: float = 0.3
    tone: float = 20.0

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with specks on it."""
        space = staff_space(page)
        area = page.height * page.width / space**2 / 100
        count = int(rng.poisson(max(strength, 0) * self.density * area))
        if not count:
            return page
        # most specks lie apart, some about one place: dirt comes in crumbs
        x, y = rng.uniform(0, page.width, count), rng.uniform(0, page.height, count)
        crumbs = np.flatnonzero(rng.random(count) < 0.3)
        x[crumbs] = x[crumbs - 1] + rng.normal(0, 2 * self.radius * space, len(crumbs))
        y[crumbs] = y[crumbs - 1] + rng.normal(0, 2 * self.radius * space, len(crumbs))
        radius = self.radius * space * rng.lognormal(0, 0.45, count)
        tone = np.where(rng.random(count) < self.white, 255.0, self.tone)
        image = page.image.copy()
        discs(image, x, y, radius, tone, rng.uniform(0.5, 1, count))
        return with_image(page, image)
