"""The brackets of tuplets: each has one number, which stands between its two halves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT, Floats, Found
from notehead.vocabulary import VOCABULARY

_NUMBERS = [
    row.id for row in VOCABULARY.classes if row.name.startswith("tuplet") and row.name != "tupletBracket"
]
_SURE = 0.2
"""Score of a digit at least."""
_BESIDE, _ASIDE = 15.0, 2.0
"""Pixels left and right of a digit, above and below it, within which a half of a bracket is joined to it."""
_NEXT = 6.0
"""Pixels between digits of one number at most."""
_WITHIN = 3.0
"""Cells beyond the pixels of a bracket in which its number may have its middle."""
_APART, _ABOVE = 15.0, 5.0
"""Cells from one number to that of the next bracket, and to that of a bracket below, at least."""
_LONG, _HOOK = 20, 2
"""Length of a flat bracket, and height of one that is shorter, in cells, at least."""
_JOINS = -1.0
"""Logit of what connects lines, and is none itself."""


def bridged(logits: Floats, glyphs: Found) -> Floats:
    """The map of tuplets' brackets, in which the halves beside a number are connected.

    Args:
        logits: of the trace, (height / 2, width / 2).
        glyphs: found by their centres, the numbers among them.
    """
    boxes = _numbers(glyphs)
    if not len(boxes):
        return logits
    reach = np.array([-_BESIDE, -_ASIDE, _BESIDE, _ASIDE])
    limits = np.tile(np.array(logits.shape[::-1]), 2)
    around: NDArray[np.int64] = np.clip(np.rint((boxes + reach) / DOT), 0, limits).astype(np.int64)
    result = logits.copy()
    for x0, y0, x1, y1 in around.tolist():
        np.maximum(result[y0:y1, x0:x1], _JOINS, out=result[y0:y1, x0:x1])
    return result


def numbers(glyphs: Found) -> NDArray[np.float64]:
    """The middles of the numbers of tuplets, x and y (n, 2) in cells, digits of one number together."""
    boxes = _numbers(glyphs)
    boxes = boxes[np.argsort(boxes[:, 0])]
    middles: list[NDArray[np.float64]] = []
    last = None
    for box in boxes:
        if last is not None and _one_number(last, box):
            last = np.concatenate((np.minimum(last[:2], box[:2]), np.maximum(last[2:], box[2:])))
            middles.pop()
        else:
            last = box
        middles.append((last[:2] + last[2:]) / 2 / DOT)
    return np.array(middles, np.float64).reshape(-1, 2)


def parted(pixels: NDArray[np.int32], middles: NDArray[np.float64]) -> list[NDArray[np.int32]]:
    """The brackets of a connected part, in which there are as many as numbers.

    Args:
        pixels: of the part, x and y (n, 2) in cells.
        middles: of all numbers, as `numbers` gives them.

    Example:
        >>> row = np.array([[x, 5] for x in range(60)], np.int32)
        >>> [len(part) for part in parted(row, np.array([[14.0, 5.0], [43.0, 5.0], [70.0, 5.0]]))]
        [29, 31]
    """
    if not _is_bracket(pixels):
        return []
    low, high = pixels.min(axis=0) - _WITHIN, pixels.max(axis=0) + _WITHIN
    here = middles[((middles >= low) & (middles <= high)).all(axis=1)]
    for axis, apart in ((0, _APART), (1, _ABOVE)):
        row = np.sort(here[:, axis])
        far = np.flatnonzero(np.diff(row) >= apart)
        if len(far):
            cut = (row[far[0]] + row[far[0] + 1]) / 2
            before = pixels[:, axis] < cut
            return [
                bracket for part in (pixels[before], pixels[~before]) if len(part)
                for bracket in parted(part, middles)
            ]  # fmt: skip
    return [pixels]


def _numbers(glyphs: Found) -> NDArray[np.float64]:
    return glyphs.box[np.isin(glyphs.label, _NUMBERS) & (glyphs.score >= _SURE)]


def _one_number(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether the digit in the second box goes on with the number in the first one."""
    beside = second[0] - first[2] <= _NEXT
    level = min(first[3], second[3]) - max(first[1], second[1])
    return bool(beside and level >= (second[3] - second[1]) / 2)


def _is_bracket(pixels: NDArray[np.int32]) -> bool:
    """Whether a part is long, or has a hook: a short flat one is a stroke of a digit or a hairpin's end."""
    width, height = np.ptp(pixels, axis=0)
    return bool(max(width, height) >= _LONG or min(width, height) >= _HOOK)
