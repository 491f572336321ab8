"""From a grey image to the ink on it, whatever the paper and the light; and the staff space that it shows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_DARKEST = 40
"""Paper is taken to be at least so light: what is darker holds noise alone."""
_LEAST_SPACE = 4
_MOST_SPACE = 60
_COLUMNS = 6
"""So many columns of pixels become one: noise goes, and lines that are askew stay."""
_FINE_DETAIL = 0.15
"""Blur of what is finer than staff lines, in staff spaces."""
_STEEP = 60.0
"""Difference between neighbours beyond which more says no more."""


def reduced(image: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """The image made smaller by a factor of at most 1, each pixel the mean of those that it stands for."""
    height, width = image.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if factor < 1 else image
    return np.asarray(small, np.uint8)


def ink_of(image: NDArray[np.uint8], space: float) -> NDArray[np.float32]:
    """How much ink each pixel has, 0 for paper to 1: float32 (h, w).

    The paper's brightness is looked for around each pixel, farther than music has solid black, so that
    shadows, yellow paper and black borders count as paper.

    Args:
        image: grey, 0 black.
        space: about the staff space in pixels.
    """
    size = max(3, 2 * round(1.5 * space) + 1)
    lid = cv2.dilate(image, np.ones((size, size), np.uint8))
    lid = cv2.erode(lid, np.ones((size, size), np.uint8))
    paper = cv2.blur(lid, (size, size)).astype(np.float32)
    ink = (paper - image) / np.maximum(paper, _DARKEST)
    return np.asarray(np.clip(ink * 1.25 - 0.1, 0, 1), np.float32)


def staff_spaces(image: NDArray[np.uint8], about: float = 0.0) -> list[float]:
    """Up to three distances between staff lines in pixels that the image may have, the likeliest first.

    Columns of pixels are compared with themselves, moved down: lines come to lie on lines at once, twice
    and three times the staff space. Blur, noise and light do little harm to it. Empty for blank paper.

    Args:
        image: grey.
        about: what the staff space may be, if only roughly: detail that is far finer, such as the dots
            that a copier prints grey with, is blurred away, lest its period pass for that of staff lines.

    Example:
        >>> page = np.full((300, 400), 255, np.uint8)
        >>> for y in (100, 112, 124, 136, 148):
        ...     page[y : y + 2, 20:380] = 0
        >>> round(staff_spaces(page)[0])
        12
    """
    height, width = image.shape
    narrow = cv2.resize(image, (max(1, width // _COLUMNS), height), interpolation=cv2.INTER_AREA)
    if about:
        narrow = cv2.GaussianBlur(narrow, (1, 0), sigmaX=1e-3, sigmaY=_FINE_DETAIL * about)
    steps = np.clip(np.diff(narrow.astype(np.float32), axis=0), -_STEEP, _STEEP).T
    room = cv2.getOptimalDFTSize(height + 4 * _MOST_SPACE)
    padded = np.zeros((steps.shape[0], room), np.float32)
    padded[:, : height - 1] = steps
    power = (cv2.dft(padded, flags=cv2.DFT_ROWS | cv2.DFT_COMPLEX_OUTPUT).astype(np.float64) ** 2).sum((0, 2))
    alike = np.fft.irfft(power[: room // 2 + 1], room)
    lags = np.arange(_LEAST_SPACE - 1, _MOST_SPACE + 1, 0.125)
    comb = np.zeros_like(lags)
    for times, share in ((1, 1.0), (2, 0.75), (3, 0.5), (0.5, -0.5), (1.5, -0.5)):
        comb += share * np.interp(times * lags, np.arange(room), alike)
    inner = comb[1:-1]
    peaks = 1 + np.flatnonzero((inner > comb[:-2]) & (inner >= comb[2:]) & (inner > 0))
    return [float(lags[peak]) for peak in sorted(peaks.tolist(), key=lambda peak: -float(comb[peak]))[:3]]
