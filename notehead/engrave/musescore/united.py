"""Dynamics whose letters run into one another: MuseScore draws what two of them cover as one contour.

The letters of such a run cannot be told contour by contour, so each word that may be meant is set, its first
letter where the run begins and its last where it ends, and compared with the run as a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.engrave.musescore.shapes import split
from notehead.engrave.outlines import Outline

ALIKE = 0.9
"""The least share of the pixels of either that a word and a run must have in common."""
_LETTERS = {
    "p": "dynamicPiano", "m": "dynamicMezzo", "f": "dynamicForte", "r": "dynamicRinforzando",
    "s": "dynamicSforzando", "z": "dynamicZ",
}  # fmt: skip
WORDS = (
    "pp", "ff", "mp", "mf", "sf", "fp", "fz", "rf", "pf", "ppp", "fff", "sfz", "sfp", "sff", "ffz", "rfz",
    "pppp", "ffff", "sffz", "sfpp", "ppppp", "fffff", "pppppp", "ffffff",
)  # fmt: skip
"""Dynamics of more than one letter, the shorter ones first."""
_NARROWER, _WIDER = 0.6, 1.15
"""How wide a run may be beside its letters set without kerning."""
_PROMISING = 0.4
"""A likeness above which letters are tried in other places."""
_KERNING, _STEPS, _ROUNDS = 0.3, 31, 3
"""By how much of the run's height letters may be moved, in how many steps, and how often."""
_BETTER = 0.02
"""By how much a longer word must be more like a run: a letter may hide behind one of its kind."""
_HIGH = 96
"""Pixels of the pictures, from top to bottom."""

Contours = Sequence[NDArray[np.float64]]
Box = tuple[NDArray[np.float64], NDArray[np.float64]]
Letter = tuple[str, list[NDArray[np.float64]]]


def spell_united(contours: Contours, glyphs: Mapping[str, Outline]) -> list[Letter] | None:
    """The letters of a dynamic, each whole, where they stand; None where the run is no such word.

    Args:
        contours: of the run, (n, 2) each.
        glyphs: outlines by SMuFL name, of the music font that the run is set in.
    """
    every = np.concatenate(list(contours))
    low, high = every.min(axis=0), every.max(axis=0)
    if (high - low).min() <= 0:
        return None
    box = low, high
    best, likeness = None, ALIKE
    seen = _picture([contours], box)
    for word in WORDS:
        names = [_LETTERS[letter] for letter in word]
        if any(name not in glyphs for name in names):
            continue
        placed = _placed([glyphs[name] for name in names], box)
        if placed is None:
            continue
        alike = _likeness(placed, seen, box)
        if _PROMISING < alike < ALIKE:
            placed, alike = _nudged(placed, alike, seen, box)
        if alike > likeness + (_BETTER if best else 0):
            best, likeness = list(zip(names, placed, strict=True)), alike
    return best


def _placed(outlines: Sequence[Outline], box: Box) -> list[list[NDArray[np.float64]]] | None:
    """The contours of a word's letters, set to fill a box; None where the word has not its shape."""
    low, high = box
    bounds = np.array([outline.bounds for outline in outlines])
    top, bottom = bounds[:, 1].min(), bounds[:, 3].max()
    size = float(high[1] - low[1]) / (bottom - top)
    first, last = low[0] - size * bounds[0, 0], high[0] - size * bounds[-1, 2]
    steps = np.cumsum([0.0, *(max(outline.advance, 1.0) for outline in outlines[:-1])])
    usual = size * (steps[-1] + bounds[-1, 2] - bounds[0, 0])
    if last <= first or not _NARROWER < float(high[0] - low[0]) / usual < _WIDER:
        return None
    lefts = first + (last - first) * steps / steps[-1]
    base = low[1] - size * top
    return [
        [contour * size + (left, base) for contour in split(outline)]
        for left, outline in zip(lefts.tolist(), outlines, strict=True)
    ]


def _nudged(
    placed: list[list[NDArray[np.float64]]], alike: float, seen: NDArray[np.bool_], box: Box
) -> tuple[list[list[NDArray[np.float64]]], float]:
    """The letters between first and last moved to where they cover most of the run: pairs are kerned."""
    steps = np.linspace(-_KERNING, _KERNING, _STEPS) * float(box[1][1] - box[0][1])
    for _ in range(_ROUNDS):
        for number in range(1, len(placed) - 1):
            moved = [
                [
                    *placed[:number],
                    [contour + np.array((step, 0.0)) for contour in placed[number]],
                    *placed[number + 1 :],
                ]
                for step in steps.tolist()
            ]
            worth = [_likeness(one, seen, box) for one in moved]
            if max(worth) > alike:
                placed, alike = moved[int(np.argmax(worth))], max(worth)
    return placed, alike


def _likeness(placed: Sequence[Contours], seen: NDArray[np.bool_], box: Box) -> float:
    """The share of the pixels of letters and run that both cover."""
    drawn = _picture(placed, box)
    return float((drawn & seen).sum() / max(int((drawn | seen).sum()), 1))


def _picture(shapes: Sequence[Contours], box: Box) -> NDArray[np.bool_]:
    """What shapes cover of a box, each filled by itself."""
    low, high = box
    scale = _HIGH / float(high[1] - low[1])
    ink = np.zeros((_HIGH + 2, int(scale * float(high[0] - low[0])) + 3), np.bool_)
    for contours in shapes:
        room = np.zeros(ink.shape, np.uint8)
        cv2.fillPoly(room, [np.rint((contour - low) * scale + 1).astype(np.int32) for contour in contours], 1)
        ink |= room > 0
    return ink
