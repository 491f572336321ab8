"""`Shading`: all that darkens a page smoothly, paper or light, in one go.

Each shade works on a small picture of the page, and the page is multiplied with the enlarged sum of them:
ten shades cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import enlarged
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

_SMALLER = 4


@dataclass
class Ground:
    """The picture that shades darken.

    Attributes:
        light: float32 (h, w), 1 where the page stays as it is, 0 for black; shades multiply it in place.
        space: staff space in its pixels.
        page: whose ground it is.
    """

    light: NDArray[np.float32]
    space: float
    page: Page

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return (self.light.shape[0], self.light.shape[1])

    @cached_property
    def x(self) -> NDArray[np.float32]:
        """Middles of the columns, from 0 at the left edge to 1 at the right one: float32 (1, w)."""
        return _middles(self.shape[1])[None, :]

    @cached_property
    def y(self) -> NDArray[np.float32]:
        """Middles of the rows, from 0 at the top to 1 at the bottom: float32 (h, 1)."""
        return _middles(self.shape[0])[:, None]

    def darken(self, by: NDArray[np.float32]) -> None:
        """Take a share of the light away: float32, broadcast; above 1 counts as 1, below 0 is no shade."""
        self.light *= 1 - np.clip(by, 0, 1)


def _middles(count: int) -> NDArray[np.float32]:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


Shade: TypeAlias = Callable[[Ground, np.random.Generator, float], None]
"""Darkens a ground; strength as in `Step`."""


@dataclass(frozen=True, slots=True)
class Shading:
    """A step that darkens the page by several shades.

    Attributes:
        shades: in any order; each draws from its own source of chance.
    """

    shades: tuple[Shade, ...]

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page, darker where the shades say so."""
        if strength <= 0:
            return page
        shape = (-(-page.height // _SMALLER), -(-page.width // _SMALLER))
        ground = Ground(np.ones(shape, np.float32), staff_space(page) / _SMALLER, page)
        for shade, own in zip(self.shades, rng.spawn(len(self.shades)), strict=True):
            shade(ground, own, strength)
        small = np.rint(ground.light * 255).astype(np.uint8)
        light = enlarged(small, (page.height, page.width))
        cv2.multiply(page.image, light, dst=light, scale=1 / 255)
        return with_image(page, light)


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A shade that befalls some pages; `chance` is their share at strength 1."""

    shade: Shade
    chance: float

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground, or do not."""
        if rng.random() < self.chance * strength:
            self.shade(ground, rng, strength)
