"""How dark the thinnest strokes are: exposure and pressure are set so that staff lines come out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.degrade.scale import staff_space
from notehead.page import Page

_SAMPLES = 12
_SHARE = 70
"""Per cent of the samples that are darker than the answer: many fall on noteheads and stems."""


def staff_line_grey(page: Page, image: NDArray[np.uint8]) -> float | None:
    """The usual grey of the page's staff lines in an image of it; None where no line is known.

    Each line is looked at in twelve places, where the darkest pixel near its middle
    counts.

    Example:
        >>> image = np.full((20, 100), 255, np.uint8)
        >>> image[10] = 90
        >>> lines = np.array([[0, 0.0, 10.5, 100.0, 10.5]])
        >>> staff_line_grey(Page("p", image, staff_lines=lines, staff_space=10.0), image)
        90.0
    """
    if not len(page.staff_lines):
        return None
    t = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    _, x0, y0, x1, y1 = (page.staff_lines[:, column, None] for column in range(5))
    x = np.floor(x0 + t * (x1 - x0)).astype(np.int64)
    y = np.floor(y0 + t * (y1 - y0)).astype(np.int64)
    reach = max(round(0.12 * staff_space(page)), 1)
    inside = (x >= 0) & (x < page.width) & (y >= reach) & (y < page.height - reach)
    if not inside.any():
        return None
    x, y = x[inside], y[inside]
    darkest = np.min([image[y + step, x] for step in range(-reach, reach + 1)], axis=0)
    return float(np.percentile(darkest, _SHARE))
