"""Pages as the transcription takes them: with boxes, staff lines and an image that can be reckoned with.

A detector's symbols are what they are, and pages come from files. Here, once, what has no place on any page
is left out, and the sides of boxes are put in order, so that nothing after this needs to look at it again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from notehead.page import Page, Symbols, upright_corners
from notehead.transcribe.staves import Floats, staves_of

_FARTHEST = 1e6
"""Pixels from the upper left corner, beyond which nothing is on a page."""
_SPACE = 10.0
"""Staff space of a page that has none, in pixels."""
_LEAST_SPACE = 0.5
"""Pixels; there are no smaller staves."""


def plausible(page: Page) -> Page:
    """The page without symbols and staff lines whose place is no place, and with a staff space.

    Symbols keep their ids. A page with which nothing is wrong comes back as it is.

    Example:
        >>> odd = Page("odd", np.zeros((0, 0), np.uint8), Symbols.build(["stem"], [[0, 0, np.nan, 1]]))
        >>> len(plausible(odd).symbols), plausible(odd).image.shape
        (0, (1, 1))
    """
    symbols, lines = _in_order(page.symbols), _lines(page.staff_lines)
    image = page.image if page.image.size else np.full((1, 1), 255, np.uint8)
    same = symbols is page.symbols and lines is page.staff_lines and image is page.image
    if same and _is_space(page.staff_space):
        return page
    page = replace(page, symbols=symbols, staff_lines=lines, image=image)
    if _is_space(page.staff_space):
        return page
    spaces = [staff.space for staff in staves_of(replace(page, staff_space=_SPACE))]
    return replace(page, staff_space=float(np.median(spaces)) if spaces else _SPACE)


def _is_space(space: float) -> bool:
    return _LEAST_SPACE <= space <= _FARTHEST


def _in_order(symbols: Symbols) -> Symbols:
    """The symbols that are somewhere, with the smaller side of their boxes first."""
    box = symbols.box
    with np.errstate(invalid="ignore"):
        known = np.asarray((np.abs(box) <= _FARTHEST).all(axis=1))
        wrong = np.asarray(~(np.abs(symbols.corners) <= _FARTHEST).all(axis=(1, 2)))
        turned = np.asarray((box[:, 2:] < box[:, :2]).any(axis=1))
    if known.all() and not (turned | wrong).any():
        return symbols
    box = np.hstack((np.minimum(box[:, :2], box[:, 2:]), np.maximum(box[:, :2], box[:, 2:])))
    corners = np.where((turned | wrong)[:, None, None], upright_corners(box), symbols.corners)
    return symbols.replace(box=box, corners=corners)[known]


def _lines(lines: Floats) -> Floats:
    """The staff lines that are somewhere."""
    with np.errstate(invalid="ignore"):
        known = (np.abs(lines) <= _FARTHEST).all(axis=1)
    return lines if known.all() else lines[known]
