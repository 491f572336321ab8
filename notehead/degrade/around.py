"""`Laid`: a page that lies on something: a table, other sheets, the lid of a scanner, the rest of its book.

A `Geometry` fills what it sees beyond the page with one grey. `Laid` lets it do so, and then paints over
that, up to the page's edge, as the same warp moves it. No pixel of the page's inside changes, but for the
outermost tenth of a staff space, where paper is frayed and its corners are worn.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import smooth
from notehead.degrade.geometry import Geometry, spine_side
from notehead.degrade.scale import margins, staff_space, with_image
from notehead.degrade.scenes import SMALLER, Scene, View
from notehead.degrade.warp import Floats, Warp
from notehead.page import Page

_POINTS = 96
"""Points along each edge of the page."""
_SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""
_SOFT = 4
"""Shadows are made so many times smaller than the scene."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A page moved by a geometry, and what is seen around it.

    Attributes:
        geometry: how the page is moved. Its background should be white: paper's edges are cut anew.
        scenes: of which one is drawn.
        shadow: least and most light that the page's own shadow takes beside it, one value for a page.
        fray: how far the page's edge may be worn away, in staff spaces at strength 1.
    """

    geometry: Geometry
    scenes: tuple[Scene, ...]
    shadow: tuple[float, float] = (0.2, 0.6)
    fray: float = 0.06

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page on its ground; with strength 0 the page itself."""
        if strength <= 0:
            return page
        ours = rng.spawn(1)[0]
        _, warp = self.geometry.warp(page, deepcopy(rng), strength)
        moved = self.geometry(page, rng, strength)
        sides = _sides(page, warp, min(self.fray * strength, 0.12), ours)
        strips = _strips(sides, moved.image.shape)
        if not strips:
            return moved
        scene = self.scenes[int(ours.integers(len(self.scenes)))]
        around = self._painted(moved, page, np.concatenate(sides), scene, ours)
        image = moved.image.copy()
        for rows, columns in strips:
            _lay_over(image, around, np.concatenate(sides), rows, columns)
        return with_image(moved, image)

    def _painted(
        self, moved: Page, page: Page, outline: Floats, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """What is seen around the page, with its shadow, `SMALLER` times smaller: uint8."""
        height, width = (-(-side // SMALLER) for side in moved.image.shape)
        space = staff_space(moved) / SMALLER
        view = View((height, width), space, outline / SMALLER, page, spine_side(page.origin.number) == "left")
        around = scene(view, rng)
        angle, far = rng.uniform(0, 2 * np.pi), float(rng.uniform(0.1, 0.8)) * space
        shift = far * np.array([np.cos(angle), np.sin(angle)])
        soft = np.zeros((-(-height // _SOFT), -(-width // _SOFT)), np.uint8)
        cv2.fillPoly(soft, [_fixed((view.outline + shift) / _SOFT)], 255, cv2.LINE_AA, _SHIFT)
        deep = float(rng.uniform(0.3, 1.2)) * space / _SOFT
        soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), max(deep, 0.6)), np.uint8)
        dark = float(rng.uniform(*self.shadow))
        light = cv2.LUT(soft, np.rint(255 - dark * np.arange(256)).astype(np.uint8))
        cv2.multiply(around, cv2.resize(light, (width, height)), dst=around, scale=1 / 255)
        line = max(round(0.12 * space), 1)  # under the edge there is no light
        deepest = float(np.median(around[::16, ::16])) * (1 - float(rng.uniform(0.2, 0.6)))
        cv2.polylines(around, [_fixed(view.outline)], True, deepest, line, cv2.LINE_AA, _SHIFT)
        return around


def _sides(page: Page, warp: Warp, fray: float, rng: np.random.Generator) -> list[Floats]:
    """The page's edges at the destination, (n, 2) each: top, right, bottom, left; frayed inwards only."""
    width, height = warp.source
    left, top, right, bottom = margins(page)
    most = max(fray * staff_space(page), 0.5)
    least = 1.5 / min(warp.scale, 1.0)  # where a pixel shows page and background, it is not the page's
    t = (1 - np.cos(np.linspace(0, np.pi, _POINTS))) / 2  # more points towards the corners
    sides = []
    for free in (top, right, bottom, left):
        before, after = rng.exponential(1.5, 2) * rng.random(2)
        worn = 1 + before * np.exp2(-t * 90) + after * np.exp2(-(1 - t) * 90)  # corners go first
        wear = (0.5 + 0.25 * smooth((1, _POINTS), float(rng.uniform(8, 40)), rng)[0]) * rng.uniform(0.2, 1)
        wear = np.abs(wear + rng.normal(0, 0.04, _POINTS))
        sides.append(np.minimum(most * wear * worn + least, 0.3 * free + 0.5))
    x = np.clip(t * width, sides[3][-1], width - sides[1][0])
    y = np.clip(t * height, sides[0][-1], height - sides[2][0])
    edges = (
        np.column_stack([x, sides[0]]),
        np.column_stack([width - sides[1], y]),
        np.column_stack([x[::-1], height - sides[2]]),
        np.column_stack([sides[3], y[::-1]]),
    )
    return [warp.forward(edge) for edge in edges]


def _strips(sides: list[Floats], shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """The parts of the image that are not wholly on the page: rows and columns, none twice."""
    height, width = shape
    top = _up(float(sides[0][:, 1].max()), height)
    left = _up(float(sides[3][:, 0].max()), width)
    bottom = max(_down(float(sides[2][:, 1].min()), height), top)
    right = max(_down(float(sides[1][:, 0].min()), width), left)
    strips = (
        (slice(0, top), slice(0, width)),
        (slice(bottom, height), slice(0, width)),
        (slice(top, bottom), slice(0, left)),
        (slice(top, bottom), slice(right, width)),
    )
    return [strip for strip in strips if all(part.stop > part.start for part in strip)]


def _up(value: float, most: int) -> int:
    """The next multiple of `SMALLER` that is clear of an edge, 0 to `most`."""
    return 0 if value < 0 else min((int(value) // SMALLER + 2) * SMALLER, most)


def _down(value: float, most: int) -> int:
    return most if value >= most else max((int(value) // SMALLER - 1) * SMALLER, 0)


def _lay_over(
    image: NDArray[np.uint8], around: NDArray[np.uint8], outline: Floats, rows: slice, columns: slice
) -> None:
    """Paint what is around into one strip of the image, up to the page's outline, in place."""
    window = image[rows, columns]
    height, width = window.shape
    y, x = rows.start // SMALLER, columns.start // SMALLER
    part = around[y : y - (-height // SMALLER), x : x - (-width // SMALLER)]
    size = (part.shape[1] * SMALLER, part.shape[0] * SMALLER)
    large = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)[:height, :width]
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, [_fixed(outline - (columns.start, rows.start))], 255, cv2.LINE_AA, _SHIFT)
    page = cv2.multiply(window, cover, scale=1 / 255)
    window[:] = cv2.add(page, cv2.multiply(large, cv2.bitwise_not(cover), scale=1 / 255))


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Points as OpenCV's drawing takes them."""
    clipped = np.clip(points, -30000, 30000)
    return np.rint((clipped - 0.5) * (1 << _SHIFT)).astype(np.int32)
