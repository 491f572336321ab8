"""Ink on paper: how far it ran, how ragged its edges are, how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import ENLARGED_DEVIATION, STRIP, clouds, enlarged, normal_bytes, places
from notehead.degrade.kernels import cut_ink, thin_ink
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
        coarse = _levels(page.image.shape, (shift, uneven), most, rng)
        plate, x, y = _grain(page, rng)
        gain = max(2.5 * sigma, 0.5 / NormalDist().cdf(-most - 2 * ragged))
        # paper, white or toned, becomes white where the level is highest, and ink black where it is lowest
        paper = float(np.median(page.image[::_SPARSE, ::_SPARSE]))
        toned = min((255 - paper) / 2, _UNEVEN)
        low, high = 1 + 128 / gain, max(paper - 1 - toned - 128 / gain, 40)
        cut = np.empty_like(page.image)
        weight = ragged * _SLOPE / ENLARGED_DEVIATION
        cut_ink(blurred, coarse, plate, STRIP, x, y, weight, gain, low, max(high, low), cut)
        return with_image(page, cut)


def _exposure(page: Page, blurred: NDArray[np.uint8]) -> float:
    """How far, in deviations of the blur, edges must move outwards so that staff lines stay.

    Hairlines of less than a pixel would be lost otherwise.
    """
    grey = staff_line_grey(page, blurred)
    return 0.0 if grey is None else max(NormalDist().inv_cdf(min((grey + 30) / 255, 0.8)), 0.0)


def _levels(
    shape: tuple[int, ...], shifts: tuple[float, float], most: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The grey level of a blurred edge at which to cut, `_COARSE` times smaller than the page.

    Shifts, in deviations of the blur, are the mean and the deviation from place to place.
    """
    mean, uneven = shifts
    size = _smaller(shape, _COARSE)
    shift = np.clip(clouds(size, size[1] / 5, rng) * uneven + mean, -most, most)
    at_edge = np.array([NormalDist().cdf((step - 128) / 64) for step in range(256)])
    table = np.rint(255 * at_edge).astype(np.uint8)
    levels: NDArray[np.uint8] = table[np.rint(128 + 64 * shift).astype(np.uint8)]
    return levels


def _grain(
    page: Page, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Noise of two pixels on a plate, and where strips of the page show it, as of `places`."""
    shape, x, y = places((page.height, page.width), rng)
    return enlarged(normal_bytes(_smaller(shape, 2), rng), shape), x, y


def _smaller(shape: tuple[int, ...], times: int) -> tuple[int, int]:
    return (-(-shape[0] // times), -(-shape[1] // times))


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
        size = _smaller(page.image.shape, _COARSE)
        field = clouds(size, size[1] / 4, rng)
        lost = np.clip(strength * self.pale * (0.3 + 0.5 * field), 0, 0.9)
        density = np.rint(255 * (1 - lost)).astype(np.uint8)
        plate, x, y = _grain(page, rng)
        paler = np.empty_like(page.image)
        weight = strength * self.mottle * 255 / ENLARGED_DEVIATION
        thin_ink(page.image, density, plate, STRIP, x, y, weight, paler)
        return with_image(page, paler)
