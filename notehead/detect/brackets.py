"""The brackets of tuplets: each has one number, which stands between its two halves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.bracket_ink import InkBracket, bracket_in_ink
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
_SURELY = 4.0
"""Logit of a bracket that is beyond doubt, and, below 0, of what is surely none."""
_BLANK = 4
"""Cells around such a bracket in which there is no other."""


def bridged(logits: Floats, boxes: NDArray[np.float64], image: NDArray[np.uint8]) -> Floats:
    """The map of tuplets' brackets, in which each is one part.

    Brackets that are beyond doubt in the ink are drawn into it. Of others the halves beside a number are
    connected.

    Args:
        logits: of the trace, (height / 2, width / 2).
        boxes: of all numbers, as `numbers` gives them.
        image: uint8 (height, width), 0 black, that the network has seen.
    """
    drawn = [bracket_in_ink(image, box) for box in boxes]
    boxes = boxes[[one is None for one in drawn]]
    return _drawn(_connected(logits, boxes), [one for one in drawn if one is not None])


def _connected(logits: Floats, boxes: NDArray[np.float64]) -> Floats:
    """The map in which what stands beside numbers is connected with them."""
    if not len(boxes):
        return logits
    reach = np.array([-_BESIDE, -_ASIDE, _BESIDE, _ASIDE])
    limits = np.tile(np.array(logits.shape[::-1]), 2)
    around: NDArray[np.int64] = np.clip(np.rint((boxes + reach) / DOT), 0, limits).astype(np.int64)
    result = logits.copy()
    for x0, y0, x1, y1 in around.tolist():
        np.maximum(result[y0:y1, x0:x1], _JOINS, out=result[y0:y1, x0:x1])
    return result


def _drawn(logits: Floats, brackets: Sequence[InkBracket]) -> Floats:
    """The map with brackets as the ink has them, and nothing else of a bracket near them."""
    if not brackets:
        return logits
    result = np.array(logits, np.float32)
    lines = [_corners(one) for one in brackets]
    for line in lines:
        x0, y0 = np.maximum(line.min(axis=0) - _BLANK, 0)
        x1, y1 = line.max(axis=0) + _BLANK + 1
        np.minimum(result[y0:y1, x0:x1], -_SURELY, out=result[y0:y1, x0:x1])
    cv2.polylines(result, [line[:, None] for line in lines], isClosed=False, color=(_SURELY,))
    return result.astype(logits.dtype)


def _corners(bracket: InkBracket) -> NDArray[np.int32]:
    """From the tip of one hook to that of the other: x and y, (4, 2), in cells."""
    left, right = (np.array([end, end]) for end in (bracket.left, bracket.right))
    left[0, 1] += bracket.hook
    right[1, 1] += bracket.hook
    corners: NDArray[np.int32] = np.floor(np.concatenate((left, right)) / DOT).astype(np.int32)
    return corners


def numbers(glyphs: Found) -> NDArray[np.float64]:
    """The boxes of the numbers of tuplets, (n, 4), digits of one number together."""
    boxes = glyphs.box[np.isin(glyphs.label, _NUMBERS) & (glyphs.score >= _SURE)]
    found: list[NDArray[np.float64]] = []
    for box in boxes[np.argsort(boxes[:, 0])]:
        if found and _one_number(found[-1], box):
            last = found.pop()
            box = np.concatenate((np.minimum(last[:2], box[:2]), np.maximum(last[2:], box[2:])))  # noqa: PLW2901
        found.append(box)
    return np.array(found, np.float64).reshape(-1, 4)


def middles_of(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middles of boxes (n, 4), x and y (n, 2) in cells."""
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2 / DOT)


def parted(pixels: NDArray[np.int32], middles: NDArray[np.float64]) -> list[NDArray[np.int32]]:
    """The brackets of a connected part, in which there are as many as numbers.

    Args:
        pixels: of the part, x and y (n, 2) in cells.
        middles: of all numbers, as `middles_of` gives them.

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


def _one_number(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether the digit in the second box goes on with the number in the first one."""
    beside = second[0] - first[2] <= _NEXT
    level = min(first[3], second[3]) - max(first[1], second[1])
    return bool(beside and level >= (second[3] - second[1]) / 2)


def _is_bracket(pixels: NDArray[np.int32]) -> bool:
    """Whether a part is long, or has a hook: a short flat one is a stroke of a digit or a hairpin's end."""
    width, height = np.ptp(pixels, axis=0)
    return bool(max(width, height) >= _LONG or min(width, height) >= _HOOK)
