"""From greys to black and white, as fax machines, copiers and libraries do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from notehead.degrade.kernels import diffuse
from notehead.degrade.scale import staff_space, with_image
from notehead.degrade.thin import staff_line_grey
from notehead.page import Page

_SPARSE = 16
"""Every so manieth pixel tells how light paper is."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Black and white, cut at a level; at a lighter one than usual where staff lines are pale.

    Attributes:
        method: `fixed` in the middle between black and paper, `otsu` where it parts them best, or
            `adaptive`, a little below the mean of the neighbourhood, which also brings out dirt.
        wrong: deviation of the level from where it ought to be, in grey levels at strength 1.
    """

    method: Literal["fixed", "otsu", "adaptive"] = "otsu"
    wrong: float = 12.0

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page in black and white."""
        if strength <= 0:
            return page
        shift = strength * self.wrong * float(rng.standard_normal())
        image = page.image
        if self.method == "adaptive":
            side = 2 * round(2 * staff_space(page)) + 3
            below = max(30 - 0.5 * shift, 18)
            two = cv2.adaptiveThreshold(
                image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, side, below
            )
            return with_image(page, two)  # type: ignore[arg-type]
        paper = float(np.median(image[::_SPARSE, ::_SPARSE]))
        level = paper / 2
        if self.method == "otsu":
            level, _ = cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)
        line = staff_line_grey(page, image)
        if line is not None:  # who scans music sees to it that staff lines come out
            level = max(level, line + 15)
        level = max(min(level + shift, paper - 45), 10)
        _, two = cv2.threshold(image, level, 255, cv2.THRESH_BINARY)
        return with_image(page, two)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Dither:
    """Black and white dots for greys.

    Attributes:
        method: `ordered`, a regular screen, or `diffusion`, after Floyd and Steinberg.
    """

    method: Literal["ordered", "diffusion"] = "diffusion"

    def __call__(self, page: Page, _rng: np.random.Generator, strength: float) -> Page:
        """The page in black and white dots."""
        if strength <= 0:
            return page
        if self.method == "ordered":
            height, width = page.image.shape
            screen = np.tile(_BAYER, (-(-height // 8), -(-width // 8)))[:height, :width]
            image = cv2.compare(page.image, screen, cv2.CMP_GT)
            return with_image(page, image)  # type: ignore[arg-type]
        dots = np.empty_like(page.image)
        diffuse(page.image, dots)
        return with_image(page, dots)


def _bayer(size: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Bayer's matrix: every number below size squared once, neighbours as different as can be."""
    matrix = np.zeros((1, 1), np.int64)
    while len(matrix) < size:
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return matrix


_BAYER = (_bayer(8) * 4 + 1).astype(np.uint8)
