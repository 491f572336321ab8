"""How large the staves of a page are: the measure by which a detector scales it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.detect.halves import Halves
from notehead.detect.skew import skew_of
from notehead.detect.staves import NO_STAVES, Staves, find_staves, usual_space, weighted_median

LEAST_CONFIDENCE = 0.5
"""Below it the image is said to have no staff."""

SURE = 0.9
"""From it on there is no second look."""

_USUAL_PIXELS = 6e6
_USUAL_SWING = 24
_SIZES_DIFFER = 0.1
_SCREEN = 3.0
"""Pixels below which staves are more likely the screen of dots with which copiers draw grey: they
count only where there are no others."""


@dataclass(frozen=True, slots=True)
class Region:
    """Staves of one size that no staff of another size divides.

    Attributes:
        box: (x0, y0, x1, y1), pixels: from the first staff's top line to the last one's bottom line.
        pixels: their staff space.
        line: their lines' thickness.
        staves: how many.
    """

    box: tuple[float, float, float, float]
    pixels: float
    line: float
    staves: int


@dataclass(frozen=True, slots=True)
class StaffSpace:
    """The size of the staves of a page.

    Attributes:
        pixels: distance between staff lines, measured across them: what is usual along all staves.
        line: thickness of staff lines, pixels.
        confidence: 0 to 1; at least `LEAST_CONFIDENCE`.
        skew: degrees by which staves fall from left to right (they rise where it is negative).
        inverted: light ink on dark paper; values above are those of the image's negative.
        regions: where staves of one size stand, from the top down; more than one only where sizes differ
            by a tenth or more.
    """

    pixels: float
    line: float
    confidence: float
    skew: float
    inverted: bool
    regions: tuple[Region, ...]

    def at(self, x: float, y: float) -> float:
        """The staff space of the region that is nearest to a point."""

        def away(region: Region) -> float:
            x0, y0, x1, y1 = region.box
            return max(x0 - x, 0.0, x - x1) + max(y0 - y, 0.0, y - y1)

        return min(self.regions, key=away).pixels


@dataclass(frozen=True, slots=True)
class Look:
    """The staves that one way of looking at an image shows.

    Attributes:
        staves: they, in the pixels of the image, or of `np.rot90(image)` where `turned`.
        confidence: 0 to 1.
        turned: they run from top to bottom.
        inverted: they are light on dark.
    """

    staves: Staves = NO_STAVES
    confidence: float = 0.0
    turned: bool = False
    inverted: bool = False


def estimate_staff_space(image: NDArray[np.uint8]) -> StaffSpace | None:
    """The staff space of a page whose staves run from left to right, None where it has no staff.

    The page may be up to about 15 degrees askew and upside down; `estimate_orientation` finds out whether
    it lies on its side.

    Args:
        image: uint8 (height, width), 0 black.

    Example:
        >>> page = np.full((400, 600), 255, np.uint8)
        >>> page[100:141:10, 50:550] = 0
        >>> estimate_staff_space(page).pixels
        10.0
        >>> estimate_staff_space(np.full((400, 600), 255, np.uint8)) is None
        True
    """
    return measured(best_look(image, (False,)))


def measured(look: Look) -> StaffSpace | None:
    """The staff space of the staves that were seen, None below `LEAST_CONFIDENCE`."""
    if look.confidence < LEAST_CONFIDENCE:
        return None
    staves = look.staves
    return StaffSpace(
        pixels=usual_space(staves.space, staves.length),
        line=weighted_median(staves.line, staves.length),
        confidence=look.confidence,
        skew=skew_of(staves),
        inverted=look.inverted,
        regions=tuple(_regions(staves)),
    )


def best_look(image: NDArray[np.uint8], turns: tuple[bool, ...] = (False, True)) -> Look:
    """The surest of several ways to look at an image, at once where one is sure.

    Args:
        image: uint8 (height, width), 0 black.
        turns: whether to look for staves that run from left to right (False), from top to bottom (True).
    """
    return look_at(Halves(image), turns)


def look_at(image: Halves, turns: tuple[bool, ...] = (False, True)) -> Look:
    """As `best_look`, of an image whose halves are of use to the caller too."""
    best, tiny = Look(), Look()
    for halvings, swing, inverted in _ways(image.image.size):
        trust = 1.0 if swing == _USUAL_SWING and not inverted else 0.5
        for turned in turns:
            # where staves were seen for sure, a glance tells whether there may be some the other way too
            glance = (
                find_staves(image, halvings + 1, swing, turned=turned, inverted=inverted)
                if best.confidence >= SURE
                else None
            )
            if glance is not None and _confidence(glance, trust) < LEAST_CONFIDENCE:
                continue
            staves = find_staves(image, halvings, swing, turned=turned, inverted=inverted)
            found = Look(staves, _confidence(staves, trust), turned, inverted)
            if len(staves) and weighted_median(staves.space, staves.length) < _SCREEN:
                tiny = max(tiny, found, key=lambda one: one.confidence)
            elif found.confidence > best.confidence:
                best = found
        if best.confidence >= SURE:
            return best
    return best if best.confidence >= LEAST_CONFIDENCE else max(best, tiny, key=lambda one: one.confidence)


def _ways(size: int) -> Iterator[tuple[int, int, bool]]:
    """Halvings, least swing and whether inverted, for an image of so many pixels; the likeliest first."""
    usual = max(0, round(np.log2(max(size, 1) / _USUAL_PIXELS) / 2))
    yield usual, _USUAL_SWING, False
    if usual:
        yield 0, _USUAL_SWING, False
    yield usual + 1, _USUAL_SWING, False
    yield usual + 2, _USUAL_SWING, False
    yield usual, _USUAL_SWING, True
    yield usual, 10, False
    yield usual + 1, 10, False
    yield usual + 1, _USUAL_SWING, True


def _confidence(staves: Staves, trust: float) -> float:
    """From how much of staves is seen, how much of it in one piece, and what speaks against them.

    `trust` is less than 1 for ways of looking that find more where there is nothing.
    """
    if not len(staves):
        return 0.0
    usual = weighted_median(staves.space, staves.length)
    total = staves.length.sum()
    share = total / (total + staves.rival)
    evidence = trust * total / usual * share * min(staves.longest / 4, 1.0)
    return float(evidence / (evidence + 2.0))


def _regions(staves: Staves) -> Iterator[Region]:
    """Staves from the top down, divided where the size changes."""
    kind = _kinds(staves)
    known = np.flatnonzero(kind >= 0)
    for own in np.split(known, np.flatnonzero(np.diff(kind[known])) + 1):
        space = usual_space(staves.space[own], staves.length[own])
        ends = staves.ends[own]
        yield Region(
            box=(
                float(ends[:, 0].min()),
                float(ends[:, [1, 3]].min() - 2 * space),
                float(ends[:, 2].max()),
                float(ends[:, [1, 3]].max() + 2 * space),
            ),
            pixels=space,
            line=weighted_median(staves.line[own], staves.length[own]),
            staves=len(own),
        )


def _kinds(staves: Staves) -> NDArray[np.intp]:
    """A number for each size of staff, -1 for what is seen too little to tell: intp (n,)."""
    enough = staves.length >= np.minimum(6 * staves.space, 0.5 * staves.length.max())
    order = np.flatnonzero(enough)[np.argsort(staves.space[enough], kind="stable")]
    steps = np.diff(np.log(staves.space[order])) > np.log1p(_SIZES_DIFFER)
    kind = np.full(len(staves), -1)
    kind[order] = np.concatenate([[0], np.cumsum(steps)])
    return kind
