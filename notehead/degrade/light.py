"""How a page is lit before a lens: shades for `Shading`. Tones are shares of light lost at strength 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from notehead.degrade.fields import smooth
from notehead.degrade.shading import Ground


@dataclass(frozen=True, slots=True)
class Gradient:
    """Light that falls off towards one side, and not quite evenly.

    Attributes:
        dark: least and most light lost at the far side, one value for a page.
    """

    dark: tuple[float, float] = (0.1, 0.4)

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground away from the light."""
        angle = float(rng.uniform(0, 2 * np.pi))
        along = (ground.x - np.float32(0.5)) * np.float32(np.cos(angle))
        along = along + (ground.y - np.float32(0.5)) * np.float32(np.sin(angle))
        along += np.float32(0.06) * smooth(ground.shape, max(ground.shape) / 2, rng)
        dark = np.float32(strength * rng.uniform(*self.dark))
        ground.darken(dark * np.clip(along + np.float32(0.5), 0, 1.2))


@dataclass(frozen=True, slots=True)
class Vignette:
    """A lens gives less light towards the corners.

    Attributes:
        dark: light lost in the corners.
    """

    dark: float = 0.2

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the corners of the ground."""
        x, y = rng.uniform(0.42, 0.58, 2).astype(np.float32)
        away = np.square(ground.x - x) + np.square(ground.y - y)
        ground.darken(np.float32(strength * self.dark) * np.square(away * 2))


@dataclass(frozen=True, slots=True)
class CastShadow:
    """The shadow of a hand or of the telephone, over one side or corner of the page, with a soft edge.

    Attributes:
        dark: least and most light lost in it, one value for a page.
    """

    dark: tuple[float, float] = (0.12, 0.35)

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken one part of the ground."""
        angle = float(rng.uniform(0, 2 * np.pi))
        along = (ground.x - np.float32(0.5)) * np.float32(np.cos(angle))
        along = along + (ground.y - np.float32(0.5)) * np.float32(np.sin(angle))
        along += np.float32(0.07) * smooth(ground.shape, max(ground.shape) / 3, rng)
        edge = np.float32(rng.uniform(0.1, 0.4))
        soft = np.float32(rng.uniform(0.05, 0.2))
        dark = np.float32(strength * rng.uniform(*self.dark))
        ground.darken(dark * np.clip((along - edge) / soft + np.float32(0.5), 0, 1))
