"""Lens and sensor: blur, contrast, and the patterns of scanners."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import enlarged, smooth
from notehead.degrade.kernels import bands
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

_MAP = 16
"""Maps of sharpness are made this many times smaller than the page."""
_PALEST = 85.0
"""Black becomes no lighter grey than this, however strong the step."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Blur: the lens, and more of it away from the plane that is in focus.

    Attributes:
        blur: least and most deviation of the blur in staff spaces at strength 1, one value for a page.
        edges: how many times more it is at the page's least sharp places; 1 is everywhere alike.
    """

    blur: tuple[float, float] = (0.02, 0.05)
    edges: float = 1.0

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page out of focus."""
        sigma = strength * float(rng.uniform(*self.blur)) * staff_space(page)
        if sigma < 0.2:  # no grey level changes by more than one
            return page
        near = cv2.GaussianBlur(page.image, (0, 0), sigma)
        if self.edges <= 1:
            return with_image(page, near)  # type: ignore[arg-type]
        far = _blurred_small(near, sigma * self.edges)  # type: ignore[arg-type]
        weight = enlarged(_far(page.image.shape, rng), (page.height, page.width))
        mixed = cv2.add(
            cv2.multiply(near, cv2.bitwise_not(weight), scale=1 / 255),
            cv2.multiply(far, weight, scale=1 / 255),
        )
        return with_image(page, mixed)  # type: ignore[arg-type]


def _blurred_small(image: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """A strong blur, about right: of a picture two or four times smaller."""
    times = 4 if sigma > 3 else 2
    size = (-(-image.shape[1] // times), -(-image.shape[0] // times))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / times, 0.3))
    return enlarged(small, (image.shape[0], image.shape[1]))  # type: ignore[arg-type]


def _far(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint8]:
    """How far from focus each place is, a small uint8 map: a place in focus, and a tilt."""
    height, width = -(-shape[0] // _MAP), -(-shape[1] // _MAP)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] - np.float32(rng.normal(0, 0.3))
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] - np.float32(rng.normal(0, 0.3))
    away = 0.35 * (x * x + y * y) + np.float32(rng.normal(0, 0.25)) * y
    away = away + np.float32(0.1) * smooth((height, width), width / 2, rng)
    far: NDArray[np.uint8] = np.rint(np.clip(away, 0, 1) * 255).astype(np.uint8)
    return far


@dataclass(frozen=True, slots=True)
class Motion:
    """Blur along a line: the camera or the paper moved.

    Attributes:
        length: least and most of the way in staff spaces at strength 1, one value for a page.
    """

    length: tuple[float, float] = (0.05, 0.25)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page smeared."""
        length = strength * float(rng.uniform(*self.length)) * staff_space(page)
        if length < 0.3:
            return page
        angle = float(rng.uniform(0, np.pi))
        size = 2 * int(np.ceil(length / 2)) + 1
        fine = 8  # the line is drawn larger, then made small
        large = np.zeros((size * fine, size * fine), np.uint8)
        middle = (size * fine - 1) / 2
        reach = np.array([np.cos(angle), np.sin(angle)]) * fine * length / 2
        start, end = (np.rint(middle + side * reach).astype(int).tolist() for side in (-1, 1))
        cv2.line(large, start, end, 255, fine)
        kernel = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)
        smeared = cv2.filter2D(page.image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
        return with_image(page, smeared)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Curve:
    """How greys become greys: how black is black, how white is white, and what is between.

    Values are those at strength 1.

    Attributes:
        black: least and most grey level that black becomes, one value for a page.
        white: the same for white; above 255 burns out.
        contrast: least and most steepness of a curve like an S; 0 is straight, 1 steep.
    """

    black: tuple[float, float] = (10, 50)
    white: tuple[float, float] = (245, 260)
    contrast: tuple[float, float] = (0, 0.4)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with other greys."""
        if strength <= 0:
            return page
        black, white = rng.uniform(*self.black), rng.uniform(*self.white)
        bend = min(strength * rng.uniform(*self.contrast), 1.0)
        black, white = min(strength * black, _PALEST), 255 + strength * (white - 255)
        grey = np.arange(256) / 255
        grey = (1 - bend) * grey + bend * grey * grey * (3 - 2 * grey)
        table = np.clip(np.rint(black + (white - black) * grey), 0, 255).astype(np.uint8)
        return with_image(page, cv2.LUT(page.image, table))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of scanners: streaks along its way, rows brighter and darker by turns, moiré.

    Values are grey levels at strength 1.

    Attributes:
        streaks: deviation of the streaks, which run from top to bottom.
        rows: most difference of even and odd rows.
        moire: most amplitude of the wave.
    """

    streaks: float = 1.0
    rows: float = 0.0
    moire: float = 0.0

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a pattern over it."""
        if strength <= 0:
            return page
        height, width = page.height, page.width
        columns = rng.normal(0, 0.5, width)
        strong = rng.random(width) < 0.006  # a few cells of the sensor are dirty
        columns += np.where(strong, rng.normal(-3, 6, width), 0)
        columns *= strength * self.streaks
        by_turns = strength * float(rng.uniform(0, self.rows))
        rows = by_turns * np.where(np.arange(height) % 2, 0.5, -0.5)
        period = float(rng.uniform(0.25, 1.2)) * staff_space(page)
        angle = float(rng.uniform(0, np.pi))
        amplitude = strength * float(rng.uniform(0.3, 1)) * self.moire
        wave = np.zeros((4, max(height, width)), np.float32)
        phase = 2 * np.pi / period * np.arange(max(height, width))
        wave[0] = amplitude * np.sin(phase * np.sin(angle))
        wave[1] = amplitude * np.cos(phase * np.sin(angle))
        wave[2], wave[3] = np.sin(phase * np.cos(angle)), np.cos(phase * np.cos(angle))
        image = np.empty_like(page.image)
        bands(page.image, rows.astype(np.float32), columns.astype(np.float32), wave, image)
        return with_image(page, image)
