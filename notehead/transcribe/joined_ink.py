"""The line at the left end of a system, in the page's ink: it tells which staves sound together.

It is a single thin line over a long way, which a detector misses at times, and then a song's voice is no more
sung with its piano.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.transcribe.staves import Staff

Image = NDArray[np.uint8]

_BESIDE = 0.6
"""Staff spaces left and right of where a staff begins, within which its line stands."""
_DARK = 0.35
"""Of the difference between paper and ink, from which on a pixel is of a line: thin ones are faint."""
_FAINTEST = 24.0
"""Grey levels that ink is darker than paper, at least."""
_WHOLE = 0.85
"""Share of the way between two staves that a line must be seen on."""
_GAP = 1.0
"""Staff spaces that it may be broken for, at most."""
_ALONE = 0.5
"""Staff spaces to either side of it where there is paper: else it is a shadow."""
_SHADED = 0.4
"""Share of the way on which there may be ink there."""


def joined_in_ink(image: Image, upper: Staff, lower: Staff) -> bool:
    """Whether a line leads from the beginning of one staff down to that of the next.

    Args:
        image: of the straight page, uint8 (height, width), 0 black.
        upper: the upper staff.
        lower: the lower one, which begins about where the upper one does.
    """
    space = upper.space
    if abs(upper.left - lower.left) > 2 * _BESIDE * space:
        return False
    side = _BESIDE + _ALONE + 0.3
    x0, x1 = (round(at) for at in (min(upper.left, lower.left) - side * space, max(upper.left, lower.left)))
    x1 += round(side * space)
    y0, y1 = round(float(upper.lines[-1, 1])), round(float(lower.lines[0, 1]))
    if x0 < 0 or y0 < 0 or x1 > image.shape[1] or y1 > image.shape[0] or y1 - y0 < 2 * space:
        return False
    strip = image[y0:y1, x0:x1]
    dark = _dark(strip, image, upper)
    wide = np.asarray(cv2.dilate(dark, np.ones((1, 3), np.uint8)), np.uint8)
    away = max(2, round(_ALONE * space))
    margin = max(away, round((_ALONE + 0.3) * space))
    columns = np.arange(margin, dark.shape[1] - margin)
    share = wide.mean(axis=0)
    shaded = np.maximum(dark.mean(axis=0)[columns - away], dark.mean(axis=0)[columns + away])
    good = columns[(share[columns] >= _WHOLE) & (shaded <= _SHADED)]
    return any(_longest_gap(wide[:, column]) <= _GAP * space for column in good.tolist())


def _dark(strip: Image, image: Image, staff: Staff) -> NDArray[np.uint8]:
    """Where a strip holds ink: 1, else 0; its paper is what most of it is, its ink as dark as the staff's."""
    top, bottom = (round(float(at)) for at in (staff.lines[0, 1], staff.lines[-1, 1]))
    left = round(staff.left)
    near = image[max(top - 1, 0) : bottom + 2, max(left, 0) : left + round(8 * staff.space)]
    if not near.size:
        return np.zeros(strip.shape, np.uint8)
    paper, ink = float(np.median(strip)), float(np.percentile(near, 5))
    return (strip < paper - _DARK * max(paper - ink, _FAINTEST)).astype(np.uint8)


def _longest_gap(column: NDArray[np.uint8]) -> int:
    """The most pixels behind one another that are no ink."""
    places = np.flatnonzero(np.concatenate(([1], column, [1])))
    return int(np.diff(places).max()) - 1
