"""The unit of length of all degradation: the staff space, so that effects fit any resolution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page

_SPACES_ACROSS = 120
"""Staff spaces across a usual page: A4 with staves 7 mm high."""


def staff_space(page: Page) -> float:
    """Pixels from staff line to staff line; a usual page's where the page does not say.

    Example:
        >>> staff_space(Page("empty", np.zeros((10, 240), np.uint8)))
        2.0
    """
    return page.staff_space or page.width / _SPACES_ACROSS


def with_image(page: Page, image: NDArray[np.uint8]) -> Page:
    """The page with another image of the same shape; all labels stay."""
    return replace(page, image=image)


def margins(page: Page) -> tuple[float, float, float, float]:
    """Pixels free of symbols at the left, top, right and bottom; a thirtieth of a page without symbols."""
    if not len(page.symbols):
        return (page.width / 30, page.height / 30, page.width / 30, page.height / 30)
    low, high = page.symbols.box[:, :2].min(axis=0), page.symbols.box[:, 2:].max(axis=0)
    free = (low[0], low[1], page.width - high[0], page.height - high[1])
    left, top, right, bottom = (max(float(side), 0.0) for side in free)
    return left, top, right, bottom
