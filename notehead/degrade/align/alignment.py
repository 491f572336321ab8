"""`align`: the annotations of a known page become those of a scan of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.align.doubt import doubts
from notehead.degrade.align.ink import staff_spaces
from notehead.degrade.align.register import FINE, Ink, Registration, register
from notehead.degrade.warp import Warp
from notehead.degrade.warp_page import warp_page
from notehead.errors import DatasetError
from notehead.page import Page, upright_corners

_LEAST_SIDE = 100
"""Pixels; music of a page cannot be told in less."""
_SMALLEST, _LARGEST = 0.25, 4.0
"""A scan shows at least a quarter of a page's height, and is at most four pages high."""
_WHOLE = 0.4
"""Logarithm of the pages that a scan of a whole page may be high, more or less than one."""
_SAME, _SPACES = 0.06, 3
"""Staff spaces that differ by less, as logarithms, are tried once; and how many are tried."""
_BARE_PATCHES = 24
"""Patches that a page without staff lines must have: a title alone may be found anywhere."""
_CLEAR = 0.5
"""Correlation of ink from which a patch bears out where things are, and not only that they are there."""
_REMEDY = "Check that the scan shows this page, in this edition; a sharper or larger scan may help."


@dataclass(frozen=True, slots=True)
class AlignOptions:
    """What an alignment must come to.

    Attributes:
        likeness: correlation of ink, apart from staff lines, from which a patch of the scan agrees with the
            page; 1 is the same.
        agreement: share of patches that must agree.
        patches: how many patches there must be at least.
        residual: most that the median patch may be off, in staff spaces.
        most: staff spaces within which 95 % of symbols must be, what is doubtful counted in.
    """

    likeness: float = 0.4
    agreement: float = 0.75
    patches: int = 8
    residual: float = 0.12
    most: float = 1.0


@dataclass(frozen=True, eq=False)
class Alignment:
    """A page laid over a scan of it.

    Attributes:
        page: the scan as its image, and all that the page knew, moved to it; ids of symbols stay.
        warp: from the page to the scan.
        residual: pixels of the scan by which symbols are still off, median and 95th percentile: as
            measured at patches that the alignment was not fitted to, and where the scan does not show what
            the page does, as uncertain as it is from there to the nearest that do.
        agreement: share of patches whose ink agrees.
        patches: how many patches were looked at.
    """

    page: Page
    warp: Warp
    residual: tuple[float, float]
    agreement: float
    patches: int


@dataclass(frozen=True, eq=False)
class _Figures:
    """What is known of a registration, as in `Alignment`.

    Attributes:
        off: what the median patch is off, in staff spaces.
        most: staff spaces within which 95 % of symbols are.
    """

    residual: tuple[float, float]
    off: float
    most: float
    agreement: float
    patches: int

    def good(self, options: AlignOptions) -> bool:
        return (
            self.patches >= options.patches
            and self.agreement >= options.agreement
            and self.off <= options.residual
            and self.most <= options.most
        )


def align(scan: NDArray[np.uint8], page: Page, options: AlignOptions | None = None) -> Alignment:
    """Find a page on a scan of it, turned, seen askew and bent as it may be, and move its symbols there.

    Args:
        scan: grey, uint8 (height, width), 0 black. Any of the four orientations, askew by up to 6 degrees.
        page: with an image, as clean as can be, and best with staff lines and masks.
        options: what it must come to.

    Raises:
        DatasetError: the scan does not show this page, or not well enough; with what was measured.

    Example:
        >>> scan = read_image(Path("scan.png"))  # doctest: +SKIP
        >>> found = align(scan, Dataset("dataset")["some-page"])  # doctest: +SKIP
        >>> found.page.symbols.named("clefG").box, found.residual  # doctest: +SKIP
    """
    options = options or AlignOptions()
    if not len(page.staff_lines):
        options = replace(options, patches=max(options.patches, _BARE_PATCHES))
    space, spaces = _spaces(scan, page)
    known = Ink(page.image, space)
    lines = _between_lines(page, known)
    best: tuple[_Figures, Registration] | None = None
    for guess in spaces:
        found = register(known, Ink(scan, guess), lines)
        figures = _figures(found, page, space, options)
        if best is None or figures.agreement * figures.patches > best[0].agreement * best[0].patches:
            best = figures, found
        if figures.good(options):
            break
    if best is None or not best[0].good(options):
        raise DatasetError(_refusal(page, best[0] if best else None, options), _REMEDY)
    figures, found = best
    size = int(scan.shape[1]), int(scan.shape[0])
    warp = Warp.of(found.field.backward, size, (page.width, page.height))
    return Alignment(_moved(page, scan, warp), warp, figures.residual, figures.agreement, figures.patches)


def _spaces(scan: NDArray[np.uint8], page: Page) -> tuple[float, list[float]]:
    """The page's staff space, and those that the scan may have; first those of a scan of the whole page."""
    for what, image in (("scan", scan), ("page", page.image)):
        if image.ndim != 2 or image.dtype != np.uint8:
            message = f"the {what} is no grey image of 8 bits"
            raise ValueError(message)
        if min(image.shape) < _LEAST_SIDE:
            size = f"{image.shape[1]} x {image.shape[0]} pixels"
            message = f"page {page.name}: the {what} has {size}, too few to find music in"
            raise DatasetError(message, "Scan it at a higher resolution.")
    space = page.staff_space or next(iter(staff_spaces(page.image)), 0.0)
    if not space:
        message = f"page {page.name}: the known page shows no staff lines"
        raise DatasetError(message, "Choose a page with music.")
    high = page.height / space

    def pages_high(guess: float) -> float:
        return float(scan.shape[0] / guess / high)

    seen = staff_spaces(scan, scan.shape[0] / high) + staff_spaces(scan)
    possible = [guess for guess in seen if _SMALLEST < pages_high(guess) < _LARGEST]
    possible.sort(key=lambda guess: abs(np.log(pages_high(guess))) > _WHOLE)
    return space, _distinct(possible)[:_SPACES]


def _distinct(spaces: list[float]) -> list[float]:
    """Without those that are within a few hundredths of an earlier one."""
    kept: list[float] = []
    for space in spaces:
        if all(abs(np.log(space / other)) > _SAME for other in kept):
            kept.append(space)
    return kept


def _between_lines(page: Page, known: Ink) -> NDArray[np.float32] | None:
    """0 along the page's staff lines, else 1, in the size of the finest look."""
    if not len(page.staff_lines):
        return None
    mask = np.ones(known.at(FINE).shape, np.float32)
    ends = (page.staff_lines[:, 1:].reshape(-1, 2, 2) * known.factors(FINE) - 0.5).round().astype(np.int32)
    for start, end in ends.tolist():
        cv2.line(mask, start, end, 0.0, 3)
    return mask


def _figures(found: Registration, page: Page, space: float, options: AlignOptions) -> _Figures:
    patches = found.patches
    told = np.isfinite(found.likeness)
    agrees = told & (found.likeness >= options.likeness)
    sure = np.linalg.norm(patches.weight, axis=(1, 2))
    seen = agrees & (sure > 0)
    if not seen.any():
        return _Figures((np.inf, np.inf), np.inf, np.inf, 0.0, int(told.sum()))
    squared = np.einsum("ni,nij,nj->n", patches.off, patches.weight, patches.off)[seen] / sure[seen]
    at = _places(page) if len(page.symbols) else patches.at[:, None]
    middles = at[:, -1]
    near = np.array([np.argmin(((patches.at[seen] - place) ** 2).sum(axis=1)) for place in middles])
    clear = seen & (found.likeness >= max(options.likeness, _CLEAR))
    doubt = doubts(found.field, patches, clear, at.reshape(-1, 2)).reshape(at.shape[:2]).max(axis=1)
    off = np.sqrt(squared[near] + doubt**2)
    middle, most = np.percentile(off, [50, 95]).tolist()
    scale = found.field.scale
    agreement = float(agrees.sum() / told.sum())
    measured = float(np.median(np.sqrt(squared))) / space
    return _Figures((middle * scale, most * scale), measured, most / space, agreement, int(told.sum()))


def _places(page: Page) -> NDArray[np.float64]:
    """Of each symbol its box's corners and its middle: (n, 5, 2)."""
    box = page.symbols.box
    corners = upright_corners(box)
    return np.concatenate([corners, corners.mean(axis=1, keepdims=True)], axis=1)


def _refusal(page: Page, figures: _Figures | None, options: AlignOptions) -> str:
    if figures is None:
        return f"page {page.name}: no staff lines of its size were found on the scan"
    if figures.patches < options.patches:
        said = f"only {figures.patches} patches show ink, at least {options.patches} should"
    elif figures.agreement < options.agreement:
        said = (
            f"{figures.agreement:.0%} of {figures.patches} patches agree, "
            f"at least {options.agreement:.0%} should"
        )
    elif figures.off > options.residual:
        said = (
            f"half of the patches are off by {figures.residual[0]:.1f} pixels or more, "
            f"{figures.off:.2f} staff spaces; at most {options.residual:.2f} should be"
        )
    else:
        said = (
            f"parts of the page show too little: 1 of 20 symbols may be off by "
            f"{figures.residual[1]:.1f} pixels or more, {figures.most:.2f} staff spaces; "
            f"at most {options.most:.2f} should be"
        )
    return f"page {page.name}: not found on the scan: {said}"


def _moved(page: Page, scan: NDArray[np.uint8], warp: Warp) -> Page:
    moved = warp_page(page, warp)
    resolution = page.origin.resolution * warp.scale
    return replace(moved, image=scan, origin=replace(page.origin, resolution=resolution))
