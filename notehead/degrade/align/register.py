"""`register`: a field that leads from a page to its scan, from rough to fine, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.align.coarse import guesses, skews_of
from notehead.degrade.align.field import Field
from notehead.degrade.align.fit import refitted
from notehead.degrade.align.ink import ink_of, reduced
from notehead.degrade.align.patches import Matches, match, patch_places

FINE = 8.0
"""Pixels a staff space at which the last look is taken."""
_ROUGH = 2.5
"""Pixels a staff space at which guesses are made."""
_HOPELESS = 0.25
"""Mean correlation of patches below which a closer look is not worth it."""
_WORTH = 0.65
"""Guesses are looked at whose score is such a share of the best one's."""
_SURE = 0.85
"""Mean correlation of patches above which no other guess is looked at."""
_MOST_ROWS = 32
"""Rows of patches on a page at most."""
_SKEW = 4.0
"""Pixels a staff space at which skew is measured."""
_SIZES = np.exp(np.arange(-5, 6) * 0.02)
"""Sizes that are tried, beside what staff spaces say."""
_LEAST_INK = 0.3
"""Ink that a patch must have, as `match` counts it, in squares of a staff space: half a notehead."""
_LEAST_SPREAD = 0.002
"""Variance of ink apart from staff lines, below which there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at all patches: pixels a staff space; the rest in staff spaces.

    Attributes:
        fineness: pixels a staff space.
        half: half a patch's side.
        reach: how far off a patch may be.
        spacing: from patch to patch, and at least a 32nd of the page's height.
        nodes: nodes of the displacement down the page.
        stiffness: price of bending.
        tolerance: error of a patch that is still believed.
    """

    fineness: float
    half: float
    reach: float
    spacing: float
    nodes: int
    stiffness: float
    tolerance: float


_FIRST = (_Look(_ROUGH, 14, 5, 10, 3, 0.1, 3), _Look(_ROUGH, 12, 3, 9, 4, 0.1, 1.5))
"""Looks that are taken for each guess."""
_LATER = (
    _Look(_ROUGH, 8, 3, 6, 8, 0.01, 1.0),
    _Look(_ROUGH, 6, 2, 6, 12, 0.003, 0.6),
    _Look(4, 5, 1.5, 6, 14, 0.002, 0.4),
    _Look(4, 5, 1.0, 5, 16, 0.001, 0.3),
    _Look(FINE, 4.5, 0.7, 6, 16, 0.001, 0.3),
)
_LAST = _Look(FINE, 4.5, 0.5, 7.3, 0, 0, 0)
_PHASE, _LAST_PHASE = 0.5, 0.25
"""Patches of the last look lie between those of the others."""


@dataclass(frozen=True, eq=False)
class Registration:
    """A page laid over its scan.

    Attributes:
        field: page to scan.
        patches: what patches say that the field was not fitted to; `off` in pixels of the page.
        likeness: for each, the correlation of ink apart from staff lines; NaN where there is no such ink.
    """

    field: Field
    patches: Matches
    likeness: NDArray[np.float64]


class Ink:
    """A page or a scan as ink, at several sizes.

    Args:
        image: grey.
        space: its staff space in pixels.
    """

    def __init__(self, image: NDArray[np.uint8], space: float) -> None:
        self.space = space
        self.shape = (int(image.shape[0]), int(image.shape[1]))
        factor = min(1.0, FINE / space)
        self._finest = ink_of(reduced(image, factor), space * factor)
        self._made: dict[float, NDArray[np.float32]] = {}

    def at(self, fineness: float) -> NDArray[np.float32]:
        """Ink at so many pixels a staff space."""
        if fineness not in self._made:
            height, width = self.shape
            factor = fineness / self.space
            size = max(8, round(width * factor)), max(8, round(height * factor))
            how = cv2.INTER_AREA if size[0] < self._finest.shape[1] else cv2.INTER_LINEAR
            self._made[fineness] = np.asarray(cv2.resize(self._finest, size, interpolation=how), np.float32)
        return self._made[fineness]

    def factors(self, fineness: float) -> NDArray[np.float64]:
        """Pixels of `at(fineness)` for one of the image: (x, y)."""
        height, width = self.at(fineness).shape
        return np.array([width / self.shape[1], height / self.shape[0]])


def register(page: Ink, scan: Ink, lines: NDArray[np.float32] | None = None) -> Registration:
    """Lay a page over its scan; says nothing about whether they belong together.

    Args:
        page: of the page.
        scan: of the scan; its staff space may be a few hundredths wrong.
        lines: float32 (h, w) at `FINE` pixels a staff space, 0 where the page has staff lines, else 1.
    """
    score, field = _best_start(page, scan)
    finest = min(FINE, max(scan.space, _SKEW))
    for look in _LATER if score > _HOPELESS else ():
        field = refitted_by(field, page, scan, replace(look, fineness=min(look.fineness, finest)))
    return _judged(field, page, scan, lines, finest)


def _best_start(page: Ink, scan: Ink) -> tuple[float, Field]:
    """The guess under which most patches find their like nearby, and their mean correlation."""
    small = page.at(_ROUGH), scan.at(_ROUGH)
    inner = scan.factors(_ROUGH)
    outer = page.factors(_ROUGH)
    found: list[tuple[float, float, Field]] = []
    tried = guesses(*small, _SIZES, skews_of(scan.at(_SKEW)))
    for guess in tried:
        if guess.score < _WORTH * tried[0].score:
            break
        matrix = guess.matrix.copy()
        matrix[:, :2] *= outer[None, :]
        field = Field.similar(matrix / inner[:, None], page.shape, page.shape[0])
        for look in _FIRST:
            field = refitted_by(field, page, scan, look)
        there = looked(field, page, scan, _FIRST[-1])
        scores = there.score.clip(0)
        mean = float(scores.mean()) if len(there) else 0.0
        found.append((float(scores.sum()), mean, field))
        if mean > _SURE:
            break
    return max(found, key=lambda start: start[0])[1:]


def refitted_by(field: Field, page: Ink, scan: Ink, look: _Look) -> Field:
    """The field after one more look."""
    matches = looked(field, page, scan, look)
    if not len(matches):
        return field
    bare = Field.similar(field.matrix, page.shape, page.shape[0] / look.nodes)
    return refitted(field, matches, bare, look.stiffness, look.tolerance * page.space)


def looked(field: Field, page: Ink, scan: Ink, look: _Look, phase: float = _PHASE) -> Matches:
    """What one look finds, in pixels of the page."""
    ink = page.at(look.fineness)
    laid, there = laid_over(field, page, scan, look.fineness)
    pixels = look.fineness
    spacing = max(look.spacing * pixels, len(ink) / _MOST_ROWS)
    places = patch_places(ink.shape, spacing, phase)
    places = places[there[places[:, 1], places[:, 0]]]
    half, reach = round(look.half * pixels), max(2, round(look.reach * pixels))
    found = match(ink, laid, places, half, reach, _LEAST_INK * pixels**2)
    factors = page.factors(look.fineness)
    return replace(found, at=(found.at + 0.5) / factors, off=found.off / factors)


def laid_over(
    field: Field, page: Ink, scan: Ink, fineness: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The scan's ink as the page would have it, and where the scan has any."""
    height, width = page.at(fineness).shape
    x_factor, y_factor = page.factors(fineness)
    points = field.grid((np.arange(width) + 0.5) / x_factor, (np.arange(height) + 0.5) / y_factor)
    source = scan.at(fineness)
    points = points * scan.factors(fineness).astype(np.float32) - np.float32(0.5)
    x, y = (np.ascontiguousarray(points[..., axis]) for axis in range(2))
    laid = cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    rows, columns = source.shape
    there: NDArray[np.bool_] = (x > -0.5) & (y > -0.5) & (x < columns - 0.5) & (y < rows - 0.5)
    return np.asarray(laid, np.float32), there


def _judged(
    field: Field, page: Ink, scan: Ink, lines: NDArray[np.float32] | None, fineness: float
) -> Registration:
    """Look once more, at other places, and compare what is no staff line."""
    look = replace(_LAST, fineness=fineness)
    patches = looked(field, page, scan, look, _LAST_PHASE)
    ink = page.at(fineness)
    laid, _ = laid_over(field, page, scan, fineness)
    mask = np.ones_like(ink)
    if lines is not None:
        size = ink.shape[1], ink.shape[0]
        mask = np.asarray(cv2.resize(lines, size, interpolation=cv2.INTER_LINEAR) > 0.5, np.float32)
    like = likeness_at(ink, laid, mask, round(2 * look.half * fineness))
    places = np.floor(patches.at * page.factors(fineness)).astype(np.int64)
    return Registration(field, patches, like[places[:, 1], places[:, 0]])


def likeness_at(
    one: NDArray[np.float32], other: NDArray[np.float32], mask: NDArray[np.float32], side: int
) -> NDArray[np.float64]:
    """The correlation around each pixel, over a square, where the mask is 1; NaN where `one` has nothing."""

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_CONSTANT), np.float32)

    share = np.maximum(mean(mask), 1e-3)
    one = np.asarray(cv2.GaussianBlur(one, (0, 0), 1.0), np.float32)
    other = np.asarray(cv2.GaussianBlur(other, (0, 0), 1.0), np.float32)
    first, second = mean(one * mask) / share, mean(other * mask) / share
    both = mean(one * other * mask) / share - first * second
    spread = mean(one * one * mask) / share - first**2
    other_spread = mean(other * other * mask) / share - second**2
    like = both / np.sqrt(np.maximum(spread, 1e-9) * np.maximum(other_spread, 1e-5))
    return np.where(spread > _LEAST_SPREAD, like, np.nan).astype(np.float64)
