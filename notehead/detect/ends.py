"""What stands at the ends of staves: clefs and signatures at the left one, when the page is upright."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.halves import Halves
from notehead.detect.staff_space import Look
from notehead.detect.staves import weighted_median

Ink: TypeAlias = NDArray[np.float32]

_GRAIN = 4
"""Pixels of a strip in one staff space."""

_REACH = 4
"""Staff spaces of a strip above and below the middle line."""

_BEFORE, _AFTER = 2, 14
"""Staff spaces of a patch outside of the staff's end and inside."""

_LINE_ROWS = _REACH * _GRAIN + _GRAIN * np.arange(-2, 3)
_SPACE_ROWS = _LINE_ROWS[:-1] + _GRAIN // 2

WEIGHTS = np.array(
    [
        [0.4, 0.3, 0.1, -0.1, -0.1, -0.4, -0.4, -0.3, -0.1, 0.0, -0.0, 0.2, 0.1, -0.0, -0.0, 0.1],
        [0.6, 0.4, 0.4, 0.9, 0.7, -0.2, 0.2, 0.1, 0.1, 0.3, 0.2, 0.3, 0.2, 0.3, 0.4, 0.4],
        [0.8, 0.0, 0.5, 1.2, 1.4, -0.2, 0.4, 0.2, 0.0, 0.1, -0.1, -0.0, -0.1, -0.1, -0.1, -0.1],
        [1.2, -0.3, 0.5, 1.7, 0.6, -0.2, 0.6, 0.1, 0.1, 0.3, 0.1, 0.1, -0.1, -0.1, -0.0, -0.0],
        [1.2, -0.2, 1.2, 1.6, 1.6, -0.2, 0.2, -0.1, 0.1, 0.0, -0.0, 0.0, -0.1, -0.1, -0.1, -0.1],
        [0.8, -0.2, 0.5, 0.7, 0.7, -0.3, -0.2, -0.3, -0.1, -0.1, -0.0, 0.1, -0.1, -0.0, -0.1, -0.1],
        [0.4, -0.1, -0.4, 0.1, -0.4, -0.7, -0.8, -0.6, -0.6, -0.4, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2],
        [0.3, 0.0, -0.0, 0.8, -0.1, -0.4, -0.4, -0.3, -0.2, -0.0, -0.0, 0.0, 0.0, 0.0, 0.0, -0.0],
    ]
)
"""By square staff space of a patch, how much ink there speaks for a left end: a logistic regression on pages
of the corpus, clean and degraded, whose scores are not in the benchmark."""


def leaning(image: Halves, look: Look) -> list[float]:
    """For each staff how much more its left end looks like one than its right end, the page turned over.

    Positive where the page is upright, negative where it is upside down; staves that are seen too little
    are left out.
    """
    found = []
    for strip, ends, space in zip(strips(image, look), look.staves.ends, look.staves.space, strict=True):
        first, last = (ends[[0, 2]] * _GRAIN / space).astype(int).tolist()
        last = min(last, strip.shape[1] - 1)
        if last - first >= 2 * _GRAIN:
            start, end = end_patches(strip, *ends_of(strip, first, last))
            found.append(float(((_cells(start) - _cells(end)) * WEIGHTS).sum()))
    return found


def _cells(patch: Ink) -> Ink:
    """Mean ink in squares of one staff space: float32 (8, 16)."""
    rows, columns = 2 * _REACH, _BEFORE + _AFTER
    means: Ink = patch[: rows * _GRAIN].reshape(rows, _GRAIN, columns, _GRAIN).mean((1, 3))
    return means


def strips(image: Halves, look: Look) -> Iterator[Ink]:
    """Each staff laid straight, a standard size, across the whole page.

    Yields:
        float32 (2 * _REACH * _GRAIN + 1, n): ink, 0 to 1, its middle row along the middle line.
    """
    staves = look.staves
    space = weighted_median(staves.space, staves.length)
    halvings = max(0, round(np.log2(space / (1.5 * _GRAIN))))
    small, shrink = image.at(halvings), 1 << halvings
    height, width = image.image.shape
    above = 0  # rows that are left out of the half
    if look.turned:
        above = width - shrink * small.shape[1]
        small = np.asarray(cv2.rotate(small, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8)
        width = height
    if look.inverted:
        small = 255 - small
    for (x0, y0, x1, y1), one in zip(staves.ends, staves.space, strict=True):
        slope = (y1 - y0) / max(x1 - x0, 1e-9)
        pixel = one / _GRAIN / shrink
        left = (y0 - above - slope * x0) / shrink
        matrix = np.array(
            [
                [pixel, -slope * pixel, 0.0],
                [slope * pixel, pixel, left - _REACH * _GRAIN * pixel],
            ]
        )
        shape = int(width / shrink / pixel), 2 * _REACH * _GRAIN + 1
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        strip = cv2.warpAffine(small, matrix, shape, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        yield _ink(strip.astype(np.uint8))


def _ink(strip: NDArray[np.uint8]) -> Ink:
    """Ink from grey, 0 to 1, by each column's own paper: what lies around the page is none."""
    rank = len(strip) - 1 - len(strip) // 5
    ink = cv2.subtract(np.partition(strip, rank, axis=0)[rank : rank + 1].repeat(len(strip), axis=0), strip)
    most = ink.size * 99 // 100
    usual = max(float(np.partition(ink, most, axis=None)[most]), 1.0)
    scaled: Ink = np.minimum(ink * np.float32(1 / usual), np.float32(1))
    return scaled


def ends_of(strip: Ink, first: int, last: int) -> tuple[int, int]:
    """The columns of a strip where its staff begins and ends, from two columns within the staff."""
    near = np.maximum(strip[_LINE_ROWS], np.maximum(strip[_LINE_ROWS - 1], strip[_LINE_ROWS + 1]))
    seen = near.mean(axis=0) - strip[_SPACE_ROWS].mean(axis=0)
    usual = float(np.median(seen[first : last + 1]))
    wide = cv2.blur(seen[None], (2 * _GRAIN + 1, 1))[0] < 0.3 * usual  # bridges a clef
    before = np.flatnonzero(wide[:first])
    after = np.flatnonzero(wide[last + 1 :])
    left = int(before[-1]) + 1 if len(before) else 0
    right = last + int(after[0]) if len(after) else len(seen) - 1
    clear = np.flatnonzero(seen[left : right + 1] > 0.5 * usual)
    return (left + int(clear[0]), left + int(clear[-1])) if len(clear) else (left, right)


def end_patches(strip: Ink, left: int, right: int) -> tuple[Ink, Ink]:
    """What stands at the left end, and at the right end when the page is upside down, as it would look."""
    wide = np.pad(strip, ((0, 0), (_AFTER * _GRAIN, _AFTER * _GRAIN)))
    left, right = left + _AFTER * _GRAIN, right + 1 + _AFTER * _GRAIN
    start = wide[:, left - _BEFORE * _GRAIN : left + _AFTER * _GRAIN]
    end = wide[:, right - _AFTER * _GRAIN : right + _BEFORE * _GRAIN][::-1, ::-1]
    return start, end
