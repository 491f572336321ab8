"""Damage that knows what it hits: staff lines and stems that break, lines too thick, hollow heads clogged."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

_KERNEL = np.ones((3, 3), np.uint8)
_UPRIGHT = np.ones((3, 1), np.uint8)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Small gaps in staff lines and stems, where a plate was worn. Pages without masks stay as they are.

    Attributes:
        staff_lines: gaps to 100 staff spaces of staff line at strength 1.
        stems: share of stems with a gap at strength 1.
        width: usual width of a gap in staff spaces.
    """

    staff_lines: float = 1.0
    stems: float = 0.05
    width: float = 0.3

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with broken lines."""
        if strength <= 0 or page.ids is None:
            return page
        space = staff_space(page)
        places = [*self._on_staff_lines(page, rng, strength), *self._on_stems(page, rng, strength)]
        image = page.image.copy()
        for number, x, y, upright in places:
            length = space * self.width * float(rng.lognormal(0, 0.5)) / 2
            half = (0.3 * space, length) if upright else (length, 0.3 * space)
            _fade(image, page.ids, number, (x, y), half, float(rng.uniform(0.6, 1.0)))
        return with_image(page, image)

    def _on_staff_lines(
        self, page: Page, rng: np.random.Generator, strength: float
    ) -> list[tuple[int, float, float, bool]]:
        staves = page.symbols.named("staff") if "staff" in page.symbols.vocabulary else None
        id_of = dict(zip(staves.staff.tolist(), staves.id.tolist(), strict=True)) if staves else {}
        places: list[tuple[int, float, float, bool]] = []
        for staff, x0, y0, x1, y1 in page.staff_lines.tolist():
            length = abs(x1 - x0) / staff_space(page) / 100
            count = int(rng.poisson(strength * self.staff_lines * length))
            number = id_of.get(int(staff))
            if number is not None:
                where = rng.random(count).tolist()
                places += [(number, x0 + t * (x1 - x0), y0 + t * (y1 - y0), False) for t in where]
        return places

    def _on_stems(
        self, page: Page, rng: np.random.Generator, strength: float
    ) -> list[tuple[int, float, float, bool]]:
        if "stem" not in page.symbols.vocabulary:
            return []
        stems = page.symbols.named("stem")
        hit = stems[rng.random(len(stems)) < strength * self.stems]
        t = rng.uniform(0.1, 0.9, len(hit))
        x = hit.box[:, [0, 2]].mean(axis=1)
        y = hit.box[:, 1] + t * (hit.box[:, 3] - hit.box[:, 1])
        return list(zip(hit.id.tolist(), x.tolist(), y.tolist(), [True] * len(hit), strict=True))


def _fade(
    image: NDArray[np.uint8],
    ids: NDArray[np.uint16],
    number: int,
    centre: tuple[float, float],
    half: tuple[float, float],
    depth: float,
) -> None:
    """Take ink from one symbol in a window, most at its middle, in place; other symbols keep theirs."""
    x, y = centre
    left, right = max(int(x - half[0]), 0), int(np.ceil(x + half[0])) + 1
    top, bottom = max(int(y - half[1]), 0), int(np.ceil(y + half[1])) + 1
    window = image[top:bottom, left:right]
    owner = ids[top:bottom, left:right]
    if not window.size:
        return
    mine = cv2.dilate((owner == number).astype(np.uint8), _KERNEL) > 0  # soft edges are nobody's
    mine &= (owner == 0) | (owner == number)
    across = np.abs(np.arange(left, left + window.shape[1]) + 0.5 - x) / max(half[0], 1)
    down = np.abs(np.arange(top, top + window.shape[0]) + 0.5 - y) / max(half[1], 1)
    along = across[None, :] if half[0] >= half[1] else down[:, None]
    away = depth * np.clip(2.5 * (1 - along), 0, 1) * mine
    window[:] = np.rint(window + (255 - window.astype(np.float32)) * away).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class LineWeight:
    """Staff lines thinner or thicker, all of a page alike. Pages without masks stay as they are.

    Attributes:
        change: least and most that a line's edge moves outwards (inwards: negative), in staff spaces at
            strength 1.
    """

    change: tuple[float, float] = (-0.03, 0.05)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with other staff lines."""
        if strength <= 0 or page.ids is None or "staff" not in page.symbols.vocabulary:
            return page
        pixels = strength * float(rng.uniform(*self.change)) * staff_space(page)
        image = page.image.copy()
        reach = int(abs(pixels)) + 2
        for staff in page.symbols.named("staff"):
            x0, y0, x1, y1 = (int(value) for value in staff.box)
            rows = slice(max(y0 - reach, 0), y1 + reach)
            columns = slice(max(x0, 0), x1)
            owner = page.ids[rows, columns]
            if owner.size:
                image[rows, columns] = _reweighted(image[rows, columns], owner, staff.id, pixels)
        return with_image(page, image)


def _reweighted(
    window: NDArray[np.uint8], owner: NDArray[np.uint16], number: int, pixels: float
) -> NDArray[np.uint8]:
    """A window with one staff's lines thicker, or thinner, by parts of a pixel at either edge."""
    near = cv2.dilate(
        (owner == number).astype(np.uint8), _UPRIGHT, iterations=int(abs(pixels)) + 1
    )  # where a line's own soft edge is, or will be
    free = (near > 0) & ((owner == 0) | (owner == number))
    grown = cv2.erode if pixels > 0 else cv2.dilate
    out, left = window, abs(pixels)
    while left > 0:
        moved = grown(out, _UPRIGHT)
        out = cv2.addWeighted(out, 1 - min(left, 1), moved, min(left, 1), 0)  # type: ignore[assignment]
        left -= 1
    both: NDArray[np.uint8] = np.where(free, out, window)
    return both


@dataclass(frozen=True, slots=True)
class FilledHeads:
    """Half notes whose hole has clogged with ink. Pages without masks stay as they are.

    Attributes:
        share: of the half notes at strength 1.
    """

    share: float = 0.05

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with some holes filled, in part or wholly."""
        if strength <= 0 or page.ids is None:
            return page
        names = np.array(["noteheadHalf" in name for name in page.symbols.names], np.bool_)
        hit = np.flatnonzero(names & (rng.random(len(names)) < strength * self.share))
        if not len(hit):
            return page
        image = page.image.copy()
        for symbol in (page.symbols[int(row)] for row in hit):
            x0, y0, x1, y1 = (max(int(value), 0) for value in symbol.box)
            head = (page.ids[y0:y1, x0:x1] == symbol.id).astype(np.uint8)
            if head.any():
                window = image[y0:y1, x0:x1]
                window[:] = np.minimum(window, _clogged(head, float(rng.uniform(0.4, 1.3))))
        return with_image(page, image)


def _clogged(head: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Ink in the holes of a head, from its rim inwards; 1 is as far as the middle of the hole."""
    framed = cv2.copyMakeBorder(head, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    outlines, _ = cv2.findContours(framed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(framed), outlines, -1, 1, cv2.FILLED)[1:-1, 1:-1]
    hole = (whole > 0) & (head == 0)
    depth = cv2.distanceTransform((head == 0).astype(np.uint8), cv2.DIST_L2, 3)
    deepest = float(depth[hole].max(initial=0))
    cover = np.clip(share * deepest - depth + 1, 0, 1) * hole
    ink: NDArray[np.uint8] = np.rint(255 - 225 * cover).astype(np.uint8)
    return ink
