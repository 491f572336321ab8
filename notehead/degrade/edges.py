"""What scans show at the edges of a page: dark borders, punch holes, the facing page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import smooth
from notehead.degrade.geometry import spine_side
from notehead.degrade.others import other_music
from notehead.degrade.scale import margins, staff_space, with_image
from notehead.page import Page

_SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""


@dataclass(frozen=True, slots=True)
class Border:
    """Dark bands at the edges, where the lid of the copier was open or the book smaller than the glass.

    They stay within the free margin, so no symbol is lost.

    Attributes:
        width: most of a band's width in staff spaces at strength 1.
        chance: of a band at each of the four edges at strength 1.
        tone: least and most grey level, one value for a page.
    """

    width: float = 2.5
    chance: float = 0.5
    tone: tuple[float, float] = (0, 50)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with dark edges."""
        if strength <= 0:
            return page
        tone = float(rng.uniform(*self.tone))
        image = page.image.copy()
        for side, free in enumerate(margins(page)):
            present, wide, slant = rng.random(), rng.uniform(0.2, 1), rng.normal(0, 0.3)
            wavy = rng.spawn(1)[0]
            width = min(strength * self.width * float(wide) * staff_space(page), 0.6 * free)
            if present < self.chance * strength and width >= 1:
                _band(image, side, width, float(slant), tone, wavy)
        return with_image(page, image)


def _band(
    image: NDArray[np.uint8], side: int, width: float, slant: float, tone: float, rng: np.random.Generator
) -> None:
    """Draw a band of about a width at the left, top, right or bottom (0 to 3), in place."""
    length = image.shape[0] if side in (0, 2) else image.shape[1]
    t = np.linspace(0, 1, 65, dtype=np.float32)
    depth = width * (1 + slant * (t - 0.5)) + 0.06 * width * smooth((1, 65), 6, rng)[0]
    depth = np.clip(depth, 0, 1.4 * width)
    along = t * length
    if side in (2, 3):
        depth = (image.shape[1] if side == 2 else image.shape[0]) - depth
    outer = 0.0 if side in (0, 1) else float(image.shape[1] if side == 2 else image.shape[0])
    inner = np.stack([depth, along], axis=1)
    corners = np.array([[outer, length], [outer, 0]], np.float32)
    points = np.concatenate([inner, corners]).astype(np.float32)
    if side in (1, 3):
        points = points[:, ::-1]
    fixed = np.rint((points - 0.5) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(image, [fixed], tone, cv2.LINE_AA, _SHIFT)


@dataclass(frozen=True, slots=True)
class Holes:
    """Punch holes at the left or the right: two, or four, 8 cm apart, 6 mm wide, 12 mm from the edge.

    A page's width counts as 210 mm. Holes may cover symbols.

    Attributes:
        tone: least and most grey level of what is behind, one value for a page.
    """

    tone: tuple[float, float] = (0, 200)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with holes."""
        if strength <= 0:
            return page
        mm = page.width / 210
        x = float(rng.normal(12, 1)) * mm
        x = x if rng.random() < 0.5 else page.width - x
        middle = page.height / 2 + float(rng.normal(0, 2)) * mm
        steps = [-40, 40] if rng.random() < 0.7 else [-120, -40, 40, 120]
        tone, slant = float(rng.uniform(*self.tone)), float(rng.normal(0, 0.01))
        image = page.image.copy()
        for step in steps:
            centre = _fixed(x + slant * step * mm, middle + step * mm)
            radius = round(3 * mm * (1 << _SHIFT))
            cv2.circle(image, centre, radius, tone, cv2.FILLED, cv2.LINE_AA, _SHIFT)
            shadow = 0.6 * tone  # the thickness of the paper, at the upper left of the rim
            arc = max(round(0.25 * mm), 1)
            cv2.ellipse(image, centre, (radius, radius), 0, 170, 280, shadow, arc, cv2.LINE_AA, _SHIFT)
        return with_image(page, image)


def _fixed(x: float, y: float) -> tuple[int, int]:
    return round((x - 0.5) * (1 << _SHIFT)), round((y - 0.5) * (1 << _SHIFT))


@dataclass(frozen=True, slots=True)
class FacingPage:
    """A strip of the next page beyond the spine, with the ends or beginnings of its staves, not labelled.

    It stays within the free margin, at the side that `spine_side` says. Its music is the page's own, from
    the other side, with the systems in another order.

    Attributes:
        width: most of the strip's width in staff spaces at strength 1.
        dark: light lost in the spine, 0 to 1.
    """

    width: float = 5.0
    dark: float = 0.7

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a strip of another beyond its spine."""
        at_right = spine_side(page.origin.number) == "right"
        left, _, right, _ = margins(page)
        free = right if at_right else left
        wish = strength * self.width * float(rng.uniform(0.4, 1)) * staff_space(page)
        width = int(min(wish, 0.75 * free))
        if width < 4:
            return page
        image = page.image.copy()
        view = image if at_right else image[:, ::-1]
        source = page.image[:, ::-1] if not at_right else page.image
        inset = int(0.8 * (left if at_right else right))  # strips show where staves begin
        strip = source[:, inset : inset + width]
        facing = other_music(replace(page, image=strip), (page.height, width), rng)
        slant = float(rng.normal(0, 0.004)) * min(strength, 1)
        askew = np.array([[1, 0, 0], [slant, 1, 0]])
        paper = float(np.median(facing[::16]))
        view[:, -width:] = cv2.warpAffine(facing, askew, (width, page.height), borderValue=paper)
        self._shade(view, width, staff_space(page), min(strength, 1.3))
        return with_image(page, image)

    def _shade(self, view: NDArray[np.uint8], width: int, space: float, strength: float) -> None:
        """Darken the spine, which stands `width` pixels from the right edge, in place."""
        reach = min(int(width + 4 * space), view.shape[1])
        away = (np.arange(reach) + 0.5 - (reach - width)) / space
        light = 1 - strength * self.dark * np.where(away < 0, np.exp2(away / 0.9), np.exp2(-away / 0.35))
        region = view[:, -reach:]
        region[:] = np.rint(region * np.clip(light, 0, 1).astype(np.float32)).astype(np.uint8)
