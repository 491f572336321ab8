"""Ink on paper: how far it ran, how ragged its edges are, how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import ENLARGED_DEVIATION, clouds, enlarged, normal_bytes
from notehead.degrade.scale import staff_space, with_image
from notehead.degrade.thin import staff_line_grey
from notehead.page import Page

_COARSE = 8
"""Smooth fields are made this many times smaller than the page."""
_SPARSE = 16
"""Every so many pixels of a page tell how light its paper is."""
_UNEVEN = 12.0
"""Grey levels by which toned paper may be darker than usual and still be taken for paper."""
_FURTHEST = 1.0
"""Edges move by at most so many deviations of the blur; beyond, thin strokes could not be told from none."""
_SLOPE = 255 * NormalDist().pdf(0)
"""Grey levels of a blurred edge for one deviation of the blur."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes wider or thinner by parts of a pixel, unevenly over the page, with ragged edges.

    The image is blurred and cut at a level that varies from place to place. It is meant for pages as
    engraved, in black and white; thin lines break where ink shrinks, and corners fill where it spreads. Where
    staff lines are hairlines, all strokes get a little wider, so that those stay.
    Lengths are staff spaces at strength 1, at one edge of a stroke.

    Attributes:
        spread: least and most that edges move outwards (inwards: negative), one value for a page.
        uneven: deviation of that from place to place.
        ragged: deviation from one pixel or two to the next.
        reach: deviation of the blur; no edge moves much further.
    """

    spread: tuple[float, float] = (-0.01, 0.04)
    uneven: float = 0.01
    ragged: float = 0.008
    reach: float = 0.045

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with its ink spread or worn."""
        if strength <= 0:
            return page
        space = staff_space(page)
        sigma = max(self.reach * space, 0.5)
        side = 2 * round(2 * sigma) + 1
        blurred = cv2.GaussianBlur(page.image, (side, side), sigma)
        by_sigma = strength * space / sigma
        shift = float(rng.uniform(*self.spread)) * by_sigma + _exposure(page, blurred)  # type: ignore[arg-type]
        uneven, ragged = self.uneven * by_sigma, self.ragged * by_sigma
        most = min(abs(shift) + 2 * (uneven + ragged), _FURTHEST)
        level = _levels(page.image.shape, (shift, uneven, ragged), most, rng)
        gain = max(2.5 * sigma, 0.5 / NormalDist().cdf(-most - 2 * ragged))
        # paper, white or toned, becomes white where the level is highest, and ink black where it is lowest
        paper = float(np.median(page.image[::_SPARSE, ::_SPARSE]))
        toned = min((255 - paper) / 2, _UNEVEN)
        cv2.min(level, max(paper - 1 - toned - 128 / gain, 40), dst=level)  # type: ignore[call-overload]
        cv2.max(level, 1 + 128 / gain, dst=level)  # type: ignore[call-overload]
        cut = cv2.addWeighted(blurred, gain, level, -gain, 128, dst=blurred)
        return with_image(page, cut)  # type: ignore[arg-type]


def _exposure(page: Page, blurred: NDArray[np.uint8]) -> float:
    """How far, in deviations of the blur, edges must move outwards so that staff lines stay.

    Hairlines of less than a pixel would be lost otherwise.
    """
    grey = staff_line_grey(page, blurred)
    return 0.0 if grey is None else max(NormalDist().inv_cdf(min((grey + 30) / 255, 0.8)), 0.0)


def _levels(
    shape: tuple[int, ...], shifts: tuple[float, float, float], most: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The grey level of a blurred edge at which to cut, uint8 (h, w), for shifts in deviations of the blur.

    Shifts are the mean, the deviation from place to place and that between pixels.
    """
    height, width = shape
    mean, uneven, ragged = shifts
    size = (-(-height // _COARSE), -(-width // _COARSE))
    shift = np.clip(clouds(size, size[1] / 5, rng) * uneven + mean, -most, most)
    at_edge = np.array([NormalDist().cdf((step - 128) / 64) for step in range(256)])
    table = np.rint(255 * at_edge).astype(np.uint8)
    coarse = table[np.rint(128 + 64 * shift).astype(np.uint8)]
    level = enlarged(coarse, (height, width))
    if not ragged:
        return level
    fine = enlarged(normal_bytes((-(-height // 2), -(-width // 2)), rng), (height, width))
    weight = ragged * _SLOPE / ENLARGED_DEVIATION
    cv2.addWeighted(level, 1, fine, weight, -128 * weight, dst=level)
    return level


@dataclass(frozen=True, slots=True)
class Inking:
    """Uneven ink: pale regions, and ink that did not take on the grain of the paper.

    Attributes:
        pale: how much lighter the palest regions are at strength 1, 0 to 1.
        mottle: deviation of the ink's density from one pixel to the next, 0 to 1.
    """

    pale: float = 0.3
    mottle: float = 0.1

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with its ink lighter here and there."""
        if strength <= 0:
            return page
        height, width = page.image.shape
        size = (-(-height // _COARSE), -(-width // _COARSE))
        field = clouds(size, size[1] / 4, rng)
        lost = np.clip(strength * self.pale * (0.3 + 0.5 * field), 0, 0.9)
        density = enlarged(np.rint(255 * (1 - lost)).astype(np.uint8), (height, width))
        if self.mottle:
            fine = enlarged(normal_bytes((-(-height // 2), -(-width // 2)), rng), (height, width))
            weight = strength * self.mottle * 255 / ENLARGED_DEVIATION
            cv2.addWeighted(density, 1, fine, weight, -128 * weight, dst=density)
        cv2.multiply(cv2.bitwise_not(page.image), density, dst=density, scale=1 / 255)
        return with_image(page, cv2.bitwise_not(density, dst=density))  # type: ignore[arg-type]
