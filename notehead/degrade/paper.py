"""What paper looks like: shades for `Shading`. Tones are shares of light that is lost, at strength 1."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import clouds, noise_bytes, smooth
from notehead.degrade.geometry import spine_side
from notehead.degrade.others import other_music
from notehead.degrade.scale import margins
from notehead.degrade.shading import Ground

_DARKEST = 0.4
"""Paper loses no more light than this, however strong the step: what libraries lend can be read."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The paper's own grey; yellow and brown paper is grey in a grey picture.

    Attributes:
        dark: least and most light lost, one value for a page.
    """

    dark: tuple[float, float] = (0.03, 0.12)

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the whole ground alike."""
        ground.light *= np.float32(1 - min(strength * rng.uniform(*self.dark), _DARKEST))


@dataclass(frozen=True, slots=True)
class Texture:
    """Unevenness of paper: tones that change over a hand's breadth, flocks, and fibres along and across.

    Attributes:
        cloudy: deviation of the tones.
        fibres: deviation of the fibres.
    """

    cloudy: float = 0.01
    fibres: float = 0.01

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Make the ground uneven about its mean."""
        if self.cloudy:
            field = smooth(ground.shape, 25 * ground.space, rng)
            field += np.float32(0.2) * smooth(ground.shape, max(1.2 * ground.space, 1.5), rng)
            ground.darken(np.float32(strength * self.cloudy) * (field + 1))
        if self.fibres:
            noise = noise_bytes(ground.shape, rng)
            lying, standing = cv2.blur(noise, (7, 1)), cv2.blur(noise, (1, 7))
            # the mean of seven uniform bytes deviates by 28
            weight = strength * self.fibres / 40
            offset = strength * self.fibres - 255 * weight
            dark = cv2.addWeighted(lying, weight, standing, weight, offset, dtype=cv2.CV_32F)
            ground.darken(np.asarray(dark, np.float32))


@dataclass(frozen=True, slots=True)
class AgedEdges:
    """Paper that is darker towards its edges, where air and hands came.

    Attributes:
        dark: light lost at the edge.
        width: staff spaces until half of that is left.
    """

    dark: float = 0.12
    width: float = 3.0

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground towards its edges."""
        height, width = ground.shape
        across = np.minimum(ground.x, 1 - ground.x) * np.float32(width / ground.space)
        down = np.minimum(ground.y, 1 - ground.y) * np.float32(height / ground.space)
        away = np.minimum(across, down) / np.float32(self.width)
        wavy = 1 + np.float32(0.35) * smooth(ground.shape, 12 * ground.space, rng)
        ground.darken(np.float32(strength * self.dark) * wavy * np.exp2(-away))


@dataclass(frozen=True, slots=True)
class Stains:
    """Foxing: small brown spots with soft, irregular edges; and now and then a ring that a drop left.

    Attributes:
        count: usual number on a page.
        radius: of a usual spot in staff spaces.
        dark: most light lost in a spot.
    """

    count: float = 12.0
    radius: float = 0.6
    dark: float = 0.18

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground in spots."""
        height, width = ground.shape
        for _ in range(int(rng.poisson(strength * self.count))):
            ring = rng.random() < 0.08
            radius = ground.space * self.radius * float(rng.lognormal(1.2 if ring else 0, 0.6))
            dark = min(strength, 1.5) * self.dark * float(rng.uniform(0.2, 1))
            x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
            reach = int(2.2 * radius) + 2
            window = ground.light[
                max(int(y) - reach, 0) : int(y) + reach, max(int(x) - reach, 0) : int(x) + reach
            ]
            centre = (x - max(int(x) - reach, 0), y - max(int(y) - reach, 0))
            window *= 1 - dark * _spot((window.shape[0], window.shape[1]), centre, radius, rng, ring=ring)


def _spot(
    shape: tuple[int, int],
    centre: tuple[float, float],
    radius: float,
    rng: np.random.Generator,
    *,
    ring: bool,
) -> NDArray[np.float32]:
    """How dark a spot is, float32 (h, w), 0 to 1: a soft disc with a wavy edge, or a pale one with a rim."""
    x = np.arange(shape[1], dtype=np.float32) + np.float32(0.5 - centre[0])
    y = np.arange(shape[0], dtype=np.float32) + np.float32(0.5 - centre[1])
    away = np.hypot(x[None, :], y[:, None]) / np.float32(radius)
    away *= 1 + np.float32(0.18) * clouds(shape, max(radius, 2.0), rng)
    disc: NDArray[np.float32] = np.clip((np.float32(1.3) - away) / np.float32(0.6), 0, 1)
    if not ring:
        return disc
    rim = np.exp(-np.square((away - 1) * 9, dtype=np.float32))
    spot: NDArray[np.float32] = np.maximum(np.float32(0.25) * (away < 1), rim)
    return spot


@dataclass(frozen=True, slots=True)
class PlateMark:
    """What an engraver's plate leaves: its edge pressed into the margin, and a trace of ink within.

    Attributes:
        dark: most light lost in the edge.
        tone: most light lost within.
    """

    dark: float = 0.12
    tone: float = 0.02

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the plate's edge and what is inside of it."""
        height, width = ground.shape
        across, down = width / ground.page.width, height / ground.page.height
        left, top, right, bottom = np.array(margins(ground.page)) * rng.uniform(0.3, 0.8, 4)
        low = (int(left * across), int(top * down))
        high = (int(width - right * across), int(height - bottom * down))
        plate = np.zeros(ground.shape, np.uint8)
        cv2.rectangle(plate, low, high, float(255 * self.tone * rng.random() / self.dark), cv2.FILLED)
        cv2.rectangle(plate, low, high, 255, max(round(0.1 * ground.space), 1))
        patchy = np.clip(0.6 + 0.5 * smooth(ground.shape, 15 * ground.space, rng), 0, 1)
        dark = np.float32(min(strength, 1.5) * self.dark * rng.uniform(0.3, 1) / 255)
        ground.darken(dark * plate * patchy.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Folds:
    """Creases right across the page: a dark line with a light flank, and a change of tone behind it.

    Attributes:
        most: most folds on a page.
        dark: light lost in the crease.
    """

    most: int = 2
    dark: float = 0.15

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground along creases."""
        height, width = ground.shape
        for _ in range(int(rng.integers(1, self.most + 1))):
            angle = float(rng.normal(0, 0.015)) + float(rng.choice([0.0, np.pi / 2]))
            place = float(rng.uniform(0.3, 0.7))
            normal = (float(np.cos(angle)), float(np.sin(angle)))
            x, y = (ground.x - place) * np.float32(width), (ground.y - place) * np.float32(height)
            away = (x * np.float32(normal[0]) + y * np.float32(normal[1])) / np.float32(ground.space)
            away += np.float32(0.06) * smooth(ground.shape, 6 * ground.space, rng)
            broken = np.clip(1 + np.float32(0.6) * smooth(ground.shape, 3 * ground.space, rng), 0, 2)
            crease = np.exp(-np.square(away / np.float32(0.11)))
            flank = np.exp(-np.abs(away) / np.float32(1.6)) * (away > 0)
            dark = np.float32(strength * self.dark)
            ground.darken(dark * (crease * broken + np.float32(0.25) * flank))


@dataclass(frozen=True, slots=True)
class Spine:
    """The shadow where a bound page bends down to the spine: `spine_side` says where that is.

    Attributes:
        dark: light lost at the edge.
        width: staff spaces until half of that is left.
    """

    dark: float = 0.5
    width: float = 2.5

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground towards one side."""
        side = ground.x if spine_side(ground.page.origin.number) == "left" else 1 - ground.x
        away = side * np.float32(ground.shape[1] / ground.space / self.width / rng.uniform(0.6, 1.5))
        slant = 1 + np.float32(rng.normal(0, 0.25)) * (ground.y - np.float32(0.5))
        ground.darken(np.float32(strength * self.dark) * np.exp2(-away * slant))


@dataclass(frozen=True, slots=True)
class ShowThrough:
    """Ink from the other side of the leaf: other music of the same kind, mirrored, blurred and pale.

    Attributes:
        dark: least and most light lost behind full ink, one value for a page.
        blur: staff spaces.
    """

    dark: tuple[float, float] = (0.02, 0.1)
    blur: float = 0.12

    def __call__(self, ground: Ground, rng: np.random.Generator, strength: float) -> None:
        """Darken the ground where there is ink on its back."""
        height, width = ground.shape
        music = other_music(ground.page, ground.shape, rng)
        scale, (across, down) = float(rng.uniform(0.94, 1.04)), rng.normal(0, 2, 2) * ground.space
        paper = float(np.median(music[::4, ::4]))
        mirror = np.array([[-scale, 0, (1 + scale) * width / 2 + across], [0, scale, down]])
        back = cv2.warpAffine(music, mirror, (width, height), borderValue=paper)
        back = cv2.GaussianBlur(back, (0, 0), max(self.blur * ground.space, 0.4))
        patchy = np.clip(0.7 + 0.3 * smooth(ground.shape, 20 * ground.space, rng), 0, 1)
        dark = np.float32(strength * rng.uniform(*self.dark) / 255)
        ground.darken(dark * (np.float32(paper) - back.astype(np.float32)) * patchy.astype(np.float32))
