"""Letters and figures as a hand writes them: each a few strokes of a pen, joined by none."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Stroke: TypeAlias = NDArray[np.float64]
"""Points (n, 2), x to the right and y downwards."""

_SHAPES = {
    "0": "5 0 1 3 1 8 4 10 8 8 8 2 5 0",
    "1": "2 3 5 0 5 10",
    "2": "1 2 4 0 8 2 6 5 1 10 8 10",
    "3": "1 1 6 0 7 3 3 4 8 6 6 10 1 9",
    "4": "5 0 0 7 9 6 | 6 4 6 10",
    "5": "3 0 2 4 6 4 8 7 5 10 1 9 | 3 0 8 0",
    "6": "7 0 3 3 1 7 4 10 8 8 6 5 2 7",
    "7": "1 0 8 0 4 10 | 2 5 7 5",
    "8": "7 1 3 0 2 3 8 7 5 10 1 8 4 5 8 2 7 0",
    "9": "8 3 5 5 2 3 4 0 8 1 8 4 7 10",
    "a": "7 5 3 4 1 7 2 10 5 9 7 5 7 9 9 10",
    "b": "1 0 1 10 | 1 7 4 4 7 7 5 10 1 9",
    "c": "7 5 4 4 1 7 3 10 7 9",
    "d": "7 5 3 4 1 8 4 10 7 7 | 8 0 7 8 9 10",
    "e": "1 7 6 6 6 4 3 4 1 7 3 10 7 9",
    "f": "8 0 5 1 4 12 2 14 | 1 5 7 4",
    "g": "7 5 3 4 1 7 4 9 7 5 7 12 4 14 1 12",
    "h": "2 0 1 10 | 1 7 4 4 6 5 6 9 8 10",
    "i": "2 4 2 9 4 10 | 3 1 3 1.5",
    "j": "4 4 4 12 1 14 | 5 1 5 1.5",
    "k": "1 0 1 10 | 6 4 2 7 7 10",
    "l": "3 6 5 2 3 0 2 4 2 9 5 10",
    "m": "1 4 1 10 | 1 6 3 4 4 6 4 10 | 4 6 6 4 8 6 8 10",
    "n": "1 4 1 10 | 1 6 4 4 6 6 6 9 8 10",
    "o": "4 4 1 6 2 10 6 9 7 6 4 4 7 4",
    "p": "1 4 1 14 | 1 6 4 4 7 6 5 9 1 9",
    "q": "7 5 3 4 1 7 4 9 7 5 7 14",
    "r": "1 4 1 10 | 1 7 3 4 6 5",
    "s": "6 4 2 5 5 7 6 9 1 10",
    "t": "4 1 3 9 6 10 | 0 4 7 4",
    "u": "1 4 1 9 4 10 6 7 | 6 4 6 9 8 10",
    "v": "1 4 3 10 6 4",
    "w": "1 4 2 10 4 6 6 10 8 4",
    "x": "1 4 7 10 | 7 4 1 10",
    "y": "1 4 3 9 | 7 4 3 12 0 14",
    "z": "1 4 7 4 1 10 7 10",
    "D": "1 0 1 10 5 10 8 6 6 1 0 0",
    "H": "1 0 1 10 | 7 0 7 10 | 1 5 7 5",
    "K": "1 0 1 10 | 7 0 1 6 8 10",
    "M": "0 10 2 0 5 7 8 0 9 10",
    "N": "1 10 1 0 7 10 8 0",
    "P": "1 10 1 0 6 0 7 3 1 6",
    "S": "8 1 4 0 2 3 7 6 6 10 1 9",
    "T": "0 0 9 0 | 4 0 4 10",
    "V": "0 0 4 10 8 0",
    "Z": "1 0 8 0 1 10 9 10",
    "A": "0 10 4 0 8 10 | 2 6 7 6",
    ".": "1 9.6 1.4 10",
    "!": "3 0 2 7 | 2 9.5 2 10",
    "/": "7 -1 0 11",
    "#": "3 1 2 10 | 6 0 5 9 | 1 5 8 3 | 0 8 7 6",
    "'": "3 0 2 3",
}
"""Strokes by letter: x and y by turns, a tenth of the height each, strokes parted by a bar."""


def handwritten(text: str, height: float, rng: np.random.Generator) -> list[Stroke]:
    """The strokes of a line of text, from (0, 0) at its upper left; letters stand on y = `height`.

    One slant and one width for the line; every letter trembles by itself. Letters that the table does not
    have are left out.

    Example:
        >>> len(handwritten("it", 10.0, np.random.default_rng(1)))
        4
    """
    slant, wide = float(rng.normal(0.22, 0.15)), float(rng.uniform(0.75, 1.1))
    rise, x = float(rng.normal(0, 0.03)), 0.0
    strokes = []
    for letter in text:
        width = 5.0
        for part in _SHAPES.get(letter, "").split("|") if letter in _SHAPES else ():
            points = np.array(part.split(), np.float64).reshape(-1, 2)
            width = max(width, float(points[:, 0].max()) + 2)
            points = points + rng.normal(0, 0.35, points.shape)
            points[:, 0] = x + (points[:, 0] + slant * (10 - points[:, 1])) * wide
            points[:, 1] += rise * x
            strokes.append(rounded(points * (height / 10)))
        x += width * wide * (0.8 if letter in ".'i" else 1.0)
    return strokes


def rounded(points: Stroke, times: int = 3) -> Stroke:
    """A smooth stroke along these points: its corners are cut so many times, its ends stay."""
    for _ in range(times):
        a, b = points[:-1], points[1:]
        inner = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], inner, points[-1:]])
    return points


def written(text: str, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A line written with a pen, 255 for ink, just large enough to hold it."""
    strokes = handwritten(text, float(height), rng)
    if not strokes:
        return np.zeros((1, 1), np.uint8)
    every = np.concatenate(strokes)
    pen = max(round(height * float(rng.uniform(0.06, 0.12))), 1)
    low = every.min(axis=0) - pen - 1
    size = np.ceil(every.max(axis=0) - low + pen + 2).astype(int)
    cover = np.zeros((int(size[1]), int(size[0])), np.uint8)
    lines = [np.rint((stroke - low - 0.5) * 16).astype(np.int32) for stroke in strokes]
    cv2.polylines(cover, lines, False, 255, pen, cv2.LINE_AA, 4)
    return cover
