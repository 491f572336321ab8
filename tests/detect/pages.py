"""Pages drawn for the tests: staves of known size and slope, and things that are no music."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import TRACES
from notehead.detect.maps import Found

NO_GLYPHS = Found(np.empty(0, np.int64), np.empty(0), np.empty((0, 4)), np.empty((0, 4, 2)))
_FINE = 4


def page_of_staves(
    spaces: list[float],
    degrees: float = 0.0,
    line: float = 0.12,
    lines: int = 5,
    length: float = 60.0,
) -> NDArray[np.uint8]:
    """Empty staves one below the other, `length` largest staff spaces long, turned about the centre."""
    largest = max(spaces)
    width, height = int((length + 8) * largest), int((sum(spaces) / largest * 14 + 10) * largest)
    page = np.full((height * _FINE, width * _FINE), 255, np.uint8)
    y = 12 * largest
    for space in spaces:
        for number in range(lines):
            top, thick = (y + number * space) * _FINE, max(1, round(line * space * _FINE))
            page[round(top) : round(top) + thick, int(4 * largest * _FINE) : int(-4 * largest * _FINE)] = 0
        y += 14 * space
    matrix = cv2.getRotationMatrix2D((width * _FINE / 2, height * _FINE / 2), -degrees, 1)
    page = cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=255).astype(np.uint8)
    return cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def page_of_text(size: float, leading: float, font: int) -> NDArray[np.uint8]:
    """Lines of words."""
    page = np.full((900, 700), 255, np.uint8)
    words = "staff lines are five and evenly spaced but letters are not "
    for number, y in enumerate(np.arange(60, 860, leading * 22 * size)):
        text = (words[number % 40 :] + words)[: int(60 / size)]
        cv2.putText(page, text, (40, int(y)), font, size, 0, 1, cv2.LINE_AA)
    return page


def no_traces(shape: tuple[int, ...]) -> dict[str, NDArray[np.float32]]:
    """Maps of lines of an image of so many pixels, on which there are none."""
    height, width = (-(-side // 2) for side in shape)
    return {name: np.full((height, width), -9, np.float32) for name in TRACES}
